"""The bot answers in the language it was addressed in."""

from __future__ import annotations

import pytest

from tests.world import World

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bagaimana cara menghitung denda buku yang terlambat?", "id"),
        ("How do we calculate fines for overdue books?", "en"),
        ("gmn cara ngitung denda buku yg telat balik kak? blm tau nih", "id"),
        ("Kak, cara bikin call number buat terjemahan gimana ya?", "id"),
        ("Can a patron renew a loan kalau sudah lewat the due date?", "en"),
        ("gimana sih cara handle overdue fine buat mahasiswa yang resign?", "id"),
    ],
)
async def test_a_question_is_answered_in_its_own_language(world: World, text: str, language: str) -> None:
    q = await world.asks("Nina", text)
    assert q.language == language
    assert {m.delivery.language for m in world.door.messages} == {language}


async def test_each_person_hears_in_private_in_their_own_language(world: World) -> None:
    await world.speaks("Wati", "en")
    await world.solved(
        "Budi",
        "Bagaimana cara menghitung denda buku yang terlambat?",
        "Wati",
        "Seribu rupiah sehari, hari libur tidak dihitung.",
    )
    assert world.card("keep.consent", "@wati").delivery.language == "en"
    assert world.card("review.card", "@sari").delivery.language == "id"
    assert world.card("review.card", "#sirkulasi").delivery.language == "id"


async def test_a_command_is_answered_in_the_language_of_its_name_or_its_words(world: World) -> None:
    for line, language in (
        ("komunitas", "id"),
        ("communities", "en"),
        ("cari overdue fines for the books that are lost", "en"),
        ("find denda yang belum dibayar", "id"),
    ):
        world.forget()
        await world.commands("Budi", line)
        assert [m.delivery.language for m in world.door.messages if m.template] == [language], line


async def test_a_button_speaks_the_persons_language(world: World) -> None:
    q = await world.asks("Budi", "Bagaimana cara menghitung denda buku yang terlambat?")
    await world.speaks("Nick", "en")
    await world.presses("Nick", "me_too")
    assert world.shown and world.shown.now.language == "en"
    assert (await world.again(q)).joined
