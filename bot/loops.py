"""What runs while Guyub runs: hands that empty the inbox and the outbox, and the ticker that looks at what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.app import App
from bot.errors import GuyubError
from bot.outbox import Outbox
from bot.ports import Clock, Store

log = structlog.get_logger(__name__)

IDLE = 1.0  # seconds between two looks where nothing woke us: retries come due unannounced
MOST_DUE = 200
STOP = 4.0  # seconds that work in hand may take when we are told to stop


class Loops:
    """Started once, stopped once. A failing round is logged and tried again: a loop never ends by an error."""

    def __init__(self, app: App, outbox: Outbox, store: Store, clock: Clock) -> None:
        self.app, self.outbox, self.store, self.clock = app, outbox, store, clock
        self.tasks: list[asyncio.Task[None]] = []
        self.stopping = False
        self.ticker = AsyncIOScheduler(timezone="UTC")

    async def start(self) -> None:
        """Begin with what an earlier process left unfinished."""
        self.tasks = [
            asyncio.create_task(self._loop(self._inbox, self.app.wake_inbox), name="inbox"),
            asyncio.create_task(self._loop(self._outbox, self.app.wake_outbox), name="outbox"),
        ]
        self.ticker.add_job(self._tick, "interval", seconds=1, misfire_grace_time=None, coalesce=True, max_instances=1)
        self.ticker.start()

    async def stop(self) -> None:
        """Let what is in hand finish, then give the rest back."""
        self.stopping = True
        self.ticker.shutdown(wait=False)
        self.app.wake_inbox.set()
        self.app.wake_outbox.set()
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=STOP)
            for task in late:
                task.cancel()
        with suppress(GuyubError):
            await self.store.release(self.app.worker)

    async def _loop(self, work: Callable[[], Awaitable[int]], wake: asyncio.Event) -> None:
        while not self.stopping:
            try:
                if await work():
                    continue
            except GuyubError as error:
                log.warning("loop.unavailable", error=type(error).__name__)
            except Exception:  # a bug of ours in one round must not end the loop for good
                log.exception("loop.failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), IDLE)
            wake.clear()

    async def _inbox(self) -> int:
        return await self.app.work_inbox()

    async def _outbox(self) -> int:
        return await self.outbox.work()

    async def _tick(self) -> None:
        try:
            if await self.store.claim_due(self.clock(), MOST_DUE):
                self.app.wake_inbox.set()
        except GuyubError as error:
            log.warning("tick.unavailable", error=type(error).__name__)


async def settle(app: App, outbox: Outbox, rounds: int = 200) -> None:
    """Work until nothing is free any more: for scripts and tests, which have no loops running."""
    for _ in range(rounds):
        if not await app.work_inbox() and not await outbox.work():
            return
    raise RuntimeError("there is no end to it: a feature keeps following up on itself")
