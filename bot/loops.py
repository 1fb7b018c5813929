"""What runs while Guyub runs: hands that empty the inbox and the outbox, and the ticker that looks at what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.app import App
from bot.errors import GuyubError
from bot.log import traced
from bot.outbox import Outbox
from bot.outcome import Later
from bot.ports import Clock, Store, Unit

log = structlog.get_logger(__name__)

T = TypeVar("T")
IDLE = 1.0  # seconds between two looks where nothing woke us: retries come due unannounced
MOST_DUE = 200
REMEMBERED = timedelta(days=30)
SETTLED_IN = timedelta(minutes=1)  # after a start: who waits for an answer comes first
HOLD_ON = 20.0  # seconds between two words that we are still at it: well within the minute that a claim is held
STOP = 4.0  # seconds that work in hand may take when we are told to stop


class Work(Protocol[T]):
    """Work that many hands can do: claim pieces, then do each. A piece that fails is given back by the worker itself."""

    hands: int

    async def claim(self, most: int) -> Sequence[T]: ...

    async def do(self, piece: T) -> object: ...


class Hands(Generic[T]):
    """A number of hands at one kind of work: each takes the next piece as soon as it is free, so that a slow one holds up
    nobody but its own lane. A failing round is logged and tried again: it never ends by an error."""

    def __init__(self, name: str, work: Work[T], wake: asyncio.Event) -> None:
        self.name, self.work, self.wake = name, work, wake
        self.busy: set[asyncio.Task[object]] = set()
        self.stopping = False

    async def run(self) -> None:
        """Until `stopping` is set and the wake rung; what is in hand then is finished."""
        while not self.stopping:
            if not await self._take():
                await self._rest()
        if self.busy:
            await asyncio.wait(self.busy)

    async def _take(self) -> bool:
        """Whether anything new was taken in hand."""
        free = self.work.hands - len(self.busy)
        if free <= 0:
            return False
        try:
            pieces = await self.work.claim(free)
        except GuyubError as error:
            log.warning("hands.unavailable", hands=self.name, error=type(error).__name__)
            return False
        except Exception as error:  # a bug of ours in one round must not end the work for good
            log.error("hands.failed", hands=self.name, error=traced(error))
            return False
        for piece in pieces:
            task: asyncio.Task[object] = asyncio.create_task(self.work.do(piece))
            self.busy.add(task)
            task.add_done_callback(self._done)
        return bool(pieces)

    def _done(self, task: asyncio.Task[object]) -> None:
        self.busy.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("hands.failed", hands=self.name, error=type(error).__name__)
        self.wake.set()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wake.wait(), IDLE)
        self.wake.clear()


class Loops:
    """Everything that runs by itself. Started once, stopped once."""

    def __init__(self, app: App, outbox: Outbox, store: Store, clock: Clock) -> None:
        self.app, self.store, self.clock = app, store, clock
        self.deliveries = outbox
        self.inbox = Hands("inbox", app, app.wake_inbox)
        self.outbox = Hands("outbox", outbox, app.wake_outbox)
        self.tasks: list[asyncio.Task[None]] = []
        self.ticker = AsyncIOScheduler(timezone="UTC")

    async def start(self) -> None:
        """Begin with what an earlier process left unfinished."""
        self.tasks = [asyncio.create_task(hands.run(), name=hands.name) for hands in (self.inbox, self.outbox)]
        self.ticker.add_job(self._tick, "interval", seconds=1, misfire_grace_time=None, coalesce=True, max_instances=1)
        self.ticker.add_job(self._sweep, "interval", hours=1, misfire_grace_time=None, coalesce=True, max_instances=1)
        self.ticker.add_job(self.hold, "interval", seconds=HOLD_ON, misfire_grace_time=None, coalesce=True, max_instances=1)
        soon, hourly = datetime.now(UTC) + SETTLED_IN, {"hours": 1, "misfire_grace_time": None}
        self.ticker.add_job(self.plan, "interval", coalesce=True, max_instances=1, next_run_time=soon, **hourly)
        self.ticker.start()

    async def stop(self) -> None:
        """Let what is in hand finish, then give the rest back."""
        self.ticker.shutdown(wait=False)
        for hands in (self.inbox, self.outbox):
            hands.stopping = True
            hands.wake.set()
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=STOP)
            for task in (*late, *(self.inbox.busy | self.outbox.busy if late else ())):
                task.cancel()
        with suppress(GuyubError):
            await self.store.release(self.app.worker)

    async def hold(self) -> None:
        """What takes long (a slow language model, many files) stays ours, so that nobody does it a second time."""
        events, out = frozenset(self.app.in_hand), frozenset(self.deliveries.in_hand)
        try:
            if events or out:
                await self.store.hold(self.app.worker, events, out)
        except GuyubError as error:
            log.warning("hold.unavailable", error=type(error).__name__)

    async def _sweep(self) -> None:
        """What is done is remembered for a month: no platform repeats an event later than that."""
        try:
            while await self.store.sweep(self.clock() - REMEMBERED):
                continue
        except GuyubError as error:
            log.warning("sweep.unavailable", error=type(error).__name__)

    async def plan(self) -> None:
        """Whoever should have a digest and has none gets one; what is due is set again where a wrong clock undid it.

        Planned twice nothing comes twice.
        """
        library, now = self.app.dispatcher.library.id, self.clock()
        try:
            await self.store.commit(Unit(library, later=(Later("digest.plan", "", now), Later("meeting.plan", "", now))))
        except GuyubError as error:
            log.warning("plan.unavailable", error=type(error).__name__)

    async def _tick(self) -> None:
        try:
            if await self.store.claim_due(self.clock(), MOST_DUE):
                self.app.wake_inbox.set()
        except GuyubError as error:
            log.warning("tick.unavailable", error=type(error).__name__)


async def settle(app: App, outbox: Outbox, rounds: int = 200) -> None:
    """Work until nothing is free any more: for scripts and tests, which have no loops running."""
    for _ in range(rounds):
        if not await _round(app) and not await _round(outbox):
            return
    raise RuntimeError("there is no end to it: a feature keeps following up on itself")


async def _round(work: Work[T]) -> int:
    pieces = await work.claim(work.hands)
    await asyncio.gather(*(work.do(piece) for piece in pieces))
    return len(pieces)
