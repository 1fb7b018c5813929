"""The process dies at fifty points of a whole conversation, and nobody notices.

Three communities at once: ask, join, answer, edit, take back, thank, solve, keep, review, publish, find again. The same script
is played without a kill; afterwards both houses must hold the same questions, answers, items and credits, and the messenger the
same messages. The local messenger knows each message by its outbox row (`once`), so none may be doubled at all.

GUYUB_TEST_KILLS=500 is the long version (`make soak`), GUYUB_TEST_SEED repeats a run.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random

from tests.durability import dump
from tests.durability.houses import Child, seeded
from tests.durability.script import CASTS, SHOWN, play

KILLS = int(os.environ.get("GUYUB_TEST_KILLS", "50"))
A_WHILE = 0.12  # seconds within which most of what an act causes is done
STARTING = 0.4  # seconds that a start takes here
EARLY = 0.2  # the share of kills that come while it starts
LONG = 90.0


class Run:
    """One house's lives. `begun`: the acts that began, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begun: dict[str, None] = {}
        self.shown: set[str] = set()
        self.done = False

    def live(self, until: int, then: float) -> Child:
        """A life until so many acts have begun, or the script is done; and `then` seconds more."""
        child = Child(play, self.folder)
        self._listen(child, LONG, until)
        assert self.done or len(self.begun) >= until, f"it got stuck; acts begun last: {list(self.begun)[-3:]}"
        end = time.monotonic() + then
        while child.alive and (left := end - time.monotonic()) > 0:
            if heard := child.hears(left):
                self._note(heard)
        return child

    def _listen(self, child: Child, timeout: float, until: int) -> None:
        while not self.done and len(self.begun) < until and (heard := child.hears(timeout)):
            self._note(heard)

    def _note(self, heard: str) -> None:
        if heard.startswith(SHOWN):
            self.shown.add(heard.removeprefix(SHOWN))
        elif heard == "done":
            self.done = True
        elif heard != "start":
            self.begun[heard] = None


def unkilled(folder: Path) -> Run:
    run = Run(folder)
    child = run.live(10**9, 0)
    child.process.join()
    assert run.done and child.process.exitcode == 0
    return run


def killed(folder: Path, acts: int, random: Random) -> Run:
    """Kills spread over the whole script; then a life in peace."""
    run, made = Run(folder), 0
    while made < KILLS:
        until = 0 if run.done or random.random() < EARLY else 1 + made * acts // KILLS
        child = run.live(until, random.uniform(0, A_WHILE if until else STARTING))
        made += child.alive
        child.kill()
    run.done = False
    run.live(10**9, 0).process.join()
    return run


def test_nothing_is_lost_or_doubled_when_the_process_is_killed_at_fifty_points(tmp_path: Path) -> None:
    random = seeded("sigkill")
    expected = unkilled(tmp_path / "unkilled")
    found = killed(tmp_path / "killed", len(expected.begun), random)
    print(f"{KILLS} kills over {len(expected.begun)} acts")
    late = dump.said_late(found.folder, frozenset(expected.shown))
    assert len(late) <= KILLS * len(CASTS), "each kill cuts off at most one answer at once of each of the people"
    before = (*dump.core(expected.folder), *dump.ledger(expected.folder))
    after = (*dump.core(found.folder), *dump.ledger(found.folder, late))
    wrong = dump.differences(before, after)
    assert not wrong, wrong
