"""The drafts that wait for somebody: oldest first, a few at a time, to those who may decide."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.events import Pressed
from bot.model.knowledge import Credit, Item
from bot.ports import Unit
from tests.world import World

pytestmark = pytest.mark.anyio


async def drafts(world: World, many: int, key: str = "sirkulasi", **more: object) -> list[Item]:
    """Drafts as an import leaves them, one a day."""
    community = await world.house.store.communities.by_key(key)
    start = world.clock() - timedelta(days=many)
    made = [
        Item(
            id=f"{key or 'none'}{n:02}",
            library=world.house.store.library,
            community=community.id if community else "",
            title=f"Draf {n}",
            problem="Bagaimana?",
            solution="Begini.",
            language="id",
            created_at=start + timedelta(days=n),
            **more,  # type: ignore[arg-type]
        )
        for n in range(many)
    ]
    await world.house.store.commit(Unit(world.house.store.library, save=tuple(made)))
    return made


def shown(world: World) -> list[str]:
    """The drafts of the newest page, by the buttons that read them."""
    return [b.value for b in world.card("queue.list").delivery.buttons if b.action == "review"]


async def test_nothing_waits(world: World) -> None:
    await world.commands("Sari", "tinjau")
    assert world.told("Sari") == ["queue.empty"]


async def test_the_oldest_first_five_at_a_time(world: World) -> None:
    made = await drafts(world, 12)
    await world.commands("Sari", "tinjau")
    assert shown(world) == [i.id for i in made[:5]]
    assert "Draf 0" in world.card("queue.list").text and "12 hari" in world.card("queue.list").text
    await world.presses("Sari", "next_drafts")
    await world.presses("Sari", "next_drafts")
    assert shown(world) == [i.id for i in made[10:]]
    assert "next_drafts" not in world.card("queue.list").buttons


async def test_what_was_decided_meanwhile_is_passed_over(world: World) -> None:
    made = await drafts(world, 7)
    await world.commands("Sari", "review")
    page = world.card("queue.list")
    await world.presses("Sari", "review", page)
    assert world.toast == "review.sheet"
    for item in made[4:]:
        await world.happens("Sari", Pressed("approve", item.id), "@sari")
    await world.presses("Sari", "next_drafts", page)
    assert world.told("Sari")[-1] == "queue.end"
    await world.commands("Sari", "tinjau")
    assert shown(world) == [i.id for i in made[:4]]


async def test_members_see_what_they_may_approve(world: World) -> None:
    wati = await world.member("Wati")
    (own,) = await drafts(world, 1, "preservasi", credits=(Credit(wati.id, "Wati", "answerer"),))
    others = await drafts(world, 2)
    await drafts(world, 1, "pengolahan")
    await world.commands("Wati", "tinjau")
    assert shown(world) == [i.id for i in others] and own.id not in shown(world)
    await world.happens("Wati", Pressed("approve", others[0].id), "@wati")
    await world.commands("Wati", "tinjau")
    assert shown(world) == [others[1].id]
    await world.commands("Tono", "tinjau")
    assert world.told("Tono") == ["queue.empty"]


async def test_the_learning_centre_sees_all_and_those_of_no_community(world: World) -> None:
    await drafts(world, 1, "pengolahan")
    await drafts(world, 1, "")
    await world.commands("Ibu Rini", "tinjau")
    assert shown(world) == ["none00", "pengolahan00"]
