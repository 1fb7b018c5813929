"""Whatever people write, both doors' renderers keep their platform's limits, and no word of it is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from slack_sdk.models.blocks import Block

from adapters.slack.interactions import Kept
from adapters.slack.render import messages
from adapters.slack.spelling import Look
from adapters.slack.views import form_view, sheet_view
from adapters.telegram.form import Where, opened, pressed, step_of, wrote
from adapters.telegram.keyboard import button, data_of, keyboard
from adapters.telegram.render import CAPTION, LONGEST, render
from adapters.telegram.text import units
from bot.commonmark import bold, escape, prose, quote
from bot.doors import Label, Shown
from bot.model.place import Account
from bot.outcome import Choice, Field, OpenForm, Sheet
from tests.emulators.slack.blockkit import check_blocks, check_view
from tests.emulators.slack.texts import LONGEST_BLOCKS, length_of
from tests.emulators.telegram.html import parse
from tests.emulators.telegram.keyboards import inline_rows
from tests.gallery.scene import Remembering
from tests.gallery.telegram import Clear, guide_of

MANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(MANY, max_examples=40)
WORD = re.compile(r"[A-Za-z]{3,}")
PLAIN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

TAME = "denda buku pemustaka katalog sirkulasi 日本語 مرحبا 🎉 👩\u200d🏫"
WILD = "<b> & @all <!channel> </blockquote> `x` \\* ~~"
words = st.sampled_from(f"{TAME} {WILD}".split())
line = st.one_of(st.text(max_size=60), st.lists(words, max_size=12).map(" ".join))
block = st.one_of(
    line,
    line.map(lambda t: f"> {t}"),
    line.map(lambda t: f"- {t}\n  1. {t}"),
    line.map(lambda t: f"**{t}** _{t}_"),
    line.map(lambda t: f"```\n{t}\n```"),
    line.map(lambda t: f"# {t}"),
    line.map(lambda t: f"[{t}](https://a.id/x)"),
    line.map(lambda t: f"[{t}](guyub:person/b1)"),
    line.map(lambda t: f"[{t}](guyub:message/x/y/z)"),
    line.map(lambda t: f"| a | b |\n|---|---|\n| {t} | {t} |"),
    st.just("---"),
    st.integers(1, 400).map(lambda n: "denda buku terlambat " * n),
    st.integers(1, 120).map(lambda n: "**tebal** biasa\n" * n),
)
marked = st.lists(block, max_size=12).map("\n\n".join)
names = st.text(max_size=90)
labels = st.builds(
    Label,
    names,
    st.sampled_from(["solved", "open", "place_other"]),
    st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=150),
    st.sampled_from(["plain", "good", "danger"]),
)
LOOK = Look({"b1": "U1"}, {"guyub:message/x/y/z": "https://x.slack.com/archives/C1/p1"})
PEOPLE = {"b1": Account("telegram", "501", "Budi")}
LINKS = {"guyub:message/x/y/z": "https://t.me/c/1/2"}


def inline(tokens: list[Any]) -> Iterator[str]:
    for token in tokens:
        if token.children:
            yield from inline(token.children)
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        else:
            yield token.content or ""


def words_in(text: str) -> list[str]:
    """The words that CommonMark says are there, by its own parser and no renderer of ours."""
    found: list[str] = []
    for token in PLAIN.parse(text):
        content = "".join(inline(token.children)) if token.children else token.content if token.type != "inline" else ""
        found += WORD.findall(content)
    return found


def kept(wanted: list[str], shown: str) -> bool:
    """All of them, in order."""
    at = 0
    for word in wanted:
        at = shown.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


def read(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") in ("text", "link"):
            yield value.get("text") or value.get("url") or ""
        else:
            for inner in value.values():
                yield from read(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from read(inner)


def slack_words(blocks: Any) -> str:
    return "".join(read(blocks))


def valid(blocks: list[Any]) -> None:
    assert check_blocks(blocks, "message", unique_action_ids="surface") == []
    assert length_of(blocks) <= LONGEST_BLOCKS
    assert all(Block.parse(one) is not None for one in blocks)


@MANY
@given(marked, st.lists(labels, max_size=30))
@example("denda " * 12_000, [])
@example("- a\n" * 700, [Label("Ya", "solved", "q1", "good")] * 30)
@example("> " + "kata\n> " * 3_000, [])
def test_slack_takes_any_text_and_loses_no_word(text: str, buttons: list[Label]) -> None:
    made = messages(text, LOOK, buttons)
    for message in made:
        valid(list(message.blocks))
        assert message.text.strip()
    mentioned = re.sub(r"\[[^\]]*\]\(guyub:person/b1\)", "", text)
    assert kept(words_in(mentioned), "".join(slack_words(message.blocks) for message in made))
    shown = [
        one["value"] for block in made[0].blocks if block["type"] == "actions" for one in block["elements"] if "value" in one
    ]
    assert shown == [one.value for one in buttons if one.value]


@MANY
@given(marked, st.sampled_from([LONGEST, CAPTION]))
@example("denda " * 12_000, LONGEST)
@example("**a** b\n" * 900, LONGEST)
@example("👩‍🏫" * 3_000, CAPTION)
@example("> " + "kata\n> " * 3_000, LONGEST)
def test_telegram_takes_any_text_and_loses_no_word(text: str, most: int) -> None:
    made = render(text, PEOPLE, LINKS, most)
    assert made
    for part in made:
        plain, entities = parse(part.html)
        assert plain == part.plain
        assert 0 < units(plain) <= most and len(entities) <= 100
    joined = "".join(part.plain for part in made)
    assert kept(words_in(text), joined)


@MANY
@given(names, names)
def test_what_the_core_escapes_is_shown_as_it_was_written(text: str, other: str) -> None:
    """The four ways in which people's words get into a text."""
    for made in (escape(text), prose(text), quote(text), bold(text)):
        whole = f"{made}\n\n{escape(other)}"
        wanted = WORD.findall(clean(text)) + WORD.findall(clean(other))
        assert kept(wanted, "".join(slack_words(m.blocks) for m in messages(whole)))
        assert kept(wanted, "".join(part.plain for part in render(whole, {}, {})))


