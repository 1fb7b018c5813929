"""What people type, made fit to keep: nothing is cut, only what cannot be stored is replaced. Pure."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40_000
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Line ends as \\n; NUL and lone surrogates, which no database and no wire carries, as U+FFFD."""
    return _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd"))


def blank(text: str) -> bool:
    """Nothing to see: spaces, control and zero-width characters only."""
    return all(unicodedata.category(char)[0] in "ZC" for char in text)


def one_line(text: str, longest: int) -> str:
    """A name or topic: one line, single spaces, no control characters, cut to `longest`."""
    shown = "".join(" " if unicodedata.category(char) == "Cc" else char for char in clean(text))
    return " ".join(shown.split())[:longest].strip()


def slug(name: str) -> str:
    """A readable id of a channel: ASCII letters, digits and hyphens; "" where nothing remains."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
