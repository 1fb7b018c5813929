"""What happens is decided here, and only here: one seed, several streams of chance, so that a new draw in one place does not
change all others. Everything that happens is told to the trace."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # a Monday's first light in Jakarta
LINES = 4000  # of the trace are kept to be looked at; all of them are in its hash


class Killed(SystemExit):
    """The process died at this very point. Not an `Exception`: nobody in the house can catch it."""


class Fate:
    """Seeded chance, the clocks, and the trace. `dead`: the process that runs now is gone, whatever it still tries."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[str, random.Random] = {}
        self.elapsed = 0.0  # seconds on the steady clock
        self.skew = 0.0  # seconds that the wall clock was set ahead (or back)
        self.names = 0
        self.points = 0
        self.kill_at = 0  # the point, counted from the beginning, at which the process dies; 0: it does not
        self.dead = False
        self.lines: list[str] = []
        self._hash = hashlib.blake2s()
        self.on_death: Callable[[], None] = lambda: None

    def of(self, stream: str) -> random.Random:
        """A stream of chance of its own."""
        if stream not in self._streams:
            self._streams[stream] = random.Random(f"{self.seed}/{stream}")
        return self._streams[stream]

    def chance(self, stream: str, probability: float) -> bool:
        return self.of(stream).random() < probability

    # ---- the wall clock --------------------------------------------------------------------------------------------

    def __call__(self) -> datetime:
        return BEGIN + timedelta(seconds=round(self.elapsed + self.skew, 6))

    # ---- what the core leaves to chance ----------------------------------------------------------------------------

    def name(self) -> str:
        """Like a UUIDv7: the time in front, so that later names sort after earlier ones."""
        self.names += 1
        return f"{int((BEGIN.timestamp() + self.elapsed) * 1000):012x}7{self.names:019x}"

    def code(self, signs: str, length: int) -> str:
        return "".join(self.of("codes").choice(signs) for _ in range(length))

    def spread(self, least: float, most: float) -> float:
        return self.of("spread").uniform(least, most)

    # ---- points at which a process can die ---------------------------------------------------------------------------

    def point(self, where: str) -> None:
        """Between two effects. Raises `Killed` where the process is to die here, or is dead already."""
        if self.dead:
            raise Killed(where)
        self.points += 1
        if self.points == self.kill_at:
            self.die(where)
            raise Killed(where)

    def die(self, where: str) -> None:
        self.dead, self.kill_at = True, 0
        self.tell("killed", where)
        self.on_death()

    # ---- the trace -------------------------------------------------------------------------------------------------

    def tell(self, *words: object) -> None:
        line = f"{self.elapsed:.6f} " + " ".join(str(w) for w in words)
        self._hash.update(line.encode("utf-8", "surrogatepass") + b"\n")
        if len(self.lines) < LINES or words[0] != "sql":
            self.lines.append(line)

    @property
    def trace(self) -> str:
        """One hash over all that happened."""
        return self._hash.hexdigest()
