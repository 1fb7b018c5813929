"""What the readers find in a line: small facts, not yet a time. bot/rhythm/phrases.py puts them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["minute", "hour", "day", "week", "month", "year"]
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")  # as RFC 5545 names them; the index is Python's weekday()
About = Literal[
    "empty", "long", "day", "time", "hour", "date", "clock", "past", "weekday", "repeat", "zone", "end", "two", "unplaced"
]


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour as said. exact: written so that only one of the 24 can be meant. part: morning, midday …, am, pm or ""."""

    hour: int
    minute: int = 0
    exact: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """From when to when. around: an assumed hour for "after Friday prayers". zone: the first of several that it was told in."""

    start: Clock
    end: Clock | None = None
    around: bool = False
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    name: str


@dataclass(frozen=True, slots=True)
class Weekdays:
    """codes: MO … SU. nth: which of the month. plural: "Mondays", so again and again. next: "Senin depan".

    either: "every second Thursday" may be every other one. whole: "weekdays", "weekend": repeats by itself.
    by_week: said as "Kamis minggu kedua"."""

    codes: tuple[str, ...]
    nth: tuple[int, ...] = ()
    plural: bool = False
    next: bool = False
    either: bool = False
    whole: bool = False
    by_week: bool = False


@dataclass(frozen=True, slots=True)
class WeekOfMonth:
    """ "minggu kedua", without its weekday."""

    nth: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DayOf:
    """A date. month or year 0: not said. day_first: read 5/6 as the fifth of June."""

    day: int
    month: int
    year: int = 0
    day_first: bool = False


@dataclass(frozen=True, slots=True)
class MonthDays:
    """ "tanggal 5 dan 20"; -1 is the last."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OfMonth:
    """ "Desember", without a day. anchor: "mulai Januari"."""

    month: int
    year: int = 0
    anchor: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """ "3 hari lagi", "besok"."""

    unit: Unit
    number: int


@dataclass(frozen=True, slots=True)
class Shift:
    """This (0) or next (1) week, month or year."""

    unit: Unit
    number: int


@dataclass(frozen=True, slots=True)
class Every:
    """ "tiap", "every" before a day."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """freq: of RFC 5545. sunday: said "tiap minggu", which may mean Sundays. of: "of the month", sure only beside an nth."""

    freq: str
    interval: int = 1
    sunday: bool = False
    of: bool = False


@dataclass(frozen=True, slots=True)
class Until:
    """The last day: a date, or with day 0 the end of that month, or with month 0 of the year."""

    day: int
    month: int
    year: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    times: int


@dataclass(frozen=True, slots=True)
class Span:
    """For so long: "selama 6 minggu"."""

    unit: Unit
    number: int


@dataclass(frozen=True, slots=True)
class Length:
    minutes: int


@dataclass(frozen=True, slots=True)
class Zone:
    name: str


@dataclass(frozen=True, slots=True)
class Starts:
    """ "mulai" before a day of any kind: it is where a series begins."""


@dataclass(frozen=True, slots=True)
class Begins:
    """ "mulai Kamis, 10 Desember 2026". weekday: MO … SU or ""; it must fit."""

    day: DayOf
    weekday: str = ""


@dataclass(frozen=True, slots=True)
class Blocked:
    """Words that make the line unclear, whatever else it says."""

    about: About
    words: str = field(compare=False)


Fact = (
    Times | Part | Weekdays | WeekOfMonth | DayOf | MonthDays | OfMonth | Ahead | Shift | Every | Repeats
    | Until | Count | Span | Length | Zone | Starts | Begins | Blocked
)  # fmt: skip
