"""PROMISES 17: never over a published limit by our own doing, whoever of several workers sends; and no slower than it asks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.doors import Delivery, Limit
from bot.model.base import new_id
from bot.model.place import MessageRef, Place
from bot.outbox import Outbox
from bot.outcome import At, React, Say
from bot.ports import Unit
from tests.fakes import PaperDoor
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

ALL, CHAT = (30, 1.0), (1, 1.0)


@dataclass
class StrictDoor(PaperDoor):
    """Counts as the platforms do: over windows that slide, for the whole bot and for each chat."""

    clock: object = None
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    over: list[str] = field(default_factory=list)

    def limits(self, what: Delivery | React) -> tuple[Limit, ...]:
        assert isinstance(what, Delivery) and what.place
        return Limit("paper:all", *ALL), Limit(f"paper:{what.place.channel}", *CHAT)

    async def deliver(self, delivery: Delivery) -> MessageRef:
        assert delivery.place
        now = self.clock().timestamp()  # type: ignore[operator]
        for key, (most, seconds) in (("all", ALL), (delivery.place.channel, CHAT)):
            recent = [t for t in self.times[key] if t > now - seconds + 1e-6]
            if len(recent) >= most:
                self.over.append(f"{key} at {now}")
            self.times[key] = [*recent, now]
        self.count += 1
        return MessageRef(self.name, delivery.place.channel, f"b{self.count}")


async def until_sent(world: World, workers: list[Outbox], door: StrictDoor, total: int) -> float:
    """Seconds of the clock until everything is out. The clock moves only when nothing can go."""
    begun, idle = world.clock.now, 0
    while door.count < total:
        claimed = 0
        for worker in workers:
            rows = await worker.claim(worker.hands)
            claimed += len(rows)
            for row in rows:
                await worker.do(row)
        idle = 0 if claimed else idle + 1
        world.clock.forward(seconds=0.01 if claimed == 0 else 0)
        assert idle < 200, f"stuck after {door.count}"
    return (world.clock.now - begun).total_seconds()


@pytest.mark.parametrize("bulk", [False, True])
async def test_three_workers_keep_the_limits_together_and_waste_no_time(tmp_path: Path, bulk: bool) -> None:
    total = 300
    async with a_world(tmp_path) as world:
        door = StrictDoor(clock=world.clock)
        out = tuple((new_id(), Say(At(Place("paper", f"c{n % 100}")), "ask.hello", bulk=bulk)) for n in range(total))
        await world.house.store.commit(Unit(world.house.store.library, out=out))
        voice = world.house.outbox.voice
        workers = [Outbox(world.house.store, {"paper": door}, voice, world.clock, f"w{n}") for n in range(3)]
        spent = await until_sent(world, workers, door, total)
        assert door.over == []
        floor = total / ALL[0] - 1  # the first thirty need not wait
        assert spent <= floor * 1.02 + 0.05, f"{spent} s for what could take {floor} s"


async def test_what_somebody_waits_for_overtakes_what_is_sent_to_many(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        door = StrictDoor(clock=world.clock)
        many = tuple((new_id(), Say(At(Place("paper", f"c{n}")), "ask.hello", bulk=True)) for n in range(90))
        await world.house.store.commit(Unit(world.house.store.library, out=many))
        outbox = Outbox(world.house.store, {"paper": door}, world.house.outbox.voice, world.clock, "w")
        for _ in range(3):
            for row in await outbox.claim(outbox.hands):
                await outbox.do(row)
        now = (new_id(), Say(At(Place("paper", "urgent")), "ask.hello"))
        await world.house.store.commit(Unit(world.house.store.library, out=(now,)))
        before = door.count
        while not door.times["urgent"]:
            for row in await outbox.claim(outbox.hands):
                await outbox.do(row)
            world.clock.now += timedelta(seconds=0.02)
        assert door.count - before <= outbox.hands, "it waited for a place under the limit, not behind all the others"
