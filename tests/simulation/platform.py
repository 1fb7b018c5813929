"""A platform in memory and the door to it. The platform outlives the house: what it accepted stands there for good."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.app import App
from bot.doors import Asgi, Delivery, Ears, Label, Limit, Reader, Shown
from bot.errors import DeliveryError, Rejected, TryLater, Unavailable, Unreachable
from bot.events import Commanded, Event, Marked, Pressed, Submitted
from bot.model.place import MessageRef, Place
from bot.outcome import React
from tests.fakes import MARK
from tests.simulation.fate import Fate
from tests.simulation.judge import Judge
from tests.simulation.loop import SeededLoop

AT_ONCE = (Commanded, Pressed, Submitted, Marked)
LIKELY = {"429": 0.05, "500": 0.04, "accepted, then silence": 0.03, "refused": 0.01, "away": 0.01}
STORMY = {"429": 0.35, "500": 0.3, "accepted, then silence": 0.15, "refused": 0.01, "away": 0.02}
WAITS = (1.0, 5.0, 20.0, 60.0, 300.0)  # what a Retry-After says
TRIES = 40  # a platform that gets no acknowledgement repeats itself so often


@dataclass(slots=True)
class Post:
    """A message of the bot's, as it stands there."""

    ref: MessageRef
    thread: str
    template: str
    text: str
    alone: str  # the only user who sees it; "" where all do
    buttons: tuple[Label, ...]


@dataclass
class Platform:
    """`knows_once`: it knows a delivery again that it has accepted before, as Slack can. `in_order`: it tells what happened one
    after the other and waits for each acknowledgement, as Telegram does."""

    name: str
    fate: Fate
    knows_once: bool
    in_order: bool
    posts: list[Post] = field(default_factory=list)
    by_once: dict[str, MessageRef] = field(default_factory=dict)
    untold: list[Event] = field(default_factory=list)  # not acknowledged yet
    shown: list[tuple[str, Event, Shown]] = field(default_factory=list)  # what people see on their screens at once
    weather: Mapping[str, float] = field(default_factory=dict)
    events: int = 0
    said: int = 0

    def next_event(self) -> str:
        self.events += 1
        return f"{self.name}:e{self.events}"

    def next_message(self) -> str:
        self.said += 1
        return f"m{self.said}"

    def accept(self, delivery: Delivery) -> MessageRef:
        """Posted, or an earlier post edited."""
        text, _, template = delivery.text.rpartition(MARK)
        alone = (delivery.only_for or delivery.private_to) and (delivery.only_for or delivery.private_to).user  # type: ignore[union-attr]
        found = next((p for p in self.posts if delivery.edit and p.ref == delivery.edit), None)
        if found:
            found.template, found.text, found.buttons = template, text, delivery.buttons
            return found.ref
        place = delivery.place or Place(self.name, f"@{alone}")
        ref = MessageRef(self.name, place.channel, f"b{len(self.posts) + 1}")
        self.posts.append(Post(ref, place.thread, template, text, alone or "", delivery.buttons))
        return ref


