"""What the door must find again after a restart, under the keys of its Memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapters.telegram.keyboard import data_of
from adapters.telegram.translate import DOOR, OPAQUE
from bot.doors import Delivery, Label, Memory
from bot.model.place import Account, Place

A_DAY, MESSAGES, BUTTONS = timedelta(days=1), timedelta(days=30), timedelta(days=90)
MINUTE = timedelta(minutes=1)
USED, MOST_USED = timedelta(days=2), 200  # Telegram brings an update again for a day, and a hundred at a time
MOST_KNOWN = 50_000  # people and chats held in memory beside the store


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of one message. `root`: the message it belongs to (a later part of a long text; words that waited).

    `more`: the further parts of a text of ours; `pressable`: ours, with buttons; `by`: who wrote it, where that is a person.
    """

    topic: int = 0
    root: str = ""
    more: tuple[int, ...] = ()
    pressable: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a button means whose words did not fit into it. `place`: where what it is about happened, if elsewhere."""

    action: str
    value: str
    place: Place | None = None


class Notes:
    """Typed access. Nothing is cached that another worker may change, except who can be reached and chats' names."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self._open: dict[str, bool] = {}
        self._blocked: set[str] = set()
        self._names: dict[int, str] = {}
        self._last: dict[tuple[str, str], int] = {}

    # ---- messages ------------------------------------------------------------------------------------------------------

    async def mark(self, chat: int, message: int, mark: Mark) -> None:
        value = [mark.topic, mark.root, mark.more, mark.pressable, mark.by]
        if mark != Mark():
            await self.memory.remember({f"at:{chat}:{message}": json.dumps(value)}, BUTTONS if mark.pressable else MESSAGES)

    async def mark_of(self, chat: int, message: str | int) -> Mark:
        found = await self.memory.recall(f"at:{chat}:{message}")
        if found is None:
            return Mark()
        topic, root, more, pressable, by = json.loads(found)
        return Mark(topic, root, tuple(more), pressable, by)

    def said_here(self, channel: str, user: str, message: int) -> None:
        """Somebody's newest message in a channel: a hint for them stands under it. Not kept over a restart."""
        if len(self._last) >= MOST_KNOWN:
            self._last.clear()
        self._last[channel, user] = message

    def last_said(self, channel: str, user: str) -> int:
        """0: not known."""
        return self._last.get((channel, user), 0)

    # ---- people and chats ----------------------------------------------------------------------------------------------

    async def opened(self, user: str) -> bool | None:
        """Whether this person may be written to in private; None: not known."""
        if user not in self._open:
            found = await self.memory.recall(f"on:{user}")
            if found is None:
                return None
            self._put_open(user, found == "1")
        return self._open[user]

    def blocked_by(self, user: str) -> bool:
        """Whether the last refusal was that they shut the chat on purpose."""
        return user in self._blocked

    async def set_open(self, user: str, may: bool, *, blocked: bool = False) -> None:
        (self._blocked.add if blocked else self._blocked.discard)(user)
        if self._open.get(user) is not may:
            await self.memory.remember({f"on:{user}": "1" if may else "0"})
            self._put_open(user, may)

    def surely_open(self, user: str) -> bool:
        return self._open.get(user, False)

    def _put_open(self, user: str, may: bool) -> None:
        if len(self._open) >= MOST_KNOWN:
            self._open.clear()
        self._open[user] = may

    async def named(self, chat: int, username: str) -> None:
        """The chat's public name, "" for none."""
        if len(self._names) >= MOST_KNOWN:
            self._names.clear()
        if self._names.get(chat) != username:
            if username:
                await self.memory.remember({f"name:{chat}": username})
            elif await self.memory.recall(f"name:{chat}"):
                await self.memory.forget(f"name:{chat}")
            self._names[chat] = username

    async def name(self, chat: int) -> str:
        if chat not in self._names:
            self._names[chat] = await self.memory.recall(f"name:{chat}") or ""
        return self._names[chat]

    # ---- buttons -------------------------------------------------------------------------------------------------------

    async def data(self, label: Label, place: Place | None = None) -> str:
        """Callback data for a button; what does not fit is kept under a name made of it."""
        plain = data_of(label) if place is None else None
        if plain is not None:
            return plain
        where = [place.channel, place.thread] if place else None
        kept = json.dumps([label.action, label.value, where])
        name = hashlib.sha256(kept.encode()).hexdigest()[:32]
        await self.memory.remember({f"b:{name}": kept}, BUTTONS)
        return OPAQUE + name

    async def meant(self, name: str) -> Meant | None:
        """None: it is too long ago."""
        found = await self.memory.recall(f"b:{name[:32]}")
        if found is None:
            return None
        action, value, where = json.loads(found)
        return Meant(action, value, Place(DOOR, *where) if where else None)

    # ---- words that wait -----------------------------------------------------------------------------------------------

    async def keep(self, user: str, delivery: Delivery) -> None:
        await self.memory.remember({f"said:{user}:{delivery.once}": pack(delivery)}, A_DAY)

    async def waits(self, user: str, once: str) -> bool:
        return await self.memory.recall(f"said:{user}:{once}") is not None

    async def waiting(self, user: str) -> list[Delivery]:
        """The oldest first: their names grow with time."""
        found = await self.memory.recall_all(f"said:{user}:")
        return [unpack(found[key]) for key in sorted(found)]

    # ---- what the core does not know -------------------------------------------------------------------------------------

    async def used(self, user: str) -> tuple[int, ...]:
        """Updates of this person's that the door dealt with by itself: if they come again, no inbox knows them.

        Not just the highest: by webhook a message that failed may come behind a button pressed after it, for the first time.
        """
        found = await self.memory.recall(f"used:{user}")
        return tuple(json.loads(found)) if found else ()

    async def use(self, user: str, update: int, more: Mapping[str, str] | None = None, keep: timedelta = USED) -> None:
        """Notes one, in a single step with what came of it."""
        used = [*(one for one in await self.used(user) if one != update), update]
        await self.memory.remember({**(more or {}), f"used:{user}": json.dumps(used[-MOST_USED:])}, keep)

    # ---- when we last heard ----------------------------------------------------------------------------------------------

    async def heard(self) -> datetime | None:
        found = await self.memory.recall("heard")
        return datetime.fromisoformat(found) if found else None

    async def set_heard(self, at: datetime) -> None:
        await self.memory.remember({"heard": at.astimezone(UTC).isoformat()})


def pack(delivery: Delivery) -> str:
    place, who = delivery.place, delivery.only_for
    return json.dumps(
        {
            "once": delivery.once,
            "text": delivery.text,
            "language": delivery.language,
            "place": [place.channel, place.thread] if place else None,
            "who": [who.user, who.name] if who else None,
            "buttons": [[one.text, one.action, one.value, one.style] for one in delivery.buttons],
            "people": {id: [one.user, one.name] if one else None for id, one in delivery.people.items()},
            "links": dict(delivery.links),
            "files": delivery.files,
        }
    )


def unpack(text: str) -> Delivery:
    found = json.loads(text)
    return Delivery(
        found["once"],
        found["text"],
        found["language"],
        Place(DOOR, *found["place"]) if found["place"] else None,
        only_for=Account(DOOR, *found["who"]) if found["who"] else None,
        buttons=tuple(Label(*one) for one in found["buttons"]),
        people={id: Account(DOOR, *one) if one else None for id, one in found["people"].items()},
        links=found["links"],
        files=tuple((name, sha) for name, sha in found["files"]),
    )
