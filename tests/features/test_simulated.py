"""What simulated weeks found, each as a plain test beside its seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import TryLater
from bot.events import Commanded, Event, Pressed
from bot.model.place import Account, Place
from bot.model.question import State
from bot.outbox import TRIES
from bot.ports import Unit
from tests.world import a_library

pytestmark = pytest.mark.anyio
FINE = "Bagaimana cara menghitung denda buku yang terlambat?"


async def test_what_is_in_hand_is_not_taken_again_after_the_machine_slept(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        event = Event(
            "paper:x", world.house.store.library, world.clock(), Commanded("bantuan"), _budi(), Place("paper", "#umum")
        )
        await world.house.app.receive(event)
        await world.house.app.do((await world.house.app.claim(1))[0])
        assert len(await world.house.outbox.claim(8)) == 1
        world.clock.forward(minutes=5)
        assert await world.house.outbox.claim(8) == ()


async def test_a_platform_that_asked_us_to_wait_loses_nothing_by_one_failure_after_it(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        world.door.fails = [*(TryLater(60.0) for _ in range(TRIES + 1)), ConnectionError("once")]  # type: ignore[list-item]
        await world.commands("Budi", "bantuan")
        for _ in range(TRIES + 3):
            await world.later(minutes=6)
        assert not world.door.fails
        assert (await world.house.store.health(world.clock())).outbox_parked == 0
        assert len(world.told("Budi")) == 1


async def test_who_left_is_told_nothing_more_where_they_were(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        world.door.fails = [TryLater(60.0)]
        await world.commands("Sari", "bantuan")
        await world.leaves("Sari")
        world.forget()
        await world.later(minutes=2)
        assert world.told("Sari") == []


async def test_a_question_that_was_being_asked_while_its_asker_left_is_closed(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        q = await world.asks("Sari", FINE)
        await world.leaves("Sari")
        q = await world.again(q)
        late = replace(q, state=State.OPEN, ended_at=None)  # as its own event, in another lane, would have stored it just after
        await world.house.store.commit(Unit(q.library, save=(late,)))
        await world.later(minutes=2)
        assert (await world.again(q)).state is State.WITHDRAWN


async def test_who_comes_back_and_presses_what_they_may_not_is_here_again(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        q = await world.asks("Budi", FINE)
        await world.leaves("Wati")
        await world.happens("Wati", Pressed("solved", q.id, ""))
        assert not (await world.member("Wati")).gone


def _budi() -> Account:
    return Account("paper", "budi", "Budi")
