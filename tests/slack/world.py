"""A Slack with people in it, and our door before it: with the whole house behind, or with ears that answer by script."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
import yaml
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route

from adapters.slack.door import SlackDoor
from adapters.slack.keys import SlackKeys
from adapters.slack.manifest import manifest
from bot.compose import House, open_house
from bot.doors import CommandHelp, Shown, Watched
from bot.errors import Unavailable
from bot.events import Event, What
from bot.features import ALL
from bot.model.library import Library
from bot.model.place import Account
from bot.outcome import Data
from bot.registry import Routes
from bot.serve import asgi, living
from bot.settings import Settings
from bot.voice import Voice
from storage.files import LocalFiles
from storage.store import open_store
from tests.emulators.slack import SlackEmulator
from tests.fakes import WordVectors
from tests.world import COMMUNITIES

SECRET = "emulated-signing-secret"
COMMANDS = tuple(CommandHelp(c.id, c.en, f"/{c.id}", f"/{c.en}", c.id, c.en) for c in Routes(ALL).commands)


class Moving:
    """A clock that goes with the world's and can be set forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def seconds(self) -> float:
        return self().timestamp()

    def forward(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass
class ScriptedEars:
    """Each id is heard once. `down`: nothing can be stored. `answer` is what is shown at once, `views` what pages show."""

    heard: list[Event] = field(default_factory=list)
    tries: int = 0
    down: bool = False
    slow: float = 0.0
    answer: Callable[[Event], Shown | None] = lambda event: None
    views: dict[str, Data] = field(default_factory=dict)
    places: Watched = field(default_factory=lambda: Watched((), ()))

    async def receive(self, event: Event) -> bool:
        self.tries += 1
        if self.down:
            raise Unavailable()
        if event.id not in {known.id for known in self.heard}:
            self.heard.append(event)
            return True
        return False

    async def respond(self, event: Event, stored: asyncio.Event | None = None) -> Shown | None:
        new = await self.receive(event)
        if stored:
            stored.set()
        await asyncio.sleep(self.slow)
        return self.answer(event) if new else None

    async def watched(self, door: str) -> Watched:
        return self.places

    async def view(self, name: str, account: Account) -> Data:
        return self.views[name]

    def commands(self) -> tuple[CommandHelp, ...]:
        return ()

    @property
    def whats(self) -> list[What]:
        return [event.what for event in self.heard]


@dataclass
class Scene:
    """A door before a Slack."""

    slack: SlackEmulator
    door: SlackDoor
    ears: ScriptedEars
    clock: Moving
    url: str
    files: LocalFiles

    @property
    def team(self) -> str:
        return self.slack.workspace.id

    async def heard(self, count: int = 1, within: float = 5.0) -> list[Event]:
        """Once so many events were heard."""
        await until(lambda: len(self.ears.heard) >= count, within)
        return self.ears.heard


async def until(true: Callable[[], object], within: float = 5.0) -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """The app behind a real server."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="warning", timeout_graceful_shutdown=1))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{port}/slack/events"
    finally:
        server.should_exit = True
        await task


def furnished(slack: SlackEmulator) -> None:
    """Four people, three channels, and the app with what its manifest asks for and nothing more."""
    slack.workspace.use_manifest(yaml.safe_load(manifest(COMMANDS)))
    sari, budi, rini = (slack.add_person(name) for name in ("Sari Dewi", "Budi Santoso", "Rini Wulan"))
    slack.add_person("Alice Brown", locale="en-US")
    slack.add_channel("umum", [sari, budi, rini])
    slack.add_channel("sirkulasi", [sari, budi, rini])
    slack.add_channel("luar", [sari, budi], bot=False)


@asynccontextmanager
async def a_door(folder: Path, *, by_socket: bool = False, slack: SlackEmulator | None = None,
                 ears: ScriptedEars | None = None, clock: Moving | None = None, start: bool = True,
                 secrets: tuple[str, ...] = (SECRET,)) -> AsyncIterator[Scene]:  # fmt: skip
    """A door with scripted ears; its memory is the real store's."""
    clock, ears = clock or Moving(), ears or ScriptedEars()
    if slack is None:
        async with SlackEmulator(clock=clock.seconds, limits=False) as fresh:
            furnished(fresh)
            async with a_door(
                folder, by_socket=by_socket, slack=fresh, ears=ears, clock=clock, start=start, secrets=secrets
            ) as s:
                yield s
        return
    store = await open_store(f"sqlite:///{folder / 'guyub.db'}", library="perpus", clock=clock)
    files = LocalFiles(folder / "files")
    keys = [SlackKeys(one.bot_token, one.app_token if by_socket else "", secrets) for one in slack.workspaces]
    voice = Voice(Library("perpus", "Perpustakaan"))
    door = SlackDoor(keys, slack.api_url, "perpus", store.memory("slack"), voice, files, clock)
    app = Starlette(routes=[Route(path, one) for path, one in door.paths.items()])
    async with serving(app) as url:
        for space in slack.workspaces:
            space.app.socket_mode = by_socket
        slack.sends_to(url)
        try:
            if start:
                await door.start(ears)
                await until(lambda: len(slack.sockets.open) == (len(keys) if by_socket else 0))
            yield Scene(slack, door, ears, clock, url, files)
        finally:
            await door.stop()
            await store.close()


def slack_settings(folder: Path, slack: SlackEmulator, *, by_socket: bool = False) -> Settings:
    return Settings(
        data_dir=folder,
        communities=COMMUNITIES,
        library="Perpus",
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=SecretStr(slack.app_token if by_socket else ""),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url=slack.api_url,
        operators=(f"slack:{slack.person('Rini Wulan').id}",),
    )


@asynccontextmanager
async def a_house(folder: Path, slack: SlackEmulator, *, by_socket: bool = False) -> AsyncIterator[House]:
    """The whole of Guyub as it runs."""
    settings = slack_settings(folder, slack, by_socket=by_socket)
    async with open_house(settings, model=WordVectors()) as house, living(house):
        if by_socket:
            await until(lambda: slack.sockets.open)
            yield house
            return
        async with serving(asgi(house)) as url:
            slack.workspace.app.socket_mode = False
            slack.sends_to(url)
            yield house
