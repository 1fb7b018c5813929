"""The disk is full, the database is locked: what people say waits in the messenger and is handled when it can be, by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.compose import House, open_house
from bot.errors import Unavailable
from bot.serve import living
from storage.sqlite import SqliteEngine
from tests.durability.houses import Child, settings
from tests.durability.script import CASTS, Player, arrive, bind, join, open_room
from tests.world import WordVectors

pytestmark = pytest.mark.anyio
LOCKED = 3.0
SOON = 30.0
PARAGRAPH = "Bagaimana cara menghitung denda buku yang terlambat? " * 100


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[House]:
    """A living house with a community."""
    async with open_house(settings(folder), model=WordVectors()) as house, living(house):
        player = Player(house, lambda _: None)
        for act in (arrive, open_room, bind, join):
            await act(player, CASTS[0])
        yield house


def lock(db: Path, told: Pipe) -> None:
    """Another process takes the write lock and sits on it."""
    other = sqlite3.connect(db, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told.send("locked")
    time.sleep(LOCKED)
    other.execute("ROLLBACK")


async def until(true: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(SOON):
        while not await true():  # noqa: ASYNC110  # it tells nobody when it is mended
            await asyncio.sleep(0.05)


async def asked(house: House) -> list[str]:
    return sorted(q.text for q in await house.store.questions.recent(100))


async def waits(house: House) -> int:
    """Events that the messenger still keeps for the bot."""
    return await house.web.platform.store.read(lambda c: int(c.execute("SELECT COUNT(*) FROM undelivered").fetchone()[0]))


@pytest.mark.parametrize("name", ["guyub.db", "messenger.db"])
async def test_a_database_that_another_process_locks_for_three_seconds(tmp_path: Path, name: str) -> None:
    async with at_work(tmp_path) as house:
        first = asyncio.create_task(house.web.platform.say("ani", "ruang", f"@Guyub {CASTS[0].question}"))
        child = Child(lock, tmp_path / name)
        await asyncio.to_thread(child.waits_for, "locked")
        await first
        await house.web.platform.say("dedi", "ruang", f"@Guyub {CASTS[2].question}")
        wanted = sorted((CASTS[0].question, CASTS[2].question))

        async def all_there() -> bool:
            health = await house.store.health(house.app.dispatcher.clock())
            return await asked(house) == wanted and not health.inbox_waiting and not health.outbox_waiting

        await until(all_there)
        assert not await waits(house)
        health = await house.store.health(house.app.dispatcher.clock())
        assert (health.inbox_parked, health.outbox_parked) == (0, 0)
        child.process.join()
        child.kill()


async def test_a_full_disk_keeps_messages_with_the_messenger_until_there_is_room(tmp_path: Path) -> None:
    async with at_work(tmp_path) as house:
        engine, full = house.store._engine, True
        assert isinstance(engine, SqliteEngine)

        def little_room(raw: sqlite3.Connection, _record: object) -> None:
            raw.execute(f"PRAGMA max_page_count={1 if full else 2**30}").close()  # 1: no more pages than there are

        sa.event.listen(engine._sa, "connect", little_room)
        with suppress(Unavailable):  # what was written in the same breath may find the disk full already
            await engine.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=1").close())
        said = [
            await house.web.platform.say("ani", "dm-ani", f"{n}. {PARAGRAPH}") for n in range(12)
        ]  # each is taken by the messenger, whatever becomes of the bot
        assert len(set(said)) == 12
        assert await waits(house) > 0, "the bot cannot take them all"
        full = False

        async def handled() -> bool:
            health = await house.store.health(house.app.dispatcher.clock())
            return not await waits(house) and not health.inbox_waiting and not health.outbox_waiting

        await until(handled)
        origins = {q.origin.message for q in await house.store.questions.recent(100)}
        assert set(said) <= origins
