"""PROMISE 3: an event is handled once, however often it comes.

The whole scripted conversation, each event handed over one to five times at once, and old ones again at any time later: the
house and the messenger hold exactly what they hold when everything comes once. GUYUB_TEST_SEED repeats a run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from bot.app import App
from bot.compose import House, open_house
from bot.doors import CommandHelp, Ears, Shown
from bot.events import Event
from bot.model.place import Account
from bot.outcome import Data
from tests.durability import dump
from tests.durability.houses import seeded, settings
from tests.durability.script import perform
from tests.world import WordVectors

pytestmark = pytest.mark.anyio

MOST = 5
OLD = 3  # events of the past that come again with each new one


class Echoes:
    """Ears that hear everything several times. `count`: how often anything was handed over."""

    def __init__(self, app: App, random: Random) -> None:
        self.app, self.random, self.count = app, random, 0
        self.heard: list[Event] = []

    async def receive(self, event: Event) -> None:
        await asyncio.gather(*self._old(), *(self._late(self.app.receive, event) for _ in range(self._times())))
        self.heard.append(event)

    async def respond(self, event: Event) -> Shown | None:
        again = (self._late(self.app.respond, event) for _ in range(self._times()))
        shown = await asyncio.gather(*again)
        self.heard.append(event)
        await asyncio.gather(*self._old())
        assert len([s for s in shown if s]) <= 1
        return next((s for s in shown if s), None)

    async def view(self, name: str, account: Account) -> Data:
        return await self.app.view(name, account)

    def commands(self) -> tuple[CommandHelp, ...]:
        return self.app.commands()

    def _times(self) -> int:
        times = self.random.randint(1, MOST)
        self.count += times
        return times

    def _old(self) -> list[object]:
        old = self.random.sample(self.heard, min(OLD, len(self.heard)))
        self.count += len(old)
        return [self._late(self.app.receive, event) for event in old]

    async def _late(self, hand: Callable[[Event], object], event: Event) -> object:
        await asyncio.sleep(self.random.uniform(0, 0.01))
        return await hand(event)  # type: ignore[misc]


@asynccontextmanager
async def listening(folder: Path, ears: Callable[[App], Ears]) -> AsyncIterator[House]:
    """A living house whose messenger talks to these ears."""
    async with open_house(settings(folder), model=WordVectors()) as house:
        await house.loops.start()
        await house.web.start(ears(house.app))
        try:
            yield house
        finally:
            await house.loops.stop()
            await house.web.stop()


async def held(folder: Path, ears: Callable[[App], Ears]) -> tuple[str, ...]:
    """What is there at the end of the script."""
    async with listening(folder, ears) as house:
        await perform(house, lambda _: None)
    return (*dump.core(folder), *dump.ledger(folder))


async def test_an_event_is_handled_once_however_often_it_comes(tmp_path: Path) -> None:
    random = seeded("once")
    echoes: list[Echoes] = []

    def ears(app: App) -> Ears:
        echoes.append(Echoes(app, random))
        return echoes[0]

    once = await held(tmp_path / "once", lambda app: app)
    often = await held(tmp_path / "often", ears)
    print(f"{len(echoes[0].heard)} events handed over {echoes[0].count} times")
    wrong = dump.differences(once, often)
    assert not wrong, wrong
