"""The house brought to life: loops, doors, HTTP, and the messenger's opening scene."""

from __future__ import annotations

import asyncio
import gc
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from bot import http
from bot.compose import House, Stage, open_house, utc_now
from bot.errors import GuyubError
from bot.features.index import text_of
from bot.http_calendar import calendars
from bot.scene import introduce, open_scene
from bot.server import Server
from bot.settings import Settings

log = structlog.get_logger(__name__)

MOST_MISSING = 1000
REINDEX = 600.0  # seconds between two looks for texts without a vector


@asynccontextmanager
async def living(house: House) -> AsyncIterator[House]:
    """The house with its loops running and its doors listening."""
    await house.loops.start()
    refresh = asyncio.create_task(reindex(house), name="reindex")
    try:
        for door in house.doors.values():
            await door.start(house.app)
        yield house
    finally:
        refresh.cancel()
        await house.loops.stop()  # first: what is in hand still needs its door
        for door in house.doors.values():
            await door.stop()


async def reindex(house: House) -> None:
    """Now and then looks for texts that lack a vector of this model, and mends that in the background."""
    while house.finder.model:
        try:
            await embed_missing(house)
        except GuyubError as error:
            log.warning("reindex.unavailable", error=type(error).__name__)
        await asyncio.sleep(REINDEX)


async def embed_missing(house: House) -> int:
    """After a change of model, or a time without one: texts are embedded anew, questions first; how many were missing."""
    missing = await house.store.search.missing(house.finder.model, MOST_MISSING)
    for kind, id in missing:
        text = await text_of(kind, id, house.store)
        await (house.finder.put(kind, id, text) if text else house.finder.drop(kind, id))
    return len(missing)


def asgi(house: House) -> Starlette:
    """Health, calendars, and what the doors answer to; the local messenger at "/" comes last."""
    routes: list[BaseRoute] = [*http.routes(house.store, utc_now), calendars(house.store, house.settings.as_library())]
    paths = {path: app for door in house.doors.values() for path, app in door.paths.items()}
    routes += [Mount(path, app=app) if path == "/" else Route(path, app) for path, app in sorted(paths.items(), reverse=True)]
    return Starlette(routes=routes)


async def serve(settings: Settings, *, open_browser: bool = False) -> None:
    """Run until stopped."""
    async with open_house(settings) as house:
        stage = await open_scene(house) if "web" in house.doors else None
        async with living(house):
            introduction = asyncio.create_task(_introduced(house, stage)) if stage else None
            await listen(house, open_browser=open_browser and "web" in house.doors)
            if introduction:
                introduction.cancel()


async def _introduced(house: House, stage: Stage) -> None:
    """The opening scene's people get to know the bot. A scene that fails must not take Guyub down with it."""
    try:
        await introduce(house, stage)
    except Exception:  # a scene is only a scene
        log.exception("scene.failed")


async def listen(house: House, *, open_browser: bool = False) -> None:
    """HTTP until SIGTERM or Ctrl+C; open streams do not hold it up."""
    config = uvicorn.Config(
        asgi(house),
        host=house.settings.host,
        port=house.settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    gc.freeze()  # what was loaded stays: looking through all of it again and again would hold everybody up
    gc.enable()
    if open_browser:
        asyncio.get_running_loop().call_later(1.0, webbrowser.open, f"http://{house.settings.host}:{house.settings.port}")
    await server.serve()
