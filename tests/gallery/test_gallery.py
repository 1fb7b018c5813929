"""The gallery shows every word there is, is what the doors render today, and keeps every platform's limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from adapters.telegram.text import units
from tests.emulators.slack.blockkit import check_blocks, check_view
from tests.emulators.telegram.html import parse
from tests.emulators.telegram.keyboards import inline_rows
from tests.gallery.collect import scenes
from tests.gallery.pages import LANGUAGES, Row, gallery, texts
from tests.gallery.readme import readme
from tests.gallery.slack import Call
from tests.gallery.states import ELSEWHERE, all_keys
from tests.gallery.telegram import Sent

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"
MOST_BYTES = 6_000_000  # of all pictures
#: What a reader must never see: marks of CommonMark or of templates left in, our own links, empty brackets, two spaces
LEFT_OVER = re.compile(r"\*\*|\\[*_`\[\]()#.!-]|guyub:|\{\{|\}\}|\{%|\(\)|\[\]|\w {2,}\w|@@|None\b| ,|,,|\.\.(?!\.)|\?\.|:\.")


def calls() -> Iterator[tuple[str, Call]]:
    for rows in gallery().slack.values():
        for row in rows:
            for language, made in row.by_language.items():
                yield from ((f"{row.name} · {language}", one) for one in made)


def shown() -> Iterator[tuple[str, Sent]]:
    for rows in gallery().telegram.values():
        for row in rows:
            for language, made in row.by_language.items():
                yield from ((f"{row.name} · {language}", one) for one in made)


def words(value: Any) -> Iterator[str]:
    """Everything that people read in a payload."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("text", "title") and isinstance(inner, str):
                yield inner
            elif key not in ("url", "private_metadata", "value", "action_id", "block_id"):
                yield from words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner)


def test_every_template_is_in_it() -> None:
    assert [key for key in all_keys() if key not in gallery().keys and not key.startswith(ELSEWHERE)] == []


def test_both_languages_show_the_same_scenes_with_the_same_buttons() -> None:
    def seen(language: Any) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(s.name, s.kind, tuple(b.action for b in getattr(s.what, "buttons", ()))) for s in scenes(language)]

    assert seen("id") == seen("en")
    rows: list[Row] = [row for pages in (gallery().slack, gallery().telegram) for page in pages.values() for row in page]
    assert [row.name for row in rows if set(row.by_language) != set(LANGUAGES)] == []


@pytest.mark.parametrize("name", sorted(texts()))
def test_it_is_up_to_date(name: str) -> None:
    """After a change of words on purpose: `make gallery`, and look at the pictures that changed."""
    assert (GALLERY / name).read_text("utf-8") == texts()[name]


def test_nothing_else_is_in_it() -> None:
    there = {f"{p.parent.name}/{p.name}" for folder in ("slack", "telegram") for p in (GALLERY / folder).iterdir()}
    assert there == set(texts())
    assert (GALLERY / "README.md").read_text("utf-8") == readme(GALLERY / "pictures")


def test_every_feature_has_its_pictures_and_they_are_small() -> None:
    taken = {p.name.rpartition("-")[0] for p in (GALLERY / "pictures").glob("*.png")}
    assert taken == {f"slack-{name}" for name in gallery().slack} | {f"telegram-{name}" for name in gallery().telegram}
    assert sum(p.stat().st_size for p in (GALLERY / "pictures").iterdir()) < MOST_BYTES


def test_slack_takes_all_of_it() -> None:
    found = list(calls())
    assert len(found) > 400
    for name, call in found:
        if "view" in call and call["view"].get("type"):
            assert check_view(call["view"], call["view"]["type"]) == [], name
        elif "blocks" in call:
            assert check_blocks(call["blocks"], "message") == [], name
            assert call["text"].strip(), name
        for block in (call.get("view") or call).get("blocks", []):
            assert Block.parse(block) is not None, name


def test_telegram_takes_all_of_it() -> None:
    found = list(shown())
    assert len(found) > 400
    for name, one in found:
        if one.how in ("toast", "alert"):
            assert 0 < units(one.part.plain) <= 200, name
            continue
        plain, entities = parse(one.part.html)
        assert plain == one.part.plain and units(plain) <= 4096 and len(entities) <= 100, name
        if one.markup:
            rows = one.markup.to_dict()["inline_keyboard"]
            assert inline_rows([[{key: v for key, v in b.items() if key != "style"} for b in row] for row in rows]), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_unreadable_is_left_in_the_words(language: str) -> None:
    slack = [(name, text) for name, call in calls() if name.endswith(language) for text in words(call)]
    telegram = [(name, one.part.plain) for name, one in shown() if name.endswith(language)]
    assert len(slack) > 500 and len(telegram) > 200
    assert [(name, text) for name, text in slack + telegram if LEFT_OVER.search(text)] == []
