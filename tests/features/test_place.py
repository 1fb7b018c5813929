"""The right community: routed when sure, asked back when unsure, said honestly when nothing fits; moved by anyone."""

from __future__ import annotations

import pytest

from bot.events import Pressed
from bot.model.question import State
from bot.outcome import OpenForm
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
UNSURE = "Buku komik dari pemustaka rusak, nomor klasifikasi dan jamur bagaimana?"
FOREIGN = "Siapa pemenang liga sepak bola kemarin malam?"


async def key_of(world: World, community: str | None) -> str:
    found = await world.house.store.communities.get(community) if community else None
    return found.key if found else ""


async def form(world: World) -> OpenForm:
    assert world.shown and isinstance(world.shown.now, OpenForm)
    return world.shown.now


async def pick(world: World, who: str, key: str) -> None:
    community = await world.house.store.communities.by_key(key)
    assert community
    await world.fills(who, community=community.id)


async def test_unsure_the_asker_gets_the_likeliest_as_buttons(world: World) -> None:
    q = await world.asks("Budi", UNSURE)
    assert q.state is State.ASKED_BACK
    card = world.card("card.which", "#umum")
    old = card.buttons["place"]
    assert sum(label.action == "place" for label in card.delivery.buttons) in (2, 3)
    assert "place_other" in card.buttons

    await world.presses("Tono", "place")
    assert world.toast == "error.only_asker"
    await world.presses("Budi", "place", card)
    q = await world.again(q)
    assert q.state is State.OPEN and q.community in {g.id for g in q.guesses}
    assert q.trace[-1].what == "chosen"
    await world.happens("Budi", Pressed("place", old.value, card.ref.message))
    assert world.toast == "error.already"
    assert world.heard("#umum") == ["card.open"]


async def test_any_other_community_can_be_picked(world: World) -> None:
    q = await world.asks("Budi", UNSURE)
    await world.presses("Budi", "place_other")
    await pick(world, "Budi", "preservasi")
    assert world.toast == "place.done"
    assert await key_of(world, (await world.again(q)).community) == "preservasi"


async def test_where_nothing_fits_it_is_said_and_the_centre_gets_it_to_place(world: World) -> None:
    q = await world.asks("Budi", FOREIGN)
    assert q.state is State.UNPLACED
    assert world.heard("#umum") == ["card.unplaced"]
    assert world.told("Ibu Rini") == ["card.centre"]

    await world.presses("Ibu Rini", "place_other", world.card("card.centre"))
    await pick(world, "Ibu Rini", "sirkulasi")
    assert (await world.again(q)).state is State.OPEN
    assert world.told("Ibu Rini") == ["card.moved"]
    assert world.heard("#sirkulasi") == ["card.post"]


async def test_the_centre_may_answer_under_its_card(world: World) -> None:
    q = await world.asks("Budi", FOREIGN)
    card = world.card("card.centre")
    await world.says("Ibu Rini", "Tanyakan ke koperasi, mereka punya katering.", "@ibu.rini", card.ref.message)
    assert (await world.again(q)).state is State.ANSWERED
    assert world.heard("#umum") == ["card.answered", "answer.relay"]


async def test_nobody_answers_and_nothing_fits_the_centre_is_reminded_once(world: World) -> None:
    q = await world.asks("Budi", FOREIGN)
    await world.later(hours=21)
    await world.later(hours=48)
    assert world.told("Ibu Rini") == ["card.centre", "helpers.steward"]
    assert (await world.again(q)).state is State.UNPLACED


async def test_a_moved_card_names_whom_it_asks_there_and_nobody_whom_it_asked_before(world: World) -> None:
    await world.asks("Budi", FINE)
    first = world.card("card.post").text
    (known,) = [name for name in ("Sari", "Wati") if f"[{name}]" in first]
    await world.presses("Tono", "move", world.card("card.post"))
    await pick(world, "Tono", "pengolahan")
    assert [world.card("card.post", "#pengolahan").text.count(f"[{name}]") for name in (known, "Daniel")] == [0, 1]