class SeededDoor:
    """The door of one life of the house."""

    paths: Mapping[str, Asgi] = {}

    def __init__(self, platform: Platform, fate: Fate, loop: SeededLoop, judge: Judge) -> None:
        self.platform, self.fate, self.loop, self.judge = platform, fate, loop, judge
        self.name = platform.name
        self.app: App | None = None
        self.told: dict[str, asyncio.Task[None]] = {}
        self.turn = asyncio.Lock()

    # ---- out: bot.doors.Door ---------------------------------------------------------------------------------------

    async def start(self, ears: Ears) -> None:
        assert isinstance(ears, App)
        self.app = ears
        for event in self.platform.untold:
            self.tell(event)

    async def stop(self) -> None:
        for task in self.told.values():
            task.cancel()

    def limits(self, what: Delivery | React) -> tuple[Limit, ...]:
        return (Limit(f"{self.name}:all", 4, 1.0),)

    async def deliver(self, delivery: Delivery) -> MessageRef:
        self.judge.attempted(self.name, delivery)
        await self._out(delivery.once)
        self.fate.point("before the platform accepts")
        fault = self._fault()
        if fault and fault != "accepted, then silence":
            raise self._error(fault, delivery.once)
        ref = self.platform.by_once.get(delivery.once) if self.platform.knows_once else None
        if ref is None:
            ref = self.platform.accept(delivery)
            self.platform.by_once[delivery.once] = ref
            self.judge.accepted(self.name, delivery, ref)
            self.fate.tell("posted", self.name, delivery.once, ref.channel, ref.message, repr(delivery.text))
        self.fate.point("after the platform accepted")
        await self._out(delivery.once)
        if fault:
            self.judge.excused(delivery.once)
            raise TimeoutError(fault)
        return ref

    async def react(self, ref: MessageRef, emoji: str, remove: bool, once: str) -> None:
        self.judge.tried(self.name, once)
        await self._out(once)
        self.fate.point("before a reaction")
        if fault := self._fault():
            raise self._error(fault, once)
        self.fate.tell("reacted", self.name, once, ref.message, emoji, remove)
        self.judge.reacted(once)

    async def link(self, ref: MessageRef) -> str:
        return f"https://{self.name}.test/{ref.channel}/{ref.message}"

    async def opens(self, ref: MessageRef, reader: Reader) -> bool:
        mine = reader.at(self.name)
        return not ref.channel.startswith("@") or (mine is not None and ref.channel == f"@{mine.user}")

    async def fetch(self, file: str) -> bytes:
        await self._out(file)
        self.fate.point("fetch")
        if self._fault():
            raise ConnectionError("the platform does not answer")
        return f"bytes of {file}".encode()

    async def _out(self, _what: str) -> None:
        await asyncio.sleep(self.loop.moment(f"{self.name} out") * 5)

    def _fault(self) -> str:
        left = self.fate.of(f"{self.name} weather").random()
        for fault, probability in self.platform.weather.items():
            left -= probability
            if left < 0:
                return fault
        return ""

    def _error(self, fault: str, once: str) -> Exception:
        self.fate.tell("fault", self.name, once, fault)
        match fault:
            case "429":
                after = self.fate.of(f"{self.name} weather").choice(WAITS)
                self.judge.told_to_wait(once, after)
                return TryLater(after, "429")
            case "refused":
                return self._for_good(once, Rejected("refused"))
            case "away":
                return self._for_good(once, Unreachable("away"))
            case _:
                self.judge.failed_silently(once)
                return ConnectionError(fault)

    def _for_good(self, once: str, error: DeliveryError) -> DeliveryError:
        self.judge.refused(once)
        return error

    # ---- in --------------------------------------------------------------------------------------------------------

    def happens(self, event: Event) -> None:
        """Something that a person did. The platform remembers it until it is acknowledged; who waits at a screen does not."""
        self.fate.tell("act", event)
        if not isinstance(event.what, AT_ONCE):
            self.platform.untold.append(event)
        self.judge.happened(event)
        self.tell(event)

    def tell(self, event: Event) -> None:
        """Once or more often, soon or late."""
        chance = self.fate.of(f"{self.name} in")
        copies = 1 + (chance.random() < 0.25) + (chance.random() < 0.08)
        for n in range(copies):
            late = chance.expovariate(2.0) if n else chance.expovariate(20.0)
            self.told[f"{event.id}/{n}"] = self.loop.create_task(self._tell(event, late))

    async def _tell(self, event: Event, late: float) -> None:
        await asyncio.sleep(late)
        if isinstance(event.what, AT_ONCE):
            await self._respond(event)
        elif self.platform.in_order:
            async with self.turn:
                await self._receive(event)
        else:
            await self._receive(event)

    async def _receive(self, event: Event) -> None:
        assert self.app
        for n in range(TRIES):
            try:
                ours = await self.app.receive(event)
            except Unavailable:
                await asyncio.sleep(min(30, 2**n))
                continue
            self.fate.point("acknowledged")
            self.judge.acknowledged(event, ours)
            self.platform.untold = [e for e in self.platform.untold if e.id != event.id]
            return

    async def _respond(self, event: Event) -> None:
        assert self.app
        stored = asyncio.Event()
        try:
            shown = await self.app.respond(event, stored)
        except Unavailable:
            return  # "try again", says the screen
        finally:
            if stored.is_set() and not self.fate.dead:
                self.judge.acknowledged(event, True)
        if shown and event.account:
            self.judge.saw(event, shown)
            self.platform.shown.append((event.account.user, event, shown))
