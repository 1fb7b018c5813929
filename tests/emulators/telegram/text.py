"""Texts as Telegram measures and cleans them, and the entities that it finds by itself. Offsets are UTF-16 units."""

from __future__ import annotations

import re
from typing import Any

Entity = dict[str, Any]

CONTROL = {code: " " for code in range(32) if code not in (10, 13)} | {13: None}
TOP = "com|org|net|id|edu|gov|io|me|info|dev|app|co|ac|sch"  # enough of Telegram's list for bare addresses
COMMAND = re.compile(r"(?<![\w/@<>])/([A-Za-z0-9_]{1,64})(@[A-Za-z0-9_]{3,32})?(?![\w/@])")
FOUND = (
    ("bot_command", COMMAND),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")),
    (
        "url",
        re.compile(
            rf"(?:https?://(?:[\w-]+\.)+[a-z]{{2,}}|(?<![\w@./-])(?:[\w-]+\.)+(?:{TOP})\b)(?::\d+)?(?:/(?:[^\s<>\"]*[^\s<>\".,;:!?)\]])?)?"
        ),
    ),
    ("mention", re.compile(r"(?<![\w@/.])@[A-Za-z0-9_]{3,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#(?=\w*[^\W\d])\w{1,256}")),
)
SEALED = {"pre", "code", "text_link", "text_mention"}


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, entity: Entity) -> str:
    """What an entity covers; half a character counts as none."""
    raw = text.encode("utf-16-le")
    return raw[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le", "ignore")


def clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Control characters gone, ends trimmed, entities moved and cut to fit."""
    tidy = text.translate(CONTROL) if any(ord(sign) < 32 and sign != "\n" for sign in text) else text
    if "\r" in text and entities:
        entities = [_without_returns(text, one) for one in entities]
    body = tidy.rstrip()
    start = units(body) - units(body.lstrip())
    body, kept = body.lstrip(), []
    for one in entities:
        begin, end = max(one["offset"] - start, 0), min(one["offset"] + one["length"] - start, units(body))
        if end > begin:
            kept.append(one | {"offset": begin, "length": end - begin})
    return body, kept


def _without_returns(text: str, one: Entity) -> Entity:
    before = text.encode("utf-16-le")[: 2 * one["offset"]].decode("utf-16-le", "ignore").count("\r")
    return one | {"offset": one["offset"] - before, "length": one["length"] - cut(text, one).count("\r")}


def find_entities(text: str, given: list[Entity] | None = None) -> list[Entity]:
    """Commands, mentions, hashtags, links and addresses outside code and links, with the given ones, in order."""
    entities = list(given or [])
    taken = [(one["offset"], one["offset"] + one["length"]) for one in entities if one["type"] in SEALED]
    for kind, pattern in FOUND:
        for match in pattern.finditer(text):
            begin = units(text[: match.start()])
            end = begin + units(match.group())
            if all(end <= first or begin >= last for first, last in taken):
                taken.append((begin, end))
                entities.append({"type": kind, "offset": begin, "length": end - begin})
    return sorted(entities, key=lambda one: (one["offset"], -one["length"]))[:100]


def as_text(value: object) -> str:
    """A parameter as the text it arrives as."""
    return value if isinstance(value, str) else str(value)
