"""Buttons in rows, and what comes back when one is pressed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from adapters.telegram.text import clean, units
from adapters.telegram.translate import FORM, OPAQUE
from bot.doors import Label

MOST_BYTES = 64
MOST, MOST_IN_ROW, WIDE, EDGES = 100, 3, 34, 3  # the last two in letters: a row, and a button beside its words
LONGEST = 60
STYLES = {"good": "success", "danger": "danger"}


def data_of(label: Label) -> str | None:
    """`action:value` as callback data; None where it does not fit or would be read as something else."""
    data = f"{label.action}:{label.value}" if label.value else label.action
    fits = len(data.encode("utf-8", "replace")) <= MOST_BYTES and ":" not in label.action
    return data if fits and data and data[0] not in (OPAQUE, FORM) else None


def shown(text: str) -> str:
    """Words that a button takes."""
    words = " ".join(clean(text).split())
    return (words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…") or "•"


def button(text: str, data: str, style: str = "plain") -> InlineKeyboardButton:
    return InlineKeyboardButton(shown(text), callback_data=data, style=STYLES.get(style))


def link(text: str, url: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(shown(text), url=url)


def keyboard(buttons: Iterable[InlineKeyboardButton]) -> InlineKeyboardMarkup | None:
    """Rows as full as their widest button lets them be: Telegram makes all in a row as wide as that. None for no buttons."""
    rows: list[list[InlineKeyboardButton]] = []
    for one in list(buttons)[:MOST]:
        if not rows or not _fits([*rows[-1], one]):
            rows.append([])
        rows[-1].append(one)
    return InlineKeyboardMarkup(rows) if rows else None


def _fits(row: Sequence[InlineKeyboardButton]) -> bool:
    widest = max(units(one.text) for one in row)
    return len(row) <= MOST_IN_ROW and (widest + EDGES) * len(row) <= WIDE


def columns(rows: Sequence[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup:
    """Rows as given."""
    return InlineKeyboardMarkup([list(row) for row in rows if row])
