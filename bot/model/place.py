"""Where talk happens, neutral to the platform: a door, a channel, perhaps a thread in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.base import Noun


@dataclass(frozen=True, slots=True)
class Account:
    """A person as a door knows them. `user` is the platform's id, `name` what the platform shows.

    `shut`: since when it is known that they cannot be written to in private before they open that chat themselves; `blocked`:
    they had it open, and shut it."""

    door: str
    user: str
    name: str = ""
    shut: datetime | None = None
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a door where messages go. `thread` is the id of the thread's root message, "" for the channel itself."""

    door: str
    channel: str
    thread: str = ""

    @property
    def key(self) -> str:
        """One line that names the place; conversations are kept in order by it."""
        return f"{self.door}:{self.channel}:{self.thread}"


@dataclass(frozen=True, slots=True)
class MessageRef:
    """One message on a platform."""

    door: str
    channel: str
    message: str

    @property
    def as_thread(self) -> Place:
        """The thread that grows under this message."""
        return Place(self.door, self.channel, self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding(Noun):
    """A channel that Guyub was told to serve. Its absence means: off, nothing heard there is stored.

    `mode`: "off", "suggest" (only the asker sees "shall I ask the community?") or "auto". `resumes`: the mode in which a
    channel that its platform closed to us goes on once it is open again; "" where people set the mode.
    """

    door: str
    channel: str
    name: str
    community: str | None
    mode: str = "suggest"
    resumes: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """Where a card ended up: the outbox writes it after a delivery, so that the card can be edited and replied to.

    `card` is the stable name a handler gave it; `subject` is the question (or item) the card is about.
    """

    library: str
    card: str
    subject: str
    ref: MessageRef


class Places(Protocol):
    """Reads bindings and postings."""

    async def binding(self, door: str, channel: str) -> Binding | None: ...

    async def bindings(self, community: str | None = None) -> tuple[Binding, ...]:
        """All bindings, or those of one community."""
        ...

    async def posting(self, card: str) -> Posting | None: ...

    async def postings(self, subject: str) -> tuple[Posting, ...]:
        """Every card about this question or item."""
        ...

    async def posting_at(self, ref: MessageRef) -> Posting | None:
        """The card that this message is, if it is one."""
        ...
