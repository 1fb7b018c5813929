"""Found by reading: words that reached people they were not meant for, or stayed after their writer took them back."""

from __future__ import annotations

import pytest

from bot.events import Pressed
from bot.model.question import State
from tests.world import World

pytestmark = pytest.mark.anyio
FINE = "Bagaimana cara menghitung denda keterlambatan buku?"
ANSWER = "Dendanya seribu rupiah per hari, dihitung dari tanggal kembali."
FISH = "Bagaimana cara merawat akuarium ikan hias di lobi gedung?"


def where(world: World, words: str) -> set[tuple[str, str]]:
    """(channel, template) of every message that stands there with these words, threads and private ones left out."""
    return {
        (m.ref.channel, m.template)
        for m in world.door.messages
        if words in m.text and not m.thread and "@" not in m.ref.channel
    }


async def test_an_announcement_does_not_keep_what_its_writer_took_back(world: World) -> None:
    await world.published("Budi", FINE, "Daniel", ANSWER)
    assert where(world, "seribu") == {("#sirkulasi", "review.published")}
    await world.presses("Daniel", "withhold")
    assert where(world, "seribu") == set()
    assert world.heard("#sirkulasi", thread=False)[-1] == "review.closed"


async def test_an_announcement_says_that_its_note_is_reviewed_again_and_then_shows_it(world: World) -> None:
    q = await world.solved("Budi", FINE, "Daniel", ANSWER)
    item = await world.item(q)
    await world.presses("Sari", "approve")
    (answer,) = await world.house.store.questions.answers(q.id)
    await world.edits("Daniel", answer.source.message, "Dendanya dua ribu rupiah per hari.", thread=q.origin.message)
    assert (await world.item_of(item)).status == "draft"
    assert where(world, "seribu") == set()
    await world.presses("Sari", "approve")
    assert where(world, "dua ribu") == {("#sirkulasi", "review.published")}
    assert world.heard("#sirkulasi", thread=False).count("review.published") == 1


async def test_a_draft_for_members_only_is_read_by_members_only(world: World) -> None:
    item = await world.item(await world.solved("Budi", FINE, "Daniel", ANSWER))
    await world.presses("Sari", "edit_item")
    await world.fills("Sari", visibility="community")
    await world.happens("Tono", Pressed("review", item.id), "#sirkulasi")
    assert world.toast == "review.members_only"
    await world.happens("Daniel", Pressed("review", item.id), "#sirkulasi")
    assert world.toast == "review.sheet"


async def test_merging_lets_nobody_read_more_than_before(world: World) -> None:
    first = await world.published("Budi", FINE, "Daniel", ANSWER)
    second = await world.item(await world.solved("Joko", "Berapa tarif denda untuk majalah?", "Daniel", "Majalah lima ratus."))
    await world.presses("Sari", "edit_item")
    await world.fills("Sari", visibility="community")
    await world.happens("Sari", Pressed("merge", f"{second.id}:{first.id}"), "@sari")
    assert world.toast == "review.merged"
    assert (await world.item_of(first)).visibility == "community"


async def test_a_question_that_stands_before_no_community_is_not_shown_to_another(world: World) -> None:
    await world.says("Budi", FISH, "@budi")
    card = world.card("card.centre", "@ibu.rini")
    await world.says("Ibu Rini", "Ganti airnya tiap minggu.", "@ibu.rini", card.ref.message)
    assert (await world.question()).state is State.ANSWERED
    world.forget()
    q = await world.asks("Joko", FISH)
    assert q.state is State.UNPLACED
    assert "ask.same" not in world.told("Joko")
