"""One Guyub with its three doors open, on loopback: the real core, SQLite, real HTTP; the platforms are the emulators."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import uvicorn

from bot.compose import House, open_house
from bot.serve import asgi, living
from bot.server import Server
from bot.settings import Settings
from tests.fakes import WordVectors
from tests.world import COMMUNITIES

OPERATOR = "Ibu Rini"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_for(folder: Path, port: int, given: Mapping[str, str]) -> Settings:
    base = {"data_dir": folder, "communities": COMMUNITIES, "port": port, "messenger": "on"}
    return Settings.model_validate(base | dict(given))


@asynccontextmanager
async def lived_in(settings: Settings, *, limits: bool = False) -> AsyncIterator[House]:
    """The house with its loops, doors and HTTP running. `limits` False: the emulators count none either."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(settings, model=WordVectors()))
        if not limits:
            for door in house.doors.values():
                door.limits = lambda what: ()  # type: ignore[method-assign]
        config = uvicorn.Config(asgi(house), host="127.0.0.1", port=settings.port, log_config=None, access_log=False)
        server = Server(config)
        listening = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
            await asyncio.sleep(0.01)
        await stack.enter_async_context(living(house))
        try:
            yield house
        finally:
            server.should_exit = True
            await listening
