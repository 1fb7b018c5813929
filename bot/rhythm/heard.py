"""All facts of one line side by side: each kind once, contradictions refused. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.rhythm.facts import (
    Ahead,
    Begins,
    Blocked,
    Count,
    DayOf,
    Every,
    Fact,
    Length,
    MonthDays,
    OfMonth,
    Part,
    Repeats,
    Shift,
    Span,
    Starts,
    Times,
    Until,
    Weekdays,
    WeekOfMonth,
    Zone,
)  # fmt: skip
from bot.rhythm.hours import Unclear

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said of each kind; None: nothing."""

    times: Times | None
    part: str
    weekdays: Weekdays | None
    week_of_month: WeekOfMonth | None
    date: DayOf | None
    month_days: MonthDays | None
    of_month: OfMonth | None
    ahead: Ahead | None
    week: int | None
    month: int | None
    year: int | None
    today: bool
    every: bool
    repeats: Repeats | None
    until: Until | None
    count: int | None
    span: Span | None
    length: int | None
    zone: str
    starts: bool
    begins: Begins | None


def gather(facts: Sequence[Fact]) -> Heard:
    """Raises Unclear: what stands in the way, or "two" where a kind is said twice and differently."""
    blocked = [fact for fact in facts if isinstance(fact, Blocked)]
    if len(blocked) == len(facts):
        sure = [one for one in blocked if one.about != "unplaced"]
        raise Unclear(sure[0].about, sure[0].words) if sure else Unclear("empty")
    for one in sorted(blocked, key=lambda one: one.about == "unplaced"):
        raise Unclear(one.about, one.words)
    shifts = {one.unit: one.number for one in facts if isinstance(one, Shift)}
    part, count, length, zone = (
        _one(facts, Part),
        _one(facts, Count),
        _one(facts, Length),
        _one([*facts, *(Zone(one.zone) for one in facts if isinstance(one, Times) and one.zone)], Zone),
    )
    return Heard(
        _times(facts), part.name if part else "", _weekdays(facts), _one(facts, WeekOfMonth), _one(facts, DayOf),
        _one(facts, MonthDays), _one(facts, OfMonth), _one(facts, Ahead), shifts.get("week"), shifts.get("month"),
        shifts.get("year"), "day" in shifts, _one(facts, Every) is not None, _repeats(facts), _one(facts, Until),
        count.times if count else None, _one(facts, Span), length.minutes if length else None, zone.name if zone else "",
        _one(facts, Starts) is not None, _one(facts, Begins),
    )  # fmt: skip


def _one(facts: Sequence[Fact], kind: type[F]) -> F | None:
    found = [fact for fact in facts if isinstance(fact, kind)]
    if any(one != found[0] for one in found):
        raise Unclear("two")
    return found[0] if found else None


def _times(facts: Sequence[Fact]) -> Times | None:
    """An hour said in figures wins over "habis zuhur" beside it."""
    told = [fact for fact in facts if isinstance(fact, Times) and not fact.around]
    return _one(told or facts, Times)


def _weekdays(facts: Sequence[Fact]) -> Weekdays | None:
    """ "Jumat, habis Jumat" is one Friday."""
    found = [fact for fact in facts if isinstance(fact, Weekdays)]
    if len(found) > 1 and all(one.codes == found[0].codes for one in found):
        return max(found, key=lambda one: one != Weekdays(one.codes))
    return _one(found, Weekdays)


def _repeats(facts: Sequence[Fact]) -> Repeats | None:
    """ "tiap bulan … tiap dua bulan" is a contradiction, "mingguan, tiap minggu" is not."""
    found = [fact for fact in facts if isinstance(fact, Repeats)]
    if not found:
        return None
    wide = max(found, key=lambda one: one.interval)
    if any(one.freq != wide.freq or one.interval not in (1, wide.interval) for one in found):
        raise Unclear("two")
    return replace(wide, sunday=all(one.sunday for one in found), of=all(one.of for one in found))
