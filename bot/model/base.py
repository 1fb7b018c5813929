"""What every noun shares: a name of its own, its library, and a version that guards against lost updates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.chance import chance

Language = Literal["id", "en"]


def new_id() -> str:
    """A new name for a row: a UUIDv7 (RFC 9562) as 32 hex digits; later names sort after earlier ones."""
    return chance().name()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """A row we own. `version` is 0 until it is stored; each stored change adds one (the store does that)."""

    id: str = field(default_factory=new_id)
    library: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages."""

    id: str
    en: str

    def in_(self, language: Language) -> str:
        """The words in that language, or in the other one where they are missing."""
        own, other = (self.id, self.en) if language == "id" else (self.en, self.id)
        return own or other
