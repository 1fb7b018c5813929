"""Planning: whoever should have a digest and has none gets one, a few at a time; a time that was lost is set again."""

from __future__ import annotations

from datetime import timedelta

from bot.desk import Desk
from bot.events import CameDue
from bot.flow.digest_turn import coming
from bot.flow.meeting import hours_of
from bot.model.digest import Kind, Subscription, first
from bot.model.meeting import Hours
from bot.outcome import Later, Outcome
from bot.registry import Feature
from bot.rhythm.due import WRONG_CLOCK

feature = Feature("digest_plan")

BATCH = 100  # in one transaction: nobody who waits to write waits for ten thousand
LOST = timedelta(days=40)  # longer than from one month's digest to the next, and however late it may be handled
PAUSE = timedelta(seconds=1)


@feature.due("digest.plan")
async def plan(due: CameDue, desk: Desk) -> Outcome:
    """Communities, the learning centre's librarians, and the next members; again soon where there are more."""
    members = await desk.digests.lacking(BATCH)
    new = [first("member", who, desk.library.id, desk.now) for who in members]
    new += [first("community", who, desk.library.id, desk.now) for who in await _communities(desk)]
    new += [first("centre", who, desk.library.id, desk.now) for who in await _librarians(desk)]
    lost = await desk.digests.adrift(desk.now - LOST, desk.now + WRONG_CLOCK, BATCH)
    hours = await hours_of(members, desk)
    later = (*(_coming(one, hours, desk) for one in new), *(Later(f"digest.{one.kind}", one.who, desk.now) for one in lost))
    more = (Later("digest.plan", "", desk.now + PAUSE),) if len(members) == BATCH or len(lost) == BATCH else ()
    return Outcome(save=tuple(new), later=(*later, *more))


def _coming(one: Subscription, hours: dict[str, Hours], desk: Desk) -> Later:
    zone = hours[one.who].zone if one.who in hours else ""
    return coming(one, one.choice(zone or desk.library.timezone, desk.library.language), desk.now)


async def _communities(desk: Desk) -> list[str]:
    return await _without("community", [c.id for c in await desk.communities.all()], desk)


async def _librarians(desk: Desk) -> list[str]:
    return await _without("centre", [m.id for m in await desk.members.with_role("librarian") if not m.gone], desk)


async def _without(kind: Kind, who: list[str], desk: Desk) -> list[str]:
    has = await desk.digests.having(kind)
    return [one for one in who if one not in has]
