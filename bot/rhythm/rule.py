"""A recurrence rule in the shapes that people say and buttons offer: a part of RFC 5545, read from and written to its text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.rhythm.facts import DAYS

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


@dataclass(frozen=True, slots=True)
class Rule:
    """days: (which of the month or 0, MO … SU). Where a series ends is not part of it (see `recurrence.Series`)."""

    freq: str
    interval: int = 1
    days: tuple[tuple[int, str], ...] = ()
    month_days: tuple[int, ...] = ()
    month: int = 0

    @property
    def text(self) -> str:
        """Without "RRULE:", its parts in one order, what is the default left out."""
        parts = [f"FREQ={self.freq}"]
        parts += [f"INTERVAL={self.interval}"] if self.interval != 1 else []
        parts += [f"BYMONTH={self.month}"] if self.month else []
        parts += [f"BYMONTHDAY={','.join(map(str, self.month_days))}"] if self.month_days else []
        parts += [f"BYDAY={','.join((str(nth) if nth else '') + code for nth, code in self.days)}"] if self.days else []
        return ";".join(parts)


def read(text: str) -> Rule | None:
    """The rule of that text, or None where it is not one of ours (BYSETPOS, BYHOUR, several months …)."""
    parts = dict(part.split("=", 1) for part in text.upper().split(";") if "=" in part)
    if len(parts) != text.count(";") + 1 or parts.get("FREQ") not in FREQUENCIES:
        return None
    if set(parts) - {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH"}:
        return None
    try:
        days = tuple(_day(code) for code in parts["BYDAY"].split(",")) if "BYDAY" in parts else ()
        month_days = tuple(int(day) for day in parts["BYMONTHDAY"].split(",")) if "BYMONTHDAY" in parts else ()
        return Rule(parts["FREQ"], int(parts.get("INTERVAL", 1)), days, month_days, int(parts.get("BYMONTH", 0)))
    except ValueError:
        return None


def _day(code: str) -> tuple[int, str]:
    found = _DAY.fullmatch(code)
    if not found:
        raise ValueError(code)
    return int(found[1] or 0), found[2]


def by_week(codes: tuple[str, ...], nth: tuple[int, ...] = ()) -> tuple[tuple[int, str], ...]:
    """BYDAY of these weekdays, each as the given ones of the month."""
    return tuple((number, code) for number in nth or (0,) for code in sorted(codes, key=DAYS.index))
