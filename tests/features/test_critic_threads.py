"""Found by reading: who is called, who hears a reply, and what a thread is once its question has ended."""

from __future__ import annotations

import pytest

from bot.events import FileRef, Pressed
from bot.model.question import State
from tests.world import World

pytestmark = pytest.mark.anyio
FINE = "Bagaimana cara menghitung denda keterlambatan buku?"
ANSWER = "Dendanya seribu rupiah per hari, dihitung dari tanggal kembali."


async def answers(world: World, question: str) -> list[str]:
    return [a.text for a in await world.house.store.questions.answers(question)]


async def test_a_thread_under_a_declined_suggestion_is_other_talk(world: World) -> None:
    await world.binds("Sari", "#sirkulasi", "sirkulasi", mode="suggest")
    message = await world.says("Budi", FINE, "#sirkulasi")
    q = await world.question()
    await world.presses("Budi", "suggest_no")
    world.forget()
    await world.says("Daniel", ANSWER, "#sirkulasi", message)
    assert await answers(world, q.id) == []
    assert world.told("Daniel") == []

    await world.says("Budi", FINE, "#sirkulasi", message, mentioned=True)  # asked after all, on purpose
    asked = await world.question()
    assert (asked.id != q.id, asked.state) == (True, State.OPEN)
    await world.says("Daniel", ANSWER, "#sirkulasi", message)
    assert await answers(world, asked.id) == [ANSWER]


async def test_a_question_to_the_bot_in_the_thread_of_a_solved_one_is_asked(world: World) -> None:
    q = await world.solved("Budi", FINE, "Daniel", ANSWER)
    other = "Kalau bukunya hilang, bagaimana cara mengganti bukunya?"
    await world.says("Budi", other, thread=q.origin.message, mentioned=True)
    asked = await world.question()
    assert (asked.text, asked.origin) == (other, q.origin)
    await world.says("Daniel", "Diganti dengan judul yang sama.", thread=q.origin.message)
    assert await answers(world, asked.id) == ["Diganti dengan judul yang sama."]
    await world.says("Budi", "makasih kak", thread=q.origin.message)
    assert "answer.did_it_help" in world.told("Budi")


async def test_who_passes_on_an_answered_question_calls_nobody_else(world: World) -> None:
    for name in ("Eko", "Fitri", "Gita", "Hadi"):
        await world.joins(name, "sirkulasi", knows="denda")
    q = await world.asks("Budi", FINE)
    asks = await world.house.store.questions.asks(question=q.id)
    first, second = await world.house.store.members.many(tuple(a.member for a in asks[:2]))
    await world.replies(first.name, ANSWER, q, "#sirkulasi")
    await world.happens(second.name, Pressed("pass", q.id))  # from a card that was not drawn anew yet
    assert world.toast == "helpers.passed_answered"
    after = await world.house.store.questions.asks(question=q.id)
    assert len(after) == len(asks)
    assert [a.state for a in after[:2]] == ["answered", "passed"]


async def test_those_asked_on_a_card_that_stood_there_before_are_called(world: World) -> None:
    await world.published("Budi", FINE, "Daniel", ANSWER)
    q = await world.asks("Joko", FINE, "#sirkulasi")
    assert q.state is State.OFFERED
    await world.presses("Joko", "ask_people")
    asked = await world.house.store.questions.asks(question=q.id)
    call = world.card("helpers.turn", "#sirkulasi")
    assert call.thread == q.origin.message
    assert all(a.member in call.text for a in asked)


async def test_a_new_card_that_mentions_them_is_call_enough(world: World) -> None:
    await world.asks("Joko", FINE, "#sirkulasi")
    assert "helpers.turn" not in world.heard("#sirkulasi")


async def test_the_next_who_know_are_called_where_a_command_asked(world: World) -> None:
    for name in ("Eko", "Fitri", "Gita", "Hadi"):
        await world.joins(name, "sirkulasi", knows="denda")
    await world.commands("Budi", f"/tanya {FINE}", "#sirkulasi")
    card = world.card("card.open", "#sirkulasi")
    await world.later(hours=5)
    assert world.card("helpers.turn", "#sirkulasi").thread == card.ref.message


async def test_those_asked_in_private_hear_what_the_asker_adds(world: World) -> None:
    await world.binds("Ibu Rini", "#sirkulasi", "sirkulasi", mode="off")
    q = await world.asks("Budi", FINE)
    card = world.card("card.post")
    who = await world.house.store.members.by_account("paper", card.ref.channel[1:])
    assert who is not None
    await world.says(who.name, ANSWER, card.ref.channel, card.ref.message)
    world.forget()
    await world.replies("Budi", "Kalau yang terlambat itu majalah, hitungnya sama?", q)
    relay = world.card("answer.relay", card.ref.channel)
    assert relay.thread == card.ref.message


async def test_the_centre_hears_what_the_asker_adds_once_it_has_answered(world: World) -> None:
    q = await world.asks("Budi", "Bagaimana cara merawat akuarium ikan hias di lobi gedung?")
    assert q.state is State.UNPLACED
    card = world.card("card.centre", "@ibu.rini")
    await world.says("Ibu Rini", "Ganti airnya tiap minggu.", "@ibu.rini", card.ref.message)
    world.forget()
    await world.replies("Budi", "Kalau airnya keruh terus bagaimana?", q)
    assert world.card("answer.relay", "@ibu.rini").thread == card.ref.message


async def test_an_answer_counts_while_the_asker_looks_at_a_question_like_theirs(world: World) -> None:
    await world.asks("Budi", FINE)
    q = await world.asks("Joko", FINE)
    assert q.state is State.SUGGESTED
    await world.replies("Daniel", ANSWER, q)
    assert await answers(world, q.id) == [ANSWER]
    assert (await world.again(q)).state is State.ANSWERED
    await world.later(hours=5)
    assert (await world.again(q)).state is State.ANSWERED
    await world.presses("Joko", "solved")
    assert (await world.again(q)).state is State.SOLVED


async def test_a_file_whose_caption_is_emptied_stays_an_answer(world: World) -> None:
    q = await world.asks("Budi", FINE)
    world.door.files["f1"] = b"tarif"
    file = FileRef("f1", "tarif.pdf", "application/pdf", 5)
    reply = await world.replies("Daniel", "Tarifnya ada di lampiran ini.", q, "#sirkulasi", files=(file,))
    await world.edits("Daniel", reply, "👍", "#sirkulasi", world.card("card.post", "#sirkulasi").ref.message)
    assert await answers(world, q.id) == ["👍"]
    assert (await world.again(q)).state is State.ANSWERED
