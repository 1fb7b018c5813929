"""Text from outside comes out clean, whatever came in."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.triage.text import clean, clean_lines, is_blank, shorten

ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)
UNSEEN = "\x00\u200b\u200e\u202e\u2066\ufeff\u00ad\ud800"


@given(ANY)
def test_clean_text_is_one_line_without_anything_unseen_and_clean_again_changes_nothing(text: str) -> None:
    found = clean(text)
    assert not set(found) & set(UNSEEN + "\n\r\t")
    assert found == found.strip() and "  " not in found
    assert unicodedata.is_normalized("NFC", found)
    assert clean(found) == found
    found.encode("utf-8")


@given(ANY, st.integers(0, 60))
def test_shortened_text_keeps_its_length_and_its_beginning(text: str, most: int) -> None:
    found = shorten(clean(text), most)
    assert len(found) <= most
    assert clean(text).startswith(found.removesuffix("…"))


def test_zero_width_and_direction_marks_do_not_split_or_hide_words() -> None:
    assert clean("per\u200bpus\u202etakaan\x00  buka\n jam") == "perpustakaan buka jam"


def test_letters_written_in_two_parts_become_one() -> None:
    assert clean("e\u0301") == "é"


def test_a_pile_of_marks_is_cut_to_what_a_script_needs() -> None:
    assert len(clean("a" + "\u0301\u0316" * 50_000)) < 20


def test_lines_stay_where_lines_are_wanted() -> None:
    assert clean_lines("satu \n\n\n\n dua\u200b\r\ntiga") == "satu\n\ndua\ntiga"


def test_emoji_and_punctuation_say_nothing() -> None:
    assert all(is_blank(text) for text in ("", "  ", "👍🏽❤️", "?!…", "\u200b"))
    assert not is_blank("ok 👍")


def test_a_cut_falls_between_words() -> None:
    assert shorten("Bagaimana cara memperpanjang buku", 25) == "Bagaimana cara…"
