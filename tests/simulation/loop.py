"""An event loop on one thread without a wall clock: where nothing can be done, time jumps to what is next.

Executors run in the loop's own thread, after a seeded moment, so that what ends first is the seed's choice.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.simulation.fate import Fate, Killed

MOMENT = 0.004  # seconds that a hop to another thread takes, on the average


class _Instant(selectors.SelectSelector):
    """Waits for nothing: the clock is put forward instead."""

    fate: Fate

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nothing will ever happen again")
        if timeout > 0:
            self.fate.elapsed += timeout
        return []


class SeededLoop(asyncio.SelectorEventLoop):
    def __init__(self, fate: Fate) -> None:
        self.fate = fate
        selector = _Instant()
        selector.fate = fate
        super().__init__(selector)
        self._clock_resolution = 1e-9
        self.set_exception_handler(lambda loop, context: None)

    def time(self) -> float:
        return self.fate.elapsed

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any, context: Any = None) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        future = self.create_future()

        def work() -> None:
            self.fate.point("thread")
            if future.cancelled():
                return
            try:
                result = func(*args)
            except Exception as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        self.call_later(self.moment("threads"), work)
        return future

    def moment(self, stream: str) -> float:
        """A short while, now and then a long one."""
        chance = self.fate.of(stream)
        return min(chance.expovariate(1 / MOMENT), 0.2)

    def go(self, seconds: float) -> None:
        """Everything that happens within that time. `Killed` passes through."""
        self.call_later(seconds, self.stop)
        self.run_forever()

    def until(self, work: Any) -> Any:
        return self.run_until_complete(work)

    def abandon(self) -> None:
        """The process is gone: what it still had in hand never goes on."""
        for task in asyncio.all_tasks(self):
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            coroutine = task.get_coro()
            if coroutine is not None:
                _closed(coroutine)
        self._ready.clear()  # type: ignore[attr-defined]
        self.close()


def _closed(coroutine: Any) -> None:
    with suppress(Killed, RuntimeError):  # it wanted to tidy up: the dead do not
        coroutine.close()


class Ticker:
    """In the place of APScheduler, which reads the wall clock: the same jobs at the same distances on this loop."""

    def __init__(self, loop: SeededLoop) -> None:
        self.loop = loop
        self.jobs: list[tuple[Any, float, float]] = []
        self.tasks: list[asyncio.Task[None]] = []

    def add_job(
        self, work: Any, _kind: str, *, seconds: float = 0, hours: float = 0, next_run_time: Any = None, **_: Any
    ) -> None:
        every = seconds + hours * 3600
        self.jobs.append((work, 60.0 if next_run_time else every, every))

    def start(self) -> None:
        self.tasks = [self.loop.create_task(self._run(*job)) for job in self.jobs]

    def shutdown(self, wait: bool = False) -> None:
        for task in self.tasks:
            task.cancel()

    async def _run(self, work: Any, first: float, every: float) -> None:
        await asyncio.sleep(first)
        while True:
            await work()
            await asyncio.sleep(every)
