"""When a series meets: by the wall clock of its zone, with the occurrences that were moved or left out. Pure.

Rules are RFC 5545 text, worked out by dateutil on naive wall-clock times; only then are the times placed in the zone, so
that 14.00 stays 14.00 when the clocks change. An hour they skip is shifted forward, of one they show twice the first counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, rrulestr

from bot.rhythm.zones import instant, wall

HORIZON = relativedelta(years=10)  # how far a search for the next ones looks
MARGIN = timedelta(days=2)  # wall clocks and UTC differ by less
MOST = 1000  # occurrences that COUNT may ask for


@dataclass(frozen=True, slots=True)
class Moved:
    """One occurrence held at another time. original, start: naive wall clock in the series' zone; minutes 0: the series'."""

    original: datetime
    start: datetime
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """A meeting, once (rule "") or again and again. start: the first time, naive wall clock in `zone` (IANA).

    until: the last day in the zone; count: how many, those left out included. Neither stands in the rule itself."""

    id: str
    start: datetime
    zone: str
    rule: str = ""
    minutes: int = 60
    until: date | None = None
    count: int | None = None
    skipped: frozenset[datetime] = frozenset()
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One meeting. starts, ends: UTC. original: the wall-clock time that the rule gave (RECURRENCE-ID), moved or not."""

    starts: datetime
    ends: datetime = field(compare=False)
    series: str
    original: datetime


class BadRule(ValueError):
    """The text is no rule that a series of meetings may have."""


def check(rule: str, start: datetime) -> None:
    """Whether a series may have the rule and begin at `start` (naive), the rule's own first time.

    Raises BadRule: not RFC 5545, oftener than daily, with a time of day, with an end of its own, or out of step with the start.
    Ask before storing: dateutil looks for a date that never comes (31 February) up to the year 9999, most of a second."""
    names = {part.partition("=")[0].upper() for part in rule.split(";")}
    if names & {"COUNT", "UNTIL", "BYHOUR", "BYMINUTE", "BYSECOND"} or set(rule) & set(":\r\n"):
        raise BadRule(rule)
    # the calendar repeats every 400 years, weekdays and all: near 9999 the look for a date that never comes is short
    late = start.replace(year=start.year + (9984 - start.year) // 400 * 400)
    try:
        parsed = _parsed(rule, late)
        first = next(iter(parsed), None)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as problem:  # all of them come out of dateutil
        raise BadRule(rule) from problem
    if parsed._freq > DAILY or first != late:  # type: ignore[attr-defined]
        raise BadRule(rule)


@lru_cache(maxsize=4096)
def _parsed(rule: str, start: datetime) -> rrule:
    found = rrulestr(rule, dtstart=start)
    if not isinstance(found, rrule):
        raise ValueError(rule)
    return found


def originals(series: Series, since: datetime, before: datetime) -> Iterator[datetime]:
    """The rule's own times (naive wall clock) from `since` up to but without `before`, ends kept, exceptions not yet."""
    last = datetime.combine(series.until, time.max) if series.until else datetime.max
    if not series.rule:
        if since <= series.start < before:
            yield series.start
        return
    if series.count is not None:
        times: Iterator[datetime] = islice(_parsed(series.rule, series.start), min(series.count, MOST))
    else:
        times = iter(_parsed(series.rule, _nearby(series, since)))
    for at in times:
        if at > last or at >= before:
            return
        if at >= max(since, series.start):
            yield at


def _nearby(series: Series, since: datetime) -> datetime:
    """A start in step with the series' own, not long before `since`, so that an old series costs no more than a new one."""
    if since - series.start < timedelta(days=400):
        return series.start
    parsed = _parsed(series.rule, series.start)
    freq, interval = parsed._freq, parsed._interval  # type: ignore[attr-defined]
    gap = since - MARGIN - series.start
    if freq in (YEARLY, MONTHLY):
        months = interval * (12 if freq == YEARLY else 1)
        passed = (since.year - series.start.year) * 12 + since.month - series.start.month - 1
        return _stepped(series, passed // months * months)
    days = interval * (7 if freq == WEEKLY else 1)
    return series.start + timedelta(days=gap.days // days * days)


def _stepped(series: Series, months: int) -> datetime:
    """So many months on. A rule that takes its day from the start keeps that day, or starts where it was."""
    named = any(part in series.rule.upper() for part in ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"))
    if named and "BYMONTH=" not in series.rule.upper() and "FREQ=YEARLY" in series.rule.upper():
        return series.start
    if not named and series.start.day > 28:
        return series.start
    return series.start.replace(day=1 if named else series.start.day) + relativedelta(months=months)


def between(series: Series, since: datetime, before: datetime) -> list[Occurrence]:
    """Occurrences that start at or after `since` and before `before` (aware), soonest first."""
    moved = {one.original: one for one in series.moved}
    span = (wall(since, series.zone) - MARGIN, wall(before, series.zone) + MARGIN)
    found = [_placed(series, at, None) for at in originals(series, *span) if at not in moved and at not in series.skipped]
    found += [_placed(series, one.original, one) for one in series.moved if held(series, one.original)]
    return sorted(one for one in found if since <= one.starts < before)


def held(series: Series, original: datetime) -> bool:
    """Whether the series has that occurrence (naive, as the rule gives it), moved or not, and it was not left out."""
    if original in series.skipped:
        return False
    return any(True for _ in originals(series, original, original + timedelta(microseconds=1)))


def cut(series: Series, before: datetime) -> Series | None:
    """The series up to that moment (aware), as if its rule ended there; None: nothing of it had begun by then."""
    over = wall(before, series.zone)
    begun = list(originals(series, series.start, over))
    if not begun:
        return None
    late = frozenset(one.original for one in series.moved if instant(one.start, series.zone) >= before)
    moved = tuple(one for one in series.moved if one.original not in late)
    ended = replace(series, skipped=series.skipped | late, moved=moved)
    return replace(ended, until=begun[-1].date(), count=None) if series.rule else ended


def _placed(series: Series, original: datetime, moved: Moved | None) -> Occurrence:
    starts = instant(moved.start if moved else original, series.zone)
    minutes = (moved.minutes if moved else 0) or series.minutes
    return Occurrence(starts, starts + timedelta(minutes=minutes), series.id, original)


def upcoming(series: Series, after: datetime, most: int = 3) -> list[Occurrence]:
    """The next occurrences that start later than `after` (aware), looked for over widening spans up to the horizon."""
    reach = timedelta(days=62)
    since = after.astimezone(UTC) + timedelta(microseconds=1)
    begins = max(since, instant(series.start, series.zone) - MARGIN)
    horizon = begins + HORIZON
    while True:
        before = min(begins + reach, horizon)
        found = between(series, since, before)
        if len(found) >= most or before == horizon:
            return found[:most]
        reach *= 4
