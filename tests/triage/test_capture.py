"""A draft out of a thread: the right messages, their own words, nothing polite in the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triage.capture import Message, capture, steps_of, title_of
from bot.triage.polite import core

QUESTION = "Pagi kak, mau tanya. Gimana cara perpanjang buku yang sudah jatuh tempo? Terima kasih sebelumnya 🙏"
THREAD = (
    Message("1", "budi", "sama nih, di tempat kami juga"),
    Message("2", "tono", "coba tanya Pak Agus, saya kurang tahu"),
    Message(
        "3",
        "rina",
        "Halo kak! Bisa lewat menu Sirkulasi:\n1. cari anggotanya\n2. klik Perpanjang\n3. simpan\nSemoga membantu 😊",
    ),
    Message("4", "sari", "itu berlaku untuk dosen juga?"),
    Message("5", "sari", "berhasil, makasih banyak kak"),
)


def test_the_answer_is_found_without_anybody_marking_it() -> None:
    found = capture(QUESTION, THREAD, asker="sari")
    assert found.answer_ids == ("3",)
    assert found.title == "Gimana cara perpanjang buku yang sudah jatuh tempo?"
    assert found.problem == "Gimana cara perpanjang buku yang sudah jatuh tempo?"
    assert found.solution == "Bisa lewat menu Sirkulasi:"
    assert found.steps == ("cari anggotanya", "klik Perpanjang", "simpan")


def test_what_was_accepted_is_the_answer_with_what_its_writer_added() -> None:
    thread = (
        Message("1", "rina", "Pakai lem PVA, jangan lem kertas biasa", accepted=True),
        Message("2", "rina", "Satu lagi: jepit semalam dengan papan supaya punggung buku lurus, baru boleh dipakai"),
        Message("3", "budi", "Kami biasanya pakai lem tembak dan klip, bisa juga dicoba untuk punggung buku"),
    )
    assert capture("Lem apa untuk punggung buku yang lepas?", thread).answer_ids == ("1", "2")


def test_a_thread_without_an_answer_gives_none() -> None:
    found = capture(QUESTION, (THREAD[0], THREAD[1], THREAD[4]), asker="sari")
    assert found.answer_ids == ()
    assert found.solution == ""


def test_steps_in_one_line_are_steps() -> None:
    assert steps_of("Begini: 1. buka menu 2. pilih ekspor 3. simpan") == ("Begini:", ("buka menu", "pilih ekspor", "simpan"))


@pytest.mark.parametrize(
    "text", ["Cukup 2 eksemplar, nomor 1. Sisanya di gudang.", "- satu baris saja", "Harga 1.500 dan 2.500"]
)
def test_a_number_alone_is_no_step(text: str) -> None:
    assert steps_of(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Assalamualaikum wr wb. Izin bertanya bapak/ibu: rak penuh, disiangi dulu?", "rak penuh, disiangi dulu?"),
        ("hello everyone 😊 how do I renew? Thanks in advance!", "how do I renew?"),
        ("Pagi, printer label macet. Makasih", "printer label macet."),
        ("malam minggu buka ga?", "malam minggu buka ga?"),
        ("Sore hari biasanya ramai?", "Sore hari biasanya ramai?"),
        ("Halo", ""),
    ],
)
def test_politeness_is_cut_and_nothing_else(text: str, left: str) -> None:
    assert core(text) == left


def test_a_long_question_gets_a_short_title() -> None:
    assert len(title_of("Halo semua, " + "saya bingung sekali dengan aturan yang baru " * 9 + "?")) <= 90


MESSAGES = st.builds(Message, st.uuids().map(str), st.sampled_from("abc"), st.text(max_size=80), st.booleans())


@given(st.text(max_size=80), st.lists(MESSAGES, max_size=5))
def test_any_thread_gives_a_draft_of_its_own_messages_in_order(question: str, thread: list[Message]) -> None:
    found = capture(question, thread, asker="a")
    assert list(found.answer_ids) == [one.id for one in thread if one.id in found.answer_ids]
    assert {one.id for one in thread if one.accepted} <= set(found.answer_ids)
    assert len(found.title) <= 90
