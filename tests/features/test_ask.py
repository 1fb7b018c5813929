"""Asking: by command, by mention, in private, or simply in a channel that Guyub serves."""

from __future__ import annotations

import pytest

from bot.model.question import State
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"


async def test_a_mention_in_any_channel_brings_the_question_to_its_community(world: World) -> None:
    q = await world.asks("Budi", FINE)

    assert q.state is State.OPEN
    assert world.heard("#umum", thread=True) == ["card.open"]
    assert world.heard("#sirkulasi") == ["card.post"]
    assert world.door.reactions[-1][1:] == ("👀", False)
    community = await world.house.store.communities.by_key("sirkulasi")
    assert community and q.community == community.id
    assert [s.what for s in q.trace] == ["routed"]


async def test_a_command_posts_a_card_where_it_was_typed_and_replies_come_under_it(world: World) -> None:
    await world.commands("Budi", f"tanya {FINE}")
    q = await world.question()
    card = world.card("card.open", "#umum")
    assert not q.origin.message and not card.thread

    answer = await world.says("Sari", "Seribu rupiah sehari.", "#umum", card.ref.message)
    q = await world.again(q)
    assert q.state is State.ANSWERED
    assert [a.source.message for a in await world.house.store.questions.answers(q.id)] == [answer]

    await world.says("Wati", "Hari libur tidak dihitung.", "#sirkulasi", world.card("card.post", "#sirkulasi").ref.message)
    assert world.heard("#umum", thread=True) == ["answer.relay"]
    assert world.card("answer.relay", "#umum").thread == card.ref.message


async def test_who_asked_by_a_command_can_take_it_back(world: World) -> None:
    await world.commands("Budi", f"tanya {FINE}")
    await world.presses("Sari", "withdraw")
    assert world.toast == "error.only_asker"
    await world.presses("Budi", "withdraw", world.card("card.open", "#umum"))
    assert world.toast == "ask.withdrawn"
    q = await world.question()
    assert q.state is State.WITHDRAWN and q.ended_at
    assert world.heard("#umum") == ["card.withdrawn"]
    assert world.heard("#sirkulasi") == ["card.post_withdrawn"]


async def test_the_command_alone_opens_a_form_that_asks(world: World) -> None:
    await world.commands("Budi", "tanya")
    assert world.toast == "ask.form_title"
    await world.fills("Budi", text=FINE)
    assert (await world.question()).text == FINE


@pytest.mark.parametrize("line", ["guyub tanya " + FINE, "guyub ask " + FINE, "ask " + FINE])
async def test_every_spelling_of_the_command_asks(world: World, line: str) -> None:
    await world.commands("Budi", line)
    assert (await world.question()).state is State.OPEN


async def test_a_message_in_private_is_a_question(world: World) -> None:
    await world.says("Budi", FINE, "@budi")
    q = await world.question()
    assert q.state is State.OPEN and q.origin.channel == "@budi"
    assert world.heard("@budi") == ["card.open"]


async def test_a_greeting_in_private_gets_a_greeting_and_a_single_term_is_a_question(world: World) -> None:
    await world.says("Budi", "halo", "@budi")
    assert world.told("Budi") == ["ask.hello"]
    assert not await world.house.store.questions.recent(5)
    await world.says("Budi", "denda buku", "@budi")
    assert (await world.question()).text == "denda buku"


async def test_thanking_the_bot_is_no_question(world: World) -> None:
    await world.says("Budi", "makasih ya", mentioned=True)
    assert world.told("Budi") == ["answer.welcome"]
    assert not await world.house.store.questions.recent(5)


async def test_a_channel_on_auto_takes_a_question_up_and_leaves_talk_alone(world: World) -> None:
    await world.says("Budi", "Selamat pagi semuanya, semangat kerja!", "#sirkulasi")
    assert not await world.house.store.questions.recent(5) and not world.door.messages
    await world.says("Budi", FINE, "#sirkulasi")
    q = await world.question()
    assert q.state is State.OPEN
    assert world.heard("#sirkulasi") == ["card.open"]  # in its thread; not posted a second time
    assert {"me_too", "pass", "refer", "move"} <= set(world.card("card.open").buttons)


async def test_a_channel_on_suggest_asks_the_asker_alone(world: World) -> None:
    await world.binds("Ibu Rini", "#obrolan", "sirkulasi", "suggest")
    await world.says("Budi", FINE, "#obrolan")
    q = await world.question()
    assert q.state is State.SUGGESTED
    assert world.card("ask.suggest").alone == "budi"
    assert world.heard("#sirkulasi") == []

    await world.presses("Sari", "suggest_yes")
    assert world.toast == "error.only_asker"
    await world.presses("Budi", "suggest_yes", world.card("ask.suggest"))
    assert (await world.again(q)).state is State.OPEN
    assert world.heard("#sirkulasi") == ["card.post"]
    await world.presses("Budi", "suggest_yes", world.card("ask.suggest"))
    assert world.toast == "error.already"


