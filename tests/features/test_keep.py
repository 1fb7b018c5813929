"""Keeping: a solved thread becomes a draft; writers see the exact text and may withhold theirs; files are copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import Unreachable
from bot.events import FileRef, Pressed
from bot.model.question import State
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Selamat pagi, bagaimana cara menghitung denda buku yang terlambat? Terima kasih"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."
STEPS = "Begini caranya:\n1. Buka menu sirkulasi\n2. Pilih denda\n3. Masukkan jumlah hari"


async def test_the_draft_says_what_was_asked_and_answered_by_whom_and_where(world: World) -> None:
    q = await world.solved("Budi", FINE, "Sari", STEPS)
    item = await world.item(q)
    assert item.status == "draft" and item.published_at is None
    assert "denda" in item.title
    assert item.steps == ("Buka menu sirkulasi", "Pilih denda", "Masukkan jumlah hari")
    assert [(c.name, c.part) for c in item.credits] == [("Budi", "asker"), ("Sari", "answerer")]
    assert item.sources[0].ref == q.origin and len(item.sources) == 2
    assert (item.community, item.language, item.question) == (q.community, "id", q.id)


async def test_it_goes_before_the_steward_and_the_community_and_the_writer_sees_their_text(world: World) -> None:
    await world.solved("Budi", FINE, "Wati", ANSWER)
    assert world.told("Sari") == ["review.card"]
    assert "review.card" in world.heard("#sirkulasi", thread=True)
    assert world.told("Wati") == ["keep.consent"]
    assert "Seribu rupiah sehari" in world.card("keep.consent").text


async def test_solved_with_no_answers_keeps_nothing(world: World) -> None:
    q = await world.asks("Budi", FINE)
    reply = await world.replies("Sari", ANSWER, q)
    await world.deletes("Sari", reply)
    await world.reacts("Budi", "✅", q.origin.message)
    assert await world.house.store.items.of_question(q.id) is None


async def test_the_only_writer_withholds_and_gives_back(world: World) -> None:
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    await world.presses("Tono", "withhold")
    assert world.toast == "keep.only_writer"
    card = world.card("keep.consent")
    await world.presses("Wati", "withhold", card)
    assert world.toast == "keep.noted"
    item = await world.item(q)
    assert (item.status, item.reason, item.solution) == ("rejected", "withheld", "")
    assert [e.solution for e in await world.house.store.items.editions(item.id)] == [""]
    assert world.told("Wati") == ["keep.withheld"]
    assert world.told("Sari") == ["review.decided"]

    await world.presses("Wati", "allow", card)
    item = await world.item(q)
    assert (item.status, item.reason) == ("draft", "") and "Seribu" in item.solution
    assert world.told("Wati") == ["keep.allowed"]
    assert world.told("Sari") == ["review.card"]


async def test_pressing_withhold_twice_is_withholding_once(world: World) -> None:
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    card = world.card("keep.consent")
    label = card.buttons["withhold"]
    for _ in range(2):
        await world.happens("Wati", Pressed("withhold", label.value, card.ref.message), "@wati")
    assert world.toast == "error.already"
    item = await world.item(q)
    assert len(await world.house.store.items.editions(item.id)) == 1


async def test_one_of_two_writers_withholds(world: World) -> None:
    q = await world.asks("Budi", FINE)
    one = await world.replies("Sari", ANSWER, q)
    two = await world.replies("Wati", "Untuk dosen dendanya setengah, pakai tipe anggota dosen.", q)
    await world.reacts("Budi", "✅", one)
    await world.reacts("Budi", "✅", two)
    await world.presses("Wati", "withhold")
    item = await world.item(q)
    assert item.status == "draft"
    assert "dosen" not in item.text and "Seribu" in item.solution
    assert "Wati" not in {c.name for c in item.credits}


async def test_a_published_item_leaves_the_search_at_once_where_its_writer_withholds(world: World) -> None:
    item = await world.published("Budi", FINE, "Wati", ANSWER)
    await world.presses("Wati", "withhold")
    assert (await world.house.store.items.get(item.id)).status == "rejected"  # type: ignore[union-attr]
    await world.commands("Tono", "cari denda terlambat")
    assert world.told("Tono") == ["find.nothing"]


async def test_attachments_are_copied_into_the_file_store(world: World, tmp_path: Path) -> None:
    world.door.files["f1"] = b"%PDF-1.7 tarif"
    q = await world.solved("Budi", FINE, "Sari", ANSWER, files=(FileRef("f1", "tarif.pdf", "application/pdf", 14),))
    (kept,) = (await world.item(q)).files
    assert kept.name == "tarif.pdf" and kept.sha256
    assert any(kept.sha256 in path.name or kept.sha256[2:] in path.name for path in (tmp_path / "files").rglob("*"))


async def test_a_reader_is_sent_the_attachments_from_our_own_store(world: World) -> None:
    world.door.files["f1"] = b"%PDF-1.7 tarif"
    q = await world.solved("Budi", FINE, "Sari", ANSWER, files=(FileRef("f1", "tarif.pdf", "application/pdf", 14),))
    await world.presses("Sari", "approve")
    world.door.files.clear()
    await world.commands("Tono", "cari denda")
    await world.presses("Tono", "open")
    await world.presses("Tono", "item_files")
    (kept,) = (await world.item(q)).files
    assert world.card("find.attached").delivery.files == (("tarif.pdf", kept.sha256),)


async def test_a_file_the_platform_cannot_give_just_now_is_asked_for_again(world: World) -> None:
    files = (FileRef("f1", "tarif.pdf", "application/pdf", 14), FileRef("f2", "foto.jpg", "image/jpeg", 4))
    world.door.files["f2"] = b"JPEG"
    q = await world.solved("Budi", FINE, "Sari", ANSWER, files=files)
    assert [bool(f.sha256) for f in (await world.item(q)).files] == [False, True]
    await world.later(minutes=11)
    assert [bool(f.sha256) for f in (await world.item(q)).files] == [False, True]
    world.door.files["f1"] = b"%PDF-1.7 tarif"
    await world.later(minutes=11)
    assert [bool(f.sha256) for f in (await world.item(q)).files] == [True, True]


async def test_a_file_that_never_comes_is_given_up_after_a_week(world: World) -> None:
    q = await world.solved("Budi", FINE, "Sari", ANSWER, files=(FileRef("f1", "tarif.pdf", "application/pdf", 14),))
    await world.later(days=8)
    await world.later(days=1)
    assert not (await world.item(q)).files[0].sha256
    assert await world.house.store.claim_due(world.clock(), 10) == 0


async def test_a_drafter_words_it_only_where_it_can(world: World) -> None:
    class Model:
        words = "Dendanya seribu rupiah per hari [1]."

        async def draft(self, question: str, answers: object, language: str) -> str:
            if not self.words:
                raise Unreachable("no model")
            return self.words

    world.house.app.dispatcher.drafter = Model()
    q = await world.solved("Budi", FINE, "Sari", ANSWER)
    item = await world.item(q)
    assert item.solution == Model.words and item.status == "draft"  # never published without a person
    Model.words = ""
    other = await world.solved("Budi", "Ruas MARC mana untuk judul seri?", "Daniel", "Ruas 490, dan 830 untuk titik akses.")
    assert "490" in (await world.item(other)).solution


async def test_an_item_solves_the_next_question_and_its_contributor_is_thanked(world: World) -> None:
    item = await world.published("Budi", FINE, "Wati", ANSWER)
    q = await world.asks("Tono", "Cara menghitung denda buku yang terlambat bagaimana?")
    assert q.state is State.OFFERED and [g.id for g in q.offered] == [item.id]
    assert world.heard("#umum")[-1] == "card.item"
    assert world.heard("#sirkulasi", thread=False).count("card.post") == 0
    await world.presses("Wati", "fits")
    assert world.toast == "error.only_asker"
    await world.presses("Tono", "fits", world.card("card.item"))
    assert world.toast == "ask.glad"
    q = await world.again(q)
    assert (q.state, q.solved_by, q.item) == (State.SOLVED, "item", item.id) and q.ended_at
    assert (await world.item_of(item)).thanks == 1
    assert world.told("Wati")[-1] == "ask.thanks_contributor"


async def test_not_quite_asks_people(world: World) -> None:
    await world.published("Budi", FINE, "Wati", ANSWER)
    q = await world.asks("Tono", "Cara menghitung denda buku yang terlambat bagaimana?")
    await world.presses("Tono", "ask_people")
    q = await world.again(q)
    assert q.state is State.OPEN and "not_quite" in {s.what for s in q.trace}
    assert world.heard("#sirkulasi", thread=False)[-1] == "card.post"


async def test_an_item_past_its_review_is_not_offered_but_found_with_a_warning(world: World) -> None:
    item = await world.published("Budi", FINE, "Wati", ANSWER)
    await world.later(days=366)
    q = await world.asks("Tono", "Cara menghitung denda buku yang terlambat bagaimana?")
    assert q.state is State.OPEN
    await world.commands("Tono", "cari denda terlambat")
    await world.presses("Tono", "open")
    assert world.toast == "find.item" and world.shown
    assert world.shown.now.data["overdue"] is True  # type: ignore[union-attr]
    assert item.review_by and item.review_by < world.clock()
