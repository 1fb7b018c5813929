"""What every benchmark shares: a figure beside its goal, rounds that take turns, and servers that stay on their own core."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CORES = sorted(os.sched_getaffinity(0))
SERVER, LOAD = CORES[0], CORES[-1]  # the thing measured keeps a core for itself where there are two


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. `held` None: told for comparison, no goal hangs on it."""

    what: str
    ours: str
    beside: str
    ratio: str = ""
    goal: str = ""
    held: bool | None = None


def at_least(what: str, ours: float, peer: float, goal: float, unit: str = "/s", beside: str = "") -> Row:
    """More is better: ours over the peer's."""
    ratio = ours / peer
    theirs = f"{beside} {peer:,.0f} {unit}".strip()
    return Row(what, f"{ours:,.0f} {unit}", theirs, f"{ratio:.2f} ×", f"≥ {goal:g} ×", ratio >= goal)


def at_most(what: str, ours: float, limit: float, unit: str, beside: str = "") -> Row:
    """Less is better, under a fixed limit."""
    return Row(what, f"{ours:,.2f} {unit}", beside, "", f"≤ {limit:g} {unit}", ours <= limit)


def within(what: str, ours: float, peer: float, goal: float, unit: str, beside: str = "") -> Row:
    """Less is better: ours over the peer's."""
    ratio = ours / peer
    theirs = f"{beside} {peer:,.2f} {unit}".strip()
    return Row(what, f"{ours:,.2f} {unit}", theirs, f"{ratio:.2f} ×", f"≤ {goal:g} ×", ratio <= goal)


def told(number: str, rows: Sequence[Row]) -> None:
    """To whoever watches, and to `make bench` where that is who asked."""
    for row in rows:
        mark = {True: "  ", False: "! ", None: "  "}[row.held]
        print(f"{mark}{row.what:58} {row.ours:>16}  {row.beside:34} {row.ratio:>8}  {row.goal}", flush=True)
    if path := os.environ.get("BENCH_JSON"):
        with Path(path).open("a") as kept:
            kept.write(json.dumps([asdict(row) | {"number": number} for row in rows]) + "\n")


async def in_turns(cases: Mapping[str, Callable[[], Awaitable[float]]], rounds: int = ROUNDS) -> dict[str, float]:
    """Each case once a round, in turns; the medians."""
    found: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            found[name].append(await case())
    return {name: statistics.median(figures) for name, figures in found.items()}


def percentile(figures: Sequence[float], part: float) -> float:
    """Of a list in any order; `part` in 0..1."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def mebibytes(pid: int | str = "self") -> float:
    """What a process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def cpu_seconds(pid: int) -> float:
    """What a process has had of its core so far; other programs on the machine do not change it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(module: str, *args: object, **environment: object) -> Iterator[tuple[int, int]]:
    """`python -m module PORT args…` on the server's core, once it listens: port and process id. It never outlives the block."""
    port = free_port()
    chosen = os.environ | {"PYTHONPATH": str(ROOT)} | {name: str(value) for name, value in environment.items()}
    command = [sys.executable, "-m", module, str(port), *map(str, args)]
    process = subprocess.Popen(command, env=chosen, cwd=ROOT)
    os.sched_setaffinity(process.pid, {SERVER})
    try:
        _up(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _up(port: int, process: subprocess.Popen[bytes], patience: float = 120.0) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{process.args} does not listen; exit code {process.returncode}")


def loaded(module: str, *args: object, **environment: object) -> dict[str, float]:
    """`python -m module args…` on the load's core: the JSON that it prints last."""
    command = ["taskset", "-c", str(LOAD), sys.executable, "-m", module, *map(str, args)]
    chosen = os.environ | {"PYTHONPATH": str(ROOT)} | {name: str(value) for name, value in environment.items()}
    told = subprocess.run(command, env=chosen, cwd=ROOT, capture_output=True, text=True)
    if told.returncode:
        raise RuntimeError(told.stderr[-3000:])
    found: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return found


def run(number: str, bench: Callable[[], Awaitable[Sequence[Row]]]) -> None:
    """The whole of a benchmark's main."""
    told(number, asyncio.run(bench()))  # type: ignore[arg-type]
