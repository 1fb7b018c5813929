"""Dates, hours and schedules in full, in Indonesian or English: what people check before it binds. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Protocol

from babel.dates import format_date, format_time

from bot.model.base import Language
from bot.rhythm import rule as rules
from bot.rhythm.facts import DAYS
from bot.rhythm.rule import Rule
from bot.rhythm.say import SAY, Say
from bot.rhythm.zones import label, wall

MONDAY = date(2024, 1, 1)


class Schedule(Protocol):
    """A `phrases.Understood` or a `recurrence.Series`."""

    @property
    def start(self) -> datetime: ...
    @property
    def zone(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def minutes(self) -> int | None: ...
    @property
    def until(self) -> date | None: ...
    @property
    def count(self) -> int | None: ...


def day(value: date, language: Language) -> str:
    """ "Kamis, 3 Desember 2026"."""
    return format_date(value, "EEEE, d MMMM yyyy", locale=SAY[language].locale)


def plain_day(value: date, language: Language) -> str:
    """ "3 Desember 2026"."""
    return format_date(value, "d MMMM yyyy", locale=SAY[language].locale)


def clock(value: time, language: Language) -> str:
    """ "14.00" in Indonesian, "14:00" in English."""
    return format_time(value, SAY[language].clock, locale=SAY[language].locale)


def moment(at: datetime, language: Language, zone: str, *others: str) -> str:
    """ "Kamis, 3 Desember 2026, 14.00 WIB · 15.00 WITA". at: aware. zone: the reader's own; others where it differs there."""
    own = wall(at, zone)
    told = [f"{day(own.date(), language)}, {clock(own.time(), language)} {label(zone)}"]
    named = {label(zone)}
    for other in others:
        if label(other) not in named:
            named.add(label(other))
            there = wall(at, other)
            on = f"{day(there.date(), language)}, " if there.date() != own.date() else ""
            told.append(f"{on}{clock(there.time(), language)} {label(other)}")
    return " · ".join(told)


def length(minutes: int, language: Language) -> str:
    """ "2 jam", "1 hour 30 minutes", "45 menit"."""
    say = SAY[language]
    hours, rest = divmod(minutes, 60)
    parts = [say.hour if hours == 1 else say.hours.format(n=hours)] if hours else []
    parts += [say.minute if rest == 1 else say.minutes.format(n=rest)] if rest or not hours else []
    return " ".join(parts)


def schedule(what: Schedule, language: Language) -> str:
    """All of it: "setiap Kamis kedua, 14.00 WIB, selama 90 menit, mulai 10 Desember 2026, sampai 30 Juni 2027"."""
    say = SAY[language]
    hour = f"{clock(what.start.time(), language)} {label(what.zone)}"
    parts = [repeats(what.rule, language) if what.rule else day(what.start.date(), language), hour]
    if what.minutes:
        parts.append(say.lasting.format(length=length(what.minutes, language)))
    if what.rule:
        parts.append(say.beginning.format(day=plain_day(what.start.date(), language)))
    if what.until:
        parts.append(say.until.format(day=plain_day(what.until, language)))
    if what.count:
        parts.append(say.times.format(n=what.count))
    return ", ".join(parts)


def repeats(text: str, language: Language) -> str:
    """ "setiap Kamis kedua", "every second Thursday of the month"; a rule that has no words says so."""
    found = rules.read(text)
    return (_repeats(found, SAY[language], language) if found else None) or SAY[language].other


def _repeats(rule: Rule, say: Say, language: Language) -> str | None:
    n = rule.interval
    match rule.freq:
        case "DAILY" if not rule.days and not rule.month_days and not rule.month:
            return say.daily if n == 1 else say.days.format(n=n)
        case "WEEKLY" if rule.days and not any(nth for nth, _ in rule.days) and not rule.month_days and not rule.month:
            return _weekly(rule, say)
        case "MONTHLY" if not rule.month:
            return _monthly(rule, say, language)
        case "YEARLY" if rule.month:
            return _yearly(rule, say, language)
        case _:
            return None


def _weekly(rule: Rule, say: Say) -> str:
    codes = tuple(code for _, code in rule.days)
    if rule.interval == 1:
        return say.workdays if codes == DAYS[:5] else say.weekly.format(days=_weekdays(codes, say))
    names = _weekdays(codes, say)
    return say.weeks.format(n=rule.interval, days=names.removeprefix("hari "))


def _monthly(rule: Rule, say: Say, language: Language) -> str | None:
    n = rule.interval
    if rule.month_days and rule.days:
        return None
    if rule.month_days == (-1,):
        return say.last_date if n == 1 else say.last_date_of_months.format(n=n)
    if rule.month_days:
        if min(rule.month_days) < 1:
            return None
        dates = _list([_date(number, language) for number in rule.month_days], say)
        return say.dates.format(days=dates) if n == 1 else say.dates_of_months.format(n=n, days=dates)
    days = _nth(rule, say, language)
    return None if days is None else say.monthly.format(days=days) if n == 1 else say.months.format(n=n, days=days)


def _yearly(rule: Rule, say: Say, language: Language) -> str | None:
    if len(rule.month_days) == 1 and rule.month_days[0] > 0 and not rule.days:
        on: str | None = f"{rule.month_days[0]} {_month(rule.month, say)}"
    else:
        days = None if rule.month_days else _nth(rule, say, language)
        on = say.of_month.format(days=days, month=_month(rule.month, say)) if days else None
    return (
        None if on is None else say.yearly.format(day=on) if rule.interval == 1 else say.years.format(n=rule.interval, day=on)
    )


def _nth(rule: Rule, say: Say, language: Language) -> str | None:
    """ "Kamis pertama dan ketiga", "first and third Thursday"; None unless it is every one of those on each of these days."""
    nths, codes = tuple(dict.fromkeys(nth for nth, _ in rule.days)), tuple(dict.fromkeys(code for _, code in rule.days))
    if not rule.days or tuple(product(nths, codes)) != rule.days or not all(nth == -1 or 0 < nth <= 5 for nth in nths):
        return None
    order = _list([say.last if nth == -1 else say.ordinals[nth - 1] for nth in nths], say)
    names = _weekdays(codes, say)
    return f"{names} {order}" if language == "id" else f"{order} {names}"


def _weekdays(codes: tuple[str, ...], say: Say) -> str:
    names = [format_date(MONDAY + timedelta(days=DAYS.index(code)), "EEEE", locale=say.locale) for code in codes]
    return say.sunday if codes == ("SU",) else _list(names, say)


def _date(number: int, language: Language) -> str:
    if language == "id":
        return str(number)
    return f"{number}{'th' if number in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _month(number: int, say: Say) -> str:
    return format_date(date(2024, number, 1), "MMMM", locale=say.locale)


def _list(names: Iterable[str], say: Say) -> str:
    """ "Senin, Rabu dan Jumat"."""
    *before, last = names
    return f"{', '.join(before)} {say.conjunction} {last}" if before else last
