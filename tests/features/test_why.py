"""/mengapa: what became of a question, and why."""

from __future__ import annotations

import pytest

from bot.outcome import Sheet
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"


def steps(world: World) -> list[str]:
    assert world.shown and isinstance(world.shown.now, Sheet) and world.shown.now.template == "why.trace"
    return [s["what"] for s in world.shown.now.data["steps"]]  # type: ignore[union-attr,index,call-overload,misc]


async def test_the_newest_of_mine_or_the_one_of_this_thread(world: World) -> None:
    await world.commands("Budi", "mengapa")
    assert world.toast == "why.nothing"
    first = await world.asks("Budi", FINE)
    await world.asks("Budi", "Siapa pemenang liga sepak bola kemarin malam?")
    await world.commands("Budi", "why")
    assert steps(world) == ["nothing_fits", "to_centre"]
    await world.commands("Tono", "mengapa", "#umum", first.origin.message)
    assert steps(world) == ["routed"]
    await world.presses("Tono", "why", world.card("card.open"))
    assert steps(world) == ["routed"]


async def test_a_whole_life_is_told(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.presses("Sari", "pass")
    await world.replies("Wati", "Seribu rupiah sehari, hari libur tidak dihitung.", q)
    await world.presses("Budi", "solved")
    await world.commands("Budi", "mengapa")
    assert steps(world) == ["routed", "passed", "asked_more", "answered", "solved"]
    assert world.shown and "why.trace" in world.shown.words


async def test_a_forgotten_question_tells_no_words(world: World) -> None:
    await world.binds("Ibu Rini", "#obrolan", "sirkulasi", "suggest")
    await world.says("Budi", FINE, "#obrolan")
    await world.presses("Budi", "suggest_no")
    await world.commands("Budi", "mengapa")
    assert steps(world) == ["suggested", "forgotten"]
    assert world.shown and "denda" not in world.shown.words["why.trace"]
