"""Belonging: communities, joining, leaving, taking the lead; a person who left, and came back."""

from __future__ import annotations

import pytest

from bot.events import Pressed
from bot.model.question import State
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."


async def in_communities(world: World, who: str) -> set[str]:
    member = await world.member(who)
    keys = {c.id: c.key for c in await world.house.store.communities.all()}
    return {keys[m.community] for m in await world.house.store.members.memberships(member=member.id)}


async def test_the_list_has_a_button_for_each_that_is_not_mine(world: World) -> None:
    await world.commands("Wati", "komunitas")
    card = world.card("belong.list")
    assert card.alone == "wati"
    assert len(card.delivery.buttons) == 1  # she is in two of three
    await world.presses("Wati", "join", card)
    assert await in_communities(world, "Wati") == {"sirkulasi", "preservasi", "pengolahan"}
    await world.presses("Wati", "join", card)
    assert world.toast == "belong.joined_already"


@pytest.mark.parametrize("typed", ["sirkulasi", "Sirkulasi", "#sirkulasi", "circulation", "sirkulsi"])
async def test_joining_by_any_name(world: World, typed: str) -> None:
    await world.commands("Budi", f"gabung {typed}")
    assert await in_communities(world, "Budi") == {"sirkulasi"}


async def test_wrong_names_are_answered_with_the_right_ones(world: World) -> None:
    await world.commands("Budi", "gabung perkeretaapian")
    assert world.toast == "belong.no_such"
    await world.commands("Budi", "keluar sirkulasi")
    assert world.toast == "belong.not_in"
    await world.commands("Budi", "gabung")
    assert world.told("Budi") == ["belong.list"]
    await world.commands("Wati", "keluar")
    assert world.told("Wati") == ["belong.leave_which"]


async def test_leaving_ends_being_asked_and_coming_back_starts_afresh(world: World) -> None:
    await world.commands("Wati", "keluar sirkulasi")
    assert world.told("Wati") == ["belong.left"]
    assert await in_communities(world, "Wati") == {"preservasi"}
    await world.commands("Wati", "gabung sirkulasi")
    wati = await world.member("Wati")
    again = next(m for m in await world.house.store.members.memberships(member=wati.id) if not m.may_ask)
    assert again.active and again.left_at is None


async def test_members_choose_their_own_lead(world: World) -> None:
    await world.commands("Endah", "gabung pengolahan")
    await world.presses("Endah", "take_lead")
    assert world.toast == "belong.leads_now"
    await world.commands("Fajar", "gabung pengolahan")
    assert "take_lead" not in world.card("belong.joined").buttons
    community = await world.house.store.communities.by_key("pengolahan")
    assert community
    await world.happens("Fajar", Pressed("take_lead", community.id, ""))
    assert world.toast == "belong.led_already"
    await world.happens("Tono", Pressed("take_lead", community.id, ""))
    assert world.toast == "belong.join_first"


async def test_a_helper_who_left_is_waited_for_no_longer(world: World) -> None:
    q = await world.asks("Budi", FINE)
    sari = await world.member("Sari")
    await world.leaves("Sari")
    await world.later(seconds=1)
    asks = await world.house.store.questions.asks(question=q.id)
    assert [a.state for a in asks if a.member == sari.id] == ["passed"]
    assert len(asks) > 2 or (await world.again(q)).wave > 1  # others were asked at once
    assert not await world.house.store.members.memberships(member=sari.id)
    after = await world.asks("Tono", "Bagaimana aturan denda majalah?")
    assert sari.id not in {a.member for a in await world.house.store.questions.asks(question=after.id)}
    await world.leaves("Sari")
    assert (await world.member("Sari")).gone


async def test_an_asker_who_left_leaves_the_question_to_whoever_joined(world: World) -> None:
    joined = await world.asks("Budi", FINE)
    await world.presses("Tono", "me_too")
    await world.presses("Endah", "me_too", world.card("card.post"))
    alone = await world.asks("Budi", "Ruas MARC mana untuk judul seri?")
    tono, endah = await world.member("Tono"), await world.member("Endah")
    await world.leaves("Budi")

    joined = await world.again(joined)
    assert (joined.asker, joined.joined, joined.state) == (tono.id, (endah.id,), State.OPEN)
    alone = await world.again(alone)
    assert alone.state is State.WITHDRAWN and alone.ended_at and alone.trace[-1].what == "asker_left"
    assert world.heard("#pengolahan") == ["card.post_withdrawn"]
    await world.replies("Sari", ANSWER, joined)
    await world.presses("Tono", "solved")
    assert (await world.again(joined)).state is State.SOLVED


async def test_an_overheard_question_of_one_who_left_is_forgotten(world: World) -> None:
    await world.binds("Ibu Rini", "#obrolan", "sirkulasi", "suggest")
    await world.says("Budi", FINE, "#obrolan")
    await world.leaves("Budi")
    q = await world.question()
    assert (q.state, q.text) == (State.REFUSED, "") and q.ended_at


async def test_a_steward_who_left_leaves_drafts_to_the_members(world: World) -> None:
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    await world.leaves("Sari")
    item = await world.item(q)
    assert item.status == "draft"
    await world.happens("Daniel", Pressed("approve", item.id, ""), "@daniel")
    assert world.toast == "review.one_more"
    await world.commands("Endah", "gabung sirkulasi")
    assert "take_lead" in world.card("belong.joined").buttons
    await world.happens("Endah", Pressed("approve", item.id, ""), "@endah")
    assert (await world.item(q)).status == "published"


async def test_nothing_is_sent_to_one_who_left_and_credit_stays(world: World) -> None:
    item = await world.published("Budi", FINE, "Wati", ANSWER)
    await world.leaves("Wati")
    world.forget()
    await world.asks("Tono", "Cara menghitung denda buku yang terlambat bagaimana?")
    await world.presses("Tono", "fits")
    assert "ask.thanks_contributor" not in world.told("Wati")
    assert "Wati" in {c.name for c in (await world.item_of(item)).credits}


async def test_whoever_acts_again_is_here_again(world: World) -> None:
    await world.leaves("Wati")
    assert (await world.member("Wati")).gone
    await world.commands("Wati", "gabung sirkulasi")
    wati = await world.member("Wati")
    assert not wati.gone and await in_communities(world, "Wati") == {"sirkulasi"}
    await world.leaves("Wati")
    q = await world.asks("Budi", FINE)
    await world.replies("Wati", ANSWER, q)
    assert not (await world.member("Wati")).gone


async def test_a_stranger_who_leaves_leaves_nothing_behind(world: World) -> None:
    await world.leaves("Siapa")
    assert await world.house.store.members.by_account("paper", "siapa") is None
