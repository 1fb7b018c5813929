"""Readers of what repeats and when it ends: "dua minggu sekali", "every other", "sampai Juni", "6 kali". None: not here."""

from __future__ import annotations

from bot.rhythm import days
from bot.rhythm.clocks import UNITS
from bot.rhythm.cursor import Cursor
from bot.rhythm.facts import Blocked, Count, DayOf, Every, Fact, Repeats, Span, Until

FREQUENCY = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}


def repeats(c: Cursor) -> Fact | None:
    """How often."""
    if token := c.take("frequency"):
        freq, interval, *of = token.value.split()
        return Repeats(freq, int(interval), of=of == ["of"])
    first = c.at
    if c.take("unclear") or _so_many_times_a(c):
        return Blocked("repeat", c.words(first, c.at))
    if c.sees("once") or c.sees("per", "number"):
        return _once_in(c)
    if c.take("other"):  # selang seminggu, selang satu minggu; alternate Fridays
        if c.sees("weekday", "weekdays"):
            return Repeats("WEEKLY", 2)
        number, per = c.take("number"), c.take("per")
        unit = per.value if per else _unit(c)
        return Repeats(FREQUENCY[unit], 2) if unit in FREQUENCY and (number is None or number.number == 1) else None
    return _every(c) if c.take("every") else None


def _so_many_times_a(c: Cursor) -> bool:
    """ "seminggu dua kali", "2 kali seminggu": how often, but not when."""
    for row in (("per", "number", "times"), ("number", "times", "per"), ("number", "times", "article", "unit")):
        if all(c.sees(kind, ahead=ahead) for ahead, kind in enumerate(row)):
            c.at += len(row)
            return True
    return False


def _once_in(c: Cursor) -> Fact | None:
    """ "seminggu sekali", "dua minggu sekali", "sekali sebulan", "once every two weeks", "once a month"."""
    if c.take("once"):
        if c.sees("every"):
            c.at += 1
            return _every(c)
        if (per := c.take("per")) is not None:
            return Repeats(FREQUENCY[per.value]) if per.value in FREQUENCY else None
        number = c.take("number", "article")
        unit = _unit(c) if number else ""
        return Repeats(FREQUENCY[unit], number.number or 1) if number and unit in FREQUENCY else None
    if (per := c.take("per")) is not None:
        return Repeats(FREQUENCY[per.value]) if per.value in FREQUENCY and c.take("once") else None
    number = c.take("number")
    unit = _unit(c)
    return Repeats(FREQUENCY[unit], number.number) if number and unit in FREQUENCY and c.take("once") else None


def _unit(c: Cursor) -> str:
    """Takes a unit of time; "" for none."""
    if c.take("minggu"):
        return "week"
    if c.take("jam"):
        return "hour"
    token = c.take("unit")
    return token.value if token else ""


def _every(c: Cursor) -> Fact | None:
    """What stands behind "tiap" or "every": a unit, so many units, every other one, or a day that another reader reads."""
    first = c.at - 1
    other = 2 if c.take("other") else 1
    if other == 2 and c.sees("weekday", "weekdays"):
        return Repeats("WEEKLY", 2)
    if c.sees("ordinal") and c.sees("weekday", ahead=1):
        return Every()
    if c.sees("number") and c.sees("month", ahead=1):
        return Every()
    if c.sees("unit") and c.peek().value == "day" and c.sees("weekday", "minggu", ahead=1):
        return Every()
    if c.sees("minggu") and other == 1:
        return _every_minggu(c)
    if c.sees("part"):  # every morning; its hour follows
        return Repeats("DAILY", other)
    number = c.take("number") or (c.take("ordinal") if c.sees("unit", ahead=1) else None)
    if number and number.number < 1:
        return Blocked("repeat", c.words(first, c.at))
    spread = other if other > 1 else number.number if number else 1
    if c.sees("quarter"):
        c.at += 1
        return Repeats("MONTHLY", 3 * spread)
    unit = _unit(c)
    if unit in ("fortnight", "quarter"):
        return Repeats("WEEKLY", 2 * spread) if unit == "fortnight" else Repeats("MONTHLY", 3 * spread)
    if unit in FREQUENCY:
        c.skip("once")
        return Repeats(FREQUENCY[unit], spread)
    if number or unit or other > 1:
        return Blocked("repeat", c.words(first, max(c.at, first + 1)))
    return Every()


def _every_minggu(c: Cursor) -> Fact:
    """ "tiap minggu" is every week or every Sunday: the rest of the line must tell."""
    if c.sees("part", "and", "next", "ordinal", ahead=1) or (c.sees("comma", ahead=1) and c.sees("weekday", ahead=2)):
        return Every()
    c.at += 1
    c.skip("once")
    return Repeats("WEEKLY", sunday=True)


def until(c: Cursor) -> Fact | None:
    """ "sampai 30 Juni", "until March 2027", "sampai akhir tahun"."""
    first = c.at
    if not c.take("till", "dash"):
        return None
    dash = c.peek(-1).kind == "dash"
    c.skip("filler", "comma")
    start = c.at
    found = days.date(c)
    if isinstance(found, DayOf):
        return Until(found.day, found.month, found.year)
    c.at = start
    if c.take("year_end"):
        return Until(0, 0, days.year_after(c))
    c.skip("end_of", "filler")
    if c.sees("unit") and c.peek().value == "month":
        c.at += 1
    if named := c.take("month"):
        return Until(0, named.number, days.year_after(c))
    if dash:
        return None
    c.at = start
    return Blocked("end", c.words(first, min(start + 1, len(c.tokens))))


def ends(c: Cursor) -> Fact | None:
    """ "6 kali", "ten times", "selama 6 minggu", "for three months"."""
    lasting = bool(c.take("for"))
    number = c.take("number", "article")
    if number is None:
        return None
    if c.take("times"):
        return Count(number.number)
    unit = _unit(c)
    weeks = 2 if unit == "fortnight" else 1
    unit = "week" if unit == "fortnight" else unit
    return Span(UNITS[unit], (number.number or 1) * weeks) if lasting and unit in FREQUENCY else None
