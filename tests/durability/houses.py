"""Houses that can be killed: each lives in a process of its own, forked from a server that has imported everything.

A fork starts in a fifth of a second where a fresh interpreter needs two, so that many kills fit into a minute. It is a process
like any other: SIGKILL gives it no chance to tidy up.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import socket
import time
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.compose import House, open_house
from bot.serve import listen, living
from bot.settings import Settings
from tests.world import COMMUNITIES, WordVectors

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["tests.durability.houses", "tests.durability.script", "bot.scene", "uvicorn.protocols.http.h11_impl"]
)


def seeded(name: str) -> random.Random:
    """A generator of chance, with its seed printed. `GUYUB_TEST_SEED` repeats a run."""
    seed = int(os.environ.get("GUYUB_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
    print(f"\n{name}: GUYUB_TEST_SEED={seed}")
    return random.Random(seed)


def settings(folder: Path, port: int = 8765) -> Settings:
    return Settings(data_dir=folder, communities=COMMUNITIES, operators=("web:rini",), port=port)


class Child:
    """A process that runs `main(*args, told)`; what it tells arrives here. It never outlives the test."""

    def __init__(self, main: Callable[..., None], *args: object) -> None:
        self.ear, theirs = FORKS.Pipe(duplex=False)
        self.process: ForkServerProcess = FORKS.Process(target=main, args=(*args, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def hears(self, timeout: float) -> str | None:
        """The next thing it tells; None after so many seconds, or when it is dead."""
        try:
            return str(self.ear.recv()) if self.ear.poll(timeout) else None
        except EOFError:
            return None

    def waits_for(self, word: str, timeout: float = 60) -> None:
        """Until it tells this. AssertionError: it died or was silent."""
        end = time.monotonic() + timeout
        while (heard := self.hears(max(0.0, end - time.monotonic()))) != word:
            assert heard is not None, f"the house never told {word!r}; exit code {self.process.exitcode}"

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    def kill(self) -> None:
        """SIGKILL; returns when it is dead."""
        self.process.kill()
        self.process.join()
        self.ear.close()


def run(main: Coroutine[object, object, None]) -> None:
    """The whole of a child: from here on only the parent's signals end it."""
    asyncio.run(main)


def serve_messenger(folder: Path, port: int, told: Connection) -> None:
    """A whole Guyub behind HTTP, as `guyub run` makes it but for the model."""
    run(_serve(settings(folder, port), told))


async def _serve(chosen: Settings, told: Connection) -> None:
    async with open_house(chosen, model=WordVectors()) as house, living(house):
        telling = asyncio.create_task(_tell_when_up(house, told))
        await listen(house)
        telling.cancel()


async def _tell_when_up(house: House, told: Connection) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(house.settings.host, house.settings.port)
        except OSError:
            await asyncio.sleep(0.01)
            continue
        writer.close()
        told.send("up")
        return


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
