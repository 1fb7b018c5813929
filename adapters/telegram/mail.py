"""One call at a time: sends, edits and deletes single messages, within the gate, with plain words where HTML is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from telegram import (
    ForceReply,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReactionTypeEmoji,
    ReplyParameters,
)
from telegram.error import BadRequest

from adapters.telegram.client import Api, Flood
from adapters.telegram.errors import Trouble, says
from adapters.telegram.gate import Gate
from adapters.telegram.render import Part

T = TypeVar("T")
Markup = InlineKeyboardMarkup | ForceReply | None
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
BIGGEST_PHOTO = 10 * 2**20
PICTURES = ((b"\xff\xd8\xff", b""), (b"\x89PNG\r\n\x1a\n", b""), (b"RIFF", b"WEBP"))


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes. `topic`, `reply`: 0 for none."""

    chat: int
    topic: int = 0
    reply: int = 0


class Mail:
    """Raises TelegramError. `first`: the outbox counted this message; the door's own ones wait for their turn."""

    def __init__(self, api: Api, gate: Gate, trouble: Trouble) -> None:
        self.api, self.gate, self.trouble = api, gate, trouble

    async def send(self, to: Target, part: Part, markup: Markup = None, *, first: bool = False) -> int:
        """A text message's id."""

        async def post(text: str, mode: str | None) -> Message:
            return await self.api.send_message(
                to.chat,
                text,
                parse_mode=mode,
                message_thread_id=to.topic or None,
                reply_parameters=_reply(to),
                reply_markup=markup,
                link_preview_options=NO_PREVIEW,
            )

        return (await self._call(to.chat, lambda: _plainly(part, post), new=True, first=first)).message_id

    async def file(
        self, to: Target, name: str, data: bytes, part: Part | None, markup: Markup = None, *, first: bool = False
    ) -> int:
        """A picture as a photo where Telegram takes it for one, anything else as a document; `part` is its caption."""
        if _is_picture(data):
            try:
                return await self._file(to, name, data, part, markup, photo=True, first=first)
            except BadRequest as error:
                if not says(error, "photo", "image"):
                    raise
                first = False
        return await self._file(to, name, data, part, markup, photo=False, first=first)

    async def _file(
        self, to: Target, name: str, data: bytes, part: Part | None, markup: Markup, *, photo: bool, first: bool
    ) -> int:
        send = self.api.send_photo if photo else self.api.send_document

        async def post(text: str, mode: str | None) -> Message:
            return await send(
                to.chat,
                data,
                caption=text or None,
                parse_mode=mode,
                filename=name,
                message_thread_id=to.topic or None,
                reply_parameters=_reply(to),
                reply_markup=markup,
            )

        return (await self._call(to.chat, lambda: _plainly(part or Part("", ""), post), new=True, first=first)).message_id

    async def edit(self, chat: int, message: int, part: Part, markup: InlineKeyboardMarkup | None = None) -> None:
        """Text, or caption where it is a file's. That nothing changed is fine."""

        async def text(words: str, mode: str | None) -> object:
            return await self.api.edit_message_text(
                words, chat, message, parse_mode=mode, reply_markup=markup, link_preview_options=NO_PREVIEW
            )

        async def caption(words: str, mode: str | None) -> object:
            return await self.api.edit_message_caption(chat, message, caption=words, parse_mode=mode, reply_markup=markup)

        try:
            await self._call(chat, lambda: _plainly(part, text))
        except BadRequest as error:
            if says(error, "no text in the message"):
                await self._edit_caption(chat, lambda: _plainly(part, caption))
            elif not says(error, "not modified"):
                raise

    async def _edit_caption(self, chat: int, call: Callable[[], Awaitable[object]]) -> None:
        try:
            await self._call(chat, call)
        except BadRequest as error:
            if not says(error, "not modified"):
                raise

    async def unbutton(self, chat: int, message: int) -> None:
        await self._call(chat, lambda: self.api.edit_message_reply_markup(chat, message, reply_markup=None))

    async def delete(self, chat: int, message: int) -> None:
        await self._call(chat, lambda: self.api.delete_message(chat, message))

    async def react(self, chat: int, message: int, emoji: str) -> None:
        """ "" takes the bot's reaction off."""
        reaction = [ReactionTypeEmoji(emoji)] if emoji else []
        await self._call(chat, lambda: self.api.set_message_reaction(chat, message, reaction))

    async def _call(self, chat: int, call: Callable[[], Awaitable[T]], *, new: bool = False, first: bool = True) -> T:
        """`new`: it makes a message. `first`: the outbox waits for it, and can be told to come again."""
        self.api.awake()
        self.gate.check(chat)
        taken = await self.gate.turn(chat, new=new, patient=not first)
        try:
            answer = await call()
        except Flood as flood:
            self.gate.hold(chat, flood.seconds)
            raise
        finally:
            self.gate.done(taken)
        self.trouble.over()
        return answer


async def _plainly(part: Part, post: Callable[[str, str | None], Awaitable[T]]) -> T:
    """With its formatting; where Telegram cannot read that, once more without."""
    try:
        return await post(part.html, "HTML" if part.html else None)
    except BadRequest as error:
        if not says(error, "can't parse entities"):
            raise
        return await post(part.plain, None)


def _reply(to: Target) -> ReplyParameters | None:
    return ReplyParameters(to.reply, allow_sending_without_reply=True) if to.reply else None


def _is_picture(data: bytes) -> bool:
    known = any(data.startswith(head) and data[8 : 8 + len(kind)] == kind for head, kind in PICTURES)
    return known and len(data) <= BIGGEST_PHOTO
