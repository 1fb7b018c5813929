"""Where a platform has replies but no threads, people reply to anything: question, card, answer, a call to somebody."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model.question import State
from tests.world import a_library

pytestmark = pytest.mark.anyio


async def test_a_reply_to_an_answer_is_in_the_questions_thread(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        q = await world.asks("Budi", "Bagaimana menghitung denda buku yang telat?", "#sirkulasi")
        first = await world.replies("Daniel", "Seribu rupiah per hari kerja per buku.", q)
        await world.says("Wati", "Hari libur tidak dihitung, dan ada batas atasnya.", "#sirkulasi", first)
        answers = await world.house.store.questions.answers(q.id)
        assert [a.text for a in answers][1:] == ["Hari libur tidak dihitung, dan ada batas atasnya."]


async def test_a_reply_to_a_copy_of_an_answer_goes_back_to_the_others(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        q = await world.asks("Budi", "Bagaimana menghitung denda buku yang telat?")
        await world.replies("Daniel", "Seribu rupiah per hari kerja per buku.", q, "#sirkulasi")
        copy = world.card("answer.relay", "#umum")
        await world.says("Budi", "Kalau hari libur ikut dihitung?", "#umum", copy.ref.message)
        assert world.heard("#sirkulasi")[-1] == "answer.relay"
        assert len(await world.house.store.questions.answers(q.id)) == 2


async def test_a_thank_you_to_a_copy_asks_whether_it_helped(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        q = await world.asks("Budi", "Bagaimana menghitung denda buku yang telat?")
        await world.replies("Daniel", "Seribu rupiah per hari kerja per buku.", q, "#sirkulasi")
        await world.says("Budi", "terima kasih banyak!", "#umum", world.card("answer.relay", "#umum").ref.message)
        await world.presses("Budi", "solved")
        assert (await world.again(q)).state is State.SOLVED


async def test_a_reply_to_the_call_is_an_answer(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        q = await world.asks("Budi", "Bagaimana menghitung denda buku yang telat?", "#sirkulasi")
        await world.presses("Daniel", "pass")
        call = world.card("helpers.turn", "#sirkulasi")
        await world.says("Wati", "Seribu rupiah per hari kerja per buku.", "#sirkulasi", call.ref.message)
        assert (await world.again(q)).state is State.ANSWERED


async def test_a_tick_on_a_colleagues_root_ends_nothing(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        root = await world.says("Tono", "Rapat hari ini jam dua ya", "#umum")
        asking = await world.says("Budi", "Bagaimana menghitung denda buku yang telat?", "#umum", root, mentioned=True)
        q = await world.question()
        await world.reacts("Budi", "✅", root)
        assert (await world.again(q)).state is State.OPEN
        await world.reacts("Budi", "✅", asking)
        assert (await world.again(q)).state is State.WITHDRAWN


async def test_a_reply_to_other_talk_is_forgotten(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await world.says("Sari", "Rapat pindah ke ruang baca ya.", "#sirkulasi", "m-other")
        assert not await world.house.store.questions.recent(5)
        assert (await world.house.store.health(world.clock())).inbox_waiting == 0


async def test_everything_a_door_must_have_heard(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        q = await world.asks("Budi", "Bagaimana menghitung denda buku yang telat?")
        watched = await world.house.app.watched("paper")
        assert set(watched.channels) == {"#sirkulasi", "#pengolahan", "#preservasi"}
        assert {t.message for t in watched.threads} >= {q.origin.message, world.card("card.post", "#sirkulasi").ref.message}
        assert (await world.house.app.watched("other")).channels == ()
