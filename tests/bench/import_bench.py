"""Messages a second and peak memory of the import's readers and its grouping, on generated exports of two sizes.

    python tests/bench/import_bench.py [messages] [messages]      (10000 and 100000 when not given)

Each line comes from a process of its own: `resident` is what the process grew by, `peak` what Python's allocations reached
(tracemalloc, in a second, slower run; of reading only). Flat means: the larger export needs no more of either.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.exports import read_slack, read_telegram, read_whatsapp
from bot.importing.answered import found
from bot.importing.told import Report, Told
from tests.exports.generated import KINDS

MB = 1024 * 1024
ZONE = ZoneInfo("Asia/Jakarta")


def read(kind: str, path: Path, report: Report) -> Iterable[Told]:
    if kind == "whatsapp":
        return read_whatsapp(path, report, ZONE)
    return read_slack(path, report) if kind == "slack" else read_telegram(path, report)


def measured(kind: str, path: Path, grouped: bool) -> str:
    """One line: what was read, how fast, how much memory. A small export first, so that caches and imports are not counted."""
    small = path.with_name(f"small-{path.name}")
    KINDS[kind][1](small, 500)
    run = (lambda p: found(read(kind, p, Report()))) if grouped else (lambda p: read(kind, p, Report()))
    sum(1 for _ in run(small))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    count = sum(1 for _ in run(path))
    took = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    what = "answered questions" if grouped else "messages"
    line = f"{count:>8,} {what:<18} {took:6.1f} s   resident +{grown:5.1f} MB"
    if grouped:
        return line
    tracemalloc.start()
    sum(1 for _ in run(path))
    return f"{line}   peak {tracemalloc.get_traced_memory()[1] / MB:5.1f} MB"


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        print(measured(sys.argv[2], Path(sys.argv[3]), sys.argv[4] == "grouped"))
        return
    sizes = [int(word) for word in sys.argv[1:]] or [10_000, 100_000]
    for kind, (name, make) in KINDS.items():
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                path = make(Path(folder) / name, size)
                print(f"{kind}, {size:,} messages, {path.stat().st_size / MB:.1f} MB on disk", flush=True)
                for how in ("read", "grouped"):
                    command = [sys.executable, __file__, "--one", kind, str(path), how]
                    print("   ", subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip(), flush=True)


if __name__ == "__main__":
    main()
