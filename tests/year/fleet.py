"""Some workers on one store, one clock and one door, as far as they live: each may die before or after whatever it does."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.compose import House, open_house
from bot.doors import Delivery, Label
from bot.errors import GuyubError
from bot.model.place import MessageRef
from bot.settings import Settings
from tests.fakes import MARK, PaperDoor, TestClock, WordVectors, marked_voice

POINTS = ("claim_due", "claim", "commit", "claim_out", "sent")  # of the store, and `deliver` of the door
MOST_DEATHS = 6  # at one look: each costs a minute, and ten minutes late is late
LONGEST = timedelta(minutes=7)
HELD = 61  # seconds after which the work of one who died is free


class Died(BaseException):
    """The process is no more. Not an Exception: nothing of ours may catch it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message as somebody saw it come. `fresh`: new, so that it rings; else an earlier one was edited."""

    channel: str
    template: str
    text: str
    fresh: bool


@dataclass
class Ledger(PaperDoor):
    """A platform that knows each message by its outbox row, and writes down what people saw."""

    told: list[Told] = field(default_factory=list)
    known: dict[str, MessageRef] = field(default_factory=dict)
    cards: dict[str, tuple[Label, ...]] = field(default_factory=dict)  # the newest card with buttons in a channel
    repeats: int = 0

    async def deliver(self, delivery: Delivery) -> MessageRef:
        if ref := self.known.get(delivery.once):
            self.repeats += 1
            return ref
        text, _, template = delivery.text.rpartition(MARK)
        place = delivery.place.channel if delivery.place else f"@{delivery.private_to.user if delivery.private_to else ''}"
        ref = delivery.edit or MessageRef(self.name, place, f"b{len(self.known)}")
        self.known[delivery.once] = ref
        self.told.append(Told(place, template, text, delivery.edit is None))
        if template == "meeting.card" and delivery.buttons:
            self.cards[place] = delivery.buttons
        return ref


class Worker:
    """A process: a house of its own that is dead once it died, whatever of it still runs."""

    def __init__(self, house: House, fleet: Fleet) -> None:
        self.house, self.fleet, self.dead = house, fleet, False
        for name in POINTS:
            setattr(house.store, name, self._mortal(name, getattr(house.store, name)))
        for door in house.outbox.doors.values():
            door.deliver = self._mortal("deliver", door.deliver)  # type: ignore[method-assign]

    def _mortal(self, point: str, does: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def does_or_dies(*args: Any, **more: Any) -> Any:
            self._dies(f"before {point}")
            result = await does(*args, **more)
            self._dies(f"after {point}")
            return result

        return does_or_dies

    def _dies(self, where: str) -> None:
        if self.dead or self.fleet.fate(where):
            self.dead = True
            raise Died

    async def turn(self) -> int:
        """Whatever is due and free now; how many pieces of work that was."""
        try:
            many = await self.house.store.claim_due(self.fleet.clock(), 200)
            for _ in range(500):
                did = await self._round(self.house.app) + await self._round(self.house.outbox)
                if not did:
                    return many
                many += did
        except Died:
            return 0
        except GuyubError:  # the store is busy: so would the loops look again
            return 1
        raise AssertionError("there is no end to it")

    async def _round(self, work: Any) -> int:
        pieces = await work.claim(work.hands)
        for end in await asyncio.gather(*(work.do(piece) for piece in pieces), return_exceptions=True):
            if isinstance(end, BaseException):
                raise end
        return len(pieces)


class Hand(PaperDoor):
    """A worker's own hand at the one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.deliver = ledger.deliver  # type: ignore[method-assign]


class Fleet:
    """`size` workers. `deaths`: how likely one is, at each point that it may come at."""

    def __init__(self, settings: Settings, size: int, chance: random.Random, deaths: float) -> None:
        self.settings, self.size, self.chance, self.deaths = settings, size, chance, deaths
        self.clock, self.door = TestClock(), Ledger()
        self.workers: list[Worker] = []
        self.closing: dict[Worker, AsyncExitStack] = {}
        self.left, self.died = 0, Counter[str]()

    def fate(self, where: str) -> bool:
        if self.left and self.chance.random() < self.deaths:
            self.left -= 1
            self.died[where] += 1
            return True
        return False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """All of them, until they end in order."""
        for n in range(self.size):
            await self._start(visiting=n > 0)
        yield
        for worker in self.workers:
            await self.closing.pop(worker).aclose()
        self.workers = []

    async def _start(self, *, visiting: bool) -> None:
        stack = AsyncExitStack()
        more: dict[str, Any] = {"clock": self.clock, "doors": (Hand(self.door),), "model": WordVectors(), "visiting": visiting}
        house = await stack.enter_async_context(open_house(self.settings, **more))
        house.outbox.voice = house.app.dispatcher.voice = marked_voice()
        worker = Worker(house, self)
        self.workers.append(worker)
        self.closing[worker] = stack

    async def look(self) -> None:
        """Everything that is to be done at this moment; whoever dies is followed by another a minute later."""
        self.left, begun = MOST_DEATHS if self.deaths else 0, self.clock()
        for _ in range(100):
            did = await asyncio.gather(*(worker.turn() for worker in self.workers))
            dead = [worker for worker in self.workers if worker.dead]
            if not dead and not any(did):
                if not await self._waits() or self.clock() - begun > LONGEST:
                    self.left = 0
                    return
                self.clock.forward(seconds=HELD)  # a busy machine: what failed is tried again
            for worker in dead:
                self.workers.remove(worker)
                await self.closing.pop(worker).aclose()
                await self._start(visiting=True)
            if dead:
                self.clock.forward(seconds=HELD)
        raise AssertionError("there is no end to what comes due")

    async def _waits(self) -> int:
        health = await self.workers[0].house.store.health(self.clock())
        return health.inbox_waiting + health.outbox_waiting

    def seen(self) -> Sequence[Told]:
        """What people saw come since they were asked last."""
        told, self.door.told = self.door.told, []
        return told
