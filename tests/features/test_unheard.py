"""A question whose channel is dead: who hears it instead, and what its asker is told."""

from __future__ import annotations

import pytest

from bot.errors import Rejected
from bot.events import Room
from bot.model.question import Question, State
from tests.features.test_rooms import binding, happens
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Selamat pagi, bagaimana cara menghitung denda buku yang terlambat? Terima kasih"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."


async def nobody_may_be_asked(world: World, *names: str) -> None:
    for name in names:
        await world.commands(name, "profil")
        await world.fills(name, may_ask="")


def whats(q: Question) -> list[str]:
    return [step.what for step in q.trace]


async def test_those_who_know_are_asked_in_private_and_the_asker_is_told(world: World) -> None:
    world.parked = (0, 1)
    world.door.dead.add("#sirkulasi")
    q = await world.asks("Budi", FINE)
    assert world.heard("#sirkulasi") == []
    asked = [m for m in world.door.messages if m.template == "card.post"]
    assert asked and all(m.ref.channel.startswith("@") for m in asked)
    card = world.card("card.open", "#umum")
    assert "sudah sampai" not in card.text and "secara pribadi" in card.text
    assert world.told("Sari").count("rooms.closed") == 1
    found = await binding(world, "#sirkulasi")
    assert found and (found.mode, found.resumes) == ("off", "auto")
    assert "unheard" in whats(await world.again(q))
    who = next(m.name for m in await world.house.store.members.many(await asked_of(world, q)))
    await world.says(who, ANSWER, asked[0].ref.channel, asked[0].ref.message)
    assert (await world.again(q)).state is State.ANSWERED
    assert "answer.relay" in world.heard("#umum")


async def asked_of(world: World, q: Question) -> tuple[str, ...]:
    asks = await world.house.store.questions.asks(question=q.id)
    return tuple(a.member for a in asks)


async def test_a_dead_channel_is_tried_once(world: World) -> None:
    world.parked = (0, 1)
    world.door.dead.add("#sirkulasi")
    q = await world.asks("Budi", FINE)
    await world.asks("Joko", "Bagaimana memperpanjang pinjaman buku lewat telepon?")
    await world.later(hours=30)
    await world.replies("Sari", ANSWER, q)
    assert world.door.tries.count("#sirkulasi") == 1
    assert world.told("Sari").count("rooms.closed") == 1
    health = await world.house.store.health(world.clock())
    assert (health.inbox_parked, health.outbox_parked) == (0, 1), "the one that was refused"


async def test_another_channel_of_the_community_hears_it(world: World) -> None:
    world.parked = (0, 1)
    await world.binds("Sari", "#denda", "sirkulasi")
    world.door.dead.add("#sirkulasi")
    q = await world.asks("Budi", FINE)
    assert world.heard("#denda") == ["card.post"]
    assert not [m for m in world.door.messages if m.template == "card.post" and m.ref.channel != "#denda"]
    assert "sudah sampai" in world.card("card.open", "#umum").text
    await world.replies("Wati", ANSWER, q, "#denda")
    assert (await world.again(q)).state is State.ANSWERED


async def test_where_nobody_may_be_asked_the_steward_is(world: World) -> None:
    world.parked = (0, 1)
    await nobody_may_be_asked(world, "Sari", "Daniel", "Wati")
    world.door.dead.add("#sirkulasi")
    world.forget()
    q = await world.asks("Budi", FINE)
    assert sorted(world.told("Sari")) == ["helpers.steward", "rooms.closed"]
    card = world.card("card.open", "#umum")
    assert "pengampunya" in card.text and "sudah sampai" not in card.text
    told = world.card("helpers.steward", "@sari")
    await world.says("Sari", ANSWER, "@sari", told.ref.message)
    assert (await world.again(q)).state is State.ANSWERED


