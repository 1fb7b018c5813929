"""Second thoughts: questions and answers that are edited or taken back, in every state."""

from __future__ import annotations

import pytest

from bot.model.question import State
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."
UNSURE = "Buku komik dari pemustaka rusak, nomor klasifikasi dan jamur bagaimana?"


async def test_an_edited_question_changes_on_its_cards(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.edits("Budi", q.origin.message, "Bagaimana cara menghitung denda majalah yang terlambat?")
    q = await world.again(q)
    assert "majalah" in q.text and q.state is State.OPEN
    assert "majalah" in world.card("card.post", "#sirkulasi").text
    assert world.heard("#sirkulasi") == ["card.post"]
    edits = world.card("card.post").edits
    await world.edits("Budi", q.origin.message, q.text)  # a platform tells of an edit that changed no words
    assert world.card("card.post").edits == edits


async def test_editing_answers_the_question_which_community_afresh(world: World) -> None:
    q = await world.asks("Budi", UNSURE)
    await world.edits("Budi", q.origin.message, FINE)
    q = await world.again(q)
    assert q.state is State.OPEN and "edited" in {s.what for s in q.trace}
    assert world.heard("#umum") == ["card.open"]
    assert world.heard("#sirkulasi") == ["card.post"]


async def test_what_ended_does_not_change_any_more(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q)
    await world.presses("Budi", "solved")
    for act in ("edit", "delete"):
        if act == "edit":
            await world.edits("Budi", q.origin.message, "Sesuatu yang lain sama sekali?")
        else:
            await world.deletes("Budi", q.origin.message)
        after = await world.again(q)
        assert (after.state, after.text) == (State.SOLVED, FINE)
    assert (await world.item(q)).problem


@pytest.mark.parametrize("state", [State.OPEN, State.ANSWERED, State.ASKED_BACK, State.UNPLACED, State.SUGGESTED])
async def test_a_deleted_question_ends_whatever_its_state(world: World, state: State) -> None:
    channel = "#umum"
    if state is State.SUGGESTED:
        channel = "#obrolan"
        await world.binds("Ibu Rini", channel, "sirkulasi", "suggest")
    texts = {State.ASKED_BACK: UNSURE, State.UNPLACED: "Siapa pemenang liga sepak bola kemarin malam?"}
    await world.says("Budi", texts.get(state, FINE), channel, mentioned=state is not State.SUGGESTED)
    q = await world.question()
    if state is State.ANSWERED:
        await world.replies("Sari", ANSWER, q)
    assert (await world.again(q)).state is state

    await world.deletes("Budi", q.origin.message, channel)
    q = await world.again(q)
    assert q.state is (State.REFUSED if state is State.SUGGESTED else State.WITHDRAWN)
    assert q.ended_at and q.trace[-1].what in ("withdrawn", "forgotten")
    if state is State.SUGGESTED:
        assert q.text == ""
    await world.later(hours=60)
    assert not {"answer.nudge", "helpers.steward"} & set(world.told("Budi") + world.told("Sari"))


async def test_an_emptied_question_counts_as_taken_back(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.edits("Budi", q.origin.message, " 🙈 ")
    assert (await world.again(q)).state is State.WITHDRAWN


async def test_an_edited_answer_changes_in_every_copy(world: World) -> None:
    q = await world.asks("Budi", FINE)
    reply = await world.replies("Sari", "Lima ratus.", q, "#sirkulasi")
    await world.edits("Sari", reply, "Seribu.", "#sirkulasi", world.card("card.post").ref.message)
    copy = world.card("answer.relay", "#umum")
    assert "Seribu" in copy.text and copy.edits == 1
    assert [a.text for a in await world.house.store.questions.answers(q.id)] == ["Seribu."]


async def test_a_deleted_answer_is_blanked_in_its_copies_and_the_question_waits_again(world: World) -> None:
    q = await world.asks("Budi", FINE)
    reply = await world.replies("Sari", "Lima ratus rahasia.", q, "#sirkulasi")
    await world.deletes("Sari", reply, "#sirkulasi")
    assert "rahasia" not in world.card("answer.relay", "#umum").text
    assert not await world.house.store.questions.answers(q.id)
    q = await world.again(q)
    assert q.state is State.OPEN and q.trace[-1].what == "answer_gone"
    assert world.heard("#umum")[0] == "card.open"
    await world.later(hours=25)
    assert "answer.nudge" not in world.told("Budi")
    assert (await world.again(q)).wave >= 2  # asked on


async def test_one_of_two_answers_taken_back_leaves_it_answered(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Wati", ANSWER, q)
    reply = await world.replies("Sari", "Lima ratus.", q)
    await world.deletes("Sari", reply)
    await world.deletes("Sari", reply)
    await world.edits("Sari", reply, "Kembali lagi")
    assert (await world.again(q)).state is State.ANSWERED
    assert [a.text for a in await world.house.store.questions.answers(q.id)] == [ANSWER]


async def test_an_edit_of_an_accepted_answer_sends_the_item_through_review_again(world: World) -> None:
    q = await world.asks("Budi", FINE)
    reply = await world.replies("Sari", ANSWER, q)
    await world.reacts("Budi", "✅", reply)
    await world.presses("Sari", "approve")
    assert (await world.item(q)).status == "published"
    consents = world.card("keep.consent", "@sari").edits

    await world.edits("Sari", reply, "Dua ribu rupiah sehari sejak Januari, catat di menu sirkulasi.")
    item = await world.item(q)
    assert item.status == "draft" and "Dua ribu" in item.solution
    assert [e.what for e in await world.house.store.items.editions(item.id)] == ["published", "redrafted"]
    assert "Dua ribu" in world.card("keep.consent", "@sari").text and world.card("keep.consent", "@sari").edits == consents + 1
    assert "reviewer" not in {c.part for c in item.credits}
    await world.commands("Budi", "cari denda")
    assert world.told("Budi")[-1] == "find.nothing"  # until it was reviewed


async def test_a_deleted_accepted_answer_takes_what_was_kept_of_it_away(world: World) -> None:
    q = await world.asks("Budi", FINE)
    reply = await world.replies("Sari", ANSWER, q)
    await world.reacts("Budi", "✅", reply)
    await world.presses("Sari", "approve")
    await world.deletes("Sari", reply)
    item = await world.item(q)
    assert (item.status, item.solution) == ("rejected", "")
    assert (await world.again(q)).state is State.SOLVED


async def test_a_message_that_is_nothing_to_us_may_come_and_go(world: World) -> None:
    talk = await world.says("Budi", "Selamat pagi!", "#sirkulasi")
    await world.edits("Budi", talk, "Selamat siang!", "#sirkulasi")
    await world.deletes("Budi", talk, "#sirkulasi")
    await world.reacts("Budi", "✅", talk, "#sirkulasi")
    assert not world.door.messages and not await world.house.store.questions.recent(5)
