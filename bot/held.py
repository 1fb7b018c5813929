"""Work that goes on behind what was asked for: held until it ends, since a task that nobody holds may vanish."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

from bot.log import traced

log = logging.getLogger(__name__)


class Held:
    """`broken`: what the log says, without anybody's words, where work breaks that nobody waits for."""

    def __init__(self, broken: str) -> None:
        self._broken = broken
        self._tasks: set[asyncio.Task[object]] = set()

    def later(self, work: Coroutine[object, object, object]) -> None:
        self.keep(asyncio.create_task(work))

    def keep(self, task: asyncio.Task[object]) -> None:
        """Begun already; held from now on."""
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s: %s", self._broken, traced(error))

    async def settled(self) -> None:
        """Until nothing goes on any more."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self, seconds: float = 0.0) -> None:
        """Lets what is in hand finish for so long; the rest is cancelled."""
        if self._tasks and seconds:
            await asyncio.wait(set(self._tasks), timeout=seconds)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
