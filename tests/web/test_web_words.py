"""The messenger's own words: both languages, nothing missing, nothing idle; its rooms stay small."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from adapters.web.words import FILE, all_words

HERE = FILE.parent
SOURCES = [*HERE.glob("*.py"), *HERE.glob("templates/*.html"), *HERE.glob("static/*.js")]


@pytest.mark.parametrize("key", sorted(all_words()))
def test_every_word_is_there_in_both_languages_with_the_same_fields(key: str) -> None:
    pair = all_words()[key]
    assert set(pair) == {"id", "en"} and all(pair.values())
    fields = [{name for _, name, _, _ in Formatter().parse(words) if name} for words in pair.values()]
    assert fields[0] == fields[1]


def test_every_key_used_is_there_and_every_key_there_is_used() -> None:
    text = "\n".join(source.read_text("utf-8") for source in SOURCES)
    used = set(re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)*)["']""", text))
    called = set(re.findall(r"""\bt\(["']([a-z_.]+)["'][,)]""", text))
    assert called <= set(all_words())
    idle = {key for key in all_words() if key.removeprefix("js.") not in used and not key.startswith(("steps.", "language."))}
    assert idle == set()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_room_is_too_big(source: Path) -> None:
    assert len(source.read_text("utf-8").splitlines()) < 400


def test_nothing_comes_from_elsewhere() -> None:
    for source in [*HERE.glob("templates/*.html"), *HERE.glob("static/*.css"), *HERE.glob("static/*.js")]:
        assert not re.search(r"""(src|href|url|from|import)\s*[=(]?\s*["'(]?https?://""", source.read_text("utf-8")), (
            source.name
        )
        assert " style=" not in source.read_text("utf-8") and "onclick=" not in source.read_text("utf-8")
