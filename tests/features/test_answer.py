"""Answering: every reply in the thread, thanks, ✅, the one question to the asker."""

from __future__ import annotations

import pytest

from bot.events import FileRef
from bot.model.question import Answer, Question, State
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."


async def answers(world: World, q: Question) -> tuple[Answer, ...]:
    return await world.house.store.questions.answers(q.id)


async def test_a_reply_is_an_answer_and_each_side_sees_the_other(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q, "#sirkulasi")
    q = await world.again(q)
    assert q.state is State.ANSWERED
    assert world.heard("#umum") == ["card.answered", "answer.relay"]
    assert "Sari" in world.card("answer.relay", "#umum").text

    await world.replies("Budi", "Untuk majalah juga?", q)
    assert world.heard("#sirkulasi") == ["card.post", "answer.relay"]
    assert "Budi" in world.card("answer.relay", "#sirkulasi").text
    assert (await world.again(q)).state is State.ANSWERED


async def test_those_who_answered_are_no_longer_waited_for(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q, "#sirkulasi")
    sari = await world.member("Sari")
    asks = await world.house.store.questions.asks(question=q.id, member=sari.id)
    assert [a.state for a in asks] == ["answered"]


async def test_a_thank_you_asks_the_asker_whether_it_helped(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q, "#sirkulasi")
    await world.replies("Budi", "Makasih kak!", q)
    assert world.told("Budi") == ["answer.did_it_help"]
    assert (await world.again(q)).state is State.ANSWERED
    assert len(await answers(world, q)) == 1  # a thank-you is no answer

    await world.presses("Tono", "solved", world.card("answer.did_it_help"))
    assert world.toast == "error.only_asker"
    await world.presses("Budi", "solved", world.card("answer.did_it_help"))
    assert world.toast == "answer.glad"
    assert (await world.again(q)).state is State.SOLVED
    await world.presses("Budi", "solved", world.card("answer.did_it_help"))
    assert world.toast == "error.already"


