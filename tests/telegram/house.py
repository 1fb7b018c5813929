"""A whole Guyub behind the Telegram door: real core and store, an embedder of the tests' own, Telegram emulated over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from adapters.telegram.door import TelegramDoor
from bot.compose import House, open_house, utc_now
from bot.doors import CommandHelp, Limit, Shown, Watched
from bot.errors import Unavailable
from bot.events import Commanded, Event, Marked, Pressed, Submitted
from bot.model.library import Library
from bot.model.place import Account
from bot.outcome import Data
from bot.serve import living
from bot.settings import Settings
from bot.voice import Voice
from storage.files import LocalFiles
from tests.emulators.telegram import Chat, Person, TelegramEmulator
from tests.fakes import WordVectors

COMMUNITIES = Path(__file__).parents[1] / "communities.yaml"
SECRET = "a-secret-of-the-tests-with-40-characters"


@dataclass
class Home:
    house: House
    telegram: TelegramEmulator

    @property
    def door(self) -> TelegramDoor:
        door = self.house.doors["telegram"]
        assert isinstance(door, TelegramDoor)
        return door


def settings_of(telegram: TelegramEmulator, folder: Path, **more: object) -> Settings:
    given = {
        "data_dir": folder,
        "communities": COMMUNITIES,
        "telegram_bot_token": telegram.bot.token,
        "telegram_api_url": telegram.api_url,
        "messenger": "off",
    }
    return Settings.model_validate(given | more)


@asynccontextmanager
async def a_home(telegram: TelegramEmulator, folder: Path, **more: object) -> AsyncIterator[Home]:
    """The house, alive; it has said hello to Telegram."""
    async with open_house(settings_of(telegram, folder, **more), model=WordVectors()) as house, living(house):
        await telegram.until(lambda: telegram.bot.polls or telegram.bot.hook)
        yield Home(house, telegram)


# ---- the door alone ----------------------------------------------------------------------------------------------------


class PaperMemory:
    """A Memory that forgets nothing but what it is told to. `away`: it cannot be reached."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.away = False

    async def recall(self, key: str) -> str | None:
        self._there()
        return self.texts.get(key)

    async def recall_all(self, prefix: str) -> dict[str, str]:
        self._there()
        return {key: text for key, text in self.texts.items() if key.startswith(prefix)}

    async def remember(self, texts: dict[str, str], keep: timedelta | None = None) -> None:
        self._there()
        self.texts |= texts

    async def forget(self, *keys: str) -> None:
        self._there()
        for key in keys:
            self.texts.pop(key, None)

    def _there(self) -> None:
        if self.away:
            raise Unavailable()


COMMANDS = (
    CommandHelp("tanya", "ask", "/tanya", "/ask", "Tanyakan", "Ask"),
    CommandHelp("profil", "profile", "/profil", "/profile", "Profil", "Profile"),
    CommandHelp("simpan", "save", "/simpan", "/save", "Simpan pesan", "Keep a message"),
    CommandHelp("kanal", "channel", "/kanal", "/channel", "Hubungkan kanal", "Connect a channel"),
    CommandHelp("bantuan", "help", "/bantuan", "/help", "Bantuan", "Help"),
)


@dataclass
class ScriptedEars:
    """Records events, each id once, and answers by script. `down`: unavailable. `tries` has every call."""

    heard: list[Event] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)
    down: bool = False
    deaf: bool = False  # what is said does not concern us
    answer: Callable[[Event], Shown | None] = lambda event: None
    before: Callable[[Event], None] = lambda event: None
    channels: tuple[str, ...] = ()  # served
    shut: tuple[str, ...] = ()

    async def receive(self, event: Event) -> bool:
        self._take(event)
        return not self.deaf

    async def respond(self, event: Event, stored: object = None) -> Shown | None:
        new = self._take(event)
        if stored is not None:
            stored.set()  # type: ignore[attr-defined]
        return self.answer(event) if new else None

    def _take(self, event: Event) -> bool:
        self.tries.append(event.id)
        self.before(event)
        if self.down:
            raise Unavailable()
        new = all(one.id != event.id for one in self.heard)
        if new:
            self.heard.append(event)
        return new

    @property
    def what(self) -> list[object]:
        return [event.what for event in self.heard]

    def asked(self) -> list[Event]:
        return [one for one in self.heard if isinstance(one.what, (Commanded, Pressed, Submitted, Marked))]

    async def watched(self, door: str) -> Watched:
        return Watched(self.channels, (), self.shut)

    async def view(self, name: str, account: Account) -> Data:
        raise KeyError(name)

    def commands(self) -> tuple[CommandHelp, ...]:
        return COMMANDS


@dataclass
class Alone:
    """The door with scripted ears."""

    telegram: TelegramEmulator
    door: TelegramDoor
    ears: ScriptedEars
    memory: PaperMemory
    files: LocalFiles

    async def hears(self, count: int = 1) -> Event:
        """The newest event, once there are so many."""
        await self.telegram.until(lambda: len(self.ears.heard) >= count)
        return self.ears.heard[count - 1]


def make_door(telegram: TelegramEmulator, folder: Path, memory: PaperMemory, hook: tuple[str, str] = ("", "")) -> TelegramDoor:
    words = Voice(Library("uji", "Perpustakaan Uji"))
    files = LocalFiles(folder / "files")
    return TelegramDoor(telegram.bot.token, telegram.api_url, hook, "uji", memory, words, files, utc_now)


@asynccontextmanager
async def alone(
    telegram: TelegramEmulator, folder: Path, ears: ScriptedEars | None = None, memory: PaperMemory | None = None
) -> AsyncIterator[Alone]:
    ears, memory = ears or ScriptedEars(), memory or PaperMemory()
    door = make_door(telegram, folder, memory)
    polls = telegram.bot.polls
    await door.start(ears)
    try:
        await telegram.until(lambda: telegram.bot.polls > polls)
        yield Alone(telegram, door, ears, memory, LocalFiles(folder / "files"))
    finally:
        await door.stop()


__all__ = ["SECRET", "Alone", "Chat", "Home", "Limit", "PaperMemory", "Person", "ScriptedEars", "a_home", "alone", "make_door"]
