"""The words in which people say when (bot/data/phrases_id.yaml, phrases_en.yaml), read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

NUMERIC = frozenset({"month", "number", "ordinal", "relative"})  # kinds whose meaning is a number
_PIECE = re.compile(
    r"(?P<quote>\"[^\"]{1,120}\"|“[^”]{1,120}”)|(?P<link>[a-z]{1,8}://\S+|[^\s@]{1,64}@\S+)"
    r"|(?P<zone>(?:asia|europe|america|africa|australia|pacific|atlantic|indian|etc|antarctica|arctic)"
    r"(?:/[a-z][a-z_+-]*[0-9]*){1,2})"
    r"|(?P<iso>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9]))"
    r"|(?P<dmy>[0-9]{1,2}(?P<sep>[/.-])[0-9]{1,2}(?P=sep)(?:[0-9]{4}|[0-9]{2})(?![0-9])|[0-9]{1,2}/[0-9]{1,2}(?![0-9/]))"
    r"|(?P<clock>[0-9]{1,2}[:.h][0-9]{2}(?![0-9]))|(?P<decimal>[0-9]{1,3}[.,][0-9]{1,2}(?![0-9]))"
    r"|(?P<nth>[0-9]{1,2}(?:st|nd|rd|th)\b|ke[- ]?[0-9]{1,2}(?![0-9]))"
    r"|(?P<about>[0-9]{1,2}-?an\b|[~±])|(?P<number>[0-9]+)"
    r"|(?P<word>[ap]\.\s?m\b\.?|s\.d\b\.?|s/d\b|[^\W\d_]+(?:'[^\W\d_]+)*)|(?P<mark>[^\s])"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the line as written: its shape (a group of the pattern above) and where it stands."""

    shape: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase of the lexicon means: its kind, and a value in that kind."""

    kind: str
    value: str


def pieces(line: str) -> list[Piece]:
    """The lower-cased line cut into pieces; every character that is not a blank belongs to one. Linear."""
    found = []
    for match in _PIECE.finditer(line):
        shape = match.lastgroup or "mark"
        shape = "dmy" if match["dmy"] else shape
        text = match[0].rstrip(".") if shape == "word" else match[0]
        found.append(Piece(shape, re.sub(r"\s", "", text) if shape == "word" else text, match.start(), match.end()))
    return found


@lru_cache(maxsize=1)
def phrases() -> dict[tuple[str, ...], Meaning]:
    """Every phrase, as the texts of its pieces; a phrase that both languages know must mean the same in both."""
    known: dict[tuple[str, ...], Meaning] = {}
    for name in ("phrases_id.yaml", "phrases_en.yaml"):
        table: dict[str, dict[object, str]] = yaml.safe_load(resources.files("bot.data").joinpath(name).read_text("utf-8"))
        for kind, meanings in table.items():
            for value, listed in meanings.items():
                for phrase in str(listed).split(";"):
                    _add(known, tuple(piece.text for piece in pieces(phrase.strip())), Meaning(kind, str(value)))
    return known


def _add(known: dict[tuple[str, ...], Meaning], words: tuple[str, ...], meaning: Meaning) -> None:
    if known.setdefault(words, meaning) != meaning:
        raise ValueError(f"{' '.join(words)!r} means {known[words]} and {meaning}")


@lru_cache(maxsize=1)
def longest() -> int:
    """Pieces in the longest phrase."""
    return max(len(words) for words in phrases())
