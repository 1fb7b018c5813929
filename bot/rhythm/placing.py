"""What was heard → the rule it means and the first day of it, as of today. Pure. Raises Unclear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.rhythm.facts import DAYS, Ahead, DayOf, Until, Weekdays
from bot.rhythm.heard import Heard
from bot.rhythm.hours import Unclear
from bot.rhythm.rule import Rule, by_week

FARTHEST = 10  # years ahead that a meeting may be


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and what had to be assumed to find it. open: it may be today, if the hour is still to come."""

    day: date
    assumed: tuple[str, ...] = ()
    open: bool = False


def one_day(heard: Heard, today: date) -> Day | None:
    """The day that was named, or None. A weekday beside a date must fit it."""
    found = _named(heard, today)
    days = heard.weekdays
    if found and days and not days.nth and not heard.week_of_month and not _series_said(heard):
        if len(days.codes) > 1:
            raise Unclear("repeat")
        if DAYS[found.day.weekday()] not in days.codes:
            raise Unclear("weekday")
    if found and found.day < today:
        raise Unclear("past")
    if found and found.day.year > today.year + FARTHEST:
        raise Unclear("date")
    return found


def _series_said(heard: Heard) -> bool:
    days = heard.weekdays
    return bool(heard.repeats or heard.every or (days and (days.plural or days.whole)))


def _named(heard: Heard, today: date) -> Day | None:
    if heard.begins or heard.date:
        return _begun(heard, today)
    if heard.month_days and not heard.every:
        return _day_of_month(heard.month_days.days, heard, today)
    if heard.weekdays and (heard.weekdays.nth or heard.week_of_month):
        return _nth_of_month(heard, today)
    if heard.ahead:
        return _ahead(heard.ahead, heard, today)
    if heard.of_month and heard.of_month.anchor:
        return Day(_month(heard, today) or today)
    return _weekday(heard.weekdays, heard, today) if heard.weekdays and not _series_said(heard) else _shifted(heard, today)


def _shifted(heard: Heard, today: date) -> Day | None:
    """ "mulai minggu depan" begins on its Monday; by itself "minggu depan" names no day."""
    if not _series_said(heard):
        return Day(today) if heard.today and not heard.week else None
    if heard.week:
        return Day(_monday(today) + timedelta(weeks=heard.week))
    month = _month(heard, today) if heard.month else None
    return Day(month) if month else None


def _begun(heard: Heard, today: date) -> Day | None:
    begins = heard.begins
    if begins is None:
        return _dated(heard.date, heard, today) if heard.date else None
    found = _dated(begins.day, heard, today)
    if begins.weekday and DAYS[found.day.weekday()] != begins.weekday:
        raise Unclear("weekday")
    if heard.date and not _series_said(heard):
        raise Unclear("two")
    return found


def _dated(said: DayOf, heard: Heard, today: date) -> Day:
    year = said.year or (today.year + heard.year if heard.year is not None else 0)
    assumed = ("day_first",) if said.day_first else ()
    if year:
        return Day(_valid(year, said.month, said.day), assumed)
    for year in range(today.year, today.year + 5):
        try:
            found = date(year, said.month, said.day)
        except ValueError:
            continue
        if found >= today:
            return Day(found, assumed)
    raise Unclear("date")


