"""Readers of hours and lengths: "jam setengah tiga sore", "1-3pm", "selama 90 menit". None: not found here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.rhythm.cursor import Cursor
from bot.rhythm.facts import Ahead, Blocked, Clock, Fact, Length, Part, Times, Unit
from bot.rhythm.zones import instant

AT = ("at", "jam")
PARTS = ("part", "meridiem")
CLOCKS = ("clock", "fixed", "half_past", "half_to", "quarter", "past")  # written as a clock: no word is needed beside it
UNITS: dict[str, Unit] = {
    "minute": "minute", "hour": "hour", "day": "day", "week": "week", "month": "month", "year": "year",
}  # fmt: skip


def times(c: Cursor) -> Fact | None:
    """An hour with a word that makes it one ("jam 9", "9 pagi", "09.00"), and where the line says so its end."""
    around = c.take("around")
    if around:
        return Times(_fixed(around.value), around=True)
    first, ranged = c.at, bool(c.take("from"))
    spoken = _at(c)
    if c.sees("half_past") and c.sees("number", ahead=1):  # half nine is 9.30 in London; its word elsewhere is 8.30
        c.at += 2
        return Blocked("hour", c.words(c.at - 2, c.at))
    start = _core(c)
    if start is None:
        return None
    start, marked = _marked(c, start)
    end = _end(c, ranged)
    marked = marked or bool(end and (ranged or end.part))
    if not (spoken or marked or any(token.kind in CLOCKS for token in c.tokens[first : c.at])):
        return None
    return Times(start, end, zone=_elsewhere(c, start, end))


def _elsewhere(c: Cursor, start: Clock, end: Clock | None) -> str:
    """ "14.00 WIB / 15.00 WITA" is one moment told twice: takes it all, and gives the first zone; "" for anything else."""
    first, own = c.at, c.take("zone")
    c.skip("comma", "and")
    if c.sees("changer") and c.peek().value == "/":
        c.at += 1
    _at(c)
    there = _core(c) if own and c.sees("clock", "number") else None
    until = _end(c, ranged=False) if there else None
    other = c.take("zone")
    ends = (end is None) == (until is None)
    pairs = [(start, there), *([(end, until)] if end and until else [])]
    if own and other and ends and all(two and _same(one, own.value, two, other.value) for one, two in pairs):
        c.at -= 1
        if there and not _elsewhere(c, there, until):  # a third zone may follow
            c.at += 1
        return own.value
    c.at = first
    return ""


def _same(one: Clock, zone: str, two: Clock, there: str) -> bool:
    """Indonesia's zones and UTC stand still, so that any day will do."""
    if max(one.hour, two.hour) > 23 or max(one.minute, two.minute) > 59:
        return False
    day = datetime(2026, 1, 2)
    return instant(day.replace(hour=one.hour, minute=one.minute), zone) == instant(
        day.replace(hour=two.hour, minute=two.minute), there
    )


def _at_ahead(c: Cursor, ahead: int) -> bool:
    return c.sees(*AT, ahead=ahead)


def _at(c: Cursor) -> bool:
    took = False
    while c.take(*AT) or (took and c.take("comma")):
        took = True
    return took


def _core(c: Cursor) -> Clock | None:
    """The hour itself, without what part of the day it is in."""
    if fixed := c.take("fixed"):
        return _fixed(fixed.value)
    if c.sees("half_to") and c.sees("number", ahead=1):  # setengah tiga is half past two
        c.at += 2
        return Clock((c.peek(-1).number - 1) % 24 or 12, 30)
    if c.sees("half_past", "quarter") and c.sees("past", "to", ahead=1) and c.sees("number", ahead=2):
        return _english(c, 30 if c.sees("half_past") else 15, skip=2)
    if c.sees("number") and c.sees("past", ahead=1) and c.sees("number", ahead=2):
        return _english(c, c.peek().number, skip=2)
    if c.sees("number") and _minutes_ahead(c) and c.sees("past", "to", ahead=2) and c.sees("number", ahead=3):
        return _english(c, c.peek().number, skip=3)
    token = c.take("clock", "number")
    if token is None:
        return None
    hour, _, minute = (
        token.value.replace(".", ":").replace("h", ":").partition(":")
        if token.kind == "clock"
        else (str(token.number), "", "0")
    )
    written = c.line[token.start : token.end]
    exact = int(hour) >= 13 or (len(written) > 1 and written[0] == "0")
    return _with_rest(c, Clock(int(hour), int(minute), exact))


def _minutes_ahead(c: Cursor) -> bool:
    return c.sees("unit", ahead=1) and c.peek(1).value == "minute"


