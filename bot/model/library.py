"""A library: the house that its communities live in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.base import Language


@dataclass(frozen=True, slots=True)
class Library:
    """`id` is a short stable name; every row carries it. `address_as`: "kak", "bapak_ibu" or "anda"."""

    id: str
    name: str
    language: Language = "id"
    timezone: str = "Asia/Jakarta"
    address_as: str = "kak"
