"""CommonMark → Telegram: judged by the emulator's parser, which is written after Telegram's own."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.telegram.keyboard import button as make_button
from adapters.telegram.keyboard import data_of, keyboard, link, shown
from adapters.telegram.render import CAPTION, LONGEST, NOTHING, Part, render
from adapters.telegram.table import table_lines
from adapters.telegram.text import clean, longest_start, units, visible
from bot.commonmark import bold, prose, quote
from bot.doors import Label
from bot.model.place import Account
from tests.emulators.telegram.html import parse
from tests.emulators.telegram.keyboards import inline_rows
from tests.emulators.telegram.text import clean as telegram_clean
from tests.emulators.telegram.text import units as telegram_units

PEOPLE = {"sari1": Account("telegram", "501", "Sari"), "gone": None, "odd": Account("telegram", 'x" y')}
LINKS = {"guyub:message/telegram/1/2": "https://t.me/c/1/2", "guyub:card/a": ""}


def html(text: str) -> str:
    (part,) = render(text, PEOPLE, LINKS)
    return part.html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**tebal** dan *miring*", "<b>tebal</b> dan <i>miring</i>"),
        ("~~lama~~ `kode <b>`", "<s>lama</s> <code>kode &lt;b&gt;</code>"),
        ("# Judul\n\nisi", "<b>Judul</b>\n\nisi"),
        ("## **Dua**\nbaris\ndua", "<b>Dua</b>\n\nbaris\ndua"),
        ("- satu\n- dua\n  - tiga", "• satu\n• dua\n\u2003◦ tiga"),
        ("3. tiga\n4. empat", "3. tiga\n4. empat"),
        ("> satu\n> dua", "<blockquote>satu\ndua</blockquote>"),
        ("> satu\n\n<!-- -->\n\n> dua", "<blockquote>satu</blockquote>\n\n&lt;!-- --&gt;\n\n<blockquote>dua</blockquote>"),
        ("> luar\n>\n> > dalam", "<blockquote>luar\n\ndalam</blockquote>"),
        ("```py\nx < 1\n```", '<pre><code class="language-py">x &lt; 1</code></pre>'),
        ("```\na\n```\n\n```\nb\n```", "<pre>a</pre>\n\n<pre>b</pre>"),
        ("[Sari](guyub:person/sari1)", '<a href="tg://user?id=501">Sari</a>'),
        ("[Budi](guyub:person/gone) [X](guyub:person/nobody) [Y](guyub:person/odd)", "Budi X Y"),
        ("[pertanyaan](guyub:message/telegram/1/2)", '<a href="https://t.me/c/1/2">pertanyaan</a>'),
        ("[kartu](guyub:card/a) [lain](guyub:card/b)", "kartu lain"),
        ("[perpus](https://perpusnas.go.id/?a=1&b=2)", '<a href="https://perpusnas.go.id/?a=1&amp;b=2">perpus</a>'),
        ("[x](javascript:alert) [y](/c/lokal)", "[x](javascript:alert) y"),
        ("![gambar](https://a.id/x.png)", "gambar"),
        ("a\n\n---\n\nb", "a\n\n———\n\nb"),
        ('<b>bukan tag</b> & "kutip"', "&lt;b&gt;bukan tag&lt;/b&gt; &amp; &quot;kutip&quot;"),
        ("**[Sari](guyub:person/sari1)**", '<b><a href="tg://user?id=501">Sari</a></b>'),
        ("**`kode`**", "<code>kode</code>"),
        ("", NOTHING),
        ("\u200b\u2060", NOTHING),
        ("\x00\x07", NOTHING),
    ],
)
def test_each_kind(text: str, shown: str) -> None:
    assert html(text) == shown


def test_nobody_is_called_by_words_that_merely_look_like_a_mention() -> None:
    assert html("tanya @sari_dewi ya") == "tanya @\u2060sari_dewi ya"
    assert html("surel a@b.id, `@kode`, 5@ 3") == "surel a@b.id, <code>@kode</code>, 5@ 3"


def test_narrow_tables_are_aligned_and_wide_ones_become_lists() -> None:
    assert html("|a|bb|\n|-|-|\n|1|2|\n|333|4|") == "<pre>a    bb\n───────\n1    2\n333  4</pre>"
    wide = "|Komunitas|Keterangan panjang|\n|-|-|\n|Sirkulasi|" + "kata " * 20 + "|"
    assert html(wide).startswith("• Komunitas: Sirkulasi, Keterangan panjang: kata")
    assert table_lines([["a"], ["1", "2"]]) == (["a", "────", "1  2"], True)


def checked(parts: tuple[Part, ...], most: int) -> str:
    """Telegram would take each part, and shows what its plain words say; all the words together."""
    words: list[str] = []
    for part in parts:
        text, entities = parse(part.html)
        text, entities = telegram_clean(text, entities)
        assert text, "Telegram takes no empty message"
        assert telegram_units(text) <= most
        assert len(entities) <= 100
        plain, _ = telegram_clean(part.plain, [])
        assert plain == text
        words.append(text)
    return "\n".join(words)


MARKS = ["**", "*", "_", "~~", "`", "```", "[", "](", ")", "\\", "> ", "- ", "1. ", "# ", "---\n", "|a|b|\n|-|-|\n|1|2|\n"]
WORDS = [
    "guyub:person/sari1",
    "https://a.id",
    "@sari",
    "kata ",
    "<b>",
    "&",
    "&lt;",
    "😀",
    "é",
    "\u200b",
    "\x00",
    "\ud800",
    "\n",
    "\n\n",
]
PIECES = st.sampled_from([*MARKS, *WORDS])
MESSY = st.lists(PIECES | st.text(max_size=12), max_size=60).map("".join)


@settings(max_examples=400, deadline=None)
@given(MESSY)
@example("\ud83d")
@example("a" * 5000)
@example("😀" * 3000)
def test_whatever_the_text_telegram_takes_it(text: str) -> None:
    checked(render(text, PEOPLE, LINKS), LONGEST)
    checked(render(text, PEOPLE, LINKS, CAPTION), CAPTION)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(alphabet="abc déf😀\n", min_size=1, max_size=900), min_size=1, max_size=25))
def test_long_texts_are_cut_and_nothing_is_lost(paragraphs: list[str]) -> None:
    text = "\n\n".join(
        quote(one) if n % 3 == 0 else bold(one) if n % 3 == 1 else prose(one) for n, one in enumerate(paragraphs)
    )
    (whole,) = render(text, {}, {}, most=10**9)
    shown = checked(render(text, {}, {}), LONGEST)
    assert "".join(shown.split()) == "".join(whole.plain.split())


def test_a_cut_falls_between_paragraphs_else_lines_else_words() -> None:
    first, second = render("a" * 3000 + "\n\n" + "b" * 3000, {}, {})
    assert (first.html, second.html) == ("a" * 3000, "b" * 3000)
    first, second = render("**" + "kata " * 1000 + "akhir**", {}, {})
    assert first.html.endswith("kata</b>") and second.html.startswith("<b>")
    first, second = render("😀" * 3000, {}, {})
    assert units(first.plain) == 4096 and units(second.plain) == 6000 - 4096


def test_many_formatted_words_are_spread_so_that_telegram_keeps_their_format() -> None:
    parts = render("**a** " * 300, {}, {})
    checked(parts, LONGEST)
    assert sum(part.html.count("<b>") for part in parts) == 300


@pytest.mark.parametrize(
    "make", [lambda n: "**a** " * n, lambda n: "> " * n, lambda n: "[" * n, lambda n: "a" * n, lambda n: "@a " * n]
)
def test_it_takes_no_longer_than_its_length(make: object) -> None:
    def seconds(n: int) -> float:
        text = make(n)  # type: ignore[operator]
        begin = time.process_time()
        render(text, {}, {})
        return time.process_time() - begin

    seconds(1000)
    assert seconds(20_000) < 2 + 40 * seconds(1000)


def test_lengths_are_those_of_telegram() -> None:
    for text in ("", "abc", "é", "😀a", "👨‍👩‍👧"):
        assert units(text) == telegram_units(text)
    assert longest_start("😀😀a", 0, 3) == 1
    assert longest_start("abc", 1, 5) == 3
    assert clean("a\r\nb\x00\ud800") == "a\nb\ufffd"
    assert not visible("\u200b \n\u3164") and visible("。")


# ---- buttons -----------------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=200), st.text(max_size=80), st.text(max_size=80)), max_size=120))
def test_any_buttons_make_a_keyboard_that_telegram_takes(made: list[tuple[str, str, str]]) -> None:
    labels = [Label(*one) for one in made]
    buttons = [make_button(one.text, data_of(one) or "~x", one.style) for one in labels]
    markup = keyboard([*buttons, link("Buka", "https://t.me/guyub_bot?start=x")])
    assert markup is not None
    rows = inline_rows([[one.to_dict() for one in row] for row in markup.inline_keyboard])
    assert sum(map(len, rows)) == min(len(made) + 1, 100)
    assert keyboard([]) is None


def test_what_fits_into_a_button_goes_there_and_comes_back() -> None:
    assert data_of(Label("Ya", "solved", "a" * 32)) == "solved:" + "a" * 32
    assert data_of(Label("Ya", "profile", "")) == "profile"
    assert data_of(Label("Ya", "place", "a" * 32 + ":" + "b" * 32)) is None
    assert data_of(Label("Ya", "~a", "b")) is None
    assert data_of(Label("Ya", "a:b", "c")) is None
    assert data_of(Label("Ya", "command", "é" * 30)) is None
    assert shown("  \x00 ") == "•"
    assert len(shown("kata " * 40)) == 60


def test_short_buttons_share_a_row_and_long_ones_do_not() -> None:
    markup = keyboard([make_button(text, "a") for text in ("Ya", "Tidak", "Tanyakan ke komunitas sirkulasi", "Nanti")])
    assert markup is not None
    assert [[one.text for one in row] for row in markup.inline_keyboard] == [
        ["Ya", "Tidak"],
        ["Tanyakan ke komunitas sirkulasi"],
        ["Nanti"],
    ]


@pytest.mark.parametrize(
    ("texts", "rows"),
    [
        (["Sudah terjawab", "Belum terjawab"], [2]),
        (["Ada yang lebih tahu", "Saya juga"], [1, 1]),
        (["Sudah", "Belum", "Nanti", "Lain"], [3, 1]),
        (["Ya", "Tidak", "Tanya petugas"], [2, 1]),
        (["x" * 60, "Ya"], [1, 1]),
    ],
)
def test_all_buttons_in_a_row_are_as_wide_as_its_widest(texts: list[str], rows: list[int]) -> None:
    markup = keyboard([make_button(text, "a") for text in texts])
    assert markup is not None and [len(row) for row in markup.inline_keyboard] == rows