def clean(text: str) -> str:
    """Controls and what turns writing round join what they stand between, as Guyub drops them."""
    return re.sub("[\x00-\x08\x0e-\x1b\x7f\u202a-\u202e\u2066-\u2069\ufeff\u2060]", "", text)


@MANY
@given(st.lists(labels, max_size=130))
def test_telegram_takes_any_buttons(found: list[Label]) -> None:
    rows = keyboard([button(one.text, data_of(one) or "~" + "0" * 32, one.style) for one in found])
    if not found:
        assert rows is None
        return
    assert rows is not None
    shown = rows.to_dict()["inline_keyboard"]
    assert all(len(b["callback_data"].encode()) <= 64 for row in shown for b in row)
    plain = [[{key: value for key, value in b.items() if key != "style"} for b in row] for row in shown]
    assert sum(map(len, inline_rows(plain))) == min(len(found), 100)


# ---- forms and sheets ------------------------------------------------------------------------------------------------


def asks(field: Field) -> bool:
    """Whether there is anything to fill in: a choice of nothing is none."""
    return field.kind not in ("one", "many") or bool(field.choices)


one_choice = st.builds(Choice, st.text("abcdef0123456789", min_size=1, max_size=32), names)
choices = st.lists(one_choice, max_size=120, unique_by=lambda c: c.value)
fields = st.builds(
    Field,
    st.text("abcdefgh", min_size=1, max_size=8),
    st.sampled_from(["line", "text", "one", "many", "tick"]),
    st.sampled_from(["l1", "l2"]),
    st.one_of(st.just(""), st.text(max_size=200), st.integers(1, 9_000).map(lambda n: "x y\n" * n)),
    st.booleans(),
    choices,
    st.sampled_from(["", "h"]),
    st.sampled_from([60, 3000, 40_000]),
)
forms = st.lists(fields, min_size=1, max_size=8, unique_by=lambda f: f.name).filter(lambda found: any(map(asks, found)))
long = st.text(max_size=2_500)
texts = st.fixed_dictionaries({"t": names, "s": names, "l1": names, "l2": long, "h": long, "i": marked})


@FEW
@given(forms, texts)
def test_slack_takes_any_form(found: list[Field], said: dict[str, str]) -> None:
    form = OpenForm("f", "s", "t", tuple(found), "s", "i")
    view = form_view(Shown(form, said), form, Kept("f", "s", "C1", ""), "Tutup")
    assert check_view(view, "modal") == []


@FEW
@given(marked, st.lists(labels, max_size=20))
def test_slack_takes_any_sheet_or_says_that_it_is_too_long(text: str, buttons: list[Label]) -> None:
    sheet = Sheet("b")
    view = sheet_view(Shown(sheet, {"b": text}, tuple(buttons)), sheet, Kept(channel="C1"), "Tutup")
    if view is None:
        assert sum(len(m.blocks) for m in messages(text)) > 90 or not words_in(text)
        return
    assert check_view(view, "modal") == []
    assert kept(words_in(re.sub(r"\(guyub:person/b1\)", "()", text)), slack_words(view["blocks"]))


@pytest.fixture(scope="module")
def spoken() -> Clear:
    return Clear(Remembering())


@FEW
@given(forms, texts, st.data())
def test_telegram_takes_every_step_of_any_form(
    spoken: Clear, found: list[Field], said: dict[str, str], data: st.DataObject
) -> None:
    shown = Shown(OpenForm("f", "s", "t", tuple(found), "s", "i"), said)
    form = opened(shown, Where("501", "Tono", "-1", "", False), "7f3a9c21", 1)
    guide = guide_of(spoken)
    for update in range(2, 14):
        part, markup = guide._step(form)
        plain, entities = parse(part.html)
        assert plain == part.plain and 0 < units(plain) <= LONGEST and len(entities) <= 100
        rows = markup.to_dict()["inline_keyboard"]
        assert all(len(b["callback_data"].encode()) <= 64 for row in rows for b in row)
        assert inline_rows([[{key: value for key, value in b.items() if key != "style"} for b in row] for row in rows])
        acts = [key.act for row in step_of(form).rows for key in row if key.act not in ("x", "g")]
        act = data.draw(st.sampled_from([*acts, "write"]))
        form = wrote(form, data.draw(names), update) if act == "write" else pressed(form, act, update)
