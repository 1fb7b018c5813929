"""An asker who was asked something and says nothing: the question goes on, it is never left lying."""

from __future__ import annotations

import pytest

from bot.model.question import State
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
ANSWER = "Seribu rupiah per hari kerja per buku, hari libur tidak dihitung."


async def test_an_offered_note_that_nobody_takes_up_goes_to_people(world: World) -> None:
    await world.solved("Budi", FINE, "Daniel", ANSWER)
    await world.presses("Sari", "approve")
    q = await world.asks("Tono", FINE)
    assert q.state is State.OFFERED
    await world.later(hours=25)
    q = await world.again(q)
    assert q.state is State.OPEN
    assert "no_word" in [step.what for step in q.trace]


async def test_a_choice_of_community_that_nobody_makes_is_left_to_the_centre(world: World) -> None:
    q = await world.asks("Tono", "Buku komik dari pemustaka rusak, nomor klasifikasi dan jamur bagaimana?")
    assert q.state is State.ASKED_BACK
    await world.later(hours=25)
    q = await world.again(q)
    assert q.state is State.UNPLACED
    assert "card.centre" in world.told("Ibu Rini")
