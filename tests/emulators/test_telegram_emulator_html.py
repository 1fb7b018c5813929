"""parse_mode HTML, measured in UTF-16 units, cleaned as Telegram cleans it."""

from __future__ import annotations

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulators.telegram.errors import Refused
from tests.emulators.telegram.html import checked_link, parse
from tests.emulators.telegram.text import clean, cut, find_entities, units

REFUSED = [
    ("<b>tebal", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("é<h1>a</h1>", 'Unsupported start tag "h1" at byte offset 2'),
    ("a < b", 'Unsupported start tag "" at byte offset 2'),
    ("a <3", "Unclosed start tag at byte offset 2"),
    ("a</b>", "Unexpected end tag at byte offset 1"),
    ("<b>a</b", "Unclosed end tag at byte offset 4"),
    ("<a href='x>y</a>", "Unclosed start tag at byte offset 0"),
    ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("a<br>b", 'Unsupported start tag "br" at byte offset 1'),
    ("<ul><li>a</li></ul>", 'Unsupported start tag "ul" at byte offset 0'),
    ("<span class='x'>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("<a ='x'>a</a>", 'Empty attribute name in the tag "a" at byte offset 3'),
    ("<a href=x/y>a</a>", "Unexpected end of name token at byte offset 9"),
]
TAKEN = [
    ("<b>a</b>", "a", ["bold"]),
    ("<STRONG>a</STRONG>", "a", ["bold"]),
    ("<b>a<i>b</i></b>", "ab", ["bold", "italic"]),
    ("<u>a</u><s>b</s><ins>c</ins><del>d</del>", "abcd", ["underline", "strikethrough", "underline", "strikethrough"]),
    ("<tg-spoiler>a</tg-spoiler>", "a", ["spoiler"]),
    ('<span class="tg-spoiler">a</span>', "a", ["spoiler"]),
    ("<blockquote expandable>a</blockquote>", "a", ["expandable_blockquote"]),
    ('<pre><code class="language-python">a</code></pre>', "a", ["pre"]),
    ("<b></b>a", "a", []),
    ("&lt;b&gt; &amp;amp; &#65;&#x42; &nbsp; & &quot;", '<b> &amp; AB &nbsp; & "', []),
    ("<a href='http://localhost/x'>a</a>", "a", []),
    ("<a href='perpus.id'>a</a>", "a", ["text_link"]),
]


@pytest.mark.parametrize(("source", "why"), REFUSED, ids=[one for one, _ in REFUSED])
def test_what_is_refused(source: str, why: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {why}"


@pytest.mark.parametrize(("source", "plain", "kinds"), TAKEN, ids=[one for one, _, _ in TAKEN])
def test_what_is_taken(source: str, plain: str, kinds: list[str]) -> None:
    text, entities = parse(source)
    assert (text, [one["type"] for one in entities]) == (plain, kinds)


def test_a_code_block_tells_its_language() -> None:
    assert parse('<pre><code class="language-sql">a</code></pre>')[1] == [
        {"type": "pre", "offset": 0, "length": 1, "language": "sql"}
    ]


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=200, deadline=None)
def test_escaped_text_comes_back_whole(text: str) -> None:
    assert parse(html.escape(text))[0] == text


@given(st.text("<>/ab&;=\"' 😀lt#x"))
@settings(max_examples=300, deadline=None)
def test_any_markup_is_parsed_or_refused(source: str) -> None:
    try:
        text, entities = parse(source)
    except Refused as refused:
        assert refused.code == 400
    else:
        assert all(one["length"] > 0 and one["offset"] + one["length"] <= units(text) for one in entities)


@given(st.text(st.sampled_from("a😀 \n\r\té"), max_size=30), st.integers(0, 30), st.integers(1, 30))
@settings(max_examples=200, deadline=None)
def test_cleaning_keeps_entities_inside(text: str, offset: int, length: int) -> None:
    given_ = [{"type": "bold", "offset": offset, "length": min(length, units(text) - offset)}] if offset < units(text) else []
    tidy, kept = clean(text, given_)
    assert tidy == tidy.strip() and "\r" not in tidy
    assert all(one["length"] > 0 and one["offset"] + one["length"] <= units(tidy) for one in kept)


FOUND = [
    ("/cari denda", [("bot_command", "/cari")]),
    ("😀 /cari@guyub_bot x", [("bot_command", "/cari@guyub_bot")]),
    ("a/b 1/2 http://x.id/y", [("url", "http://x.id/y")]),
    ("@guyub_bot halo #sirkulasi", [("mention", "@guyub_bot"), ("hashtag", "#sirkulasi")]),
    ("surel sari@perpus.id.", [("email", "sari@perpus.id")]),
    ("lihat perpus.go.id/buku, ya", [("url", "perpus.go.id/buku")]),
    ("notulen.pdf #1", []),
]


@pytest.mark.parametrize(("text", "found"), FOUND, ids=[one for one, _ in FOUND])
def test_what_is_found_in_plain_text(text: str, found: list[tuple[str, str]]) -> None:
    entities = find_entities(text)
    assert [(one["type"], cut(text, one)) for one in entities] == found


def test_nothing_is_found_in_code() -> None:
    text, entities = parse("<code>/cari</code> <a href='https://a.id'>@guyub_bot</a> /cari")
    assert [one["type"] for one in find_entities(text, entities)] == ["code", "text_link", "bot_command"]


@pytest.mark.parametrize("url", ["http://localhost:8765/", "ftp://a.id", "javascript:alert(1)", "", "a b.id", "http://[x"])
def test_links_that_telegram_does_not_take(url: str) -> None:
    assert checked_link(url) is None
