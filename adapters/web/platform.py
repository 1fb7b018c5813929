"""The messenger as a platform: what people do in it. Each act is stored here first, then told to the bot.

Pages and scripts (the first-run scene, `guyub demo`, tests) use the same methods. With `tell=False` the bot never hears
of it and nobody sees it as unread: history.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from sqlite3 import Connection

from adapters.web import payloads, reading, text, writing
from adapters.web.courier import Courier
from adapters.web.live import Bell
from adapters.web.rows import BOT, BOT_NAME, Channel, Kept, Message, Person
from adapters.web.shelf import BIGGEST, MOST, Shelf
from adapters.web.store import Store
from adapters.web.translate import Payload, as_command
from bot.doors import Shown
from bot.model.base import Language, new_id
from bot.ports import Clock


class Refused(Exception):
    """The messenger does not do that. `why` is a key of words.yaml, `status` the HTTP status that fits."""

    def __init__(self, why: str, status: int = 422) -> None:
        super().__init__(why)
        self.why, self.status = why, status


class Platform:
    """What a person can do here. Ids are strings; unknown ones raise `Refused` (404), bad input `Refused` (422)."""

    def __init__(self, store: Store, shelf: Shelf, courier: Courier, bell: Bell, clock: Clock) -> None:
        self.store, self.shelf, self.courier, self.bell = store, shelf, courier, bell
        self._now = clock

    # ---- people and rooms ---------------------------------------------------------------------------------------------

    async def add_person(self, name: str, about: str = "", language: Language = "id") -> str:
        """A new person and their private channel with the bot; somebody present of the same name: their id."""
        name = text.one_line(name, 60)
        if text.blank(name) or name.casefold() == BOT_NAME.casefold():
            raise Refused("refused.name")
        id = await self.store.write(_arrive, name, text.one_line(about, 120), language)
        self.bell.ring()
        return id

    async def add_channel(self, name: str, topic: str = "") -> str:
        """A new open channel; where that name is taken: the id of the one that has it."""
        name = text.one_line(name, 40).lstrip("#").strip()
        if text.blank(name):
            raise Refused("refused.channel_name")
        id = await self.store.write(_open, name, text.one_line(topic, 200))
        self.bell.ring()
        return id

    async def people(self) -> tuple[Person, ...]:
        """Those present, in the order they came."""
        return await self.store.read(reading.people)

    async def channels(self) -> tuple[Channel, ...]:
        """All, private ones (kind "dm", owner) too."""
        return await self.store.read(reading.channels)

    async def messages(self, channel: str, thread: str = "", viewer: str | None = None) -> tuple[Message, ...]:
        """The newest 500 on top level, or a thread (its root first), oldest first. `viewer` None sees everything."""
        if thread:
            return await self.store.read(reading.thread, thread, viewer)
        return await self.store.read(reading.page, channel, viewer, "", 500)

    async def speak(self, user: str, language: Language) -> None:
        """The person reads the messenger in that language from now on."""
        await self._write(writing.change_person, replace(await self._person(user), language=language))

    async def hide_steps(self, user: str, hidden: bool) -> None:
        """Put the panel of first steps away, or bring it back."""
        await self._write(writing.change_person, replace(await self._person(user), steps_hidden=hidden))

    async def leave(self, user: str) -> None:
        """The person leaves for good. What they wrote stays."""
        who = await self._person(user)
        room = await self._room(f"dm-{user}", user)
        payload = payloads.left(payloads.begin(who, room, self._now()))
        await self._write_and_tell(payload, writing.change_person, replace(who, left=True))

    # ---- messages -----------------------------------------------------------------------------------------------------

    async def say(
        self,
        user: str,
        channel: str,
        text_: str,
        thread: str = "",
        files: Sequence[tuple[str, bytes]] = (),
        at: datetime | None = None,
        tell: bool = True,
    ) -> str:
        """A message, perhaps with files (name, bytes); `at` (aware) dates it. Returns its id, also when the bot is down."""
        who, room = await self._person(user), await self._room(channel, user)
        words = self._fit(text_, empty_ok=bool(files))
        root = await self._root(room, thread, user)
        kept = await self._keep(files)
        at = (at or self._now()).astimezone(UTC)
        new = Message(
            new_id(), room.id, user, words, at, who.name, thread=root, language=who.language, files=kept, history=not tell
        )
        payload = payloads.said(payloads.begin(who, room, at, root), new)
        await self._write_and_tell(payload if tell else None, writing.add_message, new)
        return new.id

    async def edit(self, user: str, message: str, text_: str, tell: bool = True) -> None:
        """Change one's own message."""
        who, old, room = await self._own(user, message)
        words = self._fit(text_, empty_ok=bool(old.files))
        if words == old.text:
            return
        new = replace(old, text=words, edited=True)
        payload = payloads.edited(payloads.begin(who, room, self._now(), old.thread), new)
        await self._write_and_tell(payload if tell else None, writing.change_message, new)

    async def delete(self, user: str, message: str, tell: bool = True) -> None:
        """Take one's own message back: its words and files are erased; a thread under it stays."""
        who, old, room = await self._own(user, message)
        payload = payloads.deleted(payloads.begin(who, room, self._now(), old.thread), old.id)
        await self._write_and_tell(payload if tell else None, _erase, replace(old, text="", deleted=True))
        await self.shelf.drop(tuple(kept.id for kept in old.files))

    async def react(self, user: str, message: str, emoji: str, remove: bool = False, tell: bool = True) -> None:
        """Put a reaction on a message, or take it off. A second time changes nothing and tells nobody."""
        who, on, room = await self._seen(user, message)
        if len(emoji) > 16 or text.blank(emoji) or any(char.isalpha() or char in "<>&\"'" for char in emoji):
            raise Refused("refused.emoji")
        if (user in on.reactions.get(emoji, ())) != remove:
            return
        payload = payloads.reacted(payloads.begin(who, room, self._now(), on.thread), on.id, emoji, remove)
        await self._write_and_tell(payload if tell else None, writing.react, on, user, emoji, remove)

    async def dismiss(self, user: str, message: str) -> None:
        """Put away a message that only this person sees."""
        _, old, _ = await self._seen(user, message)
        if old.only_for != user:
            raise Refused("refused.not_yours", 403)
        await self._write(_erase, replace(old, text="", deleted=True, buttons=()))

    # ---- what is answered at once -------------------------------------------------------------------------------------

    async def command(self, user: str, channel: str, line: str, thread: str = "") -> Shown | None:
        """A slash command, with its slash."""
        who, room = await self._person(user), await self._room(channel, user)
        parts = as_command(self._fit(line))
        if parts is None:
            raise Refused("refused.command")
        base = payloads.begin(who, room, self._now(), await self._root(room, thread, user))
        return await self._ask(payloads.commanded(base, *parts))

    async def press(
        self, user: str, message: str, action: str, value: str = "", channel: str = "", thread: str = ""
    ) -> Shown | None:
        """A button on a message; on a sheet or form `message` is "" and `channel`, `thread` say where it was opened."""
        if message:
            who, on, room = await self._seen(user, message)
            thread = on.thread
        else:
            who, room = await self._person(user), await self._room(channel or f"dm-{user}", user)
            thread = await self._root(room, thread, user)
        base = payloads.begin(who, room, self._now(), thread)
        return await self._ask(payloads.pressed(base, message, text.clean(action), text.clean(value)))

    async def submit(
        self, user: str, form: str, subject: str, fields: Mapping[str, str], channel: str = "", thread: str = ""
    ) -> Shown | None:
        """A form that was opened in that channel (or privately); several choices of a field joined by newlines."""
        who, room = await self._person(user), await self._room(channel or f"dm-{user}", user)
        base = payloads.begin(who, room, self._now(), await self._root(room, thread, user))
        typed = [(text.clean(name), text.clean(value)) for name, value in fields.items()]
        return await self._ask(payloads.submitted(base, text.clean(form), text.clean(subject), typed))

    # ---- inside -------------------------------------------------------------------------------------------------------

    async def _ask(self, payload: Payload) -> Shown | None:
        await self.store.write(writing.queue, payload, self.courier.lane(payload))
        return await self.courier.ask(payload)

    async def _write(self, work: Callable[..., object], *args: object) -> None:
        await self.store.write(work, *args)
        self.bell.ring()

    async def _write_and_tell(self, payload: Payload | None, work: Callable[..., object], *args: object) -> None:
        """The act and the event that tells of it, in one transaction; then the hand-over."""
        lane = self.courier.lane(payload) if payload else ""

        def both(c: Connection) -> None:
            if work(c, *args) is not False and payload:
                writing.queue(c, payload, lane)

        await self._write(both)
        if payload:
            await self.courier.flush(lane)

    async def _person(self, user: str) -> Person:
        who = await self.store.read(reading.person, user)
        if who is None or who.left:
            raise Refused("refused.person", 404)
        return who

    async def _room(self, channel: str, user: str) -> Channel:
        room = await self.store.read(reading.channel, channel)
        if room is None or not room.seen_by(user):
            raise Refused("refused.channel", 404)
        return room

    async def _root(self, room: Channel, thread: str, user: str) -> str:
        """The root of the thread that this message is in or starts; "" stays ""."""
        if not thread:
            return ""
        at = await self.store.read(reading.message, thread, user)
        if at is None or at.channel != room.id:
            raise Refused("refused.message", 404)
        return at.root

    async def _seen(self, user: str, message: str) -> tuple[Person, Message, Channel]:
        who = await self._person(user)
        found = await self.store.read(reading.message, message, user)
        if found is None or found.deleted:
            raise Refused("refused.message", 404)
        return who, found, await self._room(found.channel, user)

    async def _own(self, user: str, message: str) -> tuple[Person, Message, Channel]:
        who, found, room = await self._seen(user, message)
        if found.author != user or user == BOT:
            raise Refused("refused.not_yours", 403)
        return who, found, room

    async def _keep(self, files: Sequence[tuple[str, bytes]]) -> tuple[Kept, ...]:
        if len(files) > MOST:
            raise Refused("refused.many_files", 413)
        if any(len(data) > BIGGEST for _, data in files):
            raise Refused("refused.big_file", 413)
        return tuple([await self.shelf.put(name, data) for name, data in files])

    def _fit(self, typed: str, empty_ok: bool = False) -> str:
        words = text.clean(typed)
        if len(words) > text.LONGEST:
            raise Refused("refused.long", 413)
        if text.blank(words):
            if not empty_ok:
                raise Refused("refused.empty")
            return ""
        return words


