"""Random community-weeks hold all invariants, and the same seed is the same week to the byte.

In CI a few; `make soak` plays GUYUB_TEST_SEEDS of them. A seed that fails is printed with how to play it again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.week import play

WEEKS = int(os.environ.get("GUYUB_TEST_SEEDS", "3"))
FIRST = int(os.environ.get("GUYUB_TEST_SEED", "1"))
TWICE = int(os.environ.get("GUYUB_TEST_TWICE", "1"))
ACTS = int(os.environ.get("GUYUB_TEST_ACTS", "40"))
BATCH = 50


@pytest.mark.parametrize("first", range(FIRST, FIRST + WEEKS, BATCH))
def test_no_week_breaks_what_must_always_hold(first: int) -> None:
    for seed in range(first, min(first + BATCH, FIRST + WEEKS)):
        played = play(seed, ACTS)
        assert not played.broken, played.report


@pytest.mark.parametrize("seed", range(FIRST, FIRST + TWICE))
def test_the_same_seed_is_the_same_week_to_the_byte(seed: int) -> None:
    once, again = play(seed, 25), play(seed, 25)
    assert once.lines == again.lines
    assert once.trace == again.trace


def test_a_seed_is_the_same_week_in_another_process() -> None:
    """Also where Python hashes texts otherwise."""
    here = play(FIRST, 15).trace
    for salt in ("1", "2"):
        command = [sys.executable, "-m", "tests.simulation", str(FIRST), "15"]
        root = Path(__file__).parents[2]
        told = subprocess.run(
            command, cwd=root, env={**os.environ, "PYTHONHASHSEED": salt}, capture_output=True, text=True, check=True
        )
        assert f"trace {here}" in told.stdout
