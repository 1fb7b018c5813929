"""Another model: what was embedded with the old one is embedded anew, and until then words find it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.compose import open_house
from bot.model.question import State
from bot.serve import embed_missing
from bot.settings import Settings
from tests.world import COMMUNITIES, PaperDoor, TestClock, WordVectors, World, a_library, marked_voice

pytestmark = pytest.mark.anyio


class OtherVectors(WordVectors):
    """Another model, with another dimension."""

    model = "other words"
    dimension = 48


async def test_a_change_of_model_embeds_everything_anew(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        first = await world.asks("Budi", "Bagaimana menghitung denda buku yang telat?")
        await world.replies("Daniel", "Seribu rupiah per hari kerja per buku.", first, "#sirkulasi")
        await world.presses("Budi", "solved")
        await world.presses("Sari", "approve")
        now = world.clock.now
    settings = Settings(data_dir=tmp_path, communities=COMMUNITIES)
    clock, door = TestClock(), PaperDoor()
    clock.now = now
    async with open_house(settings, clock=clock, doors=(door,), model=OtherVectors()) as house:
        house.outbox.voice = house.app.dispatcher.voice = marked_voice()
        world = World(house, door, clock)
        assert await house.store.search.missing("other words", 1000)
        assert (await world.asks("Tono", "cara menghitung denda buku yang telat?")).state is State.OFFERED
        assert await embed_missing(house) > 0
        await world.settles()
        assert not await house.store.search.missing("other words", 1000)
        assert (await world.asks("Wati", "How to calculate the fine for an overdue book?")).state is State.OFFERED