async def test_anyone_moves_a_question_and_every_side_is_told(world: World) -> None:
    q = await world.asks("Budi", FINE)
    waiting = await world.house.store.questions.asks(question=q.id)
    await world.presses("Tono", "move", world.card("card.post"))
    assert {c.value for c in (await form(world)).fields[0].choices} != {q.community}
    assert q.community not in {c.value for c in (await form(world)).fields[0].choices}
    await pick(world, "Tono", "pengolahan")

    moved = await world.again(q)
    assert await key_of(world, moved.community) == "pengolahan"
    assert {s.what for s in moved.trace} >= {"routed", "moved_by", "moved"}
    assert world.heard("#sirkulasi") == ["card.moved"]
    assert world.heard("#pengolahan") == ["card.post"]
    asks = await world.house.store.questions.asks(question=q.id)
    assert {a.state for a in asks if a.id in {w.id for w in waiting}} == {"passed"}

    await world.presses("Tono", "move", world.card("card.post", "#pengolahan"))  # and back
    await pick(world, "Tono", "sirkulasi")
    assert world.heard("#sirkulasi") == ["card.post", "helpers.turn"]  # an edited card calls nobody
    assert world.heard("#pengolahan") == ["card.moved"]


async def test_a_move_teaches_the_router(world: World) -> None:
    odd = "Bagaimana mengatur jadwal piket meja depan saat Ramadan?"
    similar = "Jadwal piket meja depan saat libur Ramadan diatur bagaimana?"
    q = await world.asks("Budi", odd)
    await world.presses("Budi", "place_other" if q.state in (State.UNPLACED, State.ASKED_BACK) else "move")
    await pick(world, "Budi", "preservasi")
    example = await world.house.store.communities.example_of(q.id)
    assert example and example.source == "move" and example.text == odd
    await world.presses("Budi", "withdraw") if not q.origin.message else await world.deletes("Budi", q.origin.message)

    again = await world.asks("Tono", similar)
    assert await key_of(world, again.guesses[0].id) == "preservasi"

    await world.presses("Tono", "move" if again.state is State.OPEN else "place_other")
    await pick(world, "Tono", "sirkulasi" if await key_of(world, again.community) != "sirkulasi" else "preservasi")
    assert len(await world.house.store.communities.examples()) == 24 + 2


async def test_a_second_move_of_one_question_replaces_its_lesson(world: World) -> None:
    q = await world.asks("Budi", FINE)
    before = len(await world.house.store.communities.examples())
    for key in ("pengolahan", "preservasi"):
        await world.presses("Tono", "move")
        await pick(world, "Tono", key)
    assert len(await world.house.store.communities.examples()) == before + 1
    example = await world.house.store.communities.example_of(q.id)
    assert example and await key_of(world, example.community) == "preservasi"


async def test_a_community_without_channel_and_people_says_so(empty: World) -> None:
    q = await empty.asks("Budi", FINE)
    assert q.state is State.UNPLACED
    assert [s.what for s in q.trace] == ["routed", "nobody", "to_centre"]
    assert empty.heard("#umum") == ["card.unplaced"]
    await empty.presses("Budi", "place_other")
    offered = {c.value for c in (await form(empty)).fields[0].choices}
    assert q.guesses[0].id in offered  # it may still be chosen, once somebody is there


async def test_without_a_channel_those_who_know_are_asked_in_private(empty: World) -> None:
    await empty.joins("Sari", "sirkulasi", knows="denda")
    q = await empty.asks("Budi", FINE)
    assert q.state is State.OPEN
    card = empty.card("card.post", "@sari")
    await empty.says("Sari", "Seribu rupiah sehari.", "@sari", card.ref.message)
    assert (await empty.again(q)).state is State.ANSWERED
    assert empty.heard("#umum") == ["card.answered", "answer.relay"]


async def test_a_channel_switched_off_still_lets_those_who_know_be_asked(empty: World) -> None:
    await empty.joins("Sari", "sirkulasi", knows="denda")
    await empty.binds("Ibu Rini", "#sirkulasi", "sirkulasi", "off")
    await empty.asks("Budi", FINE)
    assert empty.heard("@sari") == ["card.post"]
    assert empty.heard("#sirkulasi") == []


async def test_a_question_that_only_its_asker_was_shown_cannot_be_moved_by_others(world: World) -> None:
    await world.binds("Ibu Rini", "#obrolan", "sirkulasi", "suggest")
    await world.says("Budi", FINE, "#obrolan")
    q = await world.question()
    for action in ("move", "place_other", "me_too"):
        await world.happens("Tono", Pressed(action, q.id, "m"))
        assert world.toast == "error.closed"
