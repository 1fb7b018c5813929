"""Where a WhatsApp message starts: the stamp before it, in the many ways in which phones write times.

25/11/26 14.05 - Sari: …          Android, Indonesian          11/25/26, 2:05 PM - Sari: …       Android, English (US)
[25/11/26 14.05.33] Sari: …       iPhone                       [2026-11-25, 14:05:33] Sari: …    iPhone, year first
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from adapters.exports.encoding import Utf8

LONGEST_LINE = 65_536  # bytes; what is beyond is not read
_DATE = r"(\d{1,4})([/.-])(\d{1,2})\2(\d{2,4})"
_TIME = r"(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?(?: ?([AaPp])\.? ?[Mm]\.?)?"
_MARK = "[\u200e\u200f\ufeff\u202a-\u202e]{0,4}"
_STARTS = (
    re.compile(rf"{_MARK}{_DATE},? (?:pukul )?{_TIME} [-–] ?"),
    re.compile(rf"{_MARK}\[{_DATE},? (?:pukul )?{_TIME}\] ?"),
    re.compile(rf"{_MARK}{_DATE},? {_TIME}: "),  # iPhones of old
)
_SPACES = dict.fromkeys((0xA0, 0x202F, 0x2009, 0x2007), " ")
_MARKS = dict.fromkeys((0x200E, 0x200F, 0xFEFF, 0x00, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands before a message: three numbers of a date, in an order to be found out; the time. `rest`: what follows."""

    date: tuple[int, int, int]
    year_first: bool
    hour: int
    minute: int
    second: int
    rest: str

    def local(self, month_first: bool) -> datetime | None:
        """The time on the phone's clock, without a zone; None when there is no such day or hour."""
        one, two, three = self.date
        if self.year_first:
            year, month, day = one, two, three
        else:
            month, day, year = (one, two, three) if month_first else (two, one, three)
        try:
            return datetime(year + 2000 if year < 100 else year, month, day, self.hour, self.minute, self.second)
        except ValueError:
            return None


def unmarked(text: str) -> str:
    """Without direction marks."""
    return text if text.isascii() else text.translate(_MARKS)


def stamp(line: str) -> Stamp | None:
    """The stamp that a line begins with, if any. Direction marks stay in its rest: WhatsApp puts them before its own words."""
    for start in _STARTS:
        if found := start.match(line):
            break
    else:
        return None
    one, _, two, three, hour, minute, second, half = found.groups()
    hours = int(hour)
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half in "pP" else 0)
    date = (int(one), int(two), int(three))
    return Stamp(date, len(one) == 4, hours, int(minute), int(second or 0), line[found.end() :])


@dataclass(frozen=True, slots=True)
class Dates:
    """How a file writes its dates. `sure`: the file itself says so, or it makes no difference."""

    month_first: bool
    sure: bool


def dates(lines: Iterable[str]) -> Dates:
    """Day or month first? By days over 12, and by time, which goes forward. When both fit: day first, as in Indonesia."""
    faults = [0, 0]  # day first, month first
    before: list[datetime | None] = [None, None]
    differs = False
    for line in lines:
        read = stamp(line)
        if read is None:
            continue
        differs |= not read.year_first and read.date[0] != read.date[1]
        for month_first in (False, True):
            local = read.local(month_first)
            last = before[month_first]
            if local is None:
                faults[month_first] += 10
            elif last and local.date() < last.date():
                faults[month_first] += 1
            before[month_first] = local or last
    return Dates(faults[True] < faults[False], faults[True] != faults[False] or not differs)


def lines(stream: Utf8) -> Iterator[tuple[str, bool]]:
    """Line by line, without its end, with plain spaces; True beside those that were cut at 65,536 bytes."""
    held = b""
    cut = False
    while piece := stream.read():
        stream.mark()
        *whole, held = (held + piece).split(b"\n")
        for line in whole:
            yield _line(line), cut or len(line) > LONGEST_LINE
            cut = False
        if len(held) > LONGEST_LINE:
            held, cut = held[: LONGEST_LINE + 1], True
    if held:
        yield _line(held), cut


def _line(line: bytes) -> str:
    text = line[:LONGEST_LINE].decode("utf-8", "ignore").rstrip("\r")
    return text if text.isascii() else text.translate(_SPACES)
