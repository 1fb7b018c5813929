"""The messenger's own nouns: people, channels, messages and what hangs on them. The core never sees these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.doors import Label
from bot.model.base import Language

BOT = "guyub"
BOT_NAME = "Guyub"
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to act as. `about` is one line of their own ("sirkulasi"). `left`: gone, only their messages remain."""

    id: str
    name: str
    about: str = ""
    language: Language = "id"
    left: bool = False
    steps_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A room. `kind` "dm": `owner` and the bot in private; `id` is a readable slug that never changes."""

    id: str
    name: str
    topic: str = ""
    kind: Literal["open", "dm"] = "open"
    owner: str = ""

    def seen_by(self, user: str) -> bool:
        return self.kind == "open" or self.owner == user


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on a message. `media_type` is what its first bytes say for pictures, else a guess by name. `size` in bytes."""

    id: str
    name: str
    media_type: str
    size: int

    @property
    def picture(self) -> bool:
        """Whether a browser may show it in place; everything else, SVG and HTML too, is a download."""
        return self.media_type in PICTURES


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands now. `thread` is its root's id, "" on top level; `only_for` a user id, "" for all.

    `people`: member id → user id here, `links`: `guyub:message/…` → address: both from the bot's delivery.
    `reactions`: emoji → user ids, in the order they came. `replies` counts those the viewer may see.
    """

    id: str
    channel: str
    author: str
    text: str
    at: datetime
    name: str = ""
    seq: int = 0
    thread: str = ""
    language: Language = "id"
    edited: bool = False
    deleted: bool = False
    only_for: str = ""
    history: bool = False
    buttons: tuple[Label, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Kept, ...] = ()
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replies: int = 0
    last_reply: datetime | None = None

    @property
    def root(self) -> str:
        """The message that its thread hangs on: itself, on top level."""
        return self.thread or self.id

    def seen_by(self, user: str) -> bool:
        return self.only_for in ("", user)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that open pages must learn of. `kind`: "message", "rooms" (channels or people changed)."""

    seq: int
    kind: str
    channel: str
    message: str
