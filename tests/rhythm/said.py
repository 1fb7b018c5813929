"""The table of phrases, and when "now" is in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from bot.rhythm.phrases import Doubt, Understood, understand

HOME = "Asia/Jakarta"
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo(HOME))  # a Wednesday


@dataclass(frozen=True, slots=True)
class Row:
    """One line of phrases.yaml."""

    say: str
    part: str
    language: str
    doubt: str = ""
    start: str = ""
    rule: str = ""
    minutes: int | None = None
    zone: str = HOME
    until: date | None = None
    count: int | None = None
    assumed: list[str] | None = field(default=None, hash=False)
    leftover: str | None = None

    def read(self) -> Understood | Doubt:
        return understand(self.say, NOW, HOME)


def rows() -> list[Row]:
    table = yaml.safe_load(Path(__file__).with_name("phrases.yaml").read_text("utf-8"))
    return [
        Row(part=part, language=language, **row) for part in table for language in table[part] for row in table[part][language]
    ]
