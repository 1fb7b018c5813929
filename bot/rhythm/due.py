"""What is due: reminders and digests, on time or after a time away. Pure; the store claims each id once, a door sends.

Missed time, decided here and nowhere else:
- A late reminder is sent once while it helps: the meeting has not begun, or began less than ten minutes ago. If several of one
  meeting are owed at once, the one nearest to it is sent. The others are dropped, with the reason for the log.
- A late digest is sent once if it is less than half its period late; otherwise the next one takes its news.
- A clock set back owes nothing twice: `handled` stays where it was. Over a day ahead of the clock it can only be the mark of a
  clock that was wrong: it is set to now, and the claims of what was sent keep it from being sent again.
- After a restore, name in `elsewhere` the moment up to which another copy may have sent: nothing due up to then is sent again.
- What was due before a meeting or a choice was made (`since`) is not owed, also where quiet hours put it off beyond that."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.rhythm.quiet import Quiet
from bot.rhythm.recurrence import Occurrence
from bot.rhythm.zones import instant, wall

LEADS = (24 * 60, 60)  # minutes before the meeting
LATE = timedelta(minutes=10)
WRONG_CLOCK = timedelta(days=1)
DAY = 24 * 60

Why = Literal["begun", "nearer", "quiet", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom (to: a member, "" for the community's channel) to remind of which meetings, how long before (minutes).

    zone: the series', in which "a day before" is the same hour of the day before. since: aware, when it was made or changed."""

    occurrences: tuple[Occurrence, ...]
    zone: str
    leads: tuple[int, ...] = LEADS
    since: datetime | None = None
    to: str = ""
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """due: UTC, when to send. last: from when on it no longer helps. id: the same whenever it is worked out, for the claim."""

    id: str
    to: str
    occurrence: Occurrence
    lead: int
    due: datetime
    last: datetime
    muted: bool = False  # quiet hours last until the meeting is over


@dataclass(frozen=True, slots=True)
class Dropped:
    reminder: Reminder
    why: Why


@dataclass(frozen=True, slots=True)
class Verdict:
    """handled: the moment up to which all is decided, to be stored with what is claimed."""

    send: tuple[Reminder, ...]
    drop: tuple[Dropped, ...]
    handled: datetime


def expected(plan: Plan) -> list[Reminder]:
    """Every reminder of the plan, soonest first."""
    found = [_reminder(plan, one, lead) for one in plan.occurrences for lead in dict.fromkeys(plan.leads)]
    owed = [one for one in found if plan.since is None or _before(one.occurrence.starts, one.lead, plan.zone) > plan.since]
    return sorted(owed, key=lambda one: (one.due, one.occurrence.starts, -one.lead, one.id))


def _reminder(plan: Plan, one: Occurrence, lead: int) -> Reminder:
    on_time = _before(one.starts, lead, plan.zone)
    due = plan.quiet.after(on_time) if plan.quiet else on_time
    last = one.starts + LATE
    muted = due > on_time and due >= one.ends
    if muted:
        due = on_time
    elif due > on_time and due >= one.starts:
        last = max(last, min(one.ends, due + LATE))
    to = f"/{plan.to}" if plan.to else ""
    id = f"reminder/{one.series}/{one.original:%Y%m%dT%H%M%S}/{one.starts:%Y%m%dT%H%M%SZ}/{lead}{to}"
    return Reminder(id, plan.to, one, lead, due, last, muted)


def _before(starts: datetime, lead: int, zone: str) -> datetime:
    """Whole days by the wall clock, so that "a day before" a meeting at 14.00 is 14.00 even when the clocks change between."""
    if lead and lead % DAY == 0:
        return instant(wall(starts, zone) - timedelta(minutes=lead), zone)
    return starts - timedelta(minutes=lead)


def reminders(plans: Iterable[Plan], handled: datetime, now: datetime, elsewhere: datetime | None = None) -> Verdict:
    """What to send and what to drop of all that fell due after `handled` up to now (all aware)."""
    if now <= handled:
        return Verdict((), (), marked(handled, now))
    send: list[Reminder] = []
    drop: list[Dropped] = []
    for plan in plans:
        nearest: dict[Occurrence, Reminder] = {}
        for one in (one for one in expected(plan) if handled < one.due <= now):
            why = _useless(one, now, elsewhere)
            if why:
                drop.append(Dropped(one, why))
            elif one.occurrence in nearest:
                first, second = sorted((nearest[one.occurrence], one), key=lambda both: -both.lead)
                drop.append(Dropped(first, "nearer"))
                nearest[one.occurrence] = second
            else:
                nearest[one.occurrence] = one
        send.extend(nearest.values())
    return Verdict(tuple(sorted(send, key=lambda one: (one.due, one.id))), tuple(drop), now)


def marked(handled: datetime, now: datetime) -> datetime:
    """Where the mark stands when nothing is decided because the clock is behind it."""
    return now if handled - now > WRONG_CLOCK else handled


def apart(now: datetime) -> timedelta:
    """Less than a second: a time that came due before the clock was set back does not come again to the microsecond."""
    return timedelta(microseconds=1 + zlib.crc32(now.isoformat().encode()) % 999_999)


def _useless(one: Reminder, now: datetime, elsewhere: datetime | None) -> Why | None:
    if elsewhere and one.due <= elsewhere:
        return "elsewhere"
    if one.muted:
        return "quiet"
    return "begun" if now >= one.last else None


def next_due(plans: Iterable[Plan], after: datetime) -> datetime | None:
    """When to look again: the soonest reminder due after that moment."""
    return min((one.due for one in _all(plans) if one.due > after), default=None)


def _all(plans: Iterable[Plan]) -> Iterator[Reminder]:
    for plan in plans:
        yield from expected(plan)
