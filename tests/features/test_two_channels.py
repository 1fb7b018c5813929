"""One community in two channels, perhaps at two doors: both sides see each other's replies, edits and deletions in place."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.model.question import Question, State
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
FIRST, SECOND = "#sirkulasi", "#meja-depan"


@pytest.fixture
async def both(world: World) -> AsyncIterator[World]:
    await world.binds("Ibu Rini", SECOND, "sirkulasi")
    world.door.messages.clear()
    yield world


async def replied(world: World, who: str, text: str, q: Question, channel: str) -> str:
    root = q.origin.message if channel == q.origin.channel else world.card("card.post", channel).ref.message
    return await world.says(who, text, channel, root)


async def test_the_question_stands_once_in_each_and_a_reply_in_one_is_copied_to_the_others(both: World) -> None:
    q = await both.asks("Budi", FINE)
    assert both.heard(FIRST) == both.heard(SECOND) == ["card.post"]
    await replied(both, "Sari", "Seribu.", q, FIRST)
    assert both.heard(FIRST) == ["card.post"]
    assert both.heard(SECOND) == ["card.post", "answer.relay"]
    assert both.heard("#umum") == ["card.answered", "answer.relay"]
    assert both.card("answer.relay", SECOND).thread == both.card("card.post", SECOND).ref.message


async def test_edits_and_deletions_change_the_copies_in_place(both: World) -> None:
    q = await both.asks("Budi", FINE)
    reply = await replied(both, "Sari", "Seribu.", q, FIRST)
    await both.edits("Sari", reply, "Dua ribu.", FIRST, both.card("card.post", FIRST).ref.message)
    for channel in (SECOND, "#umum"):
        copy = both.card("answer.relay", channel)
        assert copy.edits == 1 and "Dua ribu" in copy.text
    await both.deletes("Sari", reply, FIRST)
    for channel in (SECOND, "#umum"):
        copy = both.card("answer.relay", channel)
        assert copy.edits == 2 and "Dua ribu" not in copy.text
    assert (await both.again(q)).state is State.OPEN


async def test_asked_in_one_of_its_channels_it_is_posted_in_the_other_only(both: World) -> None:
    await both.says("Budi", FINE, FIRST)
    q = await both.question()
    assert both.heard(FIRST) == ["card.open"] and both.heard(SECOND) == ["card.post"]
    await replied(both, "Wati", "Seribu.", q, SECOND)
    assert both.heard(FIRST) == ["card.answered", "answer.relay"]
    await replied(both, "Sari", "Betul.", q, FIRST)
    assert both.heard(SECOND) == ["card.post", "answer.relay"]


async def test_any_copy_may_be_ticked_and_every_card_says_that_it_is_solved(both: World) -> None:
    await both.says("Budi", FINE, FIRST)
    q = await both.question()
    await replied(both, "Wati", "Seribu rupiah sehari, hari libur tidak dihitung.", q, SECOND)
    await both.reacts("Budi", "✅", both.card("answer.relay", FIRST).ref.message, FIRST)
    assert (await both.again(q)).state is State.SOLVED
    assert both.heard(FIRST)[0] == "card.solved" and both.heard(SECOND)[0] == "card.post_solved"
    assert both.door.messages[0].edits >= 1


async def test_publishing_is_announced_once_in_each(both: World) -> None:
    await both.published("Budi", FINE, "Wati", "Seribu rupiah sehari, hari libur tidak dihitung.")
    for channel in (FIRST, SECOND):
        assert both.heard(channel, thread=False).count("review.published") == 1


async def test_who_is_called_is_called_in_one_place_only(both: World) -> None:
    await both.asks("Budi", FINE)
    await both.presses("Sari", "pass")
    assert [*both.heard(FIRST), *both.heard(SECOND)].count("helpers.turn") == 1
