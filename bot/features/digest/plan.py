"""Planning: whoever should have a digest and has none gets one, a few at a time; a time that was lost is set again."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.events import CameDue
from bot.flow.digest_turn import planned
from bot.flow.meeting import hours_of
from bot.model.digest import Kind, Subscription, first
from bot.model.meeting import Hours
from bot.outcome import Later, Outcome
from bot.registry import Feature
from bot.rhythm.due import marked

feature = Feature("digest_plan")

BATCH = 100  # in one transaction: nobody who waits to write waits for ten thousand


@feature.due("digest.plan")
async def plan(due: CameDue, desk: Desk) -> Outcome:
    """Communities, the learning centre's librarians, and the next members; then whatever is due is looked at."""
    now, members = desk.now, await desk.digests.lacking(BATCH)
    hours = await hours_of(members, desk)
    new = [_first("member", who, hours, desk) for who in members]
    new += [_first("community", who, hours, desk) for who in await _communities(desk)]
    new += [_first("centre", who, hours, desk) for who in await _librarians(desk)]
    lost = await desk.digests.astray(desk.now, BATCH)
    found = tuple(replace(o, next_at=now, since=min(o.since, now), handled=marked(o.handled, now)) for o in lost)
    if BATCH in (len(members), len(lost)):  # the subject counts: a time set again under the same name would not come again
        return Outcome(save=(*new, *found), later=(Later("digest.plan", str(int(due.subject or 0) + 1), desk.now),))
    return Outcome(save=(*new, *found), later=(Later("digest.due", "planned", desk.now),))


def _first(kind: Kind, who: str, hours: dict[str, Hours], desk: Desk) -> Subscription:
    zone = hours[who].zone if who in hours else ""
    one = first(kind, who, desk.library.id, desk.now)
    return planned(one, one.choice(zone or desk.library.timezone, desk.library.language), desk.now)


async def _communities(desk: Desk) -> list[str]:
    return await _without("community", [c.id for c in await desk.communities.all()], desk)


async def _librarians(desk: Desk) -> list[str]:
    return await _without("centre", [m.id for m in await desk.members.with_role("librarian") if not m.gone], desk)


async def _without(kind: Kind, who: list[str], desk: Desk) -> list[str]:
    has = await desk.digests.having(kind)
    return [one for one in who if one not in has]