async def test_where_nobody_is_left_the_centre_is_told(world: World) -> None:
    world.parked = (0, 1)
    await nobody_may_be_asked(world, "Daniel", "Wati")
    await world.commands("Wati", "keluar preservasi")
    world.door.dead.add("#preservasi")
    q = await world.asks("Budi", "Bagaimana membersihkan jamur di buku lama?")
    community = await world.house.store.communities.by_key("preservasi")
    assert community is not None
    await world.presses("Budi", "place_other")
    await world.fills("Budi", community=community.id)
    q = await world.again(q)
    assert q.state is State.UNPLACED and "card.centre" in world.told("Ibu Rini")
    assert "rooms.closed" in world.told("Ibu Rini")
    assert world.heard("#umum") == ["card.unplaced"]


async def test_asked_by_command_in_the_dead_channel_itself(world: World) -> None:
    """As on Slack, where commands work in channels that we are no member of."""
    world.door.dead.add("#sirkulasi")
    await world.commands("Budi", f"/tanya {FINE}", "#sirkulasi")
    card = world.card("card.open", "@budi")
    assert "secara pribadi" in card.text and card.edits == 1
    assert [m for m in world.door.messages if m.template == "card.post" and m.ref.channel.startswith("@")]
    assert (await binding(world, "#sirkulasi")).mode == "off"  # type: ignore[union-attr]
    await world.commands("Budi", "/tanya Berapa denda buku referensi yang hilang?", "#sirkulasi")
    assert world.told("Sari").count("rooms.closed") == 1


async def test_a_channel_that_dies_later_leaves_no_question_behind(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await happens(world, Room("closed"), "#sirkulasi")
    world.door.dead.add("#sirkulasi")
    assert [m for m in world.door.messages if m.template == "card.post" and m.ref.channel.startswith("@")]
    assert "secara pribadi" in world.card("card.open", "#umum").text
    world.door.dead.clear()
    await happens(world, Room("reopened"), "#sirkulasi")
    await world.replies("Wati", ANSWER, q)
    assert world.heard("#sirkulasi", thread=False)[0] == "card.post" and world.card("card.post", "#sirkulasi").edits
    private = [m for m in world.door.messages if m.template == "card.post" and m.ref.channel.startswith("@")]
    assert private and all(m.edits for m in private), "who was asked in private sees it, too"


async def test_the_askers_card_that_stood_in_a_dead_channel_goes_to_them(world: World) -> None:
    world.parked = (0, 1)
    q = await world.asks("Budi", FINE, "#pengolahan")
    assert world.heard("#pengolahan") == ["card.open"]
    world.door.dead.add("#pengolahan")
    await world.replies("Wati", ANSWER, q, "#sirkulasi")
    assert "ask.in_private" in world.told("Budi") and "Sudah ada jawaban" in world.card("ask.in_private", "@budi").text
    assert (await binding(world, "#pengolahan")).mode == "auto", "a thread that is gone is no dead channel"  # type: ignore[union-attr]


async def test_a_card_that_is_refused_for_itself_closes_no_channel(world: World) -> None:
    world.parked = (0, 1)
    deliver = world.door.deliver

    async def refusing(delivery):  # type: ignore[no-untyped-def]
        if delivery.place and delivery.place.channel == "#sirkulasi":
            raise Rejected("paper: no such words")
        return await deliver(delivery)

    world.door.deliver = refusing  # type: ignore[method-assign]
    await world.asks("Budi", FINE)
    assert (await binding(world, "#sirkulasi")).mode == "auto"  # type: ignore[union-attr]
    assert "rooms.closed" not in world.told("Sari")
    assert "secara pribadi" in world.card("card.open", "#umum").text
    assert [m for m in world.door.messages if m.template == "card.post" and m.ref.channel.startswith("@")]


async def test_announcements_find_a_dead_channel_too(world: World) -> None:
    world.parked = (0, 1)
    item = await world.published("Budi", FINE, "Daniel", ANSWER)
    assert item.status == "published" and world.heard("#sirkulasi", thread=False)[-1] == "review.published"
    world.door.dead.add("#sirkulasi")
    await world.published("Joko", "Bagaimana memperpanjang pinjaman buku lewat telepon?", "Daniel", "Lewat nomor 123.")
    assert (await binding(world, "#sirkulasi")).mode == "off"  # type: ignore[union-attr]
    assert world.told("Sari").count("rooms.closed") == 1
