"""When a digest is due, weekly or monthly, and what becomes of one that was missed: bot/rhythm/due.py has the rules. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from bot.model.base import Language
from bot.rhythm.due import marked
from bot.rhythm.zones import instant, wall

Period = Literal["week", "month"]
Missed = Literal["folded", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets a digest (a member, a community's channel, a learning centre) and when.

    day: 0 (Monday) to 6 for a week, 1 to 28 for a month. at, zone: the hour on the clocks there. since: aware, when chosen."""

    who: str
    day: int
    at: time
    zone: str
    language: Language
    since: datetime
    period: Period = "week"
    off: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """due: UTC. id: one a person and week (ISO) or month, so that a change of the hour never brings a second one."""

    id: str
    who: str
    language: Language
    due: datetime


@dataclass(frozen=True, slots=True)
class DigestVerdict:
    """At most one to send. folded: its news goes into the next one. handled: see `due.Verdict`."""

    send: Digest | None
    drop: tuple[tuple[Digest, Missed], ...]
    handled: datetime


def dues(choice: Choice, after: datetime) -> Iterator[Digest]:
    """The digests that fall due later than `after` and than the choice, without end."""
    after = max(after, choice.since)
    day = _first_day(choice, wall(after, choice.zone).date() - timedelta(days=1))
    while not choice.off:
        due = instant(datetime.combine(day, choice.at), choice.zone)
        if due > after:
            yield Digest(_id(choice, day), choice.who, choice.language, due)
        day = _next_day(choice, day)


def _first_day(choice: Choice, since: date) -> date:
    """The first day of the choice on or after `since`."""
    if choice.period == "week":
        return since + timedelta(days=(choice.day - since.weekday()) % 7)
    this = since.replace(day=choice.day)
    return this if this >= since else this + relativedelta(months=1)


def _next_day(choice: Choice, day: date) -> date:
    return day + (timedelta(weeks=1) if choice.period == "week" else relativedelta(months=1))


def _id(choice: Choice, day: date) -> str:
    year, week, _ = day.isocalendar()
    when = f"{year}-W{week:02}" if choice.period == "week" else f"{day:%Y-%m}"
    return f"digest/{choice.who}/{when}"


def digest(choice: Choice, handled: datetime, now: datetime, elsewhere: datetime | None = None) -> DigestVerdict:
    """What to send of all that fell due after `handled` up to now (all aware)."""
    if now <= handled:
        return DigestVerdict(None, (), marked(handled, now))
    owed: list[Digest] = []
    following = now
    for one in dues(choice, handled):
        if one.due > now:
            following = one.due
            break
        owed.append(one)
    drop: list[tuple[Digest, Missed]] = [(one, "elsewhere") for one in owed if elsewhere and one.due <= elsewhere]
    open = owed[len(drop) :]
    last = open.pop() if open else None
    drop += [(one, "folded") for one in open]
    if last and (now - last.due) * 2 >= following - last.due:
        drop.append((last, "folded"))
        last = None
    return DigestVerdict(last, tuple(drop), now)
