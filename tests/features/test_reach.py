"""Who cannot be written to in private before they open that chat: found out once, asked once, kindly, and left in peace."""

from __future__ import annotations

import pytest

from bot.events import Reached
from tests.features.digesting import digests, monday, planned, waits
from tests.features.test_link import links
from tests.features.test_meeting import held
from tests.world import World

pytestmark = pytest.mark.anyio

WEEKLY = "rapat tiap Kamis jam 14 di ruang baca"


async def a_week(world: World, weeks: int = 0) -> None:
    """Something is new, and Monday comes."""
    await waits(world, "Andi", f"Berapa lama buku referensi boleh dipinjam, kali ke-{weeks}?", "sirkulasi")
    await monday(world, weeks)


def shut(world: World, *users: str, blocked: bool = False) -> None:
    world.door.unopened |= dict.fromkeys(users, blocked)


async def test_the_first_refusal_is_the_last_and_the_channel_asks_once(world: World) -> None:
    await planned(world)
    shut(world, "wati")
    world.parked = (0, 1)
    for week in range(4):
        await a_week(world, week)
        assert digests(world, "Daniel") == ["digest.yours"], "the others have theirs"
    assert world.door.refused == ["wati"], "one try in a month"
    assert not (await world.member("Wati")).reachable
    asked = [m for m in world.door.messages if "tekan **Mulai**" in m.text]
    assert [(m.ref.channel, m.edits, m.thread) for m in asked] == [("#sirkulasi", 0, "")], "in one of her communities"
    assert "Kak" in asked[0].text and "Wati" in asked[0].text and "Daniel" not in asked[0].text


async def test_reminders_leave_her_alone_too(world: World) -> None:
    await held(world, WEEKLY)
    await world.presses("Wati", "meeting_yes", world.card("meeting.card"))
    shut(world, "wati")
    world.parked = (0, 1)
    await world.later(days=1, hours=5)
    assert world.door.refused == ["wati"] and world.heard("#sirkulasi")[-1] == "reach.please"
    await world.later(hours=23)
    assert world.door.refused == ["wati"], "a day before was refused, an hour before not tried"
    assert world.heard("#sirkulasi").count("reach.please") == 1


async def test_a_private_word_opens_it_and_the_card_says_thanks(world: World) -> None:
    await planned(world)
    shut(world, "wati", "daniel")
    world.parked = (0, 2)
    await a_week(world)
    card = world.card("reach.please", "#sirkulasi")
    assert "Wati" in card.text and "Daniel" in card.text
    world.door.unopened.pop("wati")
    await world.commands("Wati", "bantuan", "@wati")
    assert "Wati" not in card.text and "Daniel" in card.text
    assert (await world.member("Wati")).reachable
    world.door.unopened.pop("daniel")
    await world.happens("Daniel", Reached(), "@daniel")
    assert card.template == "reach.all_here" and "reach_me" not in card.buttons
    await a_week(world, 1)
    assert digests(world, "Wati") == digests(world, "Daniel") == ["digest.yours"]


async def test_what_is_said_in_a_channel_opens_nothing(world: World) -> None:
    await planned(world)
    shut(world, "wati")
    world.parked = (0, 1)
    await a_week(world)
    await world.commands("Wati", "komunitas", "#sirkulasi")
    assert not (await world.member("Wati")).reachable


async def test_who_shut_it_on_purpose_is_not_named(world: World) -> None:
    await planned(world)
    shut(world, "wati", blocked=True)
    world.parked = (0, 1)
    await a_week(world)
    await a_week(world, 1)
    assert world.door.refused == ["wati"] and "reach.please" not in world.heard("#sirkulasi")


async def test_it_reaches_them_at_another_door_that_is_open(crossed: World) -> None:
    world, other = crossed, crossed.at("kertas")
    await links(world, "Wati", other, "Wati")
    await planned(world)
    shut(world, "wati")
    world.parked = (0, 1)
    await a_week(world)
    await a_week(world, 1)
    assert [m.template for m in other.door.messages if "digest" in m.template] == ["digest.yours"]


async def test_the_button_leads_to_the_private_chat(world: World) -> None:
    await planned(world)
    shut(world, "wati")
    world.parked = (0, 1)
    await a_week(world)
    await world.presses("Wati", "reach_me", world.card("reach.please"))
    assert world.toast == "reach.welcome"


async def test_somebody_unknown_who_opens_it_is_not_stored(world: World) -> None:
    await world.happens("Orang Baru", Reached(), "@orang.baru")
    assert await world.house.store.members.by_account("paper", "orang.baru") is None
