"""Template key + data + language → CommonMark. Every word the bot says is in prompts/, for a librarian to edit.

A key such as "ask.routed" is the entry `routed` of prompts/<language>/ask.yaml. Whatever a template prints is escaped, so
that nobody's text turns into a mention, a link or a heading; `quote` and the link filters give CommonMark on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_date, format_datetime
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from bot.model.base import Language
from bot.model.library import Library

FOLDER = Path(__file__).parent.parent / "prompts"
ESCAPED = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$-])|^(\d+)([.)])", re.MULTILINE)
ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


class Raw(str):
    """CommonMark made on purpose: not escaped again."""

    __slots__ = ()


def escape(value: object) -> str:
    """Text as CommonMark that shows just this text (CommonMark 0.31, 2.4); line breaks stay."""
    if isinstance(value, Raw):
        return str(value)
    return ESCAPED.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", str(value))


def quote(text: str) -> Raw:
    """Somebody's words as a block quote, every line of it."""
    lines = escape(text.strip()).splitlines() or [""]
    return Raw("\n".join(f"> {line}  " if line.strip() else ">" for line in lines))


def mention(person: Mapping[str, str]) -> Raw:
    """`{"id", "name"}` → a mention that each door resolves."""
    return Raw(f"[{escape(person['name'])}](guyub:person/{person['id']})")


def link(address: str, words: str) -> Raw:
    """A link to a message or card of ours; only the words where it cannot be resolved."""
    return Raw(f"[{escape(words)}]({address})") if address else Raw(escape(words))


def shorten(text: str, most: int) -> str:
    """At most this many characters, cut at a space, with an ellipsis."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    return flat[:most].rsplit(" ", 1)[0] + " …"


class Voice:
    """Renders. A missing key or field is an error of ours and is raised (KeyError, jinja2.UndefinedError)."""

    def __init__(self, library: Library, folder: Path = FOLDER) -> None:
        self.library = library
        self.zone = ZoneInfo(library.timezone)
        self.env = SandboxedEnvironment(undefined=StrictUndefined, finalize=escape, autoescape=False, trim_blocks=True)
        self.env.filters |= {"quote": quote, "mention": mention, "link": link, "shorten": shorten, "percent": self._percent}
        self.env.globals["library"] = library.name
        self.templates: dict[tuple[Language, str], Template] = {}
        self.sources: dict[tuple[Language, str], str] = {}
        for language in ("id", "en"):
            self._load(language, folder / language)

    def _load(self, language: Language, folder: Path) -> None:
        local = self.env.overlay()
        local.filters = self.env.filters | {
            "sapa": lambda name: self._address(str(name), language),
            "date": lambda iso: self._date(str(iso), language),
            "moment": lambda iso: self._moment(str(iso), language),
            "words": lambda pair: str(pair[language]),
        }
        for path in sorted(folder.glob("*.yaml")):
            for key, text in yaml.safe_load(path.read_text("utf-8")).items():
                name = f"{path.stem}.{key}"
                self.sources[language, name] = str(text)
                try:
                    self.templates[language, name] = local.from_string(str(text).strip())
                except TemplateError as error:
                    raise ValueError(f"{path}: {key}: {error}") from error

    def __call__(self, template: str, data: Mapping[str, object], language: Language) -> str:
        """The words. Blank lines in a row are folded, so that an empty `if` leaves no hole."""
        words = self.templates[language, template].render(data)
        return re.sub(r"\n{3,}", "\n\n", words).strip()

    def _address(self, name: str, language: Language) -> str:
        if language != "id" or self.library.address_as == "anda":
            return name
        return ("Kak " if self.library.address_as == "kak" else "Bapak/Ibu ") + name

    def _date(self, iso: str, language: Language) -> str:
        return format_date(datetime.fromisoformat(iso).astimezone(self.zone).date(), "d MMMM y", locale=language)

    def _moment(self, iso: str, language: Language) -> str:
        when = datetime.fromisoformat(iso).astimezone(self.zone)
        shown = format_datetime(when, "EEEE, d MMMM y, HH.mm" if language == "id" else "EEEE, d MMMM y, HH:mm", locale=language)
        return f"{shown} {ZONES.get(self.library.timezone, when.tzname() or '')}".strip()

    @staticmethod
    def _percent(share: float) -> Raw:
        return Raw(f"{round(100 * share)}%")
