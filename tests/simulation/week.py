"""A random community-week, and what follows from a seed: acts, deaths, failures, jumps of the clock, and ten quiet minutes."""

from __future__ import annotations

import asyncio
import gc
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.chance import ruled_by
from tests.simulation.fate import Fate, Killed
from tests.simulation.house import Life, Vectors, settings
from tests.simulation.judge import Broken, Judge, sql_time
from tests.simulation.people import People
from tests.simulation.platform import LIKELY, STORMY, Platform
from tests.simulation.town import found

DAYS = 7.2
QUIET = 600.0  # seconds from the last fault until all must be well
MODEL = Vectors()


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a seed."""

    seed: int
    trace: str
    broken: tuple[Broken, ...]
    lines: tuple[str, ...]
    acts: int
    deaths: int

    @property
    def report(self) -> str:
        told = "\n".join(f"  {b}" for b in self.broken[:8])
        again = f"again: python -m tests.simulation {self.seed}"
        return f"seed {self.seed}: {len(self.broken)} broken after {self.acts} acts\n{told}\n  {again}"


class Week:
    def __init__(self, seed: int, folder: Path, acts: int) -> None:
        self.fate = Fate(seed)
        self.folder, self.acts, self.deaths, self.done = folder, acts, 0, 0
        self.platforms = {
            "slack": Platform("slack", self.fate, knows_once=True, in_order=False),
            "telegram": Platform("telegram", self.fate, knows_once=False, in_order=True),
        }
        self.people = People(self.fate, self.platforms)
        self.judge = Judge(self.fate, str(folder / "guyub.db"), settings(folder).as_library().id)
        self.life = self._new_life()

    def _new_life(self) -> Life:
        return Life(self.folder, self.fate, tuple(self.platforms.values()), self.judge, MODEL)

    # ---- living ------------------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Until something is broken, or to the end."""
        chance = self.fate.of("week")
        self._safely(self.life.begin)
        pause = DAYS * 86400 / self.acts
        while self.done < self.acts and not self.judge.broken:
            self._perhaps_trouble()
            for _ in range(1 + (chance.random() < 0.2) * chance.randrange(4)):
                self.people.act(self.life)
                self.done += 1
            self.go(chance.uniform(0.01, 4.0))
            self.judge.step()
            self._wait(chance.expovariate(1 / pause))
        if not self.judge.broken:
            self._end_well()

    def go(self, seconds: float) -> None:
        self._safely(lambda: self.life.loop.go(seconds))

    def _safely(self, act: Callable[[], object]) -> None:
        """Whoever dies is opened again, as often as it takes."""
        while True:
            try:
                act()
                return
            except Killed:
                self.deaths += 1
                self.life.killed()
                self.fate.dead = False
                self.fate.elapsed += self.fate.of("week").uniform(0.5, 20)
                self.life = self._new_life()
                self.judge.reopened()
                act = self.life.begin

    def _wait(self, seconds: float) -> None:
        """Time passes, in steps to whatever comes due; each is given a moment to be done."""
        until = self.fate.elapsed + seconds
        while self.fate.elapsed < until and not self.judge.broken:
            ahead = self._next_due()
            self.fate.elapsed = max(self.fate.elapsed, min(until, self.fate.elapsed + ahead))
            self.go(self.fate.of("week").uniform(1.0, 3.0))
            self.judge.step()

    def _next_due(self) -> float:
        """Seconds until something in the database comes due."""
        now = self.fate()
        times = [row[0] for row in self.judge.find(DUE, now=sql_time(now)) if row[0]]
        from tests.simulation.judge import moment

        return min([max(0.0, (moment(t) - now).total_seconds()) for t in times], default=1e9) + 0.01

    # ---- trouble -----------------------------------------------------------------------------------------------------

    def _perhaps_trouble(self) -> None:
        chance = self.fate.of("trouble")
        for platform in self.platforms.values():
            if chance.random() < 0.1:
                platform.weather = chance.choice(({}, {}, LIKELY, STORMY))
                self.fate.tell("weather", platform.name, platform.weather)
        what = chance.random()
        if what < 0.08:
            self.fate.kill_at = self.fate.points + chance.randrange(1, 120)
        elif what < 0.11:
            self.fate.tell("restart")
            self._safely(self.life.stop)
            self.life = self._new_life()
            self._safely(self.life.begin)
        elif what < 0.16:
            self._store_fault(chance.choice(("locked", "full", "io")), chance.uniform(0.1, 25.0))
        elif what < 0.19:
            self.life.model_down = not self.life.model_down
            self.fate.tell("model down", self.life.model_down)
        elif what < 0.22:
            self._clock_jumps(chance.choice((-3600, -60, -2, 2, 90, 3600, 7200)))

    def _store_fault(self, fault: str, seconds: float) -> None:
        self.fate.tell("store fault", fault, seconds)
        self.people.act(self.life)
        self.go(self.fate.of("trouble").uniform(0.02, 0.6))  # it is best broken while something is under way
        self.life.engine.break_down(fault)
        self.people.act(self.life)
        self.go(seconds)
        self.life.engine.mend()

    def _clock_jumps(self, seconds: float) -> None:
        self.fate.tell("clock jumps", seconds)
        self.fate.skew += seconds

    # ---- the end -----------------------------------------------------------------------------------------------------

    def _end_well(self) -> None:
        """The faults stop. Ten minutes later nothing is left undone."""
        self.fate.tell("faults stop")
        self.fate.kill_at = 0
        self.life.model_down = False
        self.life.engine.mend()
        for platform in self.platforms.values():
            platform.weather = {}
        self._wait(QUIET)
        if not self.judge.broken:
            self.judge.settled()
        before = self.fate.points
        self.go(5.0)
        if not self.judge.broken and self.fate.points - before > 200:
            self.judge.fail("it never comes to rest", self.fate.points - before, "steps in five quiet seconds")

    def close(self) -> None:
        self.fate.dead = True
        self.life.engine.drop()
        self.life.loop.abandon()
        self.judge.look.close()
        asyncio.set_event_loop(None)


DUE = """SELECT min(at) FROM due WHERE library=:l
UNION ALL SELECT min(max(coalesce(not_before, ''), coalesce(held_until, ''))) FROM inbox
  WHERE library=:l AND done_at IS NULL AND parked_at IS NULL
UNION ALL SELECT min(max(coalesce(not_before, ''), coalesce(held_until, ''), :now)) FROM outbox
  WHERE library=:l AND sent_at IS NULL AND parked_at IS NULL"""


@contextmanager
def silence() -> Iterator[None]:
    """What the house logs of thousands of failures is not looked at."""
    before, level = structlog.get_config(), logging.root.manager.disable
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=False)
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        structlog.configure(**before)
        logging.disable(level)


def play(seed: int, acts: int = 60, broken: AbstractContextManager[None] | None = None) -> Played:
    """One week from its seed, in a folder of its own. `broken`: a mutant of the code that it is played with."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        folder = Path(name)
        shutil.copy(found(), folder / "guyub.db")
        week = Week(seed, folder, acts)
        gc.disable()  # when a forgotten task is cleaned up must not depend on what ran before
        try:
            with silence(), ruled_by(week.fate), broken or nullcontext():
                week.play()
            return Played(seed, week.fate.trace, tuple(week.judge.broken), tuple(week.fate.lines), week.done, week.deaths)
        finally:
            week.close()
            gc.enable()
