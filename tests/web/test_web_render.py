"""Whatever is typed stays visible and can do nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.render import LIVELY, Names, bot_html, person_html, plain

NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[klik](javascript:alert(1))",
    "[klik](JaVaScRiPt&#58;alert(1))",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    "<a href='vbscript:x'>x</a>",
    "javascript:alert(1)",
    "https://a.example/'onmouseover='alert(1)",
    'https://a.example/"><script>alert(1)</script>',
    "<svg/onload=alert(1)>",
    "```<script>\n</script>\n```",
    '[a](guyub:person/x" onclick="y)',
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    "\u202ekcilk\u202c",
]
MARKUP = st.text(alphabet="*_`>#-[]()<!&;:/\\\"'= \n\tjavscriptonerdkuh12@\u200b\u202e\0é", max_size=120)
TEXT = st.one_of(
    st.text(max_size=200), MARKUP, st.sampled_from(NASTY), st.tuples(MARKUP, st.sampled_from(NASTY), MARKUP).map("".join)
)
SAFE_TAGS = {"p", "ul", "ol", "li", "blockquote", "strong", "em", "s", "table", "thead", "tbody", "tr", "th", "td", "h2"} | {
    "pre", "code", "hr", "br", "a", "span", "div"
}  # fmt: skip


class Reader(HTMLParser):
    """What a browser would make of it: tags, attributes, and the words one sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("br", "p", "li", "pre", "td", "th", "blockquote"):
            self.words += "\n"

    def handle_data(self, data: str) -> None:
        self.words += data


def harmless(html: str) -> None:
    for tag, attributes in Reader(html).tags:
        assert tag in SAFE_TAGS
        assert set(attributes) <= {"href", "class", "target", "rel", "start"}
        if href := attributes.get("href"):
            assert href.startswith(("http://", "https://", "mailto:", "/c/"))


@given(TEXT)
def test_no_text_of_a_person_becomes_active(text: str) -> None:
    harmless(person_html(text, Names("u1", (("Sari", "u1"), ("Budi Santoso", "u2")))))


@given(TEXT)
def test_no_text_of_the_bot_becomes_active(text: str) -> None:
    harmless(bot_html(text, Names("u1", members=(("m1", "u1"),), links=(("guyub:message/x", "javascript:alert(1)"),))))


@given(st.one_of(TEXT, st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)))
def test_every_word_of_a_person_stays_visible(text: str) -> None:
    seen = re.findall(r"\w+", Reader(person_html(text)).words.replace("_", ""))
    typed = re.findall(r"\w+", text.replace("\0", "\ufffd").replace("_", ""))
    assert "".join(seen) == "".join(typed)


@given(
    st.text(
        alphabet=st.characters(categories=["L", "N", "So", "Sc"], include_characters=" .,?!()-\"'"), min_size=1, max_size=80
    )
)
def test_ordinary_text_is_shown_letter_by_letter(text: str) -> None:
    shown = Reader(person_html(f"a{text}z")).words.strip()
    assert shown == f"a{text}z"


@pytest.mark.parametrize("text", NASTY)
def test_an_attack_is_shown_to_the_reader_as_it_was_typed(text: str) -> None:
    html = person_html(text)
    harmless(html)
    assert re.sub(r"\W", "", text) in re.sub(r"\W", "", Reader(html).words)


def test_a_mention_of_the_reader_is_marked_and_others_are_not() -> None:
    names = Names("u1", (("Sari", "u1"), ("Sari Dewi", "u2")))
    assert '<span class="mention me">@sari</span>' in person_html("halo @sari, ya", names)
    assert '<span class="mention">@Sari Dewi</span>' in person_html("halo @Sari Dewi", names)
    assert "mention" not in person_html("surel sari@Sari.example atau @Sarinah", names)


def test_the_bots_person_links_become_mentions_or_their_words() -> None:
    names = Names("u1", members=(("m1", "u1"), ("m2", "u2")))
    html = bot_html("[Sari](guyub:person/m1), [@Budi](guyub:person/m2), [Wati](guyub:person/m9)", names)
    assert '<span class="mention me">@Sari</span>' in html
    assert '<span class="mention">@Budi</span>' in html
    assert "Wati" in html and "@Wati" not in html


def test_the_bots_message_links_open_or_show_only_their_words() -> None:
    html = bot_html("[di sini](guyub:message/a) [di sana](guyub:message/b)", Names(links=(("guyub:message/a", "/c/x?m=1"),)))
    assert '<a href="/c/x?m=1">di sini</a>' in html
    assert Reader(html).words.strip() == "di sini di sana"


def test_a_bare_address_is_a_link_without_the_full_stop_behind_it() -> None:
    html = person_html("Lihat (https://slims.web.id/a_b_c?x=1&y=2).")
    assert 'href="https://slims.web.id/a_b_c?x=1&amp;y=2"' in html
    assert Reader(html).words.strip() == "Lihat (https://slims.web.id/a_b_c?x=1&y=2)."


def test_a_flood_of_marks_is_shown_as_typed() -> None:
    text = "*a_" * LIVELY
    assert Reader(person_html(text)).words.strip() == text


def test_an_announcement_has_the_words_and_not_the_marks() -> None:
    assert plain("**Halo** [Sari](guyub:person/1),\n> siapa tahu?") == "Halo Sari, siapa tahu?"
