"""Does a line say one of the phrases of bot/data/signs.yaml? Whole words, abbreviations written out, linear in its length."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.triage import lexicon, words


def plain(text: str) -> str:
    """The line for `says`: written-out tokens with single blanks between, before and after them."""
    return f" {' '.join(words.written_out(text))} "


def says(kind: str, line: str) -> bool:
    """Whether the plain line holds a phrase of that kind ("thanks", "news" …)."""
    return bool(_any_of(kind).search(line))


def without(kind: str, line: str) -> str:
    """The plain line without the phrases of that kind."""
    return _any_of(kind).sub(" ", line)


@lru_cache(maxsize=32)
def listed(kind: str) -> frozenset[str]:
    """The phrases of a kind, as plain words."""
    return frozenset(" ".join(phrase.split()) for phrase in lexicon.listed("signs.yaml", kind).split(";") if phrase.strip())


@lru_cache(maxsize=32)
def _any_of(kind: str) -> re.Pattern[str]:
    written = {(phrase if "*" in phrase else plain(phrase).strip()) for phrase in listed(kind)} | listed(kind)
    forms = (re.escape(phrase).replace(r"\*", r"\w*") for phrase in sorted(written, key=lambda phrase: (-len(phrase), phrase)))
    return re.compile(f" (?:{'|'.join(forms)})(?= )")