def _english(c: Cursor, minutes: int, skip: int) -> Clock:
    """ "quarter past two", "10 minutes to 4"."""
    before = c.peek(skip - 1).kind == "to"
    hour = c.peek(skip).number
    c.at += skip + 1
    return _moved(Clock(hour), -minutes if before else minutes)


def _moved(clock: Clock, minutes: int) -> Clock:
    hours, minute = divmod(clock.minute + minutes, 60)
    hour = clock.hour + hours
    return replace(clock, hour=hour or (24 if clock.exact else 12), minute=minute)


def _with_rest(c: Cursor, clock: Clock) -> Clock:
    """ "jam 2 lewat 15 menit", "jam 3 kurang seperempat"."""
    if not (c.sees("plus", "less") and c.sees("number", "quarter", ahead=1)):
        return clock
    sign = 1 if c.sees("plus") else -1
    minutes = 15 if c.sees("quarter", ahead=1) else c.peek(1).number
    c.at += 2
    if c.sees("unit") and c.peek().value == "minute":
        c.at += 1
    return _moved(clock, sign * minutes)


def _marked(c: Cursor, clock: Clock) -> tuple[Clock, bool]:
    """The clock with its part of the day; whether anything says that it is a clock."""
    marked = bool(c.take("oclock"))
    c.skip("filler") if c.sees(*PARTS, ahead=1) and c.sees("filler") else None
    if (part := c.peek()).kind in PARTS and not c.sees("this", ahead=1):
        c.at += 1
        return replace(clock, part=part.value), True
    return clock, marked or c.sees("zone")


def _end(c: Cursor, ranged: bool) -> Clock | None:
    """ "-11", "sampai jam 11 siang"; "sampai 30 Juni", "sampai 6 kali" and "- selesai" are no end of a meeting."""
    start = c.at
    c.skip("comma") if c.sees("till", ahead=1) and _at_ahead(c, 2) else None
    if not c.take("till", "dash", "to", "and"):
        c.at = start
        return None
    joined = c.peek(-1).kind
    if c.take("open"):
        return None
    spoken = _at(c)
    end = _core(c)
    meant = end and not c.sees("month", "times", "unit", "per") and (joined != "and" or ranged)
    if end is None or not meant or (end.hour > 24 and not spoken):
        c.at = start
        return None
    return _marked(c, end)[0]


def _fixed(value: str) -> Clock:
    hour, _, minute = value.split()[0].partition(":")
    return Clock(int(hour), int(minute), exact=True)


def part(c: Cursor) -> Fact | None:
    token = c.take("part", "parts", "meridiem")
    return Part(token.value) if token else None


def length(c: Cursor) -> Fact | None:
    """ "selama 90 menit", "1,5 jam", "satu setengah jam", "for an hour and a half", "1 jam 30 menit"."""
    c.skip("for", "filler")
    minutes = _hours(c)
    if minutes is None:
        return None
    if c.sees("number") and _minutes_ahead(c):
        minutes += c.peek().number
        c.at += 2
    elif c.sees("and") and c.sees("article", ahead=1) and c.sees("half_past", ahead=2):
        minutes += 30
        c.at += 3
    return Ahead("minute", minutes) if c.take("ahead") else Length(minutes)


def _hours(c: Cursor) -> int | None:
    if (per := c.peek()).kind == "per" and per.value == "hour":
        c.at += 1
        return 90 if c.take("half_to") else 60
    if c.take("half_to", "half_past"):
        c.skip("article")
        return 30 if _is_hour(c) else None
    if c.take("article"):
        return 60 if _is_hour(c) else None
    token = c.take("number", "decimal")
    if token is None:
        return None
    number = float(token.value.replace(",", ".")) if token.kind == "decimal" else float(token.number)
    number += 0.5 if c.take("half_to") else 0
    if c.sees("unit") and c.peek().value == "minute":
        c.at += 1
        return round(number)
    return round(number * 60) if _is_hour(c) else None


def _is_hour(c: Cursor) -> bool:
    """Takes "jam" or "hours". "ruang 2 jam 14" is no length: the hour stands behind its "jam"."""
    if c.sees("jam") and c.sees("clock", "half_to", ahead=1):
        return False
    if c.sees("jam") and c.sees("number", ahead=1) and not (c.sees("unit", ahead=2) and c.peek(2).value == "minute"):
        return False
    unit = c.peek()
    if unit.kind == "jam" or (unit.kind == "unit" and unit.value == "hour"):
        c.at += 1
        return True
    return False
