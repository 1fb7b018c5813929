"""A backup restored while the original went on: what the original sent does not come again, what is still to come comes."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.compose import open_house
from bot.errors import TryLater
from bot.settings import Settings
from tests.fakes import PaperDoor, TestClock, WordVectors, marked_voice
from tests.features.digesting import MONDAY, TOLD, digests, in_channel, planned, waits
from tests.features.test_meeting import held
from tests.features.test_meeting_due import ONCE, WEEKLY, reminded, until
from tests.world import COMMUNITIES, World

pytestmark = pytest.mark.anyio


def backed_up(world: World, folder: Path) -> Path:
    folder.mkdir()
    with sqlite3.connect(str(world.house.settings.sqlite_path)) as live, sqlite3.connect(folder / "guyub.db") as copy:
        live.backup(copy)
    return folder


@asynccontextmanager
async def restored(folder: Path, at: datetime, sent_until: datetime | None) -> AsyncIterator[World]:
    """The copy, opened at that moment before a platform where nothing is said yet."""
    door = PaperDoor()
    clock = TestClock()
    clock.now = at
    settings = Settings(data_dir=folder, communities=COMMUNITIES, sent_until=sent_until)
    async with open_house(settings, clock=clock, doors=(door,), model=WordVectors()) as house:
        house.outbox.voice = house.app.dispatcher.voice = marked_voice()
        world = World(house, door, clock)
        await world.settles()
        yield world


@pytest.mark.parametrize("told", [True, False], ids=["told so", "not told"])
async def test_what_the_original_sent_does_not_come_again(world: World, tmp_path: Path, told: bool) -> None:
    await held(world, WEEKLY)
    await world.presses("Wati", "meeting_yes", world.card("meeting.card"))
    await planned(world)
    await until(world, ONCE - timedelta(days=2))
    world.door.fails.append(TryLater(60))
    await world.commands("Budi", "bantuan", "@budi")
    copy = backed_up(world, tmp_path / "copy")
    await until(world, ONCE - timedelta(hours=23))
    assert reminded(world, "Wati") == 1 and "help" in " ".join(world.told("Budi"))
    stopped = world.clock()
    async with restored(copy, stopped + timedelta(minutes=5), stopped if told else None) as other:
        await other.later(seconds=1)
        again = 0 if told else 1
        assert reminded(other, "Wati") == other.heard("#sirkulasi").count("meeting.remind") == again
        assert len(other.told("Budi")) == again
        await other.house.loops.plan()
        await until(other, ONCE - timedelta(minutes=59))
        assert reminded(other, "Wati") == again + 1, "an hour before is still to come"


@pytest.mark.parametrize("told", [True, False], ids=["told so", "not told"])
async def test_nor_does_a_digest(world: World, tmp_path: Path, told: bool) -> None:
    await planned(world)
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await until(world, MONDAY - timedelta(days=1))
    copy = backed_up(world, tmp_path / "copy")
    await until(world, MONDAY + timedelta(minutes=5))
    assert digests(world, "Daniel") == [TOLD]
    async with restored(copy, MONDAY + timedelta(days=1), MONDAY + timedelta(hours=1) if told else None) as other:
        await other.later(seconds=1)
        assert digests(other, "Daniel") == ([] if told else [TOLD])
        assert in_channel(other, "#sirkulasi") == ([] if told else ["digest.community"])
        await waits(other, "Andi", "Bagaimana denda dihitung?", "sirkulasi")
        other.forget()
        await until(other, MONDAY + timedelta(days=7, minutes=1))
        assert digests(other, "Daniel") == [TOLD]
