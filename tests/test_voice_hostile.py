"""Nobody's text becomes more than text: no link, no mention, no heading, no markup, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.commonmark import UNSEEN, bold, clip, escape, link, mention, quote, shorten
from bot.model.library import Library
from bot.show import plain
from bot.voice import Voice
from tests.words import CASES, Case

LANGUAGES = ("id", "en")
VOICE = Voice(Library("demo", "Perpustakaan Contoh"))
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])  # as the local messenger reads us

NASTY = (
    *("[x](guyub:person/1)", "<script>alert(1)</script>", "<!channel>", "<@U123>", "<https://x.example>", "![i](http://x)"),
    *(
        "# h",
        "## ",
        "- a",
        "+ a",
        "* a",
        "1. a",
        "1) a",
        "> q",
        "===",
        "---",
        "***",
        "```\ncode\n```",
        "~~~",
        "    code",
        "\tcode",
    ),
    *(
        "`c`",
        "**b**",
        "__b__",
        "*e*",
        "~~s~~",
        "&amp;",
        "&#42;",
        "\\",
        "\\*",
        "|a|b|\n|--|--|",
        "[a]: http://x",
        "[a]",
        "](",
        "](x)",
    ),
    *(
        "\n",
        "\n\n",
        " ",
        "  ",
        "\u202e",
        "\u200b",
        "\x00",
        "\u2028",
        "\r\n",
        "{{ 7*7 }}",
        "{% raw %}",
        "denda",
        "é",
        "😀",
        "!",
        ":",
    ),
)
HOSTILE = st.one_of(st.lists(st.sampled_from(NASTY), max_size=8).map("".join), st.text(max_size=60))


def inner(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from inner(token.children or [])


def text_of(tokens: list[Token]) -> str:
    return "".join("\n" if t.type == "hardbreak" else t.content for t in inner(tokens) if t.type in ("text", "hardbreak"))


def seen(text: str) -> str:
    """What should be seen of a text in one line."""
    return " ".join(UNSEEN.sub("", text).replace("\x00", "\ufffd").split())


@given(HOSTILE)
@settings(max_examples=500, deadline=None)
def test_escaped_text_shows_just_itself(text: str) -> None:
    tokens = PARSER.parse(escape(text))
    assert {t.type for t in inner(tokens)} <= {"paragraph_open", "inline", "text", "paragraph_close"}
    assert text_of(tokens).strip() == seen(text)


@given(HOSTILE)
@example("a heading\n===")
@example("a heading\n---")
@example("  1. a list\n\n\tcode")
@settings(max_examples=500, deadline=None)
def test_quoted_text_keeps_its_lines_and_nothing_else(text: str) -> None:
    tokens = PARSER.parse(quote(text))
    assert {t.type for t in inner(tokens)} <= {
        "blockquote_open", "paragraph_open", "inline", "text", "hardbreak", "paragraph_close", "blockquote_close",
    }  # fmt: skip
    paragraphs = [text_of([t]) for t in tokens if t.type == "inline"]
    lines = [line for paragraph in paragraphs for line in paragraph.split("\n")]
    assert [" ".join(line.split()) for line in lines] == [
        seen(line) for line in UNSEEN.sub("", text).splitlines() if line.strip()
    ]


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
def test_labels_come_back_as_typed(text: str) -> None:
    assert plain(escape(text)).strip() == seen(text)


@given(HOSTILE, HOSTILE)
@settings(max_examples=300, deadline=None)
def test_links_and_mentions_go_only_where_they_were_meant_to(words: str, address: str) -> None:
    made = (
        f"{bold(words)} {link(address, words)} {mention({'id': 'a1', 'name': words})} {mention({'id': address, 'name': words})}"
    )
    goals = {str(t.attrGet("href")) for t in inner(PARSER.parse(made)) if t.type == "link_open"}
    assert goals <= {"guyub:person/a1", f"guyub:person/{address}", address}
    assert all(goal.startswith("guyub:") for goal in goals)


STRUCTURE = {
    "id",
    "link",
    "card",
    "origin",
    "source",
    "at",
    "what",
    "until",
    "since",
    "away",
    "code",
    "published",
    "review_by",
    "state",
    "status",
    "mode",
}
STRUCTURE |= {"format", "guide", "way", "assumed"}  # templates
STRUCTURE |= {"language", "sure", "asked", "items", "librarians", "stewards", "answers", "solved_by", "commands"}


def infected(value: Any, evil: str, name: str = "") -> Any:
    """The same data with every text that somebody wrote replaced. Names of the languages are structure, their words are not."""
    match value:
        case str() if name == "why":
            return value.partition(":")[0] + ":" + evil
        case str():
            return value if name in STRUCTURE else evil
        case {"id": _, "en": _}:
            return {"id": evil, "en": evil}
        case Mapping():
            return {k: infected(v, evil, k) for k, v in value.items()}
        case list() | tuple() if name in STRUCTURE and all(isinstance(v, str) for v in value):
            return value
        case list() | tuple():
            return [infected(v, evil, name) for v in value]
        case _:
            return value


def shape(text: str) -> tuple[set[str], set[str]]:
    """Which kinds of tokens stand in a text, and where its links go."""
    tokens = list(inner(PARSER.parse(text)))
    return {t.type for t in tokens}, {str(t.attrGet("href")) for t in tokens if t.type == "link_open"}


FREE = {"text", "softbreak", "hardbreak", "inline", "paragraph_open", "paragraph_close", "blockquote_open", "blockquote_close"}
FREE |= {"strong_open", "strong_close"}  # a title may be there or not


@given(st.sampled_from(CASES), st.sampled_from(LANGUAGES), HOSTILE)
@settings(max_examples=600, deadline=None)
def test_hostile_text_in_any_field_stays_text(case: Case, language: Any, evil: str) -> None:
    kinds, goals = shape(VOICE(case.key, infected(case.data, evil), language))
    usual = [shape(VOICE(case.key, infected(case.data, tame), language)) for tame in ("denda", "")]
    assert kinds - usual[0][0] - usual[1][0] <= FREE
    assert goals <= usual[0][1] | usual[1][1]


@given(HOSTILE, st.integers(1, 80))
@settings(max_examples=200, deadline=None)
def test_cut_texts_are_short(text: str, most: int) -> None:
    assert len(shorten(text, most)) <= most + 2
    assert len(clip(text, most)) <= most + 2
