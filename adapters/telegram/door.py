"""The Telegram door: the Door port over python-telegram-bot's Bot, by long polling or by webhook."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from telegram.constants import ReactionEmoji
from telegram.error import BadRequest, InvalidToken, TelegramError

from adapters.telegram.client import Api, refused_for
from adapters.telegram.errors import NOWHERE, Trouble, reason, says
from adapters.telegram.gate import Gate, limits_of
from adapters.telegram.inside import Inside
from adapters.telegram.intake import Intake
from adapters.telegram.mail import Mail, Target
from adapters.telegram.notes import MINUTE, Notes
from adapters.telegram.polling import Poller
from adapters.telegram.send import WAITS, Sender, address, target
from adapters.telegram.setup import set_up
from adapters.telegram.tasks import Tasks
from adapters.telegram.translate import DOOR, OWN, Me
from adapters.telegram.updates import KINDS
from adapters.telegram.webhook import PATH, Webhook
from adapters.telegram.whisper import Whispers
from bot.doors import SHORTEST_SECRET, Asgi, Delivery, Ears, Limit, Memory, Reader
from bot.errors import Rejected, TryLater, Unavailable, Unopened, Unreachable
from bot.events import Event, Missed
from bot.log import traced
from bot.model.place import MessageRef, Place
from bot.outcome import React
from bot.ports import Clock, Files
from bot.voice import Voice

T = TypeVar("T")
log = logging.getLogger(__name__)
KEPT = timedelta(hours=24)  # how long Telegram holds updates
DONE = 2.0  # seconds for what is in hand when the door closes
SIGNS = {"✅": "👍", "☑": "👍", "✔": "👍"}  # Telegram offers no ✅
OFFERED = frozenset(one.value for one in ReactionEmoji)


class TelegramDoor:
    """`webhook`: (address, secret); without an address it polls. Whatever a network does, `start` does not fail."""

    name = DOOR

    def __init__(
        self,
        token: str,
        api_url: str,
        webhook: tuple[str, str],
        library: str,
        memory: Memory,
        words: Voice,
        files: Files,
        clock: Clock,
    ) -> None:
        self._library, self._words, self._clock = library, words, clock
        self._hook_url, self._hook_secret = webhook
        self._hook = Webhook(self._hook_secret) if self._hook_url else None
        self.paths: Mapping[str, Asgi] = {PATH: self._hook} if self._hook else {}
        self._api, self._trouble, self._tasks = Api(token, api_url, self._seconds), Trouble(), Tasks()
        self._notes, self._inside = Notes(memory), Inside(self._api, self._seconds)
        self._sender = Sender(Mail(self._api, Gate(self._seconds), self._trouble), self._notes, files)
        self._whispers = Whispers(self._sender, words, self._start_link)
        self._me: Me | None = None
        self._intake: Intake | None = None
        self._running: asyncio.Task[None] | None = None
        self._bot = int(token.partition(":")[0]) if token.partition(":")[0].isdigit() else 0

    # ---- listening -----------------------------------------------------------------------------------------------------

    async def start(self, ears: Ears) -> None:
        """Begin in the background. ValueError: the webhook's secret is too short to keep strangers out."""
        if self._hook and len(self._hook_secret) < SHORTEST_SECRET:
            raise ValueError(f"TELEGRAM_WEBHOOK_SECRET has fewer than {SHORTEST_SECRET} characters")
        self._intake = Intake(ears, self._sender, self._whispers, self._words, self._clock, self._tasks)
        self._running = asyncio.create_task(self._for_ever(self._intake), name="telegram")

    async def stop(self) -> None:
        """What is in hand may finish; what Telegram was not told to forget comes again."""
        if self._hook:
            self._hook.intake = None
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self._intake:
            await self._intake.albums.stop()
        await self._tasks.stop(DONE)
        await self._api.close_lines()

    async def _for_ever(self, intake: Intake) -> None:
        """A bug of ours must not make the door deaf for good."""
        while True:
            try:
                await self._run(intake)
            except Exception as error:  # whatever it was: told, and begun anew
                log.error("telegram: %s", traced(error))
                await asyncio.sleep(self._trouble.wait())

    async def _run(self, intake: Intake) -> None:
        commands = intake.ears.commands()
        user = await self._until(self._api.get_me)
        names = (*OWN, *(name for c in commands for name in (c.id, c.en)))
        self._me = intake.me = Me(self._bot, user.username or "", self._library, frozenset(names))
        await self._patiently(intake.resume)
        self._tasks.later(set_up(self._api, commands, self._words, self._notes.memory))
        if not self._hook:
            await Poller(self._api, intake, lambda: self._alive(intake.ears)).run()
        self._hook.intake = intake  # type: ignore[union-attr]
        await self._until(lambda: self._set_hook())
        while True:
            await self._patiently(lambda: self._alive(intake.ears))
            await asyncio.sleep(MINUTE.total_seconds())

    async def _set_hook(self) -> bool:
        return await self._api.set_webhook(self._hook_url, secret_token=self._hook_secret, allowed_updates=KINDS)

    async def _until(self, call: Callable[[], Awaitable[T]]) -> T:
        """Again and again, longer and longer apart, until Telegram answers."""
        while True:
            try:
                return await call()
            except InvalidToken as error:
                log.error("telegram: the token is refused; asking again in %s s", int(refused_for(error)))
                await asyncio.sleep(refused_for(error))
            except TelegramError as error:
                wait = self._trouble.wait()
                log.warning("telegram: cannot begin (%s); again in %s s", reason(error), int(wait))
                await asyncio.sleep(wait)

    async def _patiently(self, call: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await call()
            except Unavailable:
                await asyncio.sleep(1.0)

    async def _alive(self, ears: Ears) -> None:
        """Writes down, once a minute, that we hear; tells where we heard nothing for longer than Telegram keeps it."""
        now, last = self._clock(), await self._notes.heard()
        if last and now - last > KEPT:
            number = f"{DOOR}:{self._bot}:missed:{last.isoformat()}"
            await ears.receive(Event(number, self._library, now, Missed(DOOR, last, now)))
        if last is None or not timedelta(0) <= now - last < MINUTE:
            await self._notes.set_heard(now)

    def _seconds(self) -> float:
        return self._clock().timestamp()

    def _start_link(self, payload: str) -> str:
        """The address that opens the private chat with a payload."""
        if self._me is None:
            raise TryLater(2.0, "telegram: not ready")
        return f"https://t.me/{self._me.username}?start={payload}"

    # ---- delivering ----------------------------------------------------------------------------------------------------

    def limits(self, what: Delivery | React) -> tuple[Limit, ...]:
        """The published ones: 30 a second in all, 1 a second in a chat, 20 a minute in a group."""
        try:
            if isinstance(what, React):
                return limits_of(address(what.ref.channel)[0], new=False)
            if what.edit:
                return limits_of(address(what.edit.channel)[0], new=False)
            if what.private_to:
                return limits_of(address(what.private_to.user)[0], new=True)
            group = limits_of(address(what.place.channel)[0], new=True) if what.place else ()
            if what.only_for is None:
                return group
            alone = limits_of(address(what.only_for.user)[0], new=True)
            return alone if self._notes.surely_open(what.only_for.user) else tuple(dict.fromkeys((*alone, *group)))
        except Unreachable:
            return ()

    async def deliver(self, delivery: Delivery) -> MessageRef:
        """Post or edit. Telegram cannot deduplicate: after a crash in between, a message may come twice."""
        return await self._sorted(lambda: self._deliver(delivery))

    async def _deliver(self, d: Delivery) -> MessageRef:
        if d.edit and (changed := await self._change(d, d.edit)):
            return changed
        if d.private_to:
            ref = await self._sender.in_private(d.private_to.user, d)
            if ref is None:
                blocked = self._notes.blocked_by(d.private_to.user)
                raise Unopened("telegram: no private chat with this person", blocked=blocked)
            return ref
        place = d.place or (replace(d.edit.as_thread, thread="") if d.edit else None)
        if place is None:
            raise Unreachable("telegram: nowhere to go")
        if d.only_for and place.channel != d.only_for.user:
            return await self._whispers.say(replace(d, place=place))
        return await self._sender.post(await self._target(place), d)

    async def _change(self, d: Delivery, ref: MessageRef) -> MessageRef | None:
        """None: it has to be posted anew. Words for one person are never put into a message that others see."""
        if ref.message.startswith(WAITS):
            return await self._whispers.change(ref, replace(d, only_for=d.only_for, place=d.place))
        if d.only_for and ref.channel != d.only_for.user:
            return None
        elsewhere = d.place if d.only_for and d.place and d.place.channel != ref.channel else None
        return await self._sender.change(ref, d, place=elsewhere)

    async def _target(self, place: Place) -> Target:
        if place.thread.startswith(WAITS):
            return Target(*address(place.channel), await self._whispers.real(MessageRef(DOOR, place.channel, place.thread)))
        return target(place)

    async def react(self, ref: MessageRef, emoji: str, remove: bool, once: str) -> None:
        """One reaction of ours a message, as Telegram has it. Where it is not offered or not allowed: nothing."""
        sign = SIGNS.get(emoji.rstrip("\ufe0f"), emoji.rstrip("\ufe0f"))
        chat, _ = address(ref.channel)
        message = await self._whispers.real(ref)
        if sign in OFFERED and message:
            await self._sorted(lambda: self._react(chat, message, "" if remove else sign))

    async def _react(self, chat: int, message: int, sign: str) -> None:
        try:
            await self._sender.mail.react(chat, message, sign)
        except BadRequest as error:
            if says(error, *NOWHERE):
                raise

    async def link(self, ref: MessageRef) -> str:
        """t.me/… for public groups, t.me/c/… for supergroups; basic groups and private chats have no addresses."""
        try:
            chat, topic = address(ref.channel)
        except Unreachable:
            return ""
        inside = str(chat).removeprefix("-100")
        if not ref.message.isdigit() or not str(chat).startswith("-100") or len(inside) < 8:
            return ""
        name = await self._notes.name(chat)
        where = name or f"c/{inside}"
        return f"https://t.me/{where}/{topic}/{ref.message}" if topic else f"https://t.me/{where}/{ref.message}"

    async def opens(self, ref: MessageRef, reader: Reader) -> bool:
        """A public group is open to everybody, another to its members, a private chat to its owner."""
        try:
            chat = address(ref.channel)[0]
            here = address(reader.place.channel)[0] if reader.place and reader.place.door == DOOR else 0
        except Unreachable:
            return False
        if await self._notes.name(chat):
            return True
        mine = reader.at(DOOR)
        user = mine.user if mine else str(here) if here > 0 and not reader.accounts else ""  # a private chat is one person's
        return (not reader.accounts and here == chat) or await self._inside.has(chat, user)

    async def fetch(self, file: str) -> bytes:
        """A file that somebody sent. `Unreachable`: it is gone, or over the 20 MB that a bot may have."""
        try:
            return await self._sorted(lambda: self._api.download(file))
        except Unreachable:
            raise
        except Rejected as error:
            raise Unreachable(error.why) from None

    async def _sorted(self, call: Callable[[], Awaitable[T]]) -> T:
        """Every error of Telegram's ends here, as one that the outbox understands."""
        try:
            return await call()
        except TelegramError as error:
            raise self._trouble.sort(error) from None
        except Unavailable:
            raise TryLater(2.0, "the store") from None
