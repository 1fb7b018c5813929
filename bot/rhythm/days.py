"""Readers of days: "3 Desember 2026", "5/6", "Kamis kedua", "lusa", "minggu depan". None: not found here."""

from __future__ import annotations

import re

from bot.rhythm.clocks import UNITS
from bot.rhythm.cursor import Cursor
from bot.rhythm.facts import DAYS, Ahead, Begins, Blocked, DayOf, Fact, MonthDays, OfMonth, Part, Shift, Weekdays, WeekOfMonth

WEEKDAY = ("weekday", "weekdays")
JOINS = ("and", "comma")
YEARS = range(1900, 2200)


def date(c: Cursor) -> Fact | None:
    """A day of a month, in figures or words, in the order of either language."""
    c.skip("day_of_month", "filler")
    if iso := c.take("iso"):
        year, month, day = (int(part) for part in iso.value.split("-"))
        return DayOf(day, month, year)
    if figures := c.take("dmy"):
        day, month, *years = (int(part) for part in re.split(r"[/.-]", figures.value))
        return DayOf(day, month, _century(years[0]) if years else year_after(c), day_first=day <= 12 and day != month)
    if c.sees("month") and c.sees("number", "ordinal", ahead=1) and 0 < c.peek(1).number <= 31:  # December 3rd, 2026
        if c.sees("meridiem", "unit", "times", ahead=2) or (c.sees("dash", ahead=2) and c.sees("number", ahead=3)):
            return None  # "mulai Januari 1-3pm"
        c.at += 2
        return DayOf(c.peek(-1).number, c.peek(-2).number, year_after(c))
    if not c.sees("number", "ordinal") or not 0 < c.peek().number <= 99:
        return None
    day = c.peek().number
    c.at += 1
    c.skip("filler") if c.sees("filler") and c.sees("month", ahead=1) else None
    if c.sees("unit") and c.peek().value == "month" and c.sees("month", ahead=1):  # tanggal 5 bulan Desember
        c.at += 1
    named = c.take("month")
    return DayOf(day, named.number, year_after(c)) if named else None


def _century(year: int) -> int:
    return year + 2000 if year < 100 else year


def year_after(c: Cursor) -> int:
    """The year that follows, perhaps behind a comma or "tahun"; 0 for none."""
    ahead = 0
    while ahead < 2 and (c.sees("comma", ahead=ahead) or (c.sees("unit", ahead=ahead) and c.peek(ahead).value == "year")):
        ahead += 1
    token = c.peek(ahead)
    if token.kind == "number" and token.number in YEARS and token.end - token.start == 4:
        c.at += ahead + 1
        return token.number
    return 0


def month_days(c: Cursor) -> Fact | None:
    """ "tgl 5 dan 20", "the 5th", "akhir bulan"."""
    if c.take("month_end"):
        return MonthDays((-1,))
    spoken = bool(c.take("day_of_month"))
    wanted = ("number", "ordinal") if spoken else ("ordinal",)
    days: list[int] = []
    while (token := c.take(*wanted)) is not None:
        days.append(token.number)
        more = 0
        while more < 3 and c.sees(*JOINS, "day_of_month", ahead=more):
            more += 1
        more = more if c.sees(*JOINS) and c.sees(*wanted, ahead=more) else 0
        if not more:
            break
        c.at += more
    if spoken and days and c.sees("dash", "till") and c.sees("number", ahead=1):
        return None  # several days in a row: no date of a meeting
    return MonthDays(tuple(days)) if days else None


def weekdays(c: Cursor) -> Fact | None:
    """Weekdays with what says which of them: "Senin dan Kamis", "Kamis kedua", "first and third Monday", "Senin depan"."""
    if c.take("workdays"):
        return Weekdays(DAYS[:5], whole=True)
    if c.take("weekend"):
        return Weekdays(DAYS[5:], whole=True)
    if c.sees("eve") and not c.sees("at", "jam", ahead=-1):
        return _eve(c)
    every = c.sees("every", ahead=-1)
    nth, next = _ordinals(c), False
    either = every and any(number > 1 for number in nth)
    if not nth and c.sees("next", "this") and _day_at(c, 1):
        next = c.peek().kind == "next"
        c.at += 1
    codes, plural = _codes(c)
    if not codes:
        return None
    by_week = False
    if not nth:
        by_week = c.sees("minggu", "unit") and c.sees("ordinal", ahead=1) and c.peek().value in ("minggu", "mgg", "x", "week")
        c.at += by_week
        nth = _ordinals(c)
    if not next and c.sees("next", "this") and not c.sees("unit", ahead=1):
        next = c.peek().kind == "next"
        c.at += 1
    return Weekdays(codes, nth, plural, next, either, by_week=by_week)


def _eve(c: Cursor) -> Fact:
    """ "malam Jumat" is the night before Friday to some, Friday night to others."""
    c.at += 1
    return Blocked("day", c.words(c.at - 1, c.at))


def _ordinals(c: Cursor) -> tuple[int, ...]:
    found: list[int] = []
    while c.sees("ordinal") or (found and c.sees(*JOINS) and c.sees("ordinal", ahead=1)):
        c.skip(*JOINS)
        found.append(c.peek().number)
        c.at += 1
    return tuple(found)


