"""Channels: added, removed, renamed, moved; and what a door missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.events import Event, Missed, Room
from bot.model.base import new_id
from bot.model.place import Binding, Place
from bot.model.question import State
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Selamat pagi, bagaimana cara menghitung denda buku yang terlambat? Terima kasih"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."


async def happens(world: World, room: Room, channel: str) -> None:
    """Nobody is named as the one who did it."""
    place = Place(world.door.name, channel)
    await world.receives(Event(f"paper:{new_id()}", world.house.store.library, world.clock(), room, place=place))


async def binding(world: World, channel: str) -> Binding | None:
    return await world.house.store.places.binding("paper", channel)


async def test_added_by_a_member_it_says_hello_once(world: World) -> None:
    await world.happens("Wati", Room("opened", "baru"), "#baru")
    assert world.heard("#baru") == ["rooms.hello"]
    await world.happens("Daniel", Room("opened", "baru"), "#baru")
    await world.happens("Wati", Room("opened", "baru"), "#baru")
    assert world.heard("#baru") == ["rooms.hello"] and world.card("rooms.hello").edits == 0
    assert await binding(world, "#baru") is None, "nothing is served unasked"
    await world.says("Wati", FINE, "#baru")
    assert not await world.house.store.questions.recent(1), "it keeps quiet"


async def test_added_by_somebody_new_only_they_hear_it(world: World) -> None:
    await world.happens("Tono", Room("opened", "baru"), "#baru")
    assert world.heard("#baru") == [] and world.told("Tono") == ["rooms.hello"]


async def test_added_by_nobody_knows_whom_it_keeps_quiet(world: World) -> None:
    await happens(world, Room("opened", "baru"), "#baru")
    assert not world.door.messages or "rooms.hello" not in {m.template for m in world.door.messages}


async def test_where_it_is_at_work_there_is_nothing_to_say(world: World) -> None:
    world.forget()
    await world.happens("Wati", Room("opened", "sirkulasi"), "#sirkulasi")
    assert world.heard("#sirkulasi") == [""] * len(world.heard("#sirkulasi"))


async def test_renamed(world: World) -> None:
    await happens(world, Room("renamed", "layanan-sirkulasi"), "#sirkulasi")
    found = await binding(world, "#sirkulasi")
    assert found and found.name == "layanan-sirkulasi" and found.mode == "auto"
    await happens(world, Room("renamed", "lain"), "#lain")
    assert await binding(world, "#lain") is None


async def test_removed_the_steward_is_told_once_with_the_way_back(world: World) -> None:
    await happens(world, Room("closed"), "#sirkulasi")
    assert world.told("Sari") == ["rooms.closed"] and "rooms.closed" not in world.told("Ibu Rini")
    assert (await binding(world, "#sirkulasi")).mode == "off"  # type: ignore[union-attr]
    await happens(world, Room("closed"), "#sirkulasi")
    assert world.told("Sari") == ["rooms.closed"]
    q = await world.asks("Budi", FINE)
    assert world.heard("#sirkulasi") == [] and q.state is State.OPEN
    await world.happens("Wati", Room("opened", "sirkulasi"), "#sirkulasi")
    assert world.told("Sari")[-1] == "rooms.open_again" and world.heard("#sirkulasi") == []
    found = await binding(world, "#sirkulasi")
    assert found and (found.mode, found.resumes) == ("auto", "")
    await world.happens("Wati", Room("opened", "sirkulasi"), "#sirkulasi")
    await happens(world, Room("reopened"), "#sirkulasi")
    assert world.told("Sari").count("rooms.open_again") == 1 and "rooms.open_again" not in world.told("Wati")


async def test_what_people_switched_off_stays_off(world: World) -> None:
    await world.binds("Sari", "#sirkulasi", "sirkulasi", mode="off")
    await happens(world, Room("closed"), "#sirkulasi")
    await happens(world, Room("reopened"), "#sirkulasi")
    assert (await binding(world, "#sirkulasi")).mode == "off"  # type: ignore[union-attr]
    assert "rooms.closed" not in world.told("Sari")
    await happens(world, Room("closed"), "#preservasi")
    await world.binds("Ibu Rini", "#preservasi", "preservasi", mode="off")
    await happens(world, Room("reopened"), "#preservasi")
    assert (await binding(world, "#preservasi")).mode == "off", "switched off while it was closed"  # type: ignore[union-attr]
    await world.happens("Sari", Room("opened", "sirkulasi"), "#sirkulasi")
    assert world.told("Sari")[-1] == "rooms.back"


async def test_one_that_is_open_again_and_serves_nothing_is_not_greeted(world: World) -> None:
    await world.happens("Wati", Room("reopened"), "#baru")
    assert world.heard("#baru") == [] and "rooms.hello" not in world.told("Wati")


async def test_channels_lost_together_are_told_of_once(world: World) -> None:
    await world.binds("Sari", "#sirkulasi2", "sirkulasi")
    lost = Room("closed", also=("#sirkulasi2", "#pengolahan", "#lain"))
    await happens(world, lost, "#sirkulasi")
    assert world.told("Sari") == ["rooms.closed"] and world.told("Ibu Rini").count("rooms.closed") == 1
    assert {b.channel: b.mode for b in await world.house.store.places.bindings()} == {
        "#sirkulasi": "off", "#sirkulasi2": "off", "#pengolahan": "off", "#preservasi": "auto",
    }  # fmt: skip
    await happens(world, replace(lost, change="opened"), "#sirkulasi")
    assert world.told("Sari") == ["rooms.closed", "rooms.open_again"]
    assert {b.mode for b in await world.house.store.places.bindings()} == {"auto"}


async def test_removed_where_nobody_leads_the_centre_is_told(world: World) -> None:
    await happens(world, Room("closed"), "#pengolahan")
    assert world.told("Ibu Rini")[-1] == "rooms.closed"
    await happens(world, Room("closed"), "#lain")
    assert world.told("Ibu Rini").count("rooms.closed") == 1, "what was never served is no loss"


async def test_moved_the_channel_is_served_under_its_new_name(world: World) -> None:
    await happens(world, Room("moved", to="#sirkulasi2"), "#sirkulasi")
    old, new = await binding(world, "#sirkulasi"), await binding(world, "#sirkulasi2")
    assert old is None and new and new.mode == "auto"
    q = await world.asks("Budi", FINE)
    assert world.heard("#sirkulasi2") == ["card.post"] and q.community == new.community


async def moves(world: World, channel: str, to: str) -> None:
    """As a Telegram group does that grows: the old one takes nothing any more."""
    world.door.moved[channel] = to
    await happens(world, Room("moved", to=to), channel)


async def test_moved_open_questions_go_on_there(world: World) -> None:
    q = await world.asks("Budi", FINE, "#sirkulasi")
    done = await world.solved("Tono", "Ruas MARC mana untuk judul seri?", "Daniel", "Ruas 490, dan 830.", "#sirkulasi")
    await moves(world, "#sirkulasi", "#sirkulasi2")
    q = await world.again(q)
    assert (q.origin.channel, q.origin.message) == ("#sirkulasi2", "")
    assert (await world.again(done)).origin.channel == "#sirkulasi", "what has ended stays where it was"
    assert world.heard("#sirkulasi2") == ["card.open"]
    card = world.card("card.open", "#sirkulasi2")
    reply = await world.says("Wati", ANSWER, "#sirkulasi2", card.ref.message)
    assert (await world.again(q)).state is State.ANSWERED
    assert world.heard("#sirkulasi2", thread=False) == ["card.answered"], "one card, edited in place"
    await world.reacts("Budi", "✅", reply, "#sirkulasi2")
    assert (await world.again(q)).state is State.SOLVED


async def test_moved_the_posts_of_questions_asked_elsewhere_are_posted_anew_when_they_change(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await moves(world, "#sirkulasi", "#sirkulasi2")
    assert world.heard("#sirkulasi2") == []
    await world.replies("Wati", ANSWER, q)
    assert "card.post" in world.heard("#sirkulasi2", thread=False)
    post = world.card("card.post", "#sirkulasi2")
    await world.says("Daniel", "Hari libur nasional juga tidak dihitung.", "#sirkulasi2", post.ref.message)
    assert len(await world.house.store.questions.answers(q.id)) == 2


async def test_a_channel_that_moves_where_one_is_served_already(world: World) -> None:
    await happens(world, Room("moved", to="#preservasi"), "#sirkulasi")
    old, new = await binding(world, "#sirkulasi"), await binding(world, "#preservasi")
    assert old and old.mode == "off" and new and new.mode == "auto"
    await happens(world, Room("moved", to="#sirkulasi2"), "#lain")
    assert await binding(world, "#sirkulasi2") is None


async def test_what_was_missed_is_told_to_the_operator_once(world: World) -> None:
    since = world.clock() - timedelta(hours=30)
    event = Event("paper:missed:1", world.house.store.library, world.clock(), Missed("paper", since, world.clock()))
    for _ in range(2):
        await world.receives(event)
    assert world.told("Ibu Rini").count("rooms.missed") == 1
    assert "WIB" in world.card("rooms.missed").text and "rooms.missed" not in world.told("Sari")


async def test_in_the_operators_language(world: World) -> None:
    await world.speaks("Ibu Rini", "en")
    event = Event("paper:missed:2", world.house.store.library, world.clock(), Missed("paper", world.clock(), world.clock()))
    await world.receives(event)
    assert world.card("rooms.missed").delivery.language == "en"
