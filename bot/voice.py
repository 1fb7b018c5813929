"""Template key + data + language → CommonMark. Every word the bot says is in prompts/, for a librarian to edit.

A key such as "ask.routed" is the entry `routed` of prompts/<language>/ask.yaml. Whatever a template prints is escaped, so
that nobody's text turns into a mention, a link or a heading; `bot/commonmark.py` makes CommonMark on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from jinja2 import Environment, StrictUndefined, Template, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from bot.commonmark import Raw, bold, clip, escape, link, mention, prose, quote, shorten
from bot.model.base import Language
from bot.model.library import Library

FOLDER = Path(__file__).parent.parent / "prompts"
ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
#: Library.address_as → before a name, and in place of "you" (Indonesian only)
ADDRESS = {"kak": ("Kak ", "Kakak"), "bapak_ibu": ("Bapak/Ibu ", "Bapak/Ibu"), "anda": ("", "Anda")}
#: A name that says already how to address its bearer
TITLED = re.compile(r"(kak|kakak|bapak|pak|ibu|bu|mas|mbak|bang|dr|prof|drs|dra)[. ]", re.IGNORECASE)

#: The same as yaml.safe_load, ten times faster where libyaml is there
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Named = str | Mapping[str, str]


class Voice:
    """Renders. A missing key or field is an error of ours and is raised (KeyError, jinja2.UndefinedError)."""

    def __init__(self, library: Library, folder: Path = FOLDER) -> None:
        self.library = library
        self.zone = ZoneInfo(library.timezone)
        self.env = SandboxedEnvironment(
            undefined=StrictUndefined, finalize=escape, autoescape=False, trim_blocks=True, lstrip_blocks=True
        )
        self.templates: dict[tuple[Language, str], Template] = {}
        self.kitchens: dict[Language, tuple[Environment, dict[str, object]]] = {}
        self.sources: dict[tuple[Language, str], str] = {}
        for language in ("id", "en"):
            self._load(language, folder / language)
        self._load_formats(folder / "meetings")

    def __call__(self, template: str, data: Mapping[str, object], language: Language) -> str:
        """The words. Blank lines in a row are folded, so that an empty `if` leaves no hole."""
        words = self._template(language, template).render(data)
        return re.sub(r"\n[ \t]*\n\s*\n", "\n\n", words).strip(" \t\n")

    def _load(self, language: Language, folder: Path) -> None:
        local = self.env.overlay()
        local.filters = self.env.filters | self._filters(language)
        self.kitchens[language] = (local, self._globals(language))
        for path in sorted(folder.glob("*.yaml")):
            for key, text in yaml.load(path.read_text("utf-8"), Loader=LOADER).items():
                self.sources[language, f"{path.stem}.{key}"] = str(text)

    def _load_formats(self, folder: Path) -> None:
        """How a meeting may go, one file a format with both languages: "meetings.clinic" is prompts/meetings/clinic.yaml."""
        for path in sorted(folder.glob("*.yaml")):
            for language, text in yaml.load(path.read_text("utf-8"), Loader=LOADER).items():
                self.sources[language, f"meetings.{path.stem}"] = str(text)

    def _template(self, language: Language, name: str) -> Template:
        """Compiled when it is first said: all of them at once would cost a start three seconds."""
        if (language, name) not in self.templates:
            local, named = self.kitchens[language]
            try:
                self.templates[language, name] = local.from_string(self.sources[language, name].strip(), globals=named)
            except TemplateError as error:
                raise ValueError(f"prompts/{language}, {name}: {error}") from error
        return self.templates[language, name]

    def _filters(self, language: Language) -> dict[str, Callable[..., object]]:
        return {
            "quote": quote,
            "prose": prose,
            "bold": bold,
            "mention": mention,
            "link": link,
            "shorten": shorten,
            "clip": clip,
            "percent": lambda share: Raw(f"{round(100 * float(share))}%"),
            "number": lambda n: Raw(format_decimal(n, locale=language)),
            "count": lambda n, one, many: f"{format_decimal(n, locale=language)} {one if n == 1 else many}",
            "sapa": lambda who: self._address(who, language),
            "names": lambda all_: self._names(all_, language),
            "all": lambda words: self._all(words, language),
            "date": lambda iso: self._moment(iso, "d MMMM y", language),
            "clock": lambda iso: self._moment(iso, "d MMM, HH:mm", language),
            "when": lambda iso: self._zoned(iso, "EEEE, HH:mm", language),
            "moment": lambda iso: self._zoned(iso, "EEEE, d MMMM y, HH:mm", language),
            "words": lambda pair: str(pair[language] or pair["en" if language == "id" else "id"]),
        }

    def _globals(self, language: Language) -> dict[str, object]:
        """`say(key)` is another template of the language, with the same variables or with those given."""

        @pass_context
        def say(context: Context, key: str, data: Mapping[str, object] | None = None) -> Raw:
            return Raw(self(key, context.get_all() if data is None else data, language))

        before, you = ADDRESS[self.library.address_as] if language == "id" else ("", "you")
        vocative = f", {before.strip()}" if before else ""
        return {"library": self.library.name, "say": say, "you": you, "kak": vocative}

    def _address(self, who: Named, language: Language) -> Raw:
        """A name, or a person to mention, as one addresses them here: "Kak Sari". Who has a title keeps just that."""
        name = who if isinstance(who, str) else who["name"]
        before = ADDRESS[self.library.address_as][0] if language == "id" and not TITLED.match(name) else ""
        return Raw(before + (escape(who).strip() if isinstance(who, str) else mention(who)))

    def _names(self, all_: Sequence[Named], language: Language) -> Raw:
        """ "Kak Sari, Kak Budi, dan Kak Rina"; in English "Sari, Budi, and Rina". Each once."""
        return self._all(tuple(dict.fromkeys(self._address(who, language) for who in all_)), language)

    @staticmethod
    def _all(words: Sequence[str], language: Language) -> Raw:
        """ "denda, sanksi, dan buku hilang"."""
        shown = [escape(word) for word in words]
        return Raw(format_list(shown, locale=language)) if shown else Raw("")

    def _moment(self, iso: str, pattern: str, language: Language) -> Raw:
        """A time as the library's clocks show it. Indonesian writes hours with a full stop."""
        when = datetime.fromisoformat(iso).astimezone(self.zone)
        return Raw(format_datetime(when, pattern.replace(":", ".") if language == "id" else pattern, locale=language))

    def _zoned(self, iso: str, pattern: str, language: Language) -> Raw:
        """The same with the zone's name behind: "Kamis, 15.00 WIB"."""
        zone = ZONES.get(self.library.timezone) or datetime.fromisoformat(iso).astimezone(self.zone).tzname()
        return Raw(f"{self._moment(iso, pattern, language)} {zone}")
