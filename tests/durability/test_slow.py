"""What takes longer than a claim is held is done once all the same: the loops hold on to what is in hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import loops
from bot.doors import Delivery
from bot.events import Event, Reacted
from bot.model.base import Language
from bot.model.place import Account, MessageRef, Place
from bot.outcome import At, Say
from bot.ports import Unit
from tests.world import World, a_library, user_of

pytestmark = pytest.mark.anyio


class Slow:
    """Takes five minutes of the world's clock, while the loops go on looking for work."""

    def __init__(self, world: World) -> None:
        self.world, self.begun = world, 0
        self.over = asyncio.Event()

    async def pass_time(self) -> None:
        self.begun += 1
        for _ in range(30):
            self.world.clock.forward(seconds=10)
            for wake in (self.world.house.app.wake_inbox, self.world.house.outbox.wake):
                wake.set()
            await asyncio.sleep(0.03)
        self.over.set()


class SlowModel(Slow):
    async def draft(self, question: str, answers: Sequence[tuple[str, str]], language: Language) -> str:
        await self.pass_time()
        return ""


@asynccontextmanager
async def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(loops, "HOLD_ON", 0.02)
    async with a_library(tmp_path) as world:
        yield world
        async with asyncio.timeout(5):
            await world.house.loops.stop()


async def test_a_slow_language_model_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_work(tmp_path, monkeypatch) as world:
        q = await world.asks("Andi", "Bagaimana cara menghitung denda keterlambatan?")
        reply = await world.replies("Wati", "Seribu rupiah per hari, dihitung dari tanggal kembali.", q)
        world.house.app.dispatcher.drafter = model = SlowModel(world)
        await world.house.loops.start()
        who, where = Account("paper", user_of("Andi"), "Andi"), Place("paper", "#umum")
        await world.house.app.receive(Event("r", world.house.store.library, world.clock(), Reacted("✅", reply), who, where))
        async with asyncio.timeout(20):
            await model.over.wait()
            while await world.house.store.items.of_question(q.id) is None:  # noqa: ASYNC110  # the loops are at it
                await asyncio.sleep(0.02)
        assert model.begun == 1


async def test_a_slow_delivery_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_work(tmp_path, monkeypatch) as world:
        deliver, slow, store = world.door.deliver, Slow(world), world.house.store

        async def slowly(delivery: Delivery) -> MessageRef:
            await slow.pass_time()
            return await deliver(delivery)

        world.door.deliver = slowly  # type: ignore[method-assign]
        await store.commit(Unit(store.library, out=(("1", Say(At(Place("paper", "#umum")), "error.closed")),)))
        await world.house.loops.start()
        async with asyncio.timeout(20):
            await slow.over.wait()
            while (await store.health(world.clock())).outbox_waiting:  # noqa: ASYNC110  # the loops are at it
                await asyncio.sleep(0.02)
        assert slow.begun == 1
