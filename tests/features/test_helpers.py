"""Those who were asked: in turn, capped, away respected; pass and refer; then the next, then the steward."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bot.events import Pressed
from bot.model.question import Ask, Question, State
from bot.outcome import OpenForm
from tests.world import World, user_of

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
MANY = (
    "Bagaimana cara menghitung denda majalah yang rusak?",
    "Apakah surat bebas pustaka bisa diurus orang tua mahasiswa?",
    "Berapa kali perpanjangan pinjaman novel diperbolehkan lewat telepon?",
    "Pemustaka kehilangan kartu anggota, prosedur penggantian bagaimana?",
    "Bagaimana aturan peminjaman antar cabang untuk dosen tamu?",
    "Apakah denda dihapus bila pemustaka sakit dengan surat dokter?",
)


async def asked(world: World, q: Question, state: str = "waiting") -> list[str]:
    asks = await world.house.store.questions.asks(question=q.id)
    return await names(world, (a for a in asks if a.state == state))


async def names(world: World, asks: Iterable[Ask]) -> list[str]:
    ids = tuple(a.member for a in asks)
    people = {m.id: m.name for m in await world.house.store.members.many(ids)}
    return [people[id] for id in ids]


async def test_who_says_they_know_is_asked_first_and_told_why(world: World) -> None:
    q = await world.asks("Budi", FINE)
    asks = await world.house.store.questions.asks(question=q.id)
    assert (await asked(world, q))[0] == "Sari"
    assert asks[0].why == "said:denda"
    assert 2 <= len(asks) <= 3


async def test_the_asker_is_never_asked(world: World) -> None:
    q = await world.asks("Sari", FINE)
    assert "Sari" not in await asked(world, q)


async def test_without_consent_away_or_over_the_cap_nobody_is_asked(world: World) -> None:
    await world.commands("Sari", "profil")
    await world.fills("Sari", may_ask="")
    await world.commands("Daniel", "profil")
    await world.fills("Daniel", away="week")
    q = await world.asks("Budi", FINE)
    assert await asked(world, q) == ["Wati"]

    await world.later(days=8)
    await world.commands("Wati", "profil")
    await world.fills("Wati", cap="1")
    first = await world.asks("Budi", MANY[0])
    second = await world.asks("Budi", MANY[3])
    both = [*await asked(world, first), *await asked(world, second)]
    assert both.count("Wati") == 1
    assert "Daniel" in both  # back from being away


async def test_it_is_everybodys_turn_and_nobody_is_asked_more_than_their_cap(world: World) -> None:
    everyone: list[str] = []
    for text in MANY:
        q = await world.asks("Budi", text)
        everyone += await asked(world, q)
    assert {n: everyone.count(n) <= 3 for n in set(everyone)} == {"Sari": True, "Daniel": True, "Wati": True}


async def test_pass_asks_the_next_and_calls_them_in_the_thread(world: World) -> None:
    q = await world.asks("Budi", FINE)
    first = await asked(world, q)
    await world.presses("Sari", "pass")
    assert world.toast == "helpers.passed"
    assert await asked(world, q, "passed") == ["Sari"]
    new = set(await asked(world, q)) - set(first)
    assert len(new) == 1
    called = world.card("helpers.turn", "#sirkulasi")
    assert called.thread == world.card("card.post", "#sirkulasi").ref.message
    member = await world.member(new.pop())
    assert set(called.delivery.people) == {member.id}

    await world.presses("Sari", "pass", world.card("card.post"))
    assert world.toast == "helpers.not_asked"
    await world.presses("Tono", "pass", world.card("card.post"))
    assert world.toast == "helpers.not_asked"


async def test_refer_offers_those_who_agreed_and_were_not_asked(world: World) -> None:
    await world.joins("Endah", "sirkulasi", knows="keanggotaan")
    await world.joins("Fajar", "sirkulasi", may_ask=False)
    q = await world.asks("Budi", FINE)
    before = set(await asked(world, q))
    await world.presses("Sari", "refer")
    assert world.shown and isinstance(world.shown.now, OpenForm)
    offered = {c.label for c in world.shown.now.fields[0].choices}
    assert offered == {"Sari", "Daniel", "Wati", "Endah"} - before
    chosen = world.shown.now.fields[0].choices[0]
    await world.fills("Sari", member=chosen.value)
    assert world.toast == "helpers.referred"
    assert chosen.label in await asked(world, q)
    assert await asked(world, q, "referred") == ["Sari"]
    assert "helpers.turn" in world.heard("#sirkulasi", thread=True)


async def test_referring_to_somebody_asked_already_or_unwilling_is_said_kindly(world: World) -> None:
    await world.joins("Fajar", "sirkulasi", may_ask=False)
    await world.joins("Endah", "sirkulasi")
    q = await world.asks("Budi", FINE)
    fajar, other = await world.member("Fajar"), await world.member(next(n for n in await asked(world, q) if n != "Sari"))
    await world.presses("Sari", "refer")
    form = world.shown
    await world.fills("Sari", member=fajar.id)
    assert world.toast == "helpers.away"
    world.shown = form
    await world.fills("Sari", member=other.id)
    assert world.toast == "helpers.asked_already"
    assert "Sari" in await asked(world, q)


async def test_unanswered_the_next_are_asked_then_the_steward_then_it_stays_on_the_list(world: World) -> None:
    await world.joins("Endah", "sirkulasi", knows="keanggotaan")
    q = await world.asks("Budi", FINE)
    first = await asked(world, q)
    await world.later(hours=4, minutes=1)
    second = [n for n in await asked(world, q) if n not in first]
    assert second and (await world.again(q)).wave == 2
    assert "helpers.turn" in world.heard("#sirkulasi", thread=True)

    await world.later(hours=24)
    assert world.told("Sari") == ["helpers.steward"]
    await world.later(hours=72)
    assert world.told("Sari") == ["helpers.steward"]  # once
    q = await world.again(q)
    assert q.state is State.OPEN and "to_steward" in {s.what for s in q.trace}


async def test_without_a_steward_the_centre_is_told(world: World) -> None:
    q = await world.asks("Budi", "Ruas MARC mana untuk judul seri?")
    await world.later(hours=5)
    await world.later(hours=30)
    assert "helpers.steward" in world.told("Ibu Rini")
    assert (await world.again(q)).state is State.OPEN


async def test_an_answer_stops_the_clock(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Wati", "Seribu rupiah sehari.", q)
    before = await world.house.store.questions.asks(question=q.id)
    await world.later(hours=23)
    assert await world.house.store.questions.asks(question=q.id) == before
    assert "helpers.steward" not in world.told("Sari")


async def test_not_solved_yet_asks_on_even_after_the_steward_was_told(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.later(hours=5)
    await world.later(hours=30)
    await world.replies("Sari", "Coba lihat di brosur.", q)
    await world.presses("Budi", "not_yet")
    assert world.toast == "answer.asking_on"
    await world.later(seconds=1)
    q = await world.again(q)
    assert q.state is State.OPEN and q.trace[-1].what in ("asked_more", "to_steward")
    await world.later(hours=30)
    assert world.told("Sari").count("helpers.steward") == 2


async def test_buttons_of_a_question_that_ended_say_so(world: World) -> None:
    q = await world.asks("Budi", FINE)
    post = world.card("card.post")
    labels = dict(post.buttons)
    await world.deletes("Budi", q.origin.message)
    assert post.template == "card.post_withdrawn"
    for action in ("pass", "refer", "me_too", "move"):
        await world.happens("Sari", Pressed(action, labels[action].value, post.ref.message), "#sirkulasi")
        assert world.toast == "error.closed"


async def test_who_is_asked_in_private_may_simply_write_back(world: World) -> None:
    await world.binds("Ibu Rini", "#sirkulasi", "sirkulasi", mode="off")
    q = await world.asks("Budi", "Bagaimana cara menghitung denda buku yang terlambat?")
    helper = (await asked(world, q))[0]
    chat = f"@{user_of(helper)}"
    await world.says(helper, "Seribu rupiah sehari, hari libur tidak dihitung.", chat)
    await world.says(helper, "Untuk majalah lima ratus.", chat)
    answers = await world.house.store.questions.answers(q.id)
    assert [a.text for a in answers] == ["Seribu rupiah sehari, hari libur tidak dihitung.", "Untuk majalah lima ratus."]
    assert (await world.again(q)).state is State.ANSWERED
    await world.says(helper, "Bagaimana cara mencetak label barcode?", chat)
    assert len(await world.house.store.questions.recent(10)) == 2, "a question of their own is one"
    await world.presses("Budi", "solved", world.card("card.answered", "#umum"))
    await world.says(helper, "Koleksi majalah juga dihitung harian.", chat)
    assert len(await world.house.store.questions.answers(q.id)) == 2, "nobody waits for it any more"


async def test_who_is_asked_two_things_in_private_has_to_reply_to_one(world: World) -> None:
    await world.binds("Ibu Rini", "#sirkulasi", "sirkulasi", mode="off")
    q = await world.asks("Budi", "Bagaimana cara menghitung denda buku yang terlambat?")
    other = await world.asks("Joko", "Berapa lama pemustaka boleh memperpanjang pinjaman buku?")
    helper = (set(await asked(world, q)) & set(await asked(world, other))).pop()
    await world.says(helper, "Seribu rupiah sehari, hari libur tidak dihitung.", f"@{user_of(helper)}")
    for one in (q, other):
        assert await world.house.store.questions.answers(one.id) == ()
