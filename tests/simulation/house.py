"""One life of the house: opened on the same database as the one before, and ended by a stop or by a death at any point."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bot.compose import House, open_house
from bot.errors import GuyubError
from bot.ports import Outgoing
from bot.settings import Settings
from storage import store as store_module
from storage.engine import Engine
from tests.fakes import WordVectors, marked_voice
from tests.simulation.engine import OneThread
from tests.simulation.fate import Fate
from tests.simulation.judge import Judge
from tests.simulation.loop import SeededLoop, Ticker
from tests.simulation.platform import Platform, SeededDoor
from tests.world import COMMUNITIES


class Vectors(WordVectors):
    """Remembers what it worked out, across lives; may be down."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, object] = {}

    def _one(self, text: str):  # type: ignore[no-untyped-def]
        if text not in self.known:
            self.known[text] = super()._one(text)
        return self.known[text]


class Drafting:
    """A language model that words drafts; down now and then."""

    def __init__(self, fate: Fate, life: Life) -> None:
        self.fate, self.life = fate, life

    async def draft(self, question: str, answers: Sequence[tuple[str, str]], language: str) -> str:
        await asyncio.sleep(self.fate.of("llm").expovariate(1.0))
        self.fate.point("llm")
        if self.life.model_down or self.fate.chance("llm", 0.2):
            raise GuyubError("error.unavailable")
        return "\n\n".join(text for _, text in answers) if self.fate.chance("llm", 0.7) else ""


def settings(folder: Path) -> Settings:
    return Settings(data_dir=folder, communities=COMMUNITIES, operators=("slack:rini",))


class Life:
    """Opened, lived in, ended."""

    def __init__(self, folder: Path, fate: Fate, platforms: Sequence[Platform], judge: Judge, model: Vectors) -> None:
        self.folder, self.fate, self.judge, self.model = folder, fate, judge, model
        self.loop = SeededLoop(fate)
        self.engine = OneThread(str(folder / "guyub.db"), fate, self.loop)
        self.engine.after_commit = judge.committed
        self.doors = {p.name: SeededDoor(p, fate, self.loop, judge) for p in platforms}
        self.model_down = False
        self.model.broken = self._perhaps
        self.opened: AbstractAsyncContextManager[House] | None = None
        self.house: House | None = None

    def begin(self) -> None:
        """`Killed` passes through."""
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._begin())

    async def _begin(self) -> None:
        engine: Engine = self.engine
        make, store_module._engine = store_module._engine, lambda url: engine
        try:
            self.opened = open_house(settings(self.folder), clock=self.fate, doors=tuple(self.doors.values()), model=self.model)
            house = self.house = await self.opened.__aenter__()
        finally:
            store_module._engine = make
        house.outbox.voice = house.app.dispatcher.voice = marked_voice()
        house.app.dispatcher.drafter = Drafting(self.fate, self)
        house.loops.ticker = Ticker(self.loop)
        self._watch(house)
        await house.loops.start()
        for door in self.doors.values():
            await door.start(house.app)

    def _watch(self, house: House) -> None:
        """The judge hears when a message is taken in hand."""
        do = house.outbox.do

        async def watched(row: Outgoing) -> None:
            self.judge.begun(row)
            await do(row)

        house.outbox.do = watched  # type: ignore[method-assign]

    def _perhaps(self) -> None:
        if self.model_down:
            raise RuntimeError("the model is down")

    def stop(self) -> None:
        """As on SIGTERM."""
        self.loop.run_until_complete(self._stop())
        self.loop.abandon()

    async def _stop(self) -> None:
        assert self.house and self.opened
        await self.house.loops.stop()
        for door in self.doors.values():
            await door.stop()
        await self.opened.__aexit__(None, None, None)

    def killed(self) -> None:
        """It died: its connections close, its tasks never go on."""
        self.engine.drop()
        self.judge.cut_short()
        self.loop.abandon()