def _arrive(c: Connection, name: str, about: str, language: Language) -> str:
    """Looks and adds in one transaction: two who add the same name at once meet."""
    everybody = reading.people(c, True)
    same = next((p for p in everybody if not p.left and p.name.casefold() == name.casefold()), None)
    if same:
        return same.id
    new = Person(_free(text.slug(name), {p.id for p in everybody} | {BOT}), name, about, language)
    writing.add_person(c, new, Channel(f"dm-{new.id}", BOT_NAME, "", "dm", new.id))
    return new.id


def _open(c: Connection, name: str, topic: str) -> str:
    """The same for a channel."""
    rooms = reading.channels(c)
    same = next((r for r in rooms if r.kind == "open" and r.name.casefold() == name.casefold()), None)
    if same:
        return same.id
    id = _free(text.slug(name).removeprefix("dm-"), {r.id for r in rooms})
    writing.add_channel(c, Channel(id, name, topic))
    return id


def _free(slug: str, taken: set[str]) -> str:
    """The readable id, with something behind it where it is taken; an opaque one for a name without Latin letters."""
    id = slug or new_id()
    return f"{id}-{secrets.token_hex(2)}" if id in taken else id


def _erase(c: Connection, old: Message) -> None:
    writing.drop_files(c, old.id)
    writing.change_message(c, old)
