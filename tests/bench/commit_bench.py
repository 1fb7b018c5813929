"""Units of work a second: the store against raw sqlite3, one transaction each, in the same run.

    python tests/bench/commit_bench.py [units] [callers]

A unit of the store is what a message costs: `receive`, `claim_one`, and a `commit` of a question, a message to deliver and a
time. The raw one writes the same three rows in the plainest way, one durable transaction after the other; for the `receive`
figures both write the inbox row only. Interleaved, three rounds, medians.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.events import Event, Said
from bot.model.place import Account, MessageRef, Place
from bot.model.question import Question
from bot.outcome import At, Later, Say
from bot.ports import Unit
from storage.codec import encode
from storage.store import SqlStore, open_store

TEXT = "Kak, bagaimana cara memperpanjang peminjaman buku yang sudah terlambat tiga hari? " * 2


def now() -> datetime:
    return datetime.now(UTC)


def event(name: str) -> Event:
    return Event(name, "l", now(), Said(TEXT, name), Account("web", "u", "U"), Place("web", "umum", name))


class Raw:
    """sqlite3, WAL, FULL: the limit of one durable transaction at a time."""

    def __init__(self, path: Path) -> None:
        self.c = sqlite3.connect(path, isolation_level=None)
        self.c.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE inbox(id TEXT PRIMARY KEY, payload TEXT, at REAL, done REAL);"
            "CREATE TABLE question(id TEXT PRIMARY KEY, text TEXT, at REAL);"
            "CREATE TABLE outbox(id INTEGER PRIMARY KEY, payload TEXT, at REAL);"
        )

    async def receive(self, name: str) -> None:
        self.c.execute("BEGIN IMMEDIATE")
        self.c.execute("INSERT INTO inbox VALUES (?, ?, ?, NULL)", (name, encode(event(name)), time.time()))
        self.c.execute("COMMIT")

    async def whole(self, name: str) -> None:
        await self.receive(name)
        self.c.execute("BEGIN IMMEDIATE")
        self.c.execute("UPDATE inbox SET done = ?, payload = NULL WHERE id = ?", (time.time(), name))
        self.c.execute("INSERT INTO question VALUES (?, ?, ?)", (name, TEXT, time.time()))
        self.c.execute("INSERT INTO outbox(payload, at) VALUES (?, ?)", (TEXT, time.time()))
        self.c.execute("COMMIT")


class Ours:
    def __init__(self, store: SqlStore) -> None:
        self.store = store

    async def receive(self, name: str) -> None:
        await self.store.receive(event(name))

    async def whole(self, name: str) -> None:
        await self.store.receive(event(name), reserve="w")
        await self.store.claim_one("w", name)
        origin = MessageRef("web", "umum", name)
        question = Question(library="l", asker="u", text=TEXT, language="id", origin=origin, asked_at=now())
        say = Say(At(Place("web", "umum", name)), "ask.routed", {"name": "Sari"}, card=name)
        later = Later("question.nudge", question.id, now() + timedelta(days=1))
        await self.store.commit(Unit("l", (question,), ((name, say),), later=(later,), done=name, worker="w"))


async def rate(one: Callable[[str], Awaitable[None]], prefix: str, units: int, callers: int) -> float:
    """Units a second, with so many callers at once."""
    names = iter([f"{prefix}{n}" for n in range(units)])

    async def caller() -> None:
        for name in names:
            await one(name)

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return units / (time.perf_counter() - start)


async def main(units: int, callers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        raw = Raw(Path(folder) / "raw.db")
        store = await open_store(f"sqlite:///{folder}/guyub.db", library="l", clock=now)
        ours = Ours(store)
        figures: dict[str, list[float]] = {}
        for n in range(3):
            for name, one in (("raw receive", raw.receive), ("store receive", ours.receive)):
                figures.setdefault(name, []).append(await rate(one, f"r{n}-", units, callers))
            for name, one in (("raw whole", raw.whole), ("store whole", ours.whole)):
                figures.setdefault(name, []).append(await rate(one, f"w{n}-", units, callers))
        await store.close()
        raw.c.close()
    for name, rates in figures.items():
        print(f"{name:14} {statistics.median(rates):8.0f}/s")


if __name__ == "__main__":
    asyncio.run(main(*(int(a) for a in (*sys.argv[1:], *("3000", "32")[len(sys.argv) - 1 :]))))
