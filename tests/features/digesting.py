"""What the tests of digests share: planning, Mondays, what was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.model.base import new_id
from bot.model.digest import Subscription
from bot.model.place import MessageRef
from bot.model.question import Question
from bot.ports import Unit
from tests.world import World

MONDAY = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # 8.00 in Jakarta
TOLD = "digest.yours"


async def planned(world: World) -> None:
    """What the loops set every hour."""
    await world.house.loops.plan()
    await world.later(seconds=2)


async def until(world: World, at: datetime) -> None:
    """Time passes minute by minute around the digests' hour."""
    world.forget()
    world.clock.now = max(world.clock.now, at)
    for _ in range(6):
        await world.later(minutes=1)


async def monday(world: World, weeks: int = 0) -> None:
    await until(world, MONDAY + timedelta(weeks=weeks))


async def waits(world: World, who: str, text: str, key: str) -> Question:
    """A question that is open in that community."""
    await world.commands(who, "bantuan")
    place = await world.house.store.communities.by_key(key)
    assert place is not None
    question = Question(
        library=place.library,
        asker=(await world.member(who)).id,
        text=text,
        language="id",
        origin=MessageRef("paper", "#umum", f"m{new_id()}"),
        asked_at=world.clock(),
        community=place.id,
    )
    await world.house.store.commit(Unit(place.library, save=(question,)))
    return question


async def of(world: World, who: str) -> Subscription:
    found = await world.house.store.digests.get("member", (await world.member(who)).id)
    assert found is not None
    return found


def digests(world: World, who: str) -> list[str]:
    return [key for key in world.told(who) if key.startswith("digest.")]


def in_channel(world: World, channel: str) -> list[str]:
    return [key for key in world.heard(channel) if key.startswith("digest.")]
