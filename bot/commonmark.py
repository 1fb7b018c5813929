"""People's words as CommonMark that shows just those words, and the few marks that the bot makes on purpose. Pure.

CommonMark 0.31, section 2.4: a backslash before ASCII punctuation takes its meaning away. Line starts matter as well
(indented code, lists), and so do characters that nobody sees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

ESCAPED = re.compile(r"([\\`*_{}\[\]()<>#+=!|~&$-])|^( ?\d+)([.)])", re.MULTILINE)
UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f\u202a-\u202e\u2066-\u2069\ufeff]")  # controls, and what turns the writing round
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
ADDRESS = re.compile(r"guyub:[\w./:@%~#-]+")
PERSON = re.compile(r"[0-9a-zA-Z-]+")


class Raw(str):
    """CommonMark made on purpose: not escaped again."""

    __slots__ = ()


def escape(value: object) -> str:
    """Text as one line of CommonMark that shows just this text; a space at either end stays."""
    if isinstance(value, Raw):
        return value
    return _escaped(re.sub(r"\s+", " ", UNSEEN.sub("", str(value))))


def prose(text: str) -> Raw:
    """Somebody's words over several lines: their line breaks and paragraphs stay, nothing else means anything."""
    shown = [_escaped(line.rstrip()) for line in _lines(text)]
    parts = re.split(r"\n{2,}", "\n".join(shown).strip("\n"))
    return Raw("\n\n".join("  \n".join(part.split("\n")) for part in parts))


def quote(text: str) -> Raw:
    """Somebody's words as a block quote, every line of it."""
    return Raw("\n".join(f"> {line}" if line else ">" for line in prose(text).split("\n")))


def bold(text: str) -> Raw:
    """In bold; nothing where there is nothing, since `****` would be a rule."""
    words = escape(text).strip()
    return Raw(f"**{words}**" if words else "")


def mention(person: Mapping[str, str]) -> Raw:
    """`{"id", "name"}` → a mention that each door resolves."""
    words = escape(person["name"]).strip()
    return Raw(f"[{words}](guyub:person/{person['id']})" if words and PERSON.fullmatch(person["id"]) else words)


def link(address: str, words: str) -> Raw:
    """A link to a message or card of ours; only the words where it cannot be resolved."""
    shown = escape(words).strip()
    return Raw(f"[{shown}]({address})" if shown and ADDRESS.fullmatch(address) else shown)


def shorten(text: str, most: int) -> str:
    """At most this many characters and an ellipsis, cut at a space where there is one."""
    flat = " ".join(str(text).split())
    if len(flat) <= most:
        return flat
    return flat[:most].rsplit(" ", 1)[0] + " …"


def clip(text: str, most: int) -> str:
    """The same, but its line breaks stay: for quotes."""
    whole = str(text).strip()
    return whole if len(whole) <= most else whole[:most].rsplit(None, 1)[0] + " …"


def _lines(text: str) -> list[str]:
    """Indentation shows as spaces that mean nothing: else four of them would make code."""
    clean = UNSEEN.sub("", str(text))
    return [INDENT.sub(lambda m: "\u00a0" * len(m[0].expandtabs(4)), line) for line in clean.splitlines()]


def _escaped(text: str) -> str:
    return ESCAPED.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)