def _day_at(c: Cursor, ahead: int) -> bool:
    return c.sees(*WEEKDAY, "minggu", ahead=ahead)


def _codes(c: Cursor) -> tuple[tuple[str, ...], bool]:
    """The weekdays of a list or a range, in the order of the week; whether one was a plural."""
    found: list[int] = []
    plural = False
    while True:
        if c.sees("unit") and c.peek().value == "day" and _day_at(c, 1):
            c.at += 1
        if not _day_at(c, 0) or (not found and c.sees("minggu") and c.sees("next", "this", "ordinal", "ahead", ahead=1)):
            break
        token = c.peek()
        c.at += 1
        plural = plural or token.kind == "weekdays"
        day = 6 if token.kind == "minggu" else DAYS.index(token.value)
        span = c.peek(-2).kind in ("dash", "till", "to") and found
        found.extend(range(found[-1] + 1, day) if span else ())
        found.append(day)
        if not _more(c):
            break
    return tuple(DAYS[day] for day in sorted(set(found))), plural


def _more(c: Cursor) -> bool:
    """Moves past what joins two weekdays, if another follows; "Sabtu Minggu" needs nothing between."""
    ahead = 0
    while c.sees(*JOINS, "dash", "till", "to", ahead=ahead) and ahead < 2:
        ahead += 1
    hari = 1 if ahead and c.sees("unit", ahead=ahead) and c.peek(ahead).value == "day" else 0
    stops = ("next", "this") if ahead else ("next", "this", "ordinal")  # "Kamis minggu kedua" is no Thursday and Sunday
    if not _day_at(c, ahead + hari) or (c.sees("minggu", ahead=ahead) and c.sees(*stops, ahead=ahead + 1)):
        return False
    c.at += ahead
    return True


def shift(c: Cursor) -> Fact | None:
    """ "minggu depan", "next month", "bulan ini"; "minggu kedua" without its weekday."""
    if c.sees("next", "this") and c.sees("unit", ahead=1) and c.peek(1).value in ("week", "month", "year"):
        c.at += 2
        return Shift(UNITS[c.peek(-1).value], int(c.peek(-2).kind == "next"))
    unit = "week" if c.sees("minggu") else c.peek().value if c.sees("unit") else ""
    if unit in ("week", "month", "year") and c.sees("next", "this", ahead=1):
        c.at += 2
        return Shift(UNITS[unit], int(c.peek(-1).kind == "next"))
    if unit == "week" and c.sees("ordinal", ahead=1):
        c.at += 1
        return WeekOfMonth(_ordinals(c))
    if c.sees("ordinal") and c.sees("unit", ahead=1) and c.peek(1).value == "week":
        c.at += 2
        return WeekOfMonth((c.peek(-2).number,))
    return None


def ahead(c: Cursor) -> Fact | None:
    """ "besok", "3 hari lagi", "in two weeks", "seminggu lagi"."""
    if token := c.take("relative"):
        return Ahead("day", token.number)
    inside = bool(c.take("inside"))
    if (per := c.peek()).kind == "per" and c.sees("ahead", ahead=1) and per.value != "hour":
        c.at += 2
        return Ahead(UNITS[per.value], 1)
    number = c.take("number", "article")
    if number is None:
        return None
    unit = "week" if c.sees("minggu") else "hour" if c.sees("jam") else c.peek().value if c.sees("unit") else ""
    weeks = 2 if unit == "fortnight" else 1
    unit = "week" if unit == "fortnight" else unit
    if unit not in UNITS:
        return None
    c.at += 1
    later = bool(c.take("ahead"))
    return Ahead(UNITS[unit], (number.number or 1) * weeks) if inside or later else None


def part_today(c: Cursor) -> Fact | None:
    """ "sore ini": the part of the day; that it is today is said by the reader that calls this."""
    if c.sees("part") and c.sees("this", ahead=1):
        c.at += 2
        return Part(c.peek(-2).value)
    token = c.take("tonight")
    return Part(token.value) if token else None


def begins(c: Cursor) -> Fact | None:
    """ "mulai Januari", "starting in March", "mulai Kamis, 10 Desember": where a series begins."""
    word = c.take("start", "from")
    if word is None:
        return None
    start = c.at
    c.skip("filler")
    weekday = c.take("weekday")
    c.skip("comma")
    told = c.at
    found = date(c)
    if isinstance(found, DayOf):
        return Begins(found, weekday.value if weekday else "")
    c.at = told
    if c.take("day_of_month") and (number := c.take("number")) is not None:
        return Begins(DayOf(number.number, 0))
    c.at = start
    return of_month(c, anchor=True) if word.kind == "start" else None


def of_month(c: Cursor, anchor: bool = False) -> Fact | None:
    """ "bulan Desember", "of December 2026"."""
    c.skip("filler", "inside")
    if c.sees("unit") and c.peek().value == "month":
        c.at += 1
    named = c.take("month")
    return OfMonth(named.number, year_after(c), anchor) if named else None
