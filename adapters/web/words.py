"""The messenger's own words, in both languages, from words.yaml beside this file. What the bot says is not here."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from bot.model.base import Language

FILE = Path(__file__).with_name("words.yaml")


@lru_cache(1)
def all_words() -> dict[str, dict[str, str]]:
    """key → language → words; `{field}` marks what is filled in."""
    loaded = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {str(key): {str(language): str(words) for language, words in pair.items()} for key, pair in loaded.items()}


def say(key: str, language: Language, **fields: str | int) -> str:
    """The words for a key. KeyError: no such key, a bug."""
    return all_words()[key][language].format(**fields)


def find(key: str, language: Language) -> str:
    """The words for a key that may not be there: "" then."""
    return all_words().get(key, {}).get(language, "")


def for_scripts(language: Language) -> dict[str, str]:
    """Those that the page's scripts need: keys that begin with `js.`."""
    return {key.removeprefix("js."): pair[language] for key, pair in all_words().items() if key.startswith("js.")}
