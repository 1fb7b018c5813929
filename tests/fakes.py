"""The tests' own door, clock, embedder and marked voice: the only parts of a world that are not real."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np

from bot.doors import Asgi, Delivery, Ears, Label, Limit, Reader
from bot.errors import DeliveryError, Moved, Unopened, Unreachable
from bot.model.place import MessageRef, Place
from bot.outcome import Data, React
from bot.ports import Vector
from bot.settings import Settings
from bot.triage.words import terms
from bot.voice import Voice

MARK = "\n\n@@"


class TestClock:
    """Stands still until told to move."""

    __test__ = False

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class WordVectors:
    """An embedder of the tests' own: a text's vector is the sum of its terms' random directions. Quick and repeatable."""

    model = "words"
    dimension = 64

    def __init__(self) -> None:
        self.broken: Callable[[], None] = lambda: None

    def query(self, texts: Sequence[str]) -> Vector:
        self.broken()
        return np.stack([self._one(text) for text in texts])

    passage = query

    def _one(self, text: str) -> Vector:
        total = np.zeros(self.dimension, np.float32)
        for word in terms(text).words:
            total += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(self.dimension).astype(np.float32)
        length = float(np.linalg.norm(total))
        return total / length if length else np.eye(1, self.dimension, dtype=np.float32)[0]


class MarkedVoice(Voice):
    """The real words, with the template's name behind them, so that a test can tell which were said."""

    inside = 0

    def __call__(self, template: str, data: Data, language: str) -> str:  # type: ignore[override]
        self.inside += 1
        try:
            words = super().__call__(template, data, language)  # type: ignore[arg-type]
        finally:
            self.inside -= 1
        return words if self.inside else words + MARK + template


@cache
def marked_voice() -> MarkedVoice:
    """One for all worlds: templates are compiled once."""
    return MarkedVoice(Settings().as_library())


@dataclass(slots=True)
class Heard:
    """A message as it stands in the tests' door."""

    ref: MessageRef
    template: str
    text: str
    delivery: Delivery
    thread: str
    edits: int = 0

    @property
    def alone(self) -> str:
        """The only user who sees it, in a channel; "" where all do."""
        return self.delivery.only_for.user if self.delivery.only_for else ""

    @property
    def buttons(self) -> dict[str, Label]:
        return {label.action: label for label in self.delivery.buttons}


@dataclass
class PaperDoor:
    """A platform on paper. Direct messages go to the channel "@<user>". `fails` may raise before a delivery."""

    name: str = "paper"
    messages: list[Heard] = field(default_factory=list)
    reactions: list[tuple[MessageRef, str, bool]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    fails: list[DeliveryError] = field(default_factory=list)
    once: list[str] = field(default_factory=list)
    count: int = 0
    moved: dict[str, str] = field(default_factory=dict)  # channels that are elsewhere now
    unopened: dict[str, bool] = field(default_factory=dict)  # who has no private chat with the bot: whether they blocked it
    refused: list[str] = field(default_factory=list)  # whom a message in private was tried for in vain
    dead: set[str] = field(default_factory=set)  # channels that take nothing any more
    tries: list[str] = field(default_factory=list)  # channels, as often as a delivery there was tried
    paths: Mapping[str, Asgi] = field(default_factory=dict)

    async def start(self, ears: Ears) -> None: ...

    async def stop(self) -> None: ...

    def limits(self, what: Delivery | React) -> tuple[Limit, ...]:
        return ()

    async def deliver(self, delivery: Delivery) -> MessageRef:
        if self.fails:
            raise self.fails.pop(0)
        user = delivery.private_to.user if delivery.private_to else ""
        if user in self.unopened:
            self.refused.append(user)
            raise Unopened("no private chat", blocked=self.unopened[user])
        at = delivery.edit or delivery.place
        if at and at.channel in self.moved:
            raise Moved(self.moved[at.channel])
        self.tries.append(at.channel if at else "")
        if at and at.channel in self.dead:
            raise Unreachable("paper: the channel is dead")
        self.once.append(delivery.once)
        text, _, template = delivery.text.rpartition(MARK)
        found = next((m for m in self.messages if delivery.edit and m.ref == delivery.edit), None)
        if found:
            found.template, found.text, found.delivery, found.edits = template, text, delivery, found.edits + 1
            return found.ref
        place = delivery.place or Place(self.name, f"@{delivery.private_to.user if delivery.private_to else ''}")
        self.count += 1
        ref = MessageRef(self.name, place.channel, f"b{self.count}")
        self.messages.append(Heard(ref, template, text, delivery, place.thread))
        return ref

    async def react(self, ref: MessageRef, emoji: str, remove: bool, once: str) -> None:
        self.reactions.append((ref, emoji, remove))

    async def link(self, ref: MessageRef) -> str:
        return f"https://paper.test/{ref.channel}/{ref.message}"

    async def opens(self, ref: MessageRef, reader: Reader) -> bool:
        """A private chat is "@<user>"; everything else is open to whoever is on paper."""
        mine = reader.at(self.name)
        return mine is not None and ref.channel == f"@{mine.user}" if ref.channel.startswith("@") else True

    async def fetch(self, file: str) -> bytes:
        return self.files[file]


def user_of(name: str) -> str:
    """The paper platform's id of a person."""
    return name.lower().replace(" ", ".")
