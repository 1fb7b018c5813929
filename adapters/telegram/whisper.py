"""Words for one person's eyes: in private where they may be written to, else a hint in the group and a button that leads there.

What waits is kept for a day and shown as soon as they open the private chat. Its content never stands in a group.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from weakref import WeakValueDictionary

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from adapters.telegram.errors import GONE, says
from adapters.telegram.keyboard import keyboard, link
from adapters.telegram.mail import Target
from adapters.telegram.notes import A_DAY, BUTTONS, Mark
from adapters.telegram.render import Part, render
from adapters.telegram.send import WAITS, Sender, target
from adapters.telegram.translate import DOOR
from bot.doors import Delivery
from bot.model.base import Language
from bot.model.place import Account, MessageRef, Place
from bot.voice import Voice


class Whispers:
    """`start`: payload → the address that opens the private chat with it."""

    def __init__(self, sender: Sender, words: Voice, start: Callable[[str], str]) -> None:
        self.sender, self.notes, self.words, self.start = sender, sender.notes, words, start
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def say(self, d: Delivery, *, first: bool = True) -> MessageRef:
        """`d.only_for` and `d.place` are set."""
        who, place = d.only_for, d.place
        assert who is not None and place is not None
        async with self._lock(who.user):
            if ref := await self.sender.in_private(who.user, d, first=first):
                return ref
            await self.notes.keep(who.user, d)
            await self._hint(who, place, d.language, f"{WAITS}{d.once}", first=first)
            return MessageRef(DOOR, who.user, f"{WAITS}{d.once}")

    async def change(self, ref: MessageRef, d: Delivery) -> MessageRef | None:
        """Words that waited or wait still; None where they are gone."""
        user, once = ref.channel, ref.message.removeprefix(WAITS)
        async with self._lock(user):
            if await self.notes.waits(user, once):
                await self.notes.keep(user, replace(d, once=once))
                return ref
            shown = await self.notes.memory.recall(f"seen:{user}:{once}")
            real = replace(ref, message=shown) if shown else None
            return ref if real and await self.sender.change(real, d, place=d.place) else None

    async def hint(self, who: Account, place: Place, language: Language, payload: str) -> None:
        """A word in the group that something waits for this person in private."""
        async with self._lock(who.user):
            await self._hint(who, place, language, payload, first=False)

    async def show(self, user: str) -> int:
        """What waits for this person, now that they opened the private chat; how much there was."""
        async with self._lock(user):
            waiting = await self.notes.waiting(user)
            for d in waiting:
                to = Target(int(user))
                ref = await self.sender.post(to, d, place=d.place, first=False)
                await self.notes.memory.remember({f"seen:{user}:{d.once}": ref.message}, BUTTONS)
                mark = await self.notes.mark_of(to.chat, ref.message)
                await self.notes.mark(to.chat, int(ref.message), replace(mark, root=f"{WAITS}{d.once}"))
                await self.notes.memory.forget(f"said:{user}:{d.once}")
            await self._clear(user)
            return len(waiting)

    async def real(self, ref: MessageRef) -> int:
        """The message on the platform behind a reference; 0 where there is none yet."""
        if ref.message.startswith(WAITS):
            ref = replace(ref, message=await self.notes.memory.recall(f"seen:{ref.channel}:{ref.message[1:]}") or "")
        return int(ref.message) if ref.message.isascii() and ref.message.isdigit() else 0

    async def _hint(self, who: Account, place: Place, language: Language, payload: str, *, first: bool) -> None:
        to = target(place)
        to = replace(to, reply=to.reply or self.notes.last_said(place.channel, who.user))
        key = f"hint:{who.user}:{place.channel}"
        data = {"who": {"id": who.user, "name": who.name or who.user}, "count": len(await self.notes.waiting(who.user))}
        (part,) = render(self.words("telegram.hint", data, language), {who.user: who}, {})[:1]
        markup = keyboard([link(self.words("telegram.button_hint", {}, language), self.start(payload))])
        old = await self.notes.memory.recall(key)
        if old and await self._edited(to.chat, int(old), part, markup):
            return
        sent = await self.sender.mail.send(to, part, markup, first=first)
        await self.notes.memory.remember({key: str(sent)}, A_DAY)
        await self.notes.mark(to.chat, sent, Mark(to.topic, pressable=True))

    async def _edited(self, chat: int, message: int, part: Part, markup: InlineKeyboardMarkup | None) -> bool:
        """False: the message is gone."""
        try:
            await self.sender.mail.edit(chat, message, part, markup)
        except BadRequest as error:
            if not says(error, *GONE):
                raise
            return False
        return True

    async def _clear(self, user: str) -> None:
        """Hints that have done their work are taken away."""
        for key, message in (await self.notes.memory.recall_all(f"hint:{user}:")).items():
            chat, _, _ = key.removeprefix(f"hint:{user}:").partition(":")
            with suppress(TelegramError):  # old or gone: it says nothing that hurts
                await self.sender.mail.delete(int(chat), int(message))
            await self.notes.memory.forget(key)

    def _lock(self, user: str) -> asyncio.Lock:
        lock = self._locks.get(user)
        if lock is None:
            lock = self._locks[user] = asyncio.Lock()
        return lock
