"""What every reader does with text and names from outside."""

from __future__ import annotations

import mimetypes
from datetime import UTC, datetime

from bot.triage.text import clean, clean_lines

LONGEST = 40_000  # characters of a message, as in the live doors
LONGEST_NAME = 80
_FIRST, _LAST = 946_684_800, 4_102_444_800  # the years 2000 to 2099, in seconds: whatever else is no chat's time


def body(text: str) -> str:
    """A message's words: no invisible or control characters, lines kept, at most 40,000 characters."""
    return clean_lines(text[:LONGEST])


def name(text: str) -> str:
    """Somebody's or something's name, on one line."""
    return clean(text[: 4 * LONGEST_NAME])[:LONGEST_NAME]


def moment(seconds: float) -> datetime | None:
    """A Unix time as an aware one, UTC; None when no chat can be from then."""
    return datetime.fromtimestamp(seconds, UTC) if _FIRST <= seconds < _LAST else None


def media_type(file: str, told: str = "") -> str:
    """What the export says, else what the name's ending says."""
    return told or mimetypes.guess_type(file, strict=False)[0] or "application/octet-stream"
