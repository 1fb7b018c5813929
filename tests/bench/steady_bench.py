"""Speed 3: how late an acknowledgement comes at 50 events a second; also while digests, re-embedding and a backup run.

    python -m tests.bench.steady_bench [seconds]

Beside a bare Bolt that has nothing else to do. Latencies count from when an event should have been sent.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.bench.room import ROUNDS, Row, at_most, in_turns, loaded, run, serving, within

RATE = 50
NOTES = 500  # that have no vector: more than can be embedded meanwhile


class Backup(threading.Thread):
    """Copies a running database again and again, as the handbook says."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.over = folder, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.1):
            live, copy = (sqlite3.connect(self.folder / name) for name in ("guyub.db", "backup.db"))
            with closing(live), closing(copy):
                live.backup(copy, pages=200, sleep=0.01)


class Cells:
    def __init__(self, folder: Path, api: str, seconds: float) -> None:
        self.folder, self.api, self.seconds, self.count = folder, api, seconds, 0
        self.worst: list[float] = []

    def bolt(self) -> float:
        with serving("tests.bench.bolt_peer") as (port, _):
            return self._steady(port)["p99"]

    def idle(self) -> float:
        self.count += 1
        with serving("tests.bench.slack_house", self.folder / f"idle{self.count}", self.api) as (port, _):
            return self._steady(port)["p99"]

    def busy(self) -> float:
        self.count += 1
        folder = self.folder / f"busy{self.count}"
        with serving("tests.bench.slack_house", folder, self.api, NOTES, BUSY="on") as (port, _):
            backup = Backup(folder)
            backup.start()
            found = self._steady(port, BENCH_AHEAD=(folder / "ahead").read_text())
            backup.over.set()
            backup.join()
        self.worst.append(found["max"])
        return found["p99"]

    def _steady(self, port: int, **environment: object) -> dict[str, float]:
        loaded("tests.bench.load", "steady", port, "mixed", 1, RATE, self.api, **environment)
        found = loaded("tests.bench.load", "steady", port, "mixed", self.seconds, RATE, self.api, **environment)
        if found["bad"]:
            raise RuntimeError(f"not acknowledged: {found}")
        return found


async def bench() -> Sequence[Row]:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    with tempfile.TemporaryDirectory() as folder, serving("tests.bench.slack_stub") as (stub, _):
        cells = Cells(Path(folder), f"http://127.0.0.1:{stub}", seconds)
        turns = {name: partial(asyncio.to_thread, cell) for name, cell in
                 (("bolt", cells.bolt), ("idle", cells.idle), ("busy", cells.busy))}  # fmt: skip
        late = await in_turns(turns, ROUNDS)
    return (
        within("acknowledgement p99 at 50/s", late["idle"], late["bolt"], 1.3, "ms", "bare Bolt"),
        within("… amid 10,000 digests, re-embedding, a backup", late["busy"], late["bolt"], 3, "ms", "bare Bolt"),
        at_most("… the latest of them", statistics.median(cells.worst), 100, "ms"),
    )


if __name__ == "__main__":
    run("3", bench)
