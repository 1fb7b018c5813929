"""A rehearsal as JSON for programs and as one page for people, with nothing from outside in it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from importlib import resources
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.model.base import Language
from bot.rehearse.fate import Fate
from bot.rehearse.run import Rehearsal
from bot.show import plain
from bot.voice import Voice

MOST = 100  # questions of a kind on the page; all of them are in the JSON
MOST_PEOPLE = 25
TILES = (
    *("questions", "answered_before", "answered_wrongly", "showed", "routed", "asked_back", "nobodys"),
    *("asks", "gini_of_asks", "reached", "kept", "unanswered"),
)
LISTS: dict[str, Callable[[Fate], bool]] = {
    "wrong": lambda one: one.right is False,
    "right": lambda one: one.right is True,
    "unjudged": lambda one: one.decision == "answered" and one.right is None,
    "showed": lambda one: one.decision == "showed",
    "unanswered": lambda one: one.outcome == "unanswered",
    "nobodys": lambda one: one.decision in ("asked_back", "nobodys"),
    "routed": lambda one: one.decision == "routed",
}


def write_json(one: Rehearsal, path: Path) -> None:
    """Question by question, so that memory stays flat."""
    head = {
        "source": one.kind,
        "model": one.model,
        "messages": one.messages,
        "channels": list(one.channels),
        "troubles": one.troubles,
        "figures": one.tally.figures(),
        "communities": dict(one.tally.communities.most_common()),
        "asks": dict(one.tally.asks.most_common()),
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}"))
        file.write(',\n  "questions": [')
        for number, fate in enumerate(one.fates):
            file.write(",\n    " if number else "\n    ")
            file.write(json.dumps(asdict(fate), ensure_ascii=False, default=datetime.isoformat))
        file.write("\n  ]\n}\n")


def write_page(one: Rehearsal, path: Path, voice: Voice, language: Language) -> None:
    """The page, in the library's language."""

    def words(key: str, **data: object) -> str:
        return plain(voice(f"rehearse.{key}", data, language))

    env = Environment(loader=PackageLoader("bot.rehearse", "."), undefined=StrictUndefined, autoescape=True)
    env.filters |= {"day": _day(voice.zone, language)}
    figures, names = one.tally.figures(), {key: name.in_(language) for key, name in one.names.items()}
    lists = {name: list(islice(filter(holds, one.fates), MOST + 1)) for name, holds in LISTS.items()}
    page = env.get_template("page.html.j2").render(
        words=words,
        language=language,
        style=resources.files("bot.rehearse").joinpath("page.css").read_text("utf-8"),
        source=one,
        source_name=one.kind.removesuffix("-export").capitalize().replace("Whatsapp", "WhatsApp"),
        span=_span(one.fates),
        tiles=[(name, _shown(name, figures[name], language)) for name in TILES],
        names=names,
        lists={name: (rows[:MOST], len(rows) > MOST) for name, rows in lists.items() if rows},
        most=MOST,
        people=one.tally.asks.most_common(MOST_PEOPLE),
        communities=[(names.get(key, key), n) for key, n in one.tally.communities.most_common()],
    )
    path.write_text(page, "utf-8")


def _shown(name: str, value: float | int | None, language: Language) -> str:
    if value is None:
        return "–"
    return format_percent(value, "#0 %", locale=language) if name == "reached" else format_decimal(value, "#,##0.##", language)


def _day(zone: ZoneInfo, language: Language) -> Callable[[datetime], str]:
    return lambda at: format_date(at.astimezone(zone).date(), "d MMM yyyy", locale=language)


def _span(fates: Iterable[Fate]) -> tuple[datetime, datetime] | None:
    times = (one.at for one in fates)
    if (first := next(times, None)) is None:
        return None
    return first, next(iter(deque(times, maxlen=1)), first)
