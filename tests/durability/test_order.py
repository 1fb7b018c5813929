"""PROMISE 6: what is said in one place is read in the order in which it was decided.

A hundred threads, ten words in each, two workers on one store and the real messenger, which is often not ready, sometimes
even after it has posted; workers die with deliveries in hand and others take over. GUYUB_TEST_SEED repeats a run.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from adapters.web.door import WebDoor
from bot.compose import House, open_house
from bot.doors import Delivery
from bot.errors import TryLater
from bot.model.place import MessageRef, Place
from bot.outbox import Outbox
from bot.outcome import At, Say
from bot.ports import Unit
from tests.durability.houses import seeded, settings
from tests.world import TestClock, WordVectors

pytestmark = pytest.mark.anyio

THREADS, WORDS, WORKERS = 100, 10, 2
NOT_READY, TOO_LATE = 0.08, 0.02  # how often the messenger asks to wait: before it posts, and after it has posted
DEATHS = 12
ROUNDS = 8  # of deliveries, at most, before a worker dies


class MoodyDoor(WebDoor):
    """The messenger on a bad day."""

    random = Random()

    async def deliver(self, delivery: Delivery) -> MessageRef:
        if self.random.random() < NOT_READY:
            raise TryLater(self.random.uniform(0, 3), "not ready")
        ref = await super().deliver(delivery)
        if self.random.random() < TOO_LATE:
            raise TryLater(self.random.uniform(0, 3), "posted, but nobody heard")
        return ref


async def threads(door: WebDoor) -> list[Place]:
    user, room = await door.platform.add_person("Sari"), await door.platform.add_channel("umum")
    roots = [await door.platform.say(user, room, f"utas {n}", tell=False) for n in range(THREADS)]
    return [Place("web", room, root) for root in roots]


async def decide(house: House, places: list[Place], random: Random) -> None:
    """The words, in units of a few, places mixed. A row's name says where it stands in its place."""
    left = [n for n in range(THREADS) for _ in range(WORDS)]
    random.shuffle(left)
    said = [0] * THREADS
    while left:
        now, left = left[:7], left[7:]
        out = []
        for n in now:
            out.append((f"{n:03}/{said[n]:02}", Say(At(places[n]), "error.stale")))
            said[n] += 1
        await house.store.commit(Unit(house.store.library, out=tuple(out)))


async def work(house: House, clock: TestClock, random: Random, names: Iterator[int]) -> int:
    """One worker's life until nothing is left, and its heirs'. How many of them died with something in hand."""
    deaths = 0
    while True:
        outbox = Outbox(house.store, house.doors, house.outbox.voice, clock, f"worker-{next(names)}")
        dies_after = random.randint(1, ROUNDS) if deaths < DEATHS // WORKERS else 10**9
        if not await _life(house, outbox, clock, dies_after):
            return deaths
        deaths += 1
        await house.store.release(outbox.worker)


async def _life(house: House, outbox: Outbox, clock: TestClock, rounds: int) -> bool:
    """Whether it died, after so many rounds of deliveries, in the middle of the last one."""
    while (await house.store.health(clock())).outbox_waiting:
        rows = await outbox.claim(outbox.hands)
        if not rows:
            clock.forward(seconds=0.1)
            await asyncio.sleep(0.001)
            continue
        rounds -= 1
        in_hand = asyncio.gather(*(outbox.do(row) for row in rows))
        if rounds <= 0:
            await asyncio.sleep(0.01)
            in_hand.cancel()
            await asyncio.gather(in_hand, return_exceptions=True)
            return True
        await in_hand
    return False


async def test_the_order_of_each_place_is_kept(tmp_path: Path) -> None:
    random, clock = seeded("order"), TestClock()
    door = MoodyDoor(tmp_path, "perpustakaan", clock)
    door.random = random
    async with open_house(settings(tmp_path), clock=clock, doors=(door,), model=WordVectors()) as house:
        await decide(house, await threads(door), random)
        names = iter(range(10**6))
        deaths = sum(await asyncio.gather(*(work(house, clock, random, names) for _ in range(WORKERS))))
    await door.stop()
    print(f"{THREADS} threads, {WORDS} words each, {WORKERS} workers, {deaths} deaths")
    with closing(sqlite3.connect(tmp_path / "messenger.db")) as c:
        query = "SELECT once FROM delivered JOIN messages ON messages.id = delivered.message ORDER BY messages.seq"
        read = [str(row[0]) for row in c.execute(query)]
    lanes = [[name for name in read if name.startswith(f"{n:03}/")] for n in range(THREADS)]
    assert lanes == [[f"{n:03}/{word:02}" for word in range(WORDS)] for n in range(THREADS)]
    assert deaths == DEATHS
