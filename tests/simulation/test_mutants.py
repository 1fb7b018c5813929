"""The simulation can find bugs: code put out of order on purpose is caught, each mutant by a week that is known to show it.

The goal is all but two. Where no seed is known yet it says `NOT_YET`: the number of those may only fall.
"""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS, NOT_YET, Mutant
from tests.simulation.week import play

SHOWN = [m for m in MUTANTS if m.seed != NOT_YET]
KNOWN = 16  # mutants that a week shows


def test_no_fewer_mutants_are_shown_than_before() -> None:
    assert len(SHOWN) >= KNOWN


@pytest.mark.parametrize("mutant", SHOWN, ids=lambda m: m.name)
def test_a_mutant_is_caught(mutant: Mutant) -> None:
    assert play(mutant.seed, mutant.acts, mutant.broken()).broken, f"not caught: {mutant.name}"


def test_what_catches_them_is_not_broken_by_itself() -> None:
    """Without a mutant each of these weeks holds: so it is the mutant that is caught."""
    for seed, acts in sorted({(m.seed, m.acts) for m in SHOWN}):
        played = play(seed, acts)
        assert not played.broken, played.report
