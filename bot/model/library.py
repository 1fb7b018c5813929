"""A library: the house that its communities live in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.base import Language


@dataclass(frozen=True, slots=True)
class Library:
    """`id` is a short stable name; every row carries it. `address_as`: "kak", "bapak_ibu" or "anda".

    `site`: where this Guyub is reached over HTTP, without a slash at the end; `public`: from anywhere, not from where it runs
    alone."""

    id: str
    name: str
    language: Language = "id"
    timezone: str = "Asia/Jakarta"
    address_as: str = "kak"
    site: str = "http://127.0.0.1:8765"
    public: bool = False

    def page(self, path: str) -> str:
        """The address of a page of ours."""
        return f"{self.site}/{path}"
