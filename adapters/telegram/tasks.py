"""Work that need not be done before an update is confirmed: held until it ends, tried again where Telegram is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from telegram.error import BadRequest, NetworkError, TelegramError

from adapters.telegram.client import Flood
from bot.errors import GuyubError
from bot.log import traced

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


class Tasks:
    """Everything in hand; what is left after `stop` is cancelled."""

    def __init__(self) -> None:
        self._held: set[asyncio.Task[Any]] = set()

    def later(self, work: Awaitable[object]) -> None:
        self.keep(asyncio.create_task(self._done(work)))

    def keep(self, task: asyncio.Task[Any]) -> None:
        """Held until it is done: a task that nobody holds may vanish."""
        self._held.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._held.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("telegram: %s", traced(error))

    async def stop(self, seconds: float) -> None:
        """Let what is in hand finish."""
        if self._held:
            _, late = await asyncio.wait(set(self._held), timeout=seconds)
            for task in late:
                task.cancel()

    @staticmethod
    async def _done(work: Awaitable[object]) -> None:
        assert isinstance(work, Coroutine)
        try:
            await work
        except TelegramError as error:
            log.warning("telegram: an answer could not be shown: %s", type(error).__name__)
        except GuyubError as error:
            log.warning("telegram: an answer could not be shown: %s", type(error).__name__)
