"""What was heard → the day it names, as of today. Pure. Raises Unclear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.rhythm.facts import DAYS, Ahead, DayOf, Weekdays
from bot.rhythm.heard import Heard
from bot.rhythm.hours import Unclear

FARTHEST = 10  # years ahead that a meeting may be


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and what had to be assumed to find it. open: it may be today, if the hour is still to come."""

    day: date
    assumed: tuple[str, ...] = ()
    open: bool = False


def one_day(heard: Heard, today: date) -> Day | None:
    """The day of a single meeting, or the one from which a series runs; None where none was named."""
    if heard.week_of_month and heard.weekdays is None:
        raise Unclear("day")
    again = said_again(heard)
    found = _anchor(heard, today) if again else _single(heard, today)
    yesterday = today - timedelta(days=1)  # elsewhere it may still be that day: the hour will tell
    if found and (found.day < yesterday or (heard.ahead and heard.ahead.number < 0)):
        raise Unclear("past")
    if found and not again and not _fits(found.day, heard, today):
        raise Unclear("two")
    if found and found.day.year > today.year + FARTHEST:
        raise Unclear("date")
    return found


def _fits(day: date, heard: Heard, today: date) -> bool:
    """Whether the day lies in the week, month and year that were said beside it: "besok, minggu depan" does not."""
    said = heard.of_month
    return (
        (heard.week is None or _monday(day) == _monday(today) + timedelta(weeks=heard.week))
        and (heard.month is None or day.replace(day=1) == today.replace(day=1) + relativedelta(months=heard.month))
        and (heard.year is None or day.year == today.year + heard.year)
        and (said is None or (day.month == said.month and said.year in (0, day.year)))
    )


def said_again(heard: Heard) -> bool:
    """Whether the line says that it repeats."""
    days = heard.weekdays
    return bool(heard.repeats or heard.every or (days and (days.plural or days.whole)))


def _single(heard: Heard, today: date) -> Day | None:
    """What names the day, and everything beside it agreeing."""
    days = heard.weekdays
    named = [one for one in (heard.begins, heard.date, heard.month_days) if one]
    nth = days and (days.nth or heard.week_of_month)
    if len(named) > 1 or (nth and (named or heard.ahead)):
        raise Unclear("two")
    if heard.of_month and heard.of_month.anchor:
        raise Unclear("day")
    if days and nth:
        return _nth_of_month(days, heard, today)
    found = _begun(heard, today) or (_dated(heard.date, heard, today) if heard.date else None)
    if heard.month_days:
        found = _day_of_month(heard.month_days.days, heard, today)
    if heard.ahead:
        found = _agreeing(found, _ahead(heard.ahead, heard, today))
    if found is None:
        return _weekday(days, heard, today) if days else Day(today) if heard.today and not heard.week else None
    if days and len(days.codes) > 1:
        raise Unclear("repeat")
    if days and DAYS[found.day.weekday()] not in days.codes:
        raise Unclear("weekday")
    return found


def _agreeing(one: Day | None, other: Day) -> Day:
    """ "hari ini, 25 November" names one day twice."""
    if one and one.day != other.day:
        raise Unclear("two")
    return one or other


def _anchor(heard: Heard, today: date) -> Day | None:
    """Where a series begins: said once, and said to be its beginning unless it is a plain date."""
    yearly = heard.repeats.freq == "YEARLY" if heard.repeats else heard.weekdays is None
    dated = _dated(heard.date, heard, today) if heard.date and not yearly else None
    month = Day(_month(heard, today) or today) if heard.of_month and heard.of_month.anchor else None
    ahead = _ahead(heard.ahead, heard, today) if heard.ahead else None
    shifted = None if heard.begins or dated or month else _shifted(heard, today)
    if (ahead and not heard.starts) or (shifted and not heard.starts):
        raise Unclear("two" if ahead else "end")  # "tiap Kamis bulan depan": from then on, or only then?
    given = [one for one in (_begun(heard, today), dated, month, ahead, shifted) if one]
    used = shifted or (heard.begins and not heard.begins.day.month)
    if (
        (heard.week is not None and heard.month is not None)
        or len(given) > 1
        or (given and not used and not (heard.week is None and heard.month is None))
    ):
        raise Unclear("two")
    return given[0] if given else None


def _shifted(heard: Heard, today: date) -> Day | None:
    """ "minggu depan" begins on its Monday, "bulan depan" and "tahun depan" on their first."""
    if heard.week is not None:
        return Day(max(today, _monday(today) + timedelta(weeks=heard.week)))
    if heard.month is not None:
        return Day(max(today, _month(heard, today) or today))
    return Day(max(today, date(today.year + heard.year, 1, 1))) if heard.year is not None else None


def _begun(heard: Heard, today: date) -> Day | None:
    begins = heard.begins
    if begins is None:
        return None
    month = _month(heard, today)
    if begins.day.month:
        found = _dated(begins.day, heard, today)
    else:
        found = Day(_in_month(month, begins.day.day)) if month else _coming(begins.day.day, today)
    if begins.weekday and DAYS[found.day.weekday()] != begins.weekday:
        raise Unclear("weekday")
    return found


def _dated(said: DayOf, heard: Heard, today: date) -> Day:
    year = said.year or (today.year + heard.year if heard.year is not None else 0)
    assumed = ("day_first",) if said.day_first else ()
    if year:
        return Day(valid(year, said.month, said.day), assumed)
    for year in range(today.year, today.year + 5):
        try:
            found = date(year, said.month, said.day)
        except ValueError:
            continue
        if found >= today:
            return Day(found, assumed)
    raise Unclear("date")


def valid(year: int, month: int, day: int) -> date:
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
    return valid(year or today.year + (said.month < today.month), said.month, 1)


def _day_of_month(days: tuple[int, ...], heard: Heard, today: date) -> Day:
    if len(days) > 1:
        raise Unclear("repeat")
    month = _month(heard, today)
    if month:
        return Day(_in_month(month, days[0]))
    return _coming(days[0], today)


def _coming(day: int, today: date) -> Day:
    """The next such day of a month."""
    this = today.replace(day=1)
    for step in range(3):
        month = this + relativedelta(months=step)
        if day == -1 or 0 < day <= (month + relativedelta(months=1, days=-1)).day:
            found = _in_month(month, day)
            if found >= today:
                return Day(found, ("month",) if day != -1 else ())
    raise Unclear("date")


def _in_month(month: date, day: int) -> date:
    return month + relativedelta(months=1, days=-1) if day == -1 else valid(month.year, month.month, day)


def _nth_of_month(days: Weekdays, heard: Heard, today: date) -> Day:
    """ "Kamis kedua bulan depan"."""
    nth = days.nth or (heard.week_of_month.nth if heard.week_of_month else ())
    month = _month(heard, today)
    if month is None or len(nth) > 1 or len(days.codes) > 1:
        raise Unclear("repeat")
    assumed = ("week_of_month",) if heard.week_of_month or days.by_week else ()
    return Day(nth_weekday(month, nth[0], days.codes[0]), assumed)


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
    if (
        said.unit == "week" and days and not said_again(heard) and len(days.codes) == 1 and not (heard.date or heard.begins)
    ):  # "dua minggu lagi hari Senin"
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
