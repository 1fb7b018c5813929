"""Figures against ones worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluate.score import Judged, calibration_error, curve, f1, found_while_refusing, refused_at, right_at
from bot.triage.trust import bound

FIVE = [Judged(right, sure, True) for right, sure in ((True, 0.9), (True, 0.8), (False, 0.7), (True, 0.6), (False, 0.1))]
TWO = [Judged(False, 0.65, False), Judged(False, 0.3, False)]


def test_shares_at_equal_coverage() -> None:
    assert right_at(FIVE) == 0.75  # of the surest four
    assert refused_at(FIVE + TWO) == 0.5  # the bar is 0.6
    assert found_while_refusing(FIVE + TWO, refused=0.5) == 0.6  # one may pass: the bar is 0.3
    assert found_while_refusing(FIVE + TWO) == 0.4  # none may pass: the bar is 0.65
    assert found_while_refusing(FIVE) == 0.6
    assert right_at([]) is None and refused_at(TWO) is None


def test_calibration_is_the_mean_gap_of_the_bins() -> None:
    assert calibration_error([Judged(True, 1.0, True)] * 4) == 0.0
    assert calibration_error([Judged(True, 0.75, True), Judged(False, 0.75, True)]) == 0.25
    assert calibration_error([]) is None


def test_risk_grows_with_coverage_where_the_surest_are_right() -> None:
    assert curve(FIVE)[1::2] == [(0.2, 0.0), (0.4, 0.0), (0.6, 0.3333), (0.8, 0.25), (1.0, 0.4)]
    assert curve([]) == []


def test_the_bound_is_wilsons() -> None:
    assert bound(0, 0) is None
    assert bound(0, 100) == pytest.approx(0.0263, abs=1e-3)
    assert bound(10, 100) == pytest.approx(0.161, abs=2e-3)


@given(st.integers(1, 500), st.data())
def test_the_bound_lies_above_what_was_seen(of: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, of))
    found = bound(wrong, of)
    assert found is not None and wrong / of - 1e-4 <= found <= 1.0


def test_f1() -> None:
    assert f1(3, 4, 6) == {"precision": 0.75, "recall": 0.5, "f1": 0.6}
    assert f1(0, 0, 0) == {"precision": None, "recall": None, "f1": None}
