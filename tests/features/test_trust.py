"""Guyub's own error rate: what askers, members and reviewers press is counted, and below 150 judgements it only suggests."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.compose import vitals
from bot.doctor.store import trusted
from bot.events import Pressed
from bot.flow.trusting import earned
from bot.model.judgement import About, Judgement, judgement_id
from bot.model.place import Account
from bot.model.question import Question
from bot.ports import Unit
from bot.triage.trust import ENOUGH
from tests.world import World, a_library, user_of

pytestmark = pytest.mark.anyio

ASKED = "Bagaimana menghitung denda buku yang telat dikembalikan?"
TOLD = "Seribu rupiah per hari kerja, hari libur tidak dihitung."


async def judged(world: World, about: About, q: Question) -> bool | None:
    found = await world.house.store.judgements.get(about, q.id)
    return None if found is None else found.right


async def believed(world: World, many: int, *, wrong: int = 0, sure: float = 0.3) -> None:
    """So many judgements of earlier notes."""
    library, at = world.house.store.library, world.clock()
    rows = tuple(
        Judgement(
            id=judgement_id("note", f"old{n}"),
            library=library,
            about="note",
            question=f"old{n}",
            sure=sure,
            right=n >= wrong,
            at=at - timedelta(minutes=n),
        )
        for n in range(many)
    )
    await world.house.store.commit(Unit(library, save=rows))


async def offered(world: World) -> Question:
    """The same question again, when a note answers it."""
    await world.published("Andi", ASKED, "Daniel", TOLD)
    return await world.asks("Tono", ASKED)


def how(q: Question) -> str:
    return next(dict(s.facts)["how"] for s in q.trace if s.what == "offered")


async def test_the_asker_says_whether_a_note_fits(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        q = await offered(world)
        assert await judged(world, "note", q) is None
        await world.presses("Tono", "fits", world.card("card.item"))
        assert await judged(world, "note", q) is True
        other = await world.asks("Budi", ASKED)
        await world.presses("Budi", "ask_people", world.card("card.item"))
        assert await judged(world, "note", other) is False


async def test_a_solved_question_was_routed_rightly_and_a_moved_one_wrongly(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        q = await world.solved("Andi", ASKED, "Daniel", TOLD)
        assert await judged(world, "route", q) is True
        moved = await world.asks("Tono", "Perpanjang buku lewat telepon, boleh tidak?")
        assert moved.guesses
        targets = [c for c in await world.house.store.communities.all() if c.id not in (moved.community, moved.guesses[0].id)]
        await world.presses("Daniel", "place_other" if moved.community is None else "move")
        await world.fills("Daniel", community=targets[0].id)
        assert await judged(world, "route", moved) is False


async def test_reviewers_judge_the_draft(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        item = await world.published("Andi", ASKED, "Daniel", TOLD)
        found = await world.house.store.judgements.newest("draft", 5)
        assert [(one.question, one.right) for one in found] == [(item.question, True)]
        q = await world.solved("Tono", "Kartu anggota hilang, gantinya bagaimana?", "Wati", "Isi formulir lalu bayar di loket.")
        await world.happens("Sari", Pressed("reject", (await world.item(q)).id), "@sari")
        await world.fills_in("Sari", "@sari", reason="Belum lengkap")
        assert await judged(world, "draft", q) is False


async def test_it_only_suggests_until_enough_was_judged(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await believed(world, ENOUGH - 1)
        q = await offered(world)
        assert how(q) == "suggested"
        await world.presses("Tono", "fits", world.card("card.item"))  # the one that was missing
        again = await world.asks("Budi", ASKED)
        assert how(again) == "sure"
        assert "%" in world.card("card.item").text


async def test_it_only_suggests_where_too_much_was_wrong(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await believed(world, 400, wrong=60)
        assert how(await offered(world)) == "suggested"


async def test_the_learning_centre_sees_the_error_rate(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await believed(world, 40, wrong=4)

        async def sections(who: str) -> list[str]:
            data = await world.house.app.view("home", Account("paper", user_of(who), who))
            return [str(one["key"]) for one in data["sections"]]  # type: ignore[index,union-attr,call-overload]

        assert "trust" in await sections("Ibu Rini")
        assert "trust" not in await sections("Andi")
        found = dict((await vitals(world.house.settings)).trust)
        assert (found["note"].verdicts, found["note"].bar) == (40, None)
        told = trusted("note", found["note"])
        assert "10%" in told.what.en and "40" in told.what.en


async def test_each_library_has_its_own(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await believed(world, 3)
        assert (await earned("note", world.house.store.judgements)).verdicts == 3
        assert (await earned("route", world.house.store.judgements)).verdicts == 0
