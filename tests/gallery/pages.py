"""The scenes rendered for both platforms, feature by feature, both languages side by side; and their text files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any

from telegram import InlineKeyboardMarkup

from bot.model.base import Language
from bot.outcome import OpenForm
from tests.gallery.collect import scenes
from tests.gallery.scene import Remembering, Scene
from tests.gallery.slack import Call, calls
from tests.gallery.telegram import Clear, Sent, around, sent

LANGUAGES: tuple[Language, ...] = ("id", "en")
HEX = re.compile(r"[0-9a-f]{32}")


@dataclass
class Row:
    """One scene in both languages: Slack's calls, or what Telegram shows."""

    name: str
    kind: str
    by_language: dict[Language, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Gallery:
    """Platform → feature → rows. `keys`: every template that is in it."""

    slack: dict[str, list[Row]]
    telegram: dict[str, list[Row]]
    keys: frozenset[str]


@cache
def gallery() -> Gallery:
    voice = Remembering()
    words = Clear(voice)
    slack: dict[str, list[Row]] = {}
    telegram: dict[str, list[Row]] = {}
    for language in LANGUAGES:
        found = scenes(language)
        for one in found:
            if one.feature != "telegram":
                _row(slack, one.feature, one.name, one.kind).by_language[language] = calls(one, voice)
            if one.feature not in ("slack", "home") and not one.name.startswith("telegram.hint"):
                _row(telegram, one.feature, one.name, one.kind).by_language[language] = sent(one, words)
        for name, what in around(_longest_form(found), words, language):
            _row(telegram, "telegram", name, "own").by_language[language] = [what]
    keys = frozenset(chain.from_iterable(one.keys for language in LANGUAGES for one in scenes(language)))
    return Gallery(slack, telegram, keys.union(words.keys, {"slack.close"}))


def _row(pages: dict[str, list[Row]], feature: str, name: str, kind: str) -> Row:
    rows = pages.setdefault(feature, [])
    row = next((one for one in rows if one.name == name), None)
    if row is None:
        row = Row(name, kind)
        rows.append(row)
    return row


def _longest_form(found: tuple[Scene, ...]) -> Any:
    return next(
        one.what for one in found if one.kind == "form" and isinstance(one.what.now, OpenForm) and one.feature == "profile"
    )


# ---- as text -----------------------------------------------------------------------------------------------------------


def texts() -> dict[str, str]:
    """Path under docs/gallery → content."""
    found = gallery()
    files = {f"slack/{feature}.json": _json(rows) for feature, rows in sorted(found.slack.items())}
    return files | {f"telegram/{feature}.html.txt": _html(rows) for feature, rows in sorted(found.telegram.items())}


def named_anew(text: str) -> str:
    """Names of rows are random: here they are numbered in the order in which they come, as long as before."""
    known: dict[str, str] = {}
    return HEX.sub(lambda m: known.setdefault(m[0], f"{len(known) + 1:032}"), text)


def _json(rows: list[Row]) -> str:
    lines = [
        json.dumps({"scene": row.name, "kind": row.kind, "language": language, "calls": made}, ensure_ascii=False)
        for row in rows
        for language, made in row.by_language.items()
    ]
    return named_anew("[\n" + ",\n".join(lines) + "\n]\n")


def _html(rows: list[Row]) -> str:
    return named_anew("\n".join(chain.from_iterable(_block(row) for row in rows)))


def _block(row: Row) -> Iterator[str]:
    for language, made in row.by_language.items():
        for number, one in enumerate(made, 1):
            count = f", message {number} of {len(made)}" if len(made) > 1 else ""
            yield f"===== {row.name} · {language} · {row.kind}, {one.how}{count}{f', step {one.step}' if one.step else ''}"
            yield from (one.part.html, *_keyboard(one), "")


def _keyboard(one: Sent) -> Iterator[str]:
    markup = one.markup
    if isinstance(markup, InlineKeyboardMarkup):
        for row in markup.inline_keyboard:
            yield "   ".join(f"[{b.text}] {b.callback_data or b.url}{f' ({b.style})' if b.style else ''}" for b in row)


__all__ = ["LANGUAGES", "Call", "Gallery", "Row", "gallery", "texts"]
