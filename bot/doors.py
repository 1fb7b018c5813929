"""The doors: what a platform's adapter gives the core, and what it may call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from bot.events import Event
from bot.model.base import Language
from bot.model.place import Account, MessageRef, Place
from bot.outcome import Data, Now, React


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` sends under this key in any `seconds`; the key names a platform's method, chat or whole bot."""

    key: str
    most: int
    seconds: float


class Memory(Protocol):
    """Small texts that a door must find again after a restart, under keys of its own. Nothing of what people wrote."""

    async def recall(self, key: str) -> str | None: ...

    async def recall_all(self, prefix: str) -> Mapping[str, str]:
        """Every key with this beginning that is kept."""
        ...

    async def remember(self, texts: Mapping[str, str], keep: timedelta | None = None) -> None:
        """Replaces what stood there. `keep`: for how long (None: for good)."""
        ...

    async def forget(self, *keys: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Label:
    """A button ready to show: the words in the reader's language, and what comes back when it is pressed."""

    text: str
    action: str
    value: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message ready to deliver. `text` is CommonMark; links of scheme `guyub:` are resolved by `people` and `links`.

    `people`: member id → their account at this door, or None; `guyub:person/<id>` in the text becomes a mention, or the
    link's words where there is no account. `links`: `guyub:message/…` → an address, or "" (then only the words show).
    `edit`: the message to change in place. `only_for`: nobody else may see it. `private_to`: a direct message to this user.
    `once` is the outbox row's id: a door whose platform can deduplicate uses it.
    """

    once: str
    text: str
    language: Language
    place: Place | None = None
    edit: MessageRef | None = None
    only_for: Account | None = None
    private_to: Account | None = None
    buttons: tuple[Label, ...] = ()
    people: Mapping[str, Account | None] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, str], ...] = ()  # (name, sha256)
    again: bool = False  # an earlier try may have reached the platform


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a link: everybody in a channel, or with `accounts` one person alone, as each door knows them."""

    place: Place | None
    accounts: tuple[Account, ...] = ()

    def at(self, door: str) -> Account | None:
        """The one person's account there."""
        return next((a for a in self.accounts if a.door == door), None)


SHORTEST_SECRET = 32  # characters of a webhook's secret

Asgi = Callable[
    [
        MutableMapping[str, object],
        Callable[[], Awaitable[MutableMapping[str, object]]],
        Callable[[MutableMapping[str, object]], Awaitable[None]],
    ],
    Awaitable[None],
]


class Door(Protocol):
    """A platform. Listens (start…stop), delivers, fetches files. Raises DeliveryError subclasses, sorted.

    `paths`: HTTP paths that it answers under, each with its ASGI app; empty where it listens in another way.
    """

    name: str
    paths: Mapping[str, Asgi]

    async def start(self, ears: Ears) -> None:
        """Begin to listen; events go to `ears`."""
        ...

    async def stop(self) -> None: ...

    def limits(self, what: Delivery | React) -> tuple[Limit, ...]:
        """The platform's published limits that this would count against."""
        ...

    async def deliver(self, delivery: Delivery) -> MessageRef: ...

    async def react(self, ref: MessageRef, emoji: str, remove: bool, once: str) -> None: ...

    async def link(self, ref: MessageRef) -> str:
        """An address that opens this message, or ""."""
        ...

    async def opens(self, ref: MessageRef, reader: Reader) -> bool:
        """Whether everybody who reads a link to this message can open it. False too where that cannot be found out."""
        ...

    async def fetch(self, file: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """One command for completion, manifests and help: both names, usage and what it does in both languages."""

    id: str
    en: str
    usage_id: str
    usage_en: str
    help_id: str
    help_en: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A `Now` ready to show: its words rendered. `now` keeps the structure (fields, names); `words` maps each template
    key that it names (title, labels, hints, errors, body) to text in the reader's language."""

    now: Now
    words: Mapping[str, str]
    buttons: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """Where a door must have heard everything: the channels that Guyub serves there, and threads of what is not settled.

    `shut`: channels that the platform closed to us, served again as soon as it says that they are open.
    """

    channels: tuple[str, ...]
    threads: tuple[MessageRef, ...]
    shut: tuple[str, ...] = ()


class Ears(Protocol):
    """What a door may call: the only way into the core."""

    async def receive(self, event: Event) -> bool:
        """Durable when it returns; whether it concerns us (a duplicate does). `Unavailable`: do not acknowledge."""
        ...

    async def respond(self, event: Event, stored: asyncio.Event | None = None) -> Shown | None:
        """The same for what wants an answer at once (commands, buttons, forms); None after two seconds or if there is none.

        `stored` is set as soon as the event is durable: a door may acknowledge then, before there is an answer.
        """
        ...

    async def watched(self, door: str) -> Watched: ...

    async def view(self, name: str, account: Account) -> Data:
        """A page's or list's data as this person may see it; the access check is inside. KeyError: no such view.

        Links of ours in it are addresses already, "" where there is none.
        """
        ...

    def commands(self) -> tuple[CommandHelp, ...]: ...
