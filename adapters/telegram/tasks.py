"""Work that need not be done before an update is confirmed: held until it ends, tried again where Telegram is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

from telegram.error import BadRequest, NetworkError, TelegramError

from adapters.telegram.client import Flood
from bot.errors import GuyubError
from bot.held import Held

T = TypeVar("T")
log = logging.getLogger(__name__)
TRIES, PAUSE, PATIENCE = 3, 2.0, 60.0


async def insist(call: Callable[[], Awaitable[T]]) -> T:
    """A few times where Telegram asks to wait or is away. TelegramError: it did not work."""
    for _ in range(TRIES - 1):
        try:
            return await call()
        except Flood as flood:
            if flood.seconds > PATIENCE:
                raise
            await asyncio.sleep(flood.seconds)
        except BadRequest:
            raise
        except NetworkError:
            await asyncio.sleep(PAUSE)
    return await call()


class Tasks(Held):
    """Everything in hand. What Telegram refuses of it is told in one line."""

    def __init__(self) -> None:
        super().__init__("telegram")

    def later(self, work: Awaitable[object]) -> None:
        self.keep(asyncio.create_task(self._done(work)))

    @staticmethod
    async def _done(work: Awaitable[object]) -> None:
        assert isinstance(work, Coroutine)
        try:
            await work
        except (TelegramError, GuyubError) as error:
            log.warning("telegram: an answer could not be shown: %s", type(error).__name__)
