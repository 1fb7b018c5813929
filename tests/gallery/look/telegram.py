"""Telegram's HTML and keyboards → HTML that looks about as Telegram shows it, read by the tests' own parser of that HTML."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Any

from telegram import InlineKeyboardMarkup

from tests.emulators.telegram.html import parse
from tests.emulators.telegram.text import find_entities, units
from tests.gallery.telegram import Sent

TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
LIVE = ("text_link", "text_mention", "url", "bot_command", "mention", "hashtag", "email")


def shown(one: Sent) -> str:
    if one.how in ("toast", "alert"):
        button = '<div class="ok">OK</div>' if one.how == "alert" else ""
        return f'<div class="{one.how}">{escape(one.part.plain)}{button}</div>'
    file = (
        f'<div class="file"><span>↓</span>{escape(one.how.removeprefix("file "))}</div>' if one.how.startswith("file") else ""
    )
    text, entities = parse(one.part.html)
    body = styled(text, find_entities(text, entities))
    bubble = f'<div class="bubble">{file}{body}<span class="time">09.00</span></div>'
    return f'<div class="row">{bubble}{keys(one.markup)}</div>'


def styled(text: str, entities: list[dict[str, Any]]) -> str:
    """Each stretch between two edges of entities, in all the tags that cover it; quotes and code as blocks."""
    ends = {0, units(text), *(e["offset"] for e in entities), *(e["offset"] + e["length"] for e in entities)}
    raw = text.encode("utf-16-le")
    out, block = [], ""
    for begin, end in pairwise(sorted(ends)):
        over = [e for e in entities if e["offset"] <= begin and end <= e["offset"] + e["length"]]
        words = escape(raw[2 * begin : 2 * end].decode("utf-16-le"))
        here = next((f"{e['type']}{e['offset']}" for e in over if e["type"] in ("blockquote", "pre")), "")
        if block != here:
            out.append("</div>" if block else "")
            words = words.removeprefix("\n") if block else words
            out.append(f'<div class="{here.rstrip("0123456789")}">' if here else "")
            if here and len(out) > 2 and out[-3].endswith("\n"):
                out[-3] = out[-3].removesuffix("\n")
            block = here
        for e in over:
            if e["type"] in LIVE:
                words = f"<a>{words}</a>"
            elif e["type"] not in ("blockquote", "pre"):
                words = f"<{TAGS[e['type']]}>{words}</{TAGS[e['type']]}>"
        out.append(words)
    return "".join([*out, "</div>" if block else ""])


def keys(markup: Any) -> str:
    if not isinstance(markup, InlineKeyboardMarkup):
        return ""
    rows = (
        "".join(f'<span class="key {b.style or ""}">{escape(b.text)}{"<i>↗</i>" if b.url else ""}</span>' for b in row)
        for row in markup.inline_keyboard
    )
    return f'<div class="keys">{"".join(f"<div>{row}</div>" for row in rows)}</div>'
