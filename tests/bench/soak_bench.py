"""Speed 9: memory under 50 events a second, at the end and early on.

    python -m tests.bench.soak_bench [seconds]        BENCH_SOAK=3600: the whole hour (`make soak`)

The mark is what it held at minute 5; a shorter run takes a fifth of its time, and says less.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.bench.room import Row, loaded, mebibytes, run, serving, within

RATE = 50
EVERY = 2.0  # seconds between two looks
MARK = 300.0
WIDE = 10  # looks whose median counts as what was held then


async def bench() -> Sequence[Row]:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else float(os.environ.get("BENCH_SOAK", "300"))
    held: list[float] = []
    with tempfile.TemporaryDirectory() as folder, serving("tests.bench.slack_stub") as (stub, _):
        api, house = f"http://127.0.0.1:{stub}", Path(folder) / "house"
        with serving("tests.bench.slack_house", house, api, 1000, LIMITS="off") as (port, pid):
            load = asyncio.create_task(
                asyncio.to_thread(loaded, "tests.bench.load", "steady", port, "mixed", seconds, RATE, api)
            )
            begin = time.monotonic()
            while not load.done():
                held.append(mebibytes(pid))
                await asyncio.sleep(EVERY)
            found, took = await load, time.monotonic() - begin
    if found["bad"]:
        raise RuntimeError(f"not acknowledged: {found}")
    return rows(held, min(MARK, seconds / 5), took)


def rows(held: Sequence[float], mark: float, took: float) -> Sequence[Row]:
    at = max(int(mark / EVERY), WIDE)
    early, late = statistics.median(held[at - WIDE : at]), statistics.median(held[-WIDE:])
    slope = float(np.polyfit(np.arange(len(held) - at) * EVERY / 60, held[at:], 1)[0])
    what = f"memory after {took / 60:.0f} minutes at 50/s"
    return (
        within(what, late, early, 1.03, "MiB", f"at minute {mark / 60:g}"),
        Row("… its slope since then", f"{slope:+.2f} MiB/min", "", "", "none", abs(slope) * 60 <= 0.03 * early),
    )


if __name__ == "__main__":
    run("9", bench)
