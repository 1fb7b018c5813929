"""Drafts that wait for somebody's review."""

from __future__ import annotations

from bot.desk import Desk
from bot.flow.reviewing import approvals
from bot.model.knowledge import Item

LOOK = 50  # drafts read at a time


async def led(desk: Desk) -> frozenset[str]:
    """Communities that this person may decide for; the learning centre also for drafts that found none ("")."""
    if desk.me.role in ("librarian", "operator"):
        return frozenset(("", *(c.id for c in await desk.communities.all())))
    return frozenset(m.community for m in await desk.members.memberships(member=desk.me.id) if m.role == "steward")


async def pending(desk: Desk, most: int, after: Item | None = None) -> tuple[Item, ...]:
    """The oldest ones that this person may decide or approve, at most so many, beginning behind `after`."""
    leads = await led(desk)
    mine = {m.community for m in await desk.members.memberships(member=desk.me.id)}
    found: list[Item] = []
    while len(found) < most:
        drafts = await desk.items.drafts(tuple(sorted(leads | mine)), after, LOOK)
        found += [i for i in drafts if i.community in leads or await _may_approve(i, desk)]
        if len(drafts) < LOOK:
            break
        after = drafts[-1]
    return tuple(found[:most])


async def _may_approve(item: Item, desk: Desk) -> bool:
    """Not what they answered themselves, and not twice."""
    if any(c.member == desk.me.id and c.part == "answerer" for c in item.credits):
        return False
    return all(v.member != desk.me.id for v in await approvals(item, desk))
