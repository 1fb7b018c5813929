"""Settings → engines, stores, doors, app. The only place that knows which part fills which port."""

from __future__ import annotations

import asyncio
import contextlib
import webbrowser
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from adapters.embedding import make as make_embedder
from adapters.llm.openai_compatible import OpenAICompatible
from adapters.web.door import WebDoor
from bot import http
from bot.app import App
from bot.communities_file import read_communities
from bot.desk import Rules
from bot.dispatch import Dispatcher
from bot.doctor.finding import Vitals
from bot.errors import Unreachable
from bot.features import ALL
from bot.features.index import text_of
from bot.finder import Finder
from bot.loops import Loops
from bot.model.base import new_id
from bot.outbox import Outbox
from bot.ports import Clock, Door, Embedder
from bot.registry import Routes
from bot.seed import seed
from bot.settings import Settings
from bot.triage.centre import centre_for
from bot.voice import FOLDER, Voice
from storage.files import LocalFiles
from storage.migrations import upgrade
from storage.store import SqlStore, open_store

REINDEX = 600.0  # seconds between two looks for texts without a vector
log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """Everything, put together."""

    settings: Settings
    store: SqlStore
    finder: Finder
    app: App
    outbox: Outbox
    loops: Loops
    doors: dict[str, Door]

    @property
    def web(self) -> WebDoor:
        """The local messenger. KeyError: it is not open."""
        door = self.doors["web"]
        assert isinstance(door, WebDoor)
        return door


def embedder(settings: Settings) -> Embedder:
    """The model of the settings. Raises what the model's own code raises."""
    return make_embedder(settings.embedder)


def embedder_or_words(settings: Settings) -> Embedder | None:
    """None where the model cannot be loaded: search goes on by words, and doctor says why."""
    try:
        return embedder(settings)
    except Exception as error:  # somebody else's code and files: whatever is wrong, Guyub runs on without
        log.warning("embedding.unavailable", setting=settings.embedder, error=type(error).__name__)
        return None


async def vitals(settings: Settings) -> Vitals:
    """What doctor asks an open store."""
    store = await open_store(settings.database_url, library=settings.library_id, clock=utc_now)
    try:
        model = "multilingual-e5-small-q4" if settings.embedder == "bundled" else settings.embedder.partition(":")[2]
        return Vitals(await store.health(utc_now()), len(await store.search.missing(model, 1000)))
    finally:
        await store.close()


def drafter_of(settings: Settings) -> OpenAICompatible | None:
    """The language model that words drafts, where one is set."""
    if not settings.llm_url:
        return None
    prompts = Environment(loader=FileSystemLoader(FOLDER / "llm"), undefined=StrictUndefined, autoescape=False)
    template = prompts.get_template("draft.md.j2")
    return OpenAICompatible(settings.llm_url, settings.llm_model, settings.llm_key.get_secret_value(), template.render)


@asynccontextmanager
async def open_house(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    doors: Sequence[Door] | None = None,
    model: Embedder | None = None,
    rules: Rules | None = None,
) -> AsyncIterator[House]:
    """The whole house without its loops and listening doors: `house.loops.start()` and `door.start(app)` bring it to life."""
    library = settings.as_library()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    model = model or await asyncio.to_thread(embedder_or_words, settings)
    centre = centre_for(model.model if model else "")
    store = await open_store(settings.database_url, library=library.id, clock=clock, centre=centre)
    files = LocalFiles(settings.data_dir / "files")
    opened = doors if doors is not None else (WebDoor(settings.data_dir, library.id, clock, files, settings.timezone),)
    by_name: dict[str, Door] = {door.name: door for door in opened}
    finder = Finder(library.id, store.search, model, store.communities)

    async def keep_file(door: str, file: str) -> str:
        if door not in by_name:
            raise Unreachable(f"door {door} is not open")
        return await files.put(await by_name[door].fetch(file))

    drafter = drafter_of(settings)
    voice, worker = Voice(library), f"worker-{new_id()}"
    dispatcher = Dispatcher(
        library, store, finder, Routes(ALL), voice, clock, keep_file, drafter, rules or Rules(), settings.operators
    )
    app = App(store, dispatcher, worker)
    outbox = Outbox(store, by_name, voice, clock, worker)
    if settings.sqlite_path:
        await store.release("")
    await seed(store, finder, read_communities(settings.communities))
    try:
        yield House(settings, store, finder, app, outbox, Loops(app, outbox, store, clock), by_name)
    finally:
        await _close(finder, drafter, store)


async def _close(finder: Finder, drafter: OpenAICompatible | None, store: SqlStore) -> None:
    finder.close()
    if drafter:
        await drafter.close()
    await store.close()


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
        for door in house.doors.values():
            await door.stop()
        await house.loops.stop()


async def reindex(house: House) -> None:
    """After a change of model, or a time without one: texts that lack a vector are embedded anew, in the background."""
    while house.finder.model:
        for kind, id in await house.store.search.missing(house.finder.model, 1000):
            text = await text_of(kind, id, house.store)
            await (house.finder.put(kind, id, text) if text else house.finder.drop(kind, id))
        await asyncio.sleep(REINDEX)


def asgi(house: House) -> Starlette:
    """Health, and the local messenger at "/"."""
    routes: list[BaseRoute] = list(http.routes(house.store, utc_now))
    if "web" in house.doors:
        routes.append(Mount("/", app=house.web.app))
    return Starlette(routes=routes)


async def serve(settings: Settings, *, open_browser: bool = False) -> None:
    """Run until stopped."""
    from bot.scene import introduce, open_scene

    async with open_house(settings) as house:
        stage = await open_scene(house) if "web" in house.doors else None
        async with living(house):
            introduction = asyncio.create_task(introduce(stage)) if stage else None
            await listen(house, open_browser=open_browser)
            if introduction:
                introduction.cancel()


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
    server = uvicorn.Server(config)
    if open_browser:
        asyncio.get_running_loop().call_later(1.0, webbrowser.open, f"http://{house.settings.host}:{house.settings.port}")
    with contextlib.suppress(asyncio.CancelledError):
        await server.serve()


def migrate(settings: Settings) -> None:
    """Bring the database's schema to this version."""
    Path(settings.data_dir).mkdir(parents=True, exist_ok=True)
    asyncio.run(upgrade(settings.database_url))
