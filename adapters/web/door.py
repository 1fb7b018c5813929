"""The local messenger's door: the Door port over the messenger, as an adapter for Slack would be over Slack."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from zoneinfo import ZoneInfo

from starlette.types import ASGIApp

from adapters.web import reading, writing
from adapters.web.courier import Courier
from adapters.web.live import Bell
from adapters.web.platform import Platform
from adapters.web.rows import BOT, Kept, Message
from adapters.web.shelf import Shelf
from adapters.web.site import Site
from adapters.web.store import Store
from adapters.web.text import clean
from adapters.web.translate import DOOR
from bot.doors import Delivery, Ears, Limit, Reader
from bot.errors import GuyubError, TryLater, Unavailable, Unreachable
from bot.model.base import new_id
from bot.model.place import MessageRef
from bot.outcome import React
from bot.ports import Clock, Files

log = logging.getLogger(__name__)
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class WebDoor:
    """`app` is the ASGI app to mount at "/", `platform` what scripts use. `hosts` are the names it answers to ("*": any)."""

    name = DOOR

    def __init__(
        self,
        data_dir: Path,
        library: str,
        clock: Clock,
        files: Files | None = None,
        timezone: str = "Asia/Jakarta",
        hosts: Collection[str] = LOOPBACK,
    ) -> None:
        self._store = Store(data_dir / "messenger.db")
        self._shelf = Shelf(data_dir / "messenger-files")
        self._courier = Courier(self._store, library)
        self._bell = Bell()
        self._now, self._files = clock, files
        self.platform = Platform(self._store, self._shelf, self._courier, self._bell, clock)
        self.app: ASGIApp = Site(self.platform, clock, ZoneInfo(timezone), frozenset(hosts)).app
        self.paths: Mapping[str, ASGIApp] = {"/": self.app}

    async def start(self, ears: Ears) -> None:
        """Listen; what the bot has not got yet is handed over first."""
        self._courier.start(ears)

    async def stop(self) -> None:
        """Let open pages go and close the database. A stopped door does not start again: make a new one."""
        await self._courier.stop()
        self._bell.close()
        self._store.close()

    def limits(self, what: Delivery | React) -> tuple[Limit, ...]:
        """None: it is our own house."""
        return ()

    async def deliver(self, delivery: Delivery) -> MessageRef:
        """Post or edit. The same `once` gives the same message and posts nothing again."""
        try:
            known = await self._store.read(_known, delivery.once)
            kept = () if known else await self._copy(delivery)
            message = known if known else await self._store.write(_deliver, delivery, kept, self._now())
        except Unavailable as error:
            raise TryLater(2.0, "the messenger's database") from error
        self._bell.ring()
        return MessageRef(self.name, message.channel, message.id)

    async def react(self, ref: MessageRef, emoji: str, remove: bool, once: str) -> None:
        """Put a reaction, or take ours off; a second time changes nothing. `once` is not needed for that."""
        try:
            await self._store.write(_react, ref, emoji, remove)
        except Unavailable as error:
            raise TryLater(2.0, "the messenger's database") from error
        self._bell.ring()

    async def link(self, ref: MessageRef) -> str:
        """An address within the messenger that opens and marks the message; "" where it is gone."""
        found = await self._store.read(reading.message, ref.message)
        if found is None or found.deleted:
            return ""
        thread = f"&t={found.thread}" if found.thread else ""
        return f"/c/{found.channel}?m={found.id}{thread}"

    async def opens(self, ref: MessageRef, reader: Reader) -> bool:
        """Rooms are open to all who are here, a private chat to its owner; nothing of it to anybody elsewhere."""
        room, mine = await self._store.read(reading.channel, ref.channel), reader.at(self.name)
        if room is None or room.kind == "dm":
            return room is not None and mine is not None and mine.user == room.owner
        return mine is not None or (not reader.accounts and reader.place is not None and reader.place.door == self.name)

    async def fetch(self, file: str) -> bytes:
        """An uploaded file. `Unreachable`: it is gone with its message."""
        kept = await self._store.read(reading.file, file, None)
        if kept is None:
            raise Unreachable("file")
        try:
            return await self._shelf.get(kept.id)
        except KeyError as error:
            raise Unreachable("file") from error

    async def _copy(self, delivery: Delivery) -> tuple[Kept, ...]:
        """The bot's files as the messenger's own. One that is missing or damaged does not hold up the words."""
        kept: list[Kept] = []
        if self._files is None:
            return ()
        for name, sha256 in delivery.files:
            try:
                kept.append(await self._shelf.put(name, await self._files.get(sha256)))
            except Unavailable:
                raise
            except GuyubError:
                log.warning("a file of a delivery is gone: %s", sha256)
        return tuple(kept)


def _known(c: Connection, once: str) -> Message | None:
    """The message that this delivery made before."""
    row = c.execute("SELECT message FROM delivered WHERE once = ?", (once,)).fetchone()
    return reading.message(c, row["message"]) if row else None


def _deliver(c: Connection, delivery: Delivery, kept: tuple[Kept, ...], at: datetime) -> Message:
    if done := _known(c, delivery.once):
        return done
    old = reading.message(c, delivery.edit.message) if delivery.edit else None
    message = _change(c, old, delivery, kept) if old and not old.deleted and old.author == BOT else _post(c, delivery, kept, at)
    c.execute("INSERT INTO delivered VALUES (?, ?)", (delivery.once, message.id))
    return message


def _change(c: Connection, old: Message, delivery: Delivery, kept: tuple[Kept, ...]) -> Message:
    changed = replace(_worded(old, delivery), files=kept)
    writing.drop_files(c, old.id)
    writing.add_files(c, old.id, kept)
    writing.change_message(c, changed)
    return changed


def _post(c: Connection, delivery: Delivery, kept: tuple[Kept, ...], at: datetime) -> Message:
    channel, thread = _where(c, delivery)
    only_for = delivery.only_for.user if delivery.only_for else ""
    new = Message(new_id(), channel, BOT, "", at, thread=thread, only_for=only_for, files=kept)
    new = _worded(new, delivery)
    writing.add_message(c, new)
    return new


def _worded(message: Message, delivery: Delivery) -> Message:
    people = {member: account.user for member, account in delivery.people.items() if account}
    return replace(
        message,
        text=clean(delivery.text),
        language=delivery.language,
        buttons=delivery.buttons,
        people=people,
        links=delivery.links,
    )


def _where(c: Connection, delivery: Delivery) -> tuple[str, str]:
    """Channel and thread root to post in. `Unreachable`: no such channel or person any more."""
    reader = delivery.private_to or delivery.only_for
    if reader:
        who = reading.person(c, reader.user)
        if who is None or who.left:
            raise Unreachable("person")
    if delivery.private_to:
        return f"dm-{delivery.private_to.user}", ""
    place = delivery.place or (delivery.edit.as_thread if delivery.edit else None)
    room = reading.channel(c, place.channel) if place else None
    if place is None or room is None:
        raise Unreachable("channel")
    owner = reading.person(c, room.owner) if room.kind == "dm" else None
    if owner and owner.left:
        raise Unreachable("person")
    root = reading.message(c, place.thread) if place.thread and delivery.place else None
    return room.id, root.root if root and root.channel == room.id else ""


def _react(c: Connection, ref: MessageRef, emoji: str, remove: bool) -> None:
    on = reading.message(c, ref.message)
    if on is None or on.deleted:
        raise Unreachable("message")
    writing.react(c, on, BOT, emoji, remove)
