"""The whole line on either database: asked, routed, answered, solved, kept, reviewed, found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model.question import State
from tests.world import a_library_on

pytestmark = pytest.mark.anyio


async def test_a_question_goes_the_whole_line(url: str, tmp_path: Path) -> None:
    async with a_library_on(url, tmp_path / "data") as world:
        question = await world.asks("Budi", "Bagaimana menghitung denda buku yang telat dikembalikan?")
        assert question.state is State.OPEN
        await world.replies(
            "Daniel", "Seribu rupiah per hari kerja per buku, hari libur tidak dihitung.", question, "#sirkulasi"
        )
        assert (await world.again(question)).state is State.ANSWERED
        await world.presses("Budi", "solved")
        assert (await world.again(question)).state is State.SOLVED
        await world.presses("Sari", "approve")
        item = await world.item(question)
        assert item.status == "published"
        assert {(c.name, c.part) for c in item.credits} == {("Budi", "asker"), ("Daniel", "answerer"), ("Sari", "reviewer")}
        later = await world.asks("Tono", "How do I calculate the fine for overdue books?", "#lain")
        assert later.state is State.OFFERED
        assert later.offered[0].id == item.id
        await world.presses("Tono", "fits")
        assert (await world.again(later)).solved_by == "item"
        await world.commands("Tono", "find overdue fine", "#lain")
        assert world.card("find.results", "#lain").buttons["open"].value.startswith(item.id)
