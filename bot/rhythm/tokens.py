"""A line about a time → tokens with a meaning each. Pure, linear in the length of the line."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from bot.rhythm import lexicon
from bot.rhythm.lexicon import Piece

MARKS = str.maketrans("’‘`–—−‑", "'''----")
SHAPES = frozenset({"iso", "dmy", "clock", "decimal", "number"})  # of digits, kept as they are written


@dataclass(frozen=True, slots=True)
class Token:
    """kind: of the lexicon, or iso, dmy, clock, decimal, dash, comma, word. number: the value of numeric kinds, else 0."""

    kind: str
    value: str
    number: int
    start: int
    end: int


def tidy(line: str) -> str:
    """One spelling of the marks that phones vary; the line keeps its letters and their case, compatibility forms unified."""
    plain = unicodedata.normalize("NFKC", line)
    return plain.translate(MARKS)


def read(line: str) -> list[Token]:
    """Tokens of a tidy line, longest phrases of the lexicon first."""
    lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in line)  # offsets must stay
    found, at = lexicon.pieces(lowered), 0
    tokens: list[Token] = []
    while at < len(found):
        token, at = _phrase(found, at) or (_single(found[at]), at + 1)
        tokens.append(token)
    return _joined_numbers(tokens, line)


def _phrase(found: list[Piece], at: int) -> tuple[Token, int] | None:
    known = lexicon.phrases()
    for size in range(min(lexicon.longest(), len(found) - at), 0, -1):
        meaning = known.get(tuple(piece.text for piece in found[at : at + size]))
        if meaning:
            number = int(meaning.value) if meaning.kind in lexicon.NUMERIC else 0
            return Token(meaning.kind, meaning.value, number, found[at].start, found[at + size - 1].end), at + size
    return None


def _single(piece: Piece) -> Token:
    def token(kind: str, value: str = piece.text, number: int = 0) -> Token:
        return Token(kind, value, number, piece.start, piece.end)

    match piece.shape:
        case "number":
            return token("number", number=int(piece.text[:9]))
        case "nth":
            return token("ordinal", number=int("".join(letter for letter in piece.text if letter.isdigit())))
        case "zone":
            return token("iana")
        case "about":
            return token("changer")
        case shape if shape in SHAPES:
            return token(shape)
        case "mark":
            return token({"-": "dash", "/": "changer", "→": "dash"}.get(piece.text, "comma"))
        case _:
            return token("word")


def _joined_numbers(tokens: list[Token], line: str) -> list[Token]:
    """ "dua puluh lima" → 25; digits beside digits stay two numbers."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        spelt = token.kind == "number" and last is not None and line[token.start].isalpha() and line[last.start].isalpha()
        if last and spelt and last.kind == "number" and last.number in range(20, 100, 10) and 0 < token.number < 10:
            joined[-1] = Token("number", "", last.number + token.number, last.start, token.end)
        else:
            joined.append(token)
    return joined
