"""What was heard → the rule it means and its last day. Pure. Raises Unclear."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

from bot.rhythm.facts import DAYS, Until
from bot.rhythm.heard import Heard
from bot.rhythm.hours import Unclear
from bot.rhythm.placing import Day, valid
from bot.rhythm.rule import Rule, by_week


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
    if heard.date and (days or heard.month_days):
        raise Unclear("repeat")  # "tiap Kamis, 3 Desember"
    if heard.of_month and not heard.of_month.anchor and not (freq == "YEARLY" and days and days.nth):
        raise Unclear("end")  # every Thursday in December: only then?
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
            if whole and interval > 1:
                raise Unclear("two")
            return (Rule("WEEKLY", 1, by_week(whole)), _five(whole)) if whole else (Rule("DAILY", interval), ())


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
    if days is None:
        if anchor is None or (heard.repeats and heard.repeats.sunday):
            raise Unclear("day")
        return Rule("WEEKLY", interval, by_week((DAYS[anchor.day.weekday()],))), ()
    return Rule("WEEKLY", interval, by_week(days.codes)), _five(days.codes) if days.whole else ()


def _five(codes: tuple[str, ...]) -> tuple[str, ...]:
    """That a working week has five days is an assumption where libraries open on Saturdays."""
    return ("five_days",) if codes == DAYS[:5] else ()


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
    if heard.month_days or (heard.date and heard.of_month and not heard.of_month.anchor):
        raise Unclear("two")
    if heard.date:
        valid(2024, heard.date.month, heard.date.day)
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
        end = valid(year, month, 1) + relativedelta(months=1, days=-1)
        assumed: tuple[str, ...] = ("whole_month",)
    else:
        end = valid(said.year, said.month, said.day) if said.year else _coming(said, first)
        assumed = ()
    if end < first:
        raise Unclear("end")
    return end, assumed


def _coming(said: Until, first: date) -> date:
    this = valid(first.year, said.month, said.day)
    return this if this >= first else valid(first.year + 1, said.month, said.day)
