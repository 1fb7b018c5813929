"""Indonesian or English, in lines as people type them."""

from __future__ import annotations

import pytest

from bot.triage.language import language_of

ID = [
    "gmn cara perpanjang buku yg telat kak",
    "dmn ya tempat balikin buku",
    "Deadline-nya kapan ya?",
    "update SLiMS error terus nih",
    "Bagaimana melakukan shelf reading yang benar?",
    "mau weeding tapi bingung kriterianya",
    "buku hilang diganti apa",
    "barcode ga kebaca scanner",
    "Rak penuh, geser atau disiangi dulu?",
    "izin tanya kak, upload skripsi ke repository gagal mulu",
    "makasih banyak",
    "kenapa",
]
EN = [
    "how do I renew an overdue book",
    "where is the due date slip?",
    "the pemustaka lost a book, what now",
    "anyone knows the rule for bebas pustaka letters?",
    "Can we close the repository for maintenance",
    "thanks a lot",
    "book drop is jammed again",
    "need help with OPAC search settings",
    "termites in the shelves!!",
    "is Perpusnas open today",
]


@pytest.mark.parametrize("text", ID)
def test_indonesian(text: str) -> None:
    assert language_of(text, "en") == "id"


@pytest.mark.parametrize("text", EN)
def test_english(text: str) -> None:
    assert language_of(text, "id") == "en"


@pytest.mark.parametrize("text", ["", "👍", "SLiMS 9.6", "12345"])
def test_what_cannot_be_told_is_the_default(text: str) -> None:
    assert language_of(text, "id") == "id"
    assert language_of(text, "en") == "en"
