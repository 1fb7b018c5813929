"""One platform, our doors before it and a real outbox, on a clock that moves only when a test moves it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

import adapters.slack.api as slack_api
import adapters.telegram.client as telegram_client
from adapters.slack.door import SlackDoor
from adapters.slack.keys import SlackKeys
from adapters.telegram.door import TelegramDoor
from bot.doors import Door
from bot.model.base import Language
from bot.model.library import Library
from bot.model.place import Place
from bot.outbox import Outbox
from bot.outcome import At, Data, Say
from bot.ports import Unit
from bot.voice import Voice
from storage.files import LocalFiles
from storage.store import SqlStore, open_store
from tests.emulators.faults import Fault, Faults, rate_limited
from tests.emulators.slack import SlackEmulator
from tests.emulators.telegram import TelegramEmulator, flood
from tests.fakes import TestClock

LIBRARY = "perpus"
SHORT = 0.3  # seconds that our doors wait for an answer here


class Words(Voice):
    """Says what it is told."""

    def __call__(self, template: str, data: Data, language: Language) -> str:
        return str(data["words"])


WORDS = Words(Library(LIBRARY, "Perpus"))


class Platform(Protocol):
    """`sends`: the method that posts. `places`: what has to keep an order, each in a chat of its own."""

    name: str
    sends: str
    faults: Faults

    def door(self, store: SqlStore, folder: Path, clock: TestClock) -> Door: ...

    def places(self, count: int) -> list[Place]: ...

    def threads(self, count: int) -> list[Place]:
        """The same, in one chat."""
        ...

    def posted(self, place: Place) -> list[str]:
        """What stands there of ours, in order."""
        ...

    def limited(self, after: str | None) -> Fault:
        """429."""
        ...

    def calls(self) -> int:
        """How often it was asked to post, whatever became of it."""
        ...

    def asked(self) -> int:
        """How often it was asked anything."""
        ...


@dataclass
class OnSlack:
    slack: SlackEmulator
    name: str = "slack"
    sends: str = "chat.postMessage"

    @property
    def faults(self) -> Faults:
        return self.slack.faults

    def door(self, store: SqlStore, folder: Path, clock: TestClock) -> Door:
        keys = [SlackKeys(self.slack.bot_token, "", (self.slack.signing_secret,))]
        files = LocalFiles(folder / "files")
        return SlackDoor(keys, self.slack.api_url, LIBRARY, store.memory("slack"), WORDS, files, clock)

    def places(self, count: int) -> list[Place]:
        space = self.slack.workspace
        return [Place("slack", f"{space.id}:{space.add_channel(f'saluran-{n}').id}") for n in range(count)]

    def threads(self, count: int) -> list[Place]:
        space = self.slack.workspace
        sari = space.add_person("Sari Dewi")
        room = space.add_channel("umum", [sari])
        roots = [root(space, room.id, sari.id, f"utas {n}") for n in range(count)]
        return [Place("slack", f"{space.id}:{room.id}", ts) for ts in roots]

    def posted(self, place: Place) -> list[str]:
        channel = self.slack.channel(place.channel.partition(":")[2])
        bot = self.slack.workspace.app.bot_user
        here = channel.thread(place.thread) if place.thread else channel.messages
        return [m.text for m in here if m.user == bot]

    def limited(self, after: str | None) -> Fault:
        return rate_limited(after)

    def calls(self) -> int:
        told = self.slack.calls(self.sends)
        refused = [one for one in self.slack.refused if one[1] == self.sends]
        return len(told) + len(refused) + sum(m == self.sends and not f.accepted for m, f in self.faults.struck)

    def asked(self) -> int:
        """How often it was asked anything."""
        return len(self.slack.ledger) + len(self.slack.refused)


def root(space: object, channel: str, user: str, text: str) -> str:
    """A message that nobody is told of."""
    from tests.emulators.slack.model import Message

    ts: str = space.new_ts()  # type: ignore[attr-defined]
    space.channels[channel].put(Message(ts, channel, user, text))  # type: ignore[attr-defined]
    return ts


@dataclass
class OnTelegram:
    telegram: TelegramEmulator
    name: str = "telegram"
    sends: str = "sendMessage"

    @property
    def faults(self) -> Faults:
        return self.telegram.faults

    def door(self, store: SqlStore, folder: Path, clock: TestClock) -> Door:
        memory, files = store.memory("telegram"), LocalFiles(folder / "files")
        return TelegramDoor(self.telegram.bot.token, self.telegram.api_url, ("", ""), LIBRARY, memory, WORDS, files, clock)

    def places(self, count: int) -> list[Place]:
        people = [self.telegram.person(1000 + n, started=True) for n in range(count)]
        return [Place("telegram", str(one.id)) for one in people]

    def threads(self, count: int) -> list[Place]:
        sari = self.telegram.person(501, "Sari", started=True)
        group = self.telegram.supergroup(-1001234567890, "Pustakawan", members=[sari], bot_status="administrator")
        return [Place("telegram", str(group.id), str(sari.says(f"utas {n}", group).id)) for n in range(count)]

    def posted(self, place: Place) -> list[str]:
        chat = self.telegram.chat(int(place.channel))
        ours = [m for m in chat.messages if m.sender is self.telegram.bot]
        return [m.text for m in ours if not place.thread or (m.reply_to and str(m.reply_to.id) == place.thread)]

    def limited(self, after: str | None) -> Fault:
        return flood(int(after) if after and after.isdigit() else after)

    def calls(self) -> int:
        return sum(one.method == self.sends for one in self.telegram.calls)

    def asked(self) -> int:
        """How often it was asked anything."""
        return len(self.telegram.calls)


@dataclass
class Rig:
    """A platform and our store. `worker()` is a process: doors and an outbox of its own."""

    on: OnSlack | OnTelegram
    store: SqlStore
    clock: TestClock
    folder: Path
    opened: list[Door] = field(default_factory=list)

    def worker(self, name: str) -> Outbox:
        door = self.on.door(self.store, self.folder, self.clock)
        self.opened.append(door)
        return Outbox(self.store, {door.name: door}, WORDS, self.clock, name)

    async def decide(self, says: Sequence[tuple[str, Place, str]], bulk: bool = False) -> None:
        """(id, where, words), committed as one unit."""
        out = tuple((id, Say(At(place), "error.stale", {"words": words}, bulk=bulk)) for id, place, words in says)
        await self.store.commit(Unit(LIBRARY, out=out))

    async def waiting(self) -> int:
        return (await self.store.health(self.clock())).outbox_waiting

    async def round(self, outbox: Outbox) -> int:
        """Everything that is due now, once each; how many."""
        rows = await outbox.claim(outbox.hands)
        await asyncio.gather(*(outbox.do(row) for row in rows))
        return len(rows)

    async def all_due(self, outbox: Outbox) -> None:
        """Until nothing is due at this moment."""
        while await self.round(outbox):
            continue


@asynccontextmanager
async def a_rig(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, limits: bool = False) -> AsyncIterator[Rig]:
    """`limits`: the emulators count, and so do the doors; else neither."""
    clock = TestClock()
    monkeypatch.setattr(slack_api, "TIMEOUT", SHORT)
    monkeypatch.setattr(telegram_client, "PATIENCE", SHORT)
    if limits:
        monkeypatch.setattr(slack_api, "TIMEOUT", 20.0)
        monkeypatch.setattr(telegram_client, "PATIENCE", 20.0)
    else:
        without_paces(monkeypatch)
    store = await open_store(f"sqlite:///{folder / 'guyub.db'}", library=LIBRARY, clock=clock)
    emulator = (
        SlackEmulator(clock=lambda: clock().timestamp(), limits=limits, ticking=None)
        if name == "slack"
        else TelegramEmulator(clock=clock, limits=limits, privacy=False)
    )
    async with emulator:
        on = OnSlack(emulator) if isinstance(emulator, SlackEmulator) else OnTelegram(emulator)
        rig = Rig(on, store, clock, folder)
        try:
            yield rig
        finally:
            emulator.faults.clear()
            for door in rig.opened:
                await door.stop()
            await store.close()


def without_paces(monkeypatch: pytest.MonkeyPatch) -> None:
    import adapters.telegram.gate as gate

    for rule in ("ALL", "CHAT", "GROUP"):
        monkeypatch.setattr(gate, rule, (10**6, 1.0))
    monkeypatch.setattr(slack_api, "TIER_3", 10**6)
    monkeypatch.setattr(slack_api, "READING", {})
    for kind in (SlackDoor, TelegramDoor):
        monkeypatch.setattr(kind, "limits", lambda self, what: ())
