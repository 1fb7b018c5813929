"""The bot's own error rate: nothing is promised from few verdicts, and what is promised was kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.triage.trust import ENOUGH, Verdict, bound, trust


def test_with_few_verdicts_it_only_suggests() -> None:
    found = trust([Verdict(0.9, True)] * (ENOUGH - 1))
    assert found.bar is None and found.wrong_at_most is None and found.verdicts == ENOUGH - 1


def test_it_answers_down_to_where_errors_begin() -> None:
    found = trust([Verdict(0.9, True)] * 150 + [Verdict(0.5, False)] * 100)
    assert found.bar == 0.9 and found.covered == 0.6
    assert found.wrong_at_most == bound(0, 150)
    assert found.curve[0] == (0.1, 0.0) and found.curve[-1] == (1.0, 0.4)


def test_where_all_is_wrong_nothing_is_answered() -> None:
    found = trust([Verdict(0.9, False)] * 200)
    assert found.bar is None and found.covered == 0.0


VERDICTS = st.lists(st.builds(Verdict, st.sampled_from([0.2, 0.5, 0.8, 0.9, 0.95]), st.booleans()), min_size=150, max_size=400)


@given(VERDICTS, st.floats(0.01, 0.6))
def test_the_bar_keeps_its_bound(verdicts: list[Verdict], most: float) -> None:
    found = trust(verdicts, most)
    answered = [one for one in verdicts if found.bar is not None and one.sure >= found.bar]
    assert round(len(answered) / len(verdicts), 4) == found.covered
    if answered:
        assert found.wrong_at_most == bound(sum(not one.right for one in answered), len(answered))
        assert found.wrong_at_most is not None and found.wrong_at_most <= most
