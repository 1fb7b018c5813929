"""Speed 1 and 2: signed Slack events a second, acknowledged after the durable commit; and the whole feature run behind them.

    python -m tests.bench.acknowledge_bench [seconds]

Beside a bare Bolt that only acknowledges, and beside Bolt that does one transaction with SQLAlchemy and aiosqlite. Each server
has a core of its own, the load another. "Whole" ends when the inbox is empty: answers, reactions and commands, decided and
stored.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from tests.bench.room import ROUNDS, Row, at_least, cpu_seconds, in_turns, loaded, serving, told

PATIENCE = 300.0  # seconds for the inbox to become empty


def waiting(port: int) -> int:
    """Events that nobody has handled yet; a Bolt has no such count."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            told = json.load(answer)
    except urllib.error.HTTPError as late:
        told = json.load(late)
    return int(told["inbox_waiting"])


class Cells:
    """Every server under the same load, in a fresh process with a fresh database each time."""

    def __init__(self, folder: Path, api: str, seconds: float) -> None:
        self.folder, self.api, self.seconds, self.count = folder, api, seconds, 0
        self.on_core: dict[str, list[float]] = {}

    def bolt(self, name: str, kind: str, *, stored: bool = False) -> Callable[[], Awaitable[float]]:
        async def cell() -> float:
            with serving("tests.bench.bolt_peer", *([self.fresh()] if stored else [])) as (port, pid):
                return self._rate(name, port, pid, kind, drained=False)

        return cell

    def ours(self, name: str, kind: str, hands: str) -> Callable[[], Awaitable[float]]:
        async def cell() -> float:
            with serving("tests.bench.slack_house", self.fresh(), self.api, HANDS=hands, MODEL="words") as (port, pid):
                return self._rate(name, port, pid, kind, drained=hands == "on")

        return cell

    def fresh(self) -> Path:
        self.count += 1
        return self.folder / str(self.count)

    def _rate(self, name: str, port: int, pid: int, kind: str, *, drained: bool) -> float:
        loaded("tests.bench.load", "saturate", port, kind, 0.5, self.api)
        before = cpu_seconds(pid)
        load = loaded("tests.bench.load", "saturate", port, kind, self.seconds, self.api)
        if load["bad"] or load["ran_out"]:
            raise RuntimeError(f"{name}: {load}")
        end = time.monotonic()
        while drained and waiting(port):
            if time.monotonic() - end > PATIENCE:
                raise RuntimeError(f"{name}: the inbox does not become empty")
            time.sleep(0.05)
        seconds = load["seconds"] + time.monotonic() - end
        self.on_core.setdefault(name, []).append(load["sent"] / (cpu_seconds(pid) - before))
        return load["sent"] / seconds


async def bench(seconds: float, rounds: int = ROUNDS) -> tuple[Sequence[Row], Sequence[Row]]:
    with tempfile.TemporaryDirectory() as folder, serving("tests.bench.slack_stub") as (stub, _):
        cells = Cells(Path(folder), f"http://127.0.0.1:{stub}", seconds)
        rate = await in_turns(
            {
                "bolt": cells.bolt("bolt", "question"),
                "ours": cells.ours("ours", "question", "off"),
                "bolt, mixed": cells.bolt("bolt, mixed", "mixed"),
                "ours, whole": cells.ours("ours, whole", "mixed", "on"),
                "bolt, sqlalchemy": cells.bolt("bolt, sqlalchemy", "mixed", stored=True),
            },
            rounds,
        )
    core = {name: sorted(figures)[len(figures) // 2] for name, figures in cells.on_core.items()}
    first = (
        at_least("acknowledged after the durable commit", rate["ours"], rate["bolt"], 0.9, beside="bare Bolt"),
        at_least("… a second of the server's processor time", core["ours"], core["bolt"], 0.9, beside="bare Bolt"),
    )
    peer = "Bolt + SQLAlchemy + aiosqlite"
    second = (
        at_least("whole feature run", rate["ours, whole"], rate["bolt, mixed"], 0.5, beside="bare Bolt"),
        at_least("… a second of processor time", core["ours, whole"], core["bolt, mixed"], 0.5, beside="bare Bolt"),
        at_least("whole feature run", rate["ours, whole"], rate["bolt, sqlalchemy"], 5, beside=peer),
        at_least("… a second of processor time", core["ours, whole"], core["bolt, sqlalchemy"], 5, beside=peer),
    )
    return first, second


if __name__ == "__main__":
    for number, rows in zip("12", asyncio.run(bench(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)), strict=True):
        told(number, rows)