async def test_a_suggestion_declined_or_left_alone_is_forgotten(world: World) -> None:
    await world.binds("Ibu Rini", "#obrolan", "sirkulasi", "suggest")
    await world.says("Budi", FINE, "#obrolan")
    declined = await world.question()
    await world.presses("Budi", "suggest_no")
    assert world.toast == "ask.left_alone"
    await world.says("Wati", "Bagaimana memperpanjang pinjaman lewat telepon?", "#obrolan")
    expired = await world.question()
    await world.later(hours=25)
    for q in (declined, expired):
        q = await world.again(q)
        assert (q.state, q.text, q.trace[-1].what) == (State.REFUSED, "", "forgotten")
        assert q.ended_at


async def test_off_hears_only_what_is_addressed(world: World) -> None:
    await world.binds("Ibu Rini", "#obrolan", "sirkulasi", "off")
    await world.says("Budi", FINE, "#obrolan")
    await world.says("Budi", FINE, "#tak-terhubung")
    assert not await world.house.store.questions.recent(5)
    await world.says("Budi", FINE, "#obrolan", mentioned=True)
    assert (await world.question()).state is State.OPEN


async def test_an_open_question_is_joined_not_asked_twice(world: World) -> None:
    first = await world.asks("Budi", FINE)
    second = await world.asks("Tono", "Bagaimana cara menghitung denda buku terlambat?")
    assert second.state is State.SUGGESTED
    assert world.told("Tono") == ["ask.same"]
    assert world.heard("#sirkulasi") == ["card.post"]

    await world.presses("Tono", "join_question")
    assert world.toast == "ask.joined"
    tono = await world.member("Tono")
    assert (await world.again(first)).joined == (tono.id,)
    second = await world.again(second)
    assert (second.state, second.trace[-1].what) == (State.REFUSED, "folded") and second.ended_at
    await world.presses("Tono", "join_question", world.card("ask.same"))
    assert world.toast == "error.already"


async def test_whoever_joined_gets_the_answer_and_may_settle_it(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.presses("Tono", "me_too")
    assert world.toast == "ask.joined"
    await world.presses("Tono", "me_too")
    assert world.toast == "ask.joined_already"
    await world.presses("Budi", "me_too")
    assert world.toast == "ask.joined_already"
    answer = await world.replies("Sari", "Seribu rupiah sehari, hari libur tidak dihitung.", q)
    await world.reacts("Budi", "✅", answer)
    assert world.told("Tono") == ["answer.for_you_too"]

    other = await world.asks("Budi", "Apakah surat bebas pustaka boleh diurus orang tua mahasiswa?")
    await world.presses("Tono", "me_too", world.card("card.post"))
    await world.replies("Sari", "Boleh, dengan surat kuasa.", other)
    await world.presses("Tono", "solved")
    assert (await world.again(other)).state is State.SOLVED


async def test_the_different_question_is_asked_all_the_same(world: World) -> None:
    await world.asks("Budi", FINE)
    second = await world.asks("Tono", "Bagaimana cara menghitung denda buku terlambat?")
    await world.presses("Tono", "ask_anyway")
    assert (await world.again(second)).state is State.OPEN
    assert world.heard("#sirkulasi") == ["card.post", "card.post"]


async def test_a_question_whose_twin_was_shown_is_not_left_lying(world: World) -> None:
    await world.asks("Budi", FINE)
    other = await world.asks("Tono", "Bagaimana cara menghitung denda buku terlambat?")
    own = await world.asks("Budi", "Bagaimana cara menghitung denda buku yang terlambat ya?")
    assert other.state is own.state is State.SUGGESTED
    await world.later(hours=4, minutes=5)
    assert (await world.again(other)).state is State.OPEN  # asked on purpose, so it is asked
    assert (await world.again(own)).trace[-1].what == "folded"  # their own, asked already


async def test_asked_within_a_thread_it_is_answered_in_that_thread(world: World) -> None:
    root = await world.says("Tono", "Rapat hari ini jam dua ya", "#umum")
    await world.says("Budi", FINE, "#umum", root, mentioned=True)
    q = await world.question()
    assert q.origin.message == root
    assert world.card("card.open", "#umum").thread == root
    await world.says("Sari", "Seribu sehari.", "#umum", root)
    assert (await world.again(q)).state is State.ANSWERED
    await world.edits("Tono", root, "Rapat hari ini jam tiga ya")
    assert (await world.again(q)).text == FINE