def _valid(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear("date") from None


def _month(heard: Heard, today: date) -> date | None:
    """The first of the month that was named."""
    if heard.month is not None:
        return today.replace(day=1) + relativedelta(months=heard.month)
    if heard.of_month is None:
        return None
    said = heard.of_month
    year = said.year or (today.year + heard.year if heard.year else 0)
    return _valid(year or today.year + (said.month < today.month), said.month, 1)


def _day_of_month(days: tuple[int, ...], heard: Heard, today: date) -> Day | None:
    if _series_said(heard):
        return None
    if len(days) > 1:
        raise Unclear("repeat")
    month = _month(heard, today)
    if month:
        return Day(_in_month(month, days[0]))
    this = today.replace(day=1)
    for step in range(3):
        month = this + relativedelta(months=step)
        if days[0] == -1 or days[0] <= (month + relativedelta(months=1, days=-1)).day:
            found = _in_month(month, days[0])
            if found >= today:
                return Day(found, ("month",) if days[0] != -1 else ())
    raise Unclear("date")


def _in_month(month: date, day: int) -> date:
    return month + relativedelta(months=1, days=-1) if day == -1 else _valid(month.year, month.month, day)


def _nth_of_month(heard: Heard, today: date) -> Day | None:
    """ "Kamis kedua bulan depan"; None where it is a series."""
    if _series_said(heard) or heard.weekdays is None:
        return None
    nth = heard.weekdays.nth or (heard.week_of_month.nth if heard.week_of_month else ())
    month = _month(heard, today)
    if month is None or len(nth) > 1 or len(heard.weekdays.codes) > 1:
        raise Unclear("repeat")
    assumed = ("week_of_month",) if heard.week_of_month or heard.weekdays.by_week else ()
    return Day(nth_weekday(month, nth[0], heard.weekdays.codes[0]), assumed)


def nth_weekday(month: date, nth: int, code: str) -> date:
    """The nth such weekday of the month, the last for -1."""
    weekday = DAYS.index(code)
    first = month + timedelta(days=(weekday - month.weekday()) % 7)
    days = [first + timedelta(weeks=week) for week in range(6)]
    days = [day for day in days if day.month == month.month]
    if not (nth == -1 or 0 < nth <= len(days)):
        raise Unclear("date")
    return days[-1] if nth == -1 else days[nth - 1]


def _ahead(said: Ahead, heard: Heard, today: date) -> Day:
    number = min(said.number, 4000)
    step = {"week": relativedelta(weeks=number), "month": relativedelta(months=number), "year": relativedelta(years=number)}
    try:
        day = today + (step.get(said.unit) or relativedelta(days=number if said.unit == "day" else 0))
    except (ValueError, OverflowError):
        raise Unclear("date") from None
    days = heard.weekdays
    if said.unit == "week" and days and not _series_said(heard) and len(days.codes) == 1:  # "dua minggu lagi hari Senin"
        return Day(_monday(day) + timedelta(days=DAYS.index(days.codes[0])), ("week",))
    return Day(day)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weekday(days: Weekdays, heard: Heard, today: date) -> Day:
    """ "Kamis" is the coming one; "Kamis depan" and "minggu depan Kamis" that of next week, counted from Monday."""
    if len(days.codes) > 1:
        raise Unclear("repeat")
    weekday = DAYS.index(days.codes[0])
    if heard.week is not None:
        return Day(_monday(today) + timedelta(weeks=heard.week, days=weekday))
    if days.next:
        still_ahead = weekday > today.weekday()
        return Day(_monday(today) + timedelta(weeks=1, days=weekday), ("week",) if still_ahead else ())
    if heard.month is not None or heard.of_month:
        raise Unclear("day")  # which Thursday of that month?
    return Day(today + timedelta(days=(weekday - today.weekday()) % 7), open=True)


def rule_of(heard: Heard, anchor: Day | None) -> tuple[Rule, tuple[str, ...]] | None:
    """The rule, and what was assumed; None for a single meeting."""
    days, freq = heard.weekdays, heard.repeats.freq if heard.repeats else _freq(heard)
    if heard.repeats and heard.repeats.of and not (days and days.nth) and not heard.month_days:
        raise Unclear("day")
    if freq is None:
        return None
    if days and days.either and not (freq == "YEARLY" or (heard.repeats and freq == "MONTHLY")):
        raise Unclear("repeat")
    if days and days.next:
        raise Unclear("repeat")
    interval = heard.repeats.interval if heard.repeats else 1
    if not 0 < interval <= 60:
        raise Unclear("repeat")
    match freq:
        case "WEEKLY":
            return _weekly(heard, anchor, interval)
        case "MONTHLY":
            return _monthly(heard, anchor, interval)
        case "YEARLY":
            return _yearly(heard, interval)
        case _:
            if (days and not days.whole) or heard.month_days:
                raise Unclear("two")
            whole = days.codes if days else ()
            return (Rule("WEEKLY", 1, by_week(whole)), ("five_days",)) if whole else (Rule("DAILY", interval), ())


def _freq(heard: Heard) -> str | None:
    days = heard.weekdays
    if days and (heard.every or days.plural or days.whole):
        nth = days.nth or heard.week_of_month
        return ("YEARLY" if heard.of_month and not heard.of_month.anchor else "MONTHLY") if nth else "WEEKLY"
    if heard.every and heard.month_days:
        return "MONTHLY"
    if heard.every and heard.date and not heard.date.year and not heard.starts:
        return "YEARLY"
    if heard.every:
        raise Unclear("day" if heard.week_of_month else "repeat")
    return None


def _weekly(heard: Heard, anchor: Day | None, interval: int) -> tuple[Rule, tuple[str, ...]]:
    days = heard.weekdays
    if heard.month_days or (days and days.nth) or heard.week_of_month:
        raise Unclear("two")
    if heard.of_month and not heard.of_month.anchor:
        raise Unclear("end")
    if heard.date and days and not heard.starts:
        raise Unclear("repeat")
    if days is None:
        if anchor is None or (heard.repeats and heard.repeats.sunday):
            raise Unclear("day")
        return Rule("WEEKLY", interval, by_week((DAYS[anchor.day.weekday()],))), ()
    return Rule("WEEKLY", interval, by_week(days.codes)), ("five_days",) if days.codes == DAYS[:5] and days.whole else ()


def _monthly(heard: Heard, anchor: Day | None, interval: int) -> tuple[Rule, tuple[str, ...]]:
    days = heard.weekdays
    nth = (days.nth if days else ()) or (heard.week_of_month.nth if heard.week_of_month else ())
    if heard.month_days and days:
        raise Unclear("two")
    if heard.month_days:
        return Rule("MONTHLY", interval, month_days=_checked(heard.month_days.days)), _short(heard.month_days.days)
    if days:
        if not nth or not all(number == -1 or 0 < number <= 5 for number in nth):
            raise Unclear("day")
        assumed = ("week_of_month",) if heard.week_of_month or days.by_week else ()
        once = ("repeats",) if heard.repeats and heard.repeats.of and not heard.every else ()
        return Rule("MONTHLY", interval, by_week(days.codes, nth)), assumed + once
    if anchor is None:
        raise Unclear("day")
    return Rule("MONTHLY", interval, month_days=(anchor.day.day,)), _short((anchor.day.day,))


def _checked(days: tuple[int, ...]) -> tuple[int, ...]:
    if not all(day == -1 or 0 < day <= 31 for day in days):
        raise Unclear("date")
    return tuple(sorted(set(days), key=lambda day: day % 40))


def _short(days: tuple[int, ...]) -> tuple[str, ...]:
    return ("short_months",) if any(day > 28 for day in days) else ()


def _yearly(heard: Heard, interval: int) -> tuple[Rule, tuple[str, ...]]:
    days = heard.weekdays
    if heard.date:
        _valid(2024, heard.date.month, heard.date.day)
        leap = ("short_months",) if (heard.date.month, heard.date.day) == (2, 29) else ()
        return Rule("YEARLY", interval, month_days=(heard.date.day,), month=heard.date.month), leap
    if heard.of_month and days and days.nth:
        return Rule("YEARLY", interval, by_week(days.codes, days.nth), month=heard.of_month.month), ()
    raise Unclear("date")


def last_day(said: Until, first: date) -> tuple[date, tuple[str, ...]]:
    """The last day of a series that begins on `first`."""
    if not said.day:
        month = said.month or 12
        year = said.year or first.year + (month < first.month)
        end = _valid(year, month, 1) + relativedelta(months=1, days=-1)
        assumed: tuple[str, ...] = ("whole_month",)
    else:
        end = _valid(said.year, said.month, said.day) if said.year else _coming(said, first)
        assumed = ()
    if end < first:
        raise Unclear("end")
    return end, assumed


def _coming(said: Until, first: date) -> date:
    this = _valid(first.year, said.month, said.day)
    return this if this >= first else _valid(first.year + 1, said.month, said.day)
