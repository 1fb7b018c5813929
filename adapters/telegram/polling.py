"""Long polling: an update is confirmed (by a higher offset) only once the core holds it, and with it all before it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram.error import Conflict, InvalidToken, TelegramError

from adapters.telegram.client import LONG_POLL, Api, Flood, refused_for
from adapters.telegram.errors import Trouble
from adapters.telegram.intake import Intake
from adapters.telegram.updates import KINDS, Update, number_of
from bot.errors import Unavailable

log = logging.getLogger(__name__)
SOONEST, LATEST = 0.2, 30.0  # seconds between two tries to store an update
RIVAL = 5.0  # seconds at least after another poller was seen


class Poller:
    """Updates of one chat in order, chats side by side. `alive`: called after each poll that worked."""

    def __init__(self, api: Api, intake: Intake, alive: Callable[[], Awaitable[None]]) -> None:
        self.api, self.intake, self.alive = api, intake, alive
        self.trouble = Trouble()
        self.offset: int | None = None
        self._unhooked = False

    async def run(self) -> None:
        """Until cancelled. The first poll, also after trouble, does not wait: that Telegram answers is worth knowing."""
        wait = 0
        while True:
            try:
                batch = await self.api.updates(self.offset, wait, KINDS)
            except TelegramError as error:
                await self._trouble(error)
                wait = 0
            else:
                self.trouble.over()
                wait = LONG_POLL
                await self._told_alive()
                await self._take(batch)

    async def _told_alive(self) -> None:
        try:
            await self.alive()
        except Unavailable:
            log.warning("telegram: the store is away; when we last heard is written down later")

    async def _take(self, batch: list[object]) -> None:
        lanes: dict[int, list[tuple[Update, object]]] = {}
        for raw in batch:
            if update := self.intake.read(raw):
                lanes.setdefault(update.chat.id if update.chat else 0, []).append((update, raw))
        await asyncio.gather(*(self._lane(lane) for lane in lanes.values()))
        numbers = [number for raw in batch if (number := number_of(raw)) is not None]
        if numbers:
            self.offset = max(numbers) + 1

    async def _lane(self, lane: list[tuple[Update, object]]) -> None:
        for update, raw in lane:
            wait = SOONEST
            while not await self._stored(update, raw):
                await asyncio.sleep(wait)
                wait = min(wait * 2, LATEST)

    async def _stored(self, update: Update, raw: object) -> bool:
        try:
            await self.intake.take(update, raw)
        except Unavailable:
            return False
        return True

    async def _trouble(self, error: TelegramError) -> None:
        """Waits as long as the error asks for."""
        match error:
            case Flood(seconds=seconds):
                await asyncio.sleep(max(seconds, SOONEST))
            case InvalidToken():
                log.error("telegram: the token is refused; asking again in %s s", int(refused_for(error)))
                await asyncio.sleep(refused_for(error))
            case Conflict() if not self._unhooked:
                self._unhooked = True
                log.warning("telegram: a webhook or another poller is in the way; taking the webhook off")
                await self._unhook()
            case Conflict():
                wait = max(RIVAL, self.trouble.wait())
                log.error("telegram: somebody else polls with the same token; again in %s s", int(wait))
                await asyncio.sleep(wait)
            case _:
                wait = self.trouble.wait()
                log.warning("telegram: no updates (%s); again in %s s", type(error).__name__, int(wait))
                await asyncio.sleep(wait)

    async def _unhook(self) -> None:
        try:
            await self.api.delete_webhook(drop_pending_updates=False)
        except TelegramError as error:
            log.warning("telegram: the webhook stays (%s)", type(error).__name__)
            await asyncio.sleep(self.trouble.wait())
