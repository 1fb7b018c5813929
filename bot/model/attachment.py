"""A file that hangs on a message or an item."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept in the file store. `sha256` (hex) names its bytes, "" until it is copied; `size` in bytes.

    `door`, `file`: where it came from, and the platform's id for it.
    """

    name: str
    media_type: str
    size: int
    sha256: str = ""
    door: str = ""
    file: str = ""
