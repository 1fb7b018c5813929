"""Words about a meeting's time, in Indonesian, English or both → what they mean, or what to ask. Pure, linear, bounded.

Never silently wrong: what was assumed is named, a word that could change the time and has no place makes a Doubt, other
words (a topic, a room) are handed back. Show `words.in_full` of what was understood before anything is saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from dateutil.relativedelta import relativedelta

from bot.rhythm import heard as hearing
from bot.rhythm import placing, readers, repeating, tokens
from bot.rhythm.facts import About, Span
from bot.rhythm.heard import Heard
from bot.rhythm.hours import Hours, Unclear, settle
from bot.rhythm.placing import Day
from bot.rhythm.recurrence import Series, originals
from bot.rhythm.rule import Rule
from bot.rhythm.zones import wall

LONGEST = 300  # characters; nobody says a time in more
MOST = 500  # occurrences that may be asked for by number


@dataclass(frozen=True, slots=True)
class Understood:
    """start: the first time, naive wall clock in `zone` (IANA). rule: RFC 5545 or "". minutes: None where no length was said.

    until: the last day, count: how many. assumed: afternoon, morning, night, around, day_first, month, week, first, repeats,
    whole_month, week_of_month, short_months, five_days, today. leftover: words that say nothing about the time."""

    start: datetime
    zone: str
    rule: str = ""
    minutes: int | None = None
    until: date | None = None
    count: int | None = None
    assumed: tuple[str, ...] = ()
    leftover: str = ""

    def series(self, id: str, minutes: int = 60) -> Series:
        """The series that it makes; minutes: the length where none was said."""
        return Series(id, self.start, self.zone, self.rule, self.minutes or minutes, self.until, self.count)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What to ask about. words: those that it hangs on, "" where something is missing.

    about: empty (nothing in it is a time), long, day, time, hour (morning or evening), date (no such date), clock (no such
    hour), past, weekday (does not fit the date), repeat (once or again, and how often), zone, end, two (said twice and
    differently), unplaced (a word that could change the meaning)."""

    about: About
    words: str = ""
    leftover: str = ""


def understand(line: str, now: datetime, zone: str) -> Understood | Doubt:
    """now: aware. zone: IANA, of the community or the speaker, where the line names none."""
    tidy = tokens.tidy(line[: LONGEST + 1])
    if max(len(line), len(tidy)) > LONGEST:
        return Doubt("long")
    facts, leftover = readers.facts(tidy)
    try:
        heard = hearing.gather(facts)
        return replace(_put_together(heard, now, heard.zone or zone, zone), leftover=leftover)
    except Unclear as problem:
        return Doubt(problem.about, problem.words, leftover)


def _put_together(heard: Heard, now: datetime, zone: str, speaker: str) -> Understood:
    """zone: in which the hour is meant. speaker: the zone in which "tomorrow" is meant."""
    local, today = wall(now, zone), wall(now, speaker).date()
    if heard.ahead and heard.ahead.unit in ("minute", "hour"):
        return _soon(heard, local, zone)
    day = placing.one_day(heard, today)
    series = repeating.rule_of(heard, day)
    if series is None and day is None:
        raise Unclear("day")
    if heard.times is None:
        raise Unclear("time")
    hours = _lasting(settle(heard.times, heard.part), heard.length)
    if series is None:
        return replace(_single(heard, day or Day(today), hours, local), zone=zone)
    return replace(_repeating(heard, series, day, hours, local), zone=zone)


def _lasting(hours: Hours, length: int | None) -> Hours:
    """The hours with the length said beside them."""
    if length is None:
        return hours
    if hours.minutes not in (None, length):
        raise Unclear("two")
    if not 0 < length <= 24 * 60:
        raise Unclear("end")
    return replace(hours, minutes=length)


def _soon(heard: Heard, local: datetime, zone: str) -> Understood:
    """ "2 jam lagi"."""
    said = heard.ahead
    if said is None or heard.times or heard.repeats or heard.every or heard.weekdays or heard.date or heard.part:
        raise Unclear("two")
    minutes = said.number * (60 if said.unit == "hour" else 1)
    if not 0 < minutes <= 48 * 60:
        raise Unclear("date")
    return Understood(local.replace(second=0, microsecond=0) + timedelta(minutes=minutes), zone, minutes=heard.length)


def _single(heard: Heard, day: Day, hours: Hours, local: datetime) -> Understood:
    if heard.until or heard.count not in (None, 1) or heard.span:
        raise Unclear("repeat")
    start, assumed = datetime.combine(day.day, hours.at), (*day.assumed, *hours.assumed)
    if day.open and day.day == local.date():
        start, assumed = (start, (*assumed, "today")) if start > local else (start + timedelta(weeks=1), assumed)
    if start <= local:
        raise Unclear("past")
    return Understood(start, "", "", hours.minutes, assumed=assumed)


def _repeating(heard: Heard, found: tuple[Rule, tuple[str, ...]], day: Day | None, hours: Hours, local: datetime) -> Understood:
    rule, assumed = found
    anchor = day.day if day and (rule.freq != "YEARLY" or heard.begins) else None
    if anchor and anchor < local.date():
        raise Unclear("past")
    first = _first(rule, anchor, hours.at, local)
    moved = (rule.interval > 1 and anchor is None) or (anchor is not None and first.date() != anchor)
    until, whole = repeating.last_day(heard.until, first.date()) if heard.until else (None, ())
    if heard.span:
        until = _ending(heard.span, first.date()) if until is None else until
    if heard.count is not None and (until is not None or not 0 < heard.count <= MOST):
        raise Unclear("two" if until else "end")
    taken = (*(day.assumed if day else ()), *hours.assumed, *assumed, *whole, *(("first",) if moved else ()))
    return Understood(first, "", rule.text, hours.minutes, until, heard.count, taken)


def _first(rule: Rule, anchor: date | None, at: time, local: datetime) -> datetime:
    """The first time of the rule on or after the day it begins and still to come; an interval counts from there."""
    begins = datetime.combine(anchor or local.date(), at)
    plain = replace(rule, interval=1)
    soon = Series("", begins, "UTC", plain.text)
    found = list(islice(originals(soon, max(begins, local + timedelta(microseconds=1)), begins + relativedelta(years=9)), 1))
    if not found:
        raise Unclear("date")
    return found[0]


def _ending(span: Span, first: date) -> date:
    number = min(span.number, 600)
    step = {"day": relativedelta(days=number), "week": relativedelta(weeks=number), "month": relativedelta(months=number)}
    return first + step.get(span.unit, relativedelta(years=min(number, 20))) - timedelta(days=1)
