"""Public holidays and joint leave of Indonesia, so that a meeting on one raises a question. From the library `holidays`.

A feast that follows the moon is an estimate until the government announces it (the library says which); joint leave is known
only for the years that it has been decreed for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from bot.model.base import Language

Kind = Literal["public", "joint_leave"]  # joint leave: cuti bersama, on which government offices are closed
LOCALES: dict[Language, str] = {"id": "id", "en": "en_US"}
_ESTIMATED = re.compile(r"\s*\((?:perkiraan|estimated)\)")


@dataclass(frozen=True, slots=True)
class Holiday:
    """name: in the reader's language, without its "(perkiraan)"; estimated says so instead."""

    day: date
    name: str
    kind: Kind
    estimated: bool = False


def on(day: date, language: Language) -> tuple[Holiday, ...]:
    """What that day is, public holidays first; usually nothing."""
    return tuple(one for one in _of_year(day.year, language) if one.day == day)


def between(first: date, last: date, language: Language) -> tuple[Holiday, ...]:
    """All from the first day to the last, both included, soonest first."""
    return tuple(
        one for year in range(first.year, last.year + 1) for one in _of_year(year, language) if first <= one.day <= last
    )


@lru_cache(maxsize=64)
def _of_year(year: int, language: Language) -> tuple[Holiday, ...]:
    from holidays import country_holidays  # every country's: a tenth of a start, and needed only where a meeting is planned
    from holidays.constants import GOVERNMENT, PUBLIC

    found: set[Holiday] = set()
    kinds: tuple[tuple[str, Kind], ...] = ((PUBLIC, "public"), (GOVERNMENT, "joint_leave"))
    for category, kind in kinds:
        listed = country_holidays("ID", years=year, language=LOCALES[language], categories=(category,))
        for day in listed:
            for name in listed.get_list(day):
                found.add(Holiday(day, _ESTIMATED.sub("", name), kind, bool(_ESTIMATED.search(name))))
    return tuple(sorted(found, key=lambda one: (one.day, one.kind != "public", one.name)))