async def test_a_thank_you_in_private_means_the_newest_answered_question(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.says("Budi", "makasih banyak", "@budi")
    assert world.told("Budi") == ["answer.welcome"]  # nothing was answered yet
    await world.replies("Sari", ANSWER, q)
    await world.says("Budi", "makasih banyak", "@budi")
    assert world.told("Budi")[-1] == "answer.did_it_help"


async def test_somebody_elses_thanks_is_no_answer(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Tono", "sip, makasih infonya", q)
    assert (await world.again(q)).state is State.OPEN


async def test_a_tick_on_an_answer_accepts_that_answer(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Wati", "Mungkin lima ratus?", q)
    right = await world.replies("Sari", ANSWER, q)
    await world.reacts("Tono", "✅", right)
    assert (await world.again(q)).state is State.ANSWERED  # not Tono's to settle
    await world.reacts("Budi", "🎉", right)
    assert (await world.again(q)).state is State.ANSWERED
    await world.reacts("Budi", "✅", right)
    q = await world.again(q)
    assert (q.state, q.solved_by) == (State.SOLVED, "people") and q.ended_at
    assert [a.text for a in await answers(world, q) if a.accepted] == [ANSWER]
    assert world.heard("#sirkulasi")[0] == "card.post_solved"
    assert [(e, gone) for _, e, gone in world.door.reactions[-2:]] == [("👀", True), ("✅", False)]


async def test_a_tick_on_the_copy_of_an_answer_accepts_it_too(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q, "#sirkulasi")
    await world.reacts("Budi", "☑️", world.card("answer.relay", "#umum").ref.message)
    assert (await world.again(q)).state is State.SOLVED


async def test_a_tick_on_the_card_or_the_question_settles_the_whole(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q)
    await world.reacts("Budi", "✅", world.card("card.answered", "#umum").ref.message)
    q = await world.again(q)
    assert q.state is State.SOLVED
    assert [a.text for a in await answers(world, q) if a.accepted] == [ANSWER]


async def test_the_asker_who_found_out_alone_ends_the_question_with_a_tick(world: World) -> None:
    found = await world.asks("Budi", FINE)
    own = await world.replies("Budi", ANSWER, found)
    assert (await world.again(found)).state is State.OPEN
    await world.reacts("Budi", "✅", own)
    assert (await world.again(found)).state is State.SOLVED  # what they found is worth keeping

    needless = await world.asks("Budi", "Ruas MARC mana untuk judul seri?")
    await world.reacts("Tono", "✅", needless.origin.message)
    assert (await world.again(needless)).state is State.OPEN
    await world.reacts("Budi", "✅", needless.origin.message)
    assert (await world.again(needless)).state is State.WITHDRAWN


async def test_one_more_answer_may_be_accepted_afterwards(world: World) -> None:
    q = await world.asks("Budi", FINE)
    one = await world.replies("Sari", ANSWER, q)
    two = await world.replies("Wati", "Untuk dosen dendanya setengah, pakai tipe anggota dosen.", q)
    await world.reacts("Budi", "✅", one)
    await world.reacts("Budi", "✅", two)
    await world.reacts("Budi", "✅", two)
    assert [a.accepted for a in await answers(world, q)] == [True, True]
    item = await world.item(q)
    assert {c.name for c in item.credits if c.part == "answerer"} == {"Sari", "Wati"}
    assert world.told("Wati") == ["keep.consent"]  # she sees what would be kept of hers


async def test_quiet_after_an_answer_the_asker_is_asked_once(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q)
    await world.later(hours=25)
    await world.later(hours=60)
    assert world.told("Budi") == ["answer.nudge"]
    await world.presses("Budi", "solved", world.card("answer.nudge"))
    assert (await world.again(q)).state is State.SOLVED


async def test_not_solved_yet_opens_it_again(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q)
    card = world.card("card.answered", "#umum")
    await world.presses("Tono", "not_yet", card)
    assert world.toast == "error.only_asker"
    await world.presses("Budi", "not_yet", card)
    assert world.toast == "answer.asking_on"
    assert (await world.again(q)).state is State.OPEN
    await world.later(hours=25)
    assert "answer.nudge" not in world.told("Budi")


async def test_what_did_not_help_is_left_out_of_what_is_kept(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Wati", "Kalikan saja dengan jumlah buku: lima ratus rupiah sebuku.", q)
    await world.presses("Budi", "not_yet")
    await world.replies("Sari", ANSWER, q)
    await world.presses("Budi", "solved")
    item = await world.item(q)
    assert [(c.name, c.part) for c in item.credits] == [("Budi", "asker"), ("Sari", "answerer")]
    assert "lima ratus" not in item.solution


async def test_an_answer_to_a_closed_question_is_kept_and_said_so(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q)
    await world.presses("Budi", "solved")
    late = "Mulai Januari tarifnya dua ribu."
    await world.replies("Wati", late, q, "#umum")
    assert world.told("Wati") == ["answer.kept_late"]
    assert [a.text for a in await answers(world, q)] == [ANSWER, late]
    q = await world.again(q)
    assert q.state is State.SOLVED

    gone = await world.asks("Budi", "Ruas MARC mana untuk judul seri?")
    await world.deletes("Budi", gone.origin.message)
    await world.replies("Daniel", "Ruas 490.", gone)
    assert world.told("Daniel") == ["answer.kept_late"]
    assert (await world.again(gone)).state is State.WITHDRAWN


async def test_an_answer_before_the_community_was_chosen_counts_all_the_same(world: World) -> None:
    q = await world.asks("Budi", "Buku komik dari pemustaka rusak, nomor klasifikasi dan jamur bagaimana?")
    assert q.state is State.ASKED_BACK
    reply = await world.replies("Wati", "Keringkan dulu, lalu bersihkan dengan kuas lembut.", q)
    assert (await world.again(q)).state is State.ANSWERED
    await world.reacts("Budi", "✅", reply)
    item = await world.item(q)
    assert item.community == q.guesses[0].id  # somebody reviews it


async def test_not_solved_and_no_community_yet_finds_one(world: World) -> None:
    q = await world.asks("Budi", "Buku komik dari pemustaka rusak, nomor klasifikasi dan jamur bagaimana?")
    await world.replies("Wati", "Entahlah, coba ditanyakan lagi.", q)
    await world.presses("Budi", "not_yet")
    assert (await world.again(q)).state in (State.ASKED_BACK, State.OPEN)
    assert world.heard("#umum")[0] in ("card.which", "card.open")


async def test_an_empty_reply_is_no_answer_but_a_file_alone_is(world: World) -> None:
    q = await world.asks("Budi", FINE)
    for nothing in ("", "   ", "👍👍", "​‍", "..."):
        await world.replies("Sari", nothing, q)
    assert (await world.again(q)).state is State.OPEN
    await world.replies("Sari", "", q, files=(FileRef("f1", "tarif.pdf", "application/pdf", 10),))
    assert (await world.again(q)).state is State.ANSWERED
