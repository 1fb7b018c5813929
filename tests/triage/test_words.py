"""Search terms: abbreviations, stems, and ideas that both languages share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triage import lexicon
from bot.triage.words import expand, terms


def shared(left: str, right: str) -> set[str]:
    return set(terms(left).words) & set(terms(right).words)


@pytest.mark.parametrize(
    ("indonesian", "english"),
    [
        ("kriteria penyiangan koleksi", "how do we decide on weeding?"),
        ("surat bebas pustaka", "library clearance"),
        ("menyusun katalog induk", "a union catalog for the campus"),
        ("tajuk subjek untuk ekonomi", "which subject headings"),
        ("nomor panggil di punggung buku", "call numbers"),
        ("kata sandang di awal judul", "skip the initial article"),
        ("terbitan berkala", "our serials"),
        ("buku berjamur", "mould on the covers"),
        ("perpanjangan pinjaman", "renewing a loan"),
        ("denda keterlambatan", "overdue fines"),
    ],
)
def test_either_language_finds_the_other(indonesian: str, english: str) -> None:
    assert any(term.startswith("x0") for term in shared(indonesian, english))


def test_chat_abbreviations_are_written_out() -> None:
    assert "terlambat" in terms("buku yg telat").words
    assert shared("gmn klo bk nya ilang", "bagaimana kalau buku hilang") >= {"buku", "hilang"}
    assert expand("gmn cara perpanjang buku yg telat?").startswith("bagaimana cara perpanjang buku yang terlambat?")


def test_wrong_stems_do_not_swallow_a_word() -> None:
    assert "pengadaan" in terms("pengadaan buku").words
    assert not shared("pengadaan", "ada apa saja")
    assert shared("mengembalikan buku", "pengembalian terlambat")


def test_small_words_are_left_out() -> None:
    assert terms("selamat pagi, apakah ada yang tahu? how do I do this").words == ()


def test_the_other_language_is_appended_for_embedding_but_not_what_every_text_says() -> None:
    assert expand("penyiangan buku") == "penyiangan buku (weeding)"


def test_stretched_doubled_and_hyphened_words_are_the_plain_ones() -> None:
    assert lexicon.split("buku2nya bangeeet e-book Jum'at") == ["buku", "banget", "ebook", "jumat"]


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_terms_are_lower_case_letters_and_digits(text: str) -> None:
    for term in terms(text).words:
        assert term.isalnum() and term == term.lower() and len(term) <= lexicon.MOST_LETTERS + 10
    expand(text)


def test_the_word_lists_are_as_large_as_promised_and_name_no_idea_twice() -> None:
    concepts = [entry.concept for entry in lexicon.glossary()]
    assert len(concepts) >= 300
    assert len(concepts) == len(set(concepts))
    assert len(lexicon.abbreviations()) >= 120
    assert not set(lexicon.abbreviations()) & {"the", "no", "so", "am", "to", "hr", "print", "error"}
