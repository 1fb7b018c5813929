"""Delivers: where a message goes, in how many parts, with which buttons and files; words for one person alone stay private."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from adapters.telegram.errors import GONE, NOBODY, says
from adapters.telegram.keyboard import button, keyboard
from adapters.telegram.mail import Mail, Target
from adapters.telegram.notes import Mark, Notes
from adapters.telegram.render import CAPTION, Part, render
from adapters.telegram.translate import DOOR, channel_of, chat_of
from bot.doors import Delivery, Label
from bot.errors import GuyubError, Unavailable, Unreachable
from bot.model.place import MessageRef, Place
from bot.ports import Files

log = logging.getLogger(__name__)
WAITS = "w"  # how the id of a message begins that waits for its reader


class Sender:
    """Raises TelegramError, `Unreachable` where an address is none of Telegram's, `Unavailable` from our own store."""

    def __init__(self, mail: Mail, notes: Notes, files: Files) -> None:
        self.mail, self.notes, self.files = mail, notes, files

    async def post(self, to: Target, d: Delivery, *, place: Place | None = None, first: bool = True) -> MessageRef:
        """A new message, in as many parts as it takes, its files behind it. `place`: what its buttons are about, if elsewhere.

        What has gone out is written down as it goes, so that a second try does not begin anew.
        """
        markup = await self.markup(d.buttons, place)
        files = await self._read(d.files)
        texts = render(d.text, d.people, d.links)
        if len(files) == 1 and len(short := render(d.text, d.people, d.links, CAPTION)) == 1 and d.text.strip():
            sent = [await self.mail.file(to, *files[0], short[0], markup, first=first)]
        else:
            sent = await self._each(to, d, texts, files, markup, first)
        mark = Mark(to.topic, more=tuple(sent[1 : len(texts)]), pressable=bool(markup))
        await self.notes.mark(to.chat, sent[0], mark)
        for part in sent[1:]:
            await self.notes.mark(to.chat, part, Mark(to.topic, str(sent[0]), pressable=bool(markup)))
        return MessageRef(DOOR, channel_of(to.chat, to.topic), str(sent[0]))

    async def _each(
        self,
        to: Target,
        d: Delivery,
        texts: Sequence[Part],
        files: Sequence[tuple[str, bytes]],
        markup: InlineKeyboardMarkup | None,
        first: bool,
    ) -> list[int]:
        whole = len(texts) + len(files)
        sent = await self._so_far(d.once) if d.again and whole > 1 else []
        for at in range(len(sent), whole):
            mine = first and at == 0
            where = to if at == 0 else replace(to, reply=sent[0])
            if at < len(texts):
                last = markup if at == len(texts) - 1 else None
                sent.append(await self.mail.send(where, texts[at], last, first=mine))
            else:
                sent.append(await self.mail.file(where, *files[at - len(texts)], None, first=mine))
            if whole > 1:
                await self.notes.memory.remember({f"sent:{d.once}": json.dumps(sent)}, timedelta(days=2))
        return sent

    async def _so_far(self, once: str) -> list[int]:
        found = await self.notes.memory.recall(f"sent:{once}")
        return list(json.loads(found)) if found else []

    async def change(self, ref: MessageRef, d: Delivery, *, place: Place | None = None) -> MessageRef | None:
        """The message and its further parts edited in place; None where it is gone."""
        chat, topic = address(ref.channel)
        first = number(ref.message)
        mark = await self.notes.mark_of(chat, first)
        markup = await self.markup(d.buttons, place)
        texts = render(d.text, d.people, d.links)
        ids = [first, *mark.more]
        for n, (id, part) in enumerate(zip(ids, texts, strict=False)):
            try:
                await self.mail.edit(chat, id, part, markup if n == len(texts) - 1 else None)
            except BadRequest as error:
                if not says(error, *GONE, "caption is too long"):
                    raise
                return None
        for id in ids[len(texts) :]:
            await self._take_away(chat, id)
        more = list(mark.more[: len(texts) - 1])
        for n in range(len(ids), len(texts)):
            last = markup if n == len(texts) - 1 else None
            more.append(await self.mail.send(Target(chat, topic, first), texts[n], last))
            await self.notes.mark(chat, more[-1], Mark(topic, str(first), pressable=bool(last)))
        now = replace(mark, topic=topic, more=tuple(more), pressable=bool(markup))
        if now != mark:
            await self.notes.mark(chat, first, now)
        return ref

    async def _take_away(self, chat: int, message: int) -> None:
        """A part that is no longer needed; where it cannot be deleted, it is emptied."""
        try:
            await self.mail.delete(chat, message)
        except BadRequest:
            try:
                await self.mail.edit(chat, message, Part("…", "…"))
            except BadRequest:
                log.warning("a part of an edited message stays behind in chat %s", chat)

    async def markup(self, buttons: Sequence[Label], place: Place | None = None) -> InlineKeyboardMarkup | None:
        return keyboard([button(one.text, await self.notes.data(one, place), one.style) for one in buttons])

    async def in_private(self, user: str, d: Delivery, *, first: bool = True) -> MessageRef | None:
        """To one person alone; None where they have not opened a private chat with the bot, or shut it."""
        if d.only_for and await self.notes.opened(user) is False:
            return None  # there is another way; a message to them in private is tried all the same
        try:
            ref = await self.post(Target(address(user)[0]), d, place=d.place if d.only_for else None, first=first)
        except Forbidden as error:
            await self.notes.set_open(user, False, blocked="blocked" in error.message.lower())
            return None
        except BadRequest as error:
            if not says(error, *NOBODY):
                raise
            await self.notes.set_open(user, False)
            return None
        await self.notes.set_open(user, True)
        return ref

    async def _read(self, files: Sequence[tuple[str, str]]) -> list[tuple[str, bytes]]:
        """One that is missing or damaged does not hold up the words."""
        found: list[tuple[str, bytes]] = []
        for name, sha256 in files:
            try:
                found.append((name, await self.files.get(sha256)))
            except Unavailable:
                raise
            except GuyubError:
                log.warning("a file of a delivery is gone: %s", sha256)
        return found


def target(place: Place) -> Target:
    """Where a message for this place goes; an id that is none of Telegram's is no reply."""
    chat, topic = address(place.channel)
    return Target(chat, topic, int(place.thread) if place.thread.isascii() and place.thread.isdigit() else 0)


def address(channel: str) -> tuple[int, int]:
    """Chat and topic. `Unreachable`: no channel of Telegram's."""
    try:
        return chat_of(channel)
    except ValueError:
        raise Unreachable("telegram: no such channel") from None


def number(message: str) -> int:
    """`Unreachable`: no message of Telegram's."""
    if not (message.isascii() and message.isdigit()):
        raise Unreachable("telegram: no such message")
    return int(message)
