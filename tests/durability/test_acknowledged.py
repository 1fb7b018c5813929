"""PROMISE 1 at the local messenger's door: what was answered with 200 is there after a SIGKILL, at any of 25 points.

A message is there while the messenger still has to hand it over, while it waits in the inbox, or once it is a question or an
answer. GUYUB_TEST_KILLS makes it longer, GUYUB_TEST_SEED repeats a run.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.durability.houses import Child, free_port, seeded, serve_messenger
from tests.durability.script import CASTS
from tests.durability.wire import Wire

pytestmark = pytest.mark.anyio

KILLS = int(os.environ.get("GUYUB_TEST_KILLS", "25"))
TALKERS = 8
PLACES = (
    ("messenger.db", "SELECT json_extract(payload, '$.text') FROM undelivered"),
    ("guyub.db", "SELECT json_extract(payload, '$.what.text') FROM inbox WHERE payload IS NOT NULL"),
    ("guyub.db", "SELECT text FROM answer"),
    ("guyub.db", "SELECT text FROM question"),
)


async def questions(port: int) -> tuple[str, list[str]]:
    """The house's first visitors: three questions in a room. The cookie of one who answers, and the threads."""
    async with Wire(port) as wire:
        for name in ("Ani", "Budi"):
            assert (await wire.post("/people", name=name, language="id"))[0] == 200
            cookie = wire.cookie
        await wire.post("/channels", name="ruang")
    threads = []
    async with Wire(port) as asker:
        await asker.post("/people", name="Ani", language="id")
        for cast in CASTS:
            status, body = await asker.post("/c/ruang/say", text=f"@Guyub {cast.question}")
            assert status == 200
            threads.append(str(json.loads(body)["messages"][0]["id"]))
    return cookie, threads


async def talk(port: int, cookie: str, threads: list[str], talker: int, count: list[int], acknowledged: set[str]) -> None:
    """Answers without end, until the other side dies."""
    with suppress(OSError, asyncio.IncompleteReadError):
        async with Wire(port, cookie) as wire:
            while True:
                count[0] += 1
                text = f"Jawaban {talker}-{count[0]}: pakai menu sirkulasi."
                status, _ = await wire.post("/c/ruang/say", text=text, thread=threads[talker % len(threads)])
                if status == 200:
                    acknowledged.add(text)


def held(folder: Path) -> set[str]:
    """Every text that is kept somewhere."""
    found: set[str] = set()
    for name, query in PLACES:
        with closing(sqlite3.connect(folder / name)) as c:
            found |= {str(row[0]) for row in c.execute(query)}
    return found


async def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    chance, port = seeded("acknowledged"), free_port()
    acknowledged: set[str] = set()
    count, threads, cookie, spent = [0], [], "", 0.0
    for _ in range(KILLS):
        child = Child(serve_messenger, tmp_path, port)
        await asyncio.to_thread(child.waits_for, "up")
        if not threads:
            cookie, threads = await questions(port)
        begin, before = time.monotonic(), len(acknowledged)
        talkers = asyncio.gather(*(talk(port, cookie, threads, n, count, acknowledged) for n in range(TALKERS)))
        while len(acknowledged) < before + 3:  # noqa: ASYNC110  # a life's first pages are slow: it has to be talking
            await asyncio.sleep(0.01)
        await asyncio.sleep(chance.uniform(0, 0.3))
        child.kill()
        await talkers
        spent += time.monotonic() - begin
        lost = acknowledged - held(tmp_path)
        assert not lost, f"{len(lost)} of {len(acknowledged)} are gone, such as {sorted(lost)[:3]}"
    print(f"{KILLS} kills, {len(acknowledged)} messages acknowledged, {len(acknowledged) / spent:.0f} a second")
    assert len(acknowledged) >= 3 * KILLS
