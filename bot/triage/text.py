"""Text from outside, made safe to keep, compare and show. Every function takes time linear in its input."""

from __future__ import annotations

import unicodedata

MOST_MARKS = 8  # combining marks on one letter: more is no script, only noise (and slow to normalise)
ELLIPSIS = "…"

_BLANKS = {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x85}
_UNSEEN = (
    (0x00, 0x20),  # C0 controls, NUL among them
    (0x7F, 0xA0),  # DEL and C1 controls
    (0xAD, 0xAE),  # soft hyphen
    (0x61C, 0x61D),  # Arabic letter mark
    (0x180E, 0x180F),
    (0x200B, 0x2010),  # zero width, direction marks
    (0x202A, 0x202F),  # direction embeddings and overrides
    (0x2060, 0x2070),  # word joiner, isolates
    (0xD800, 0xE000),  # lone surrogates
    (0xFEFF, 0xFF00),
    (0xFFF9, 0xFFFC),
    (0xE0000, 0xE0080),  # tags: invisible text
)
_STRIP = {code: None for low, high in _UNSEEN for code in range(low, high) if code not in _BLANKS}


def clean(text: str) -> str:
    """The text on one line: NFC, no invisible or control characters, no lone surrogates, single spaces, no ends."""
    return " ".join(_visible(text).split())


def clean_lines(text: str) -> str:
    """As `clean`, but line breaks stay (at most one empty line in a row)."""
    kept: list[str] = []
    for line in _visible(text).splitlines():
        line = " ".join(line.split())
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def is_blank(text: str) -> bool:
    """Whether nothing is said: empty, emoji only, punctuation only."""
    return not any(character.isalnum() for character in text)


def shorten(text: str, most: int) -> str:
    """The text in at most `most` characters, cut at a word's edge and ended with "…" where something was left out."""
    if len(text) <= most:
        return text
    if most < 2:
        return ELLIPSIS[:most]
    cut = text[: most - 1]
    if not text[most - 1].isspace() and (edge := cut.rfind(" ")) > most // 2:
        cut = cut[:edge]
    return cut.rstrip(" ,.;:-–—") + ELLIPSIS


def _visible(text: str) -> str:
    if text.isascii():
        return text.translate(_STRIP)
    return unicodedata.normalize("NFC", _few_marks(text.translate(_STRIP)))


def _few_marks(text: str) -> str:
    """Normalising sorts each run of marks, which is quadratic in the run; so runs are kept short first."""
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)
