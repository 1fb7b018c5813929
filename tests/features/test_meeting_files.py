"""Photos and files of a meeting: sent under its card, kept with its minutes and with the note made of them."""

from __future__ import annotations

import pytest

from bot.events import FileRef, Pressed
from bot.model.knowledge import Item
from tests.features.test_meeting import held, upcoming
from tests.world import World

pytestmark = pytest.mark.anyio

WEEKLY = "rapat tiap Kamis jam 14 di ruang baca"
PHOTO, PAPER = FileRef("f1", "foto.jpg", "image/jpeg", 4), FileRef("f2", "bahan.pdf", "application/pdf", 4)


async def over(world: World) -> str:
    """A meeting that has just ended; its session. The files lie on the platform."""
    await held(world, WEEKLY)
    world.door.files |= {"f1": b"JPEG", "f2": b"%PDF"}
    session = (await upcoming(world)).session.id
    await world.later(days=1, hours=6)
    await world.later(days=1, minutes=40)
    assert "meeting.minutes_please" in world.told("Sari")
    return session


async def sends(world: World, who: str, *files: FileRef, under: str = "meeting.card", channel: str = "#sirkulasi") -> str:
    card = next(m for m in world.door.messages if m.template == under and m.ref.channel == channel)
    return await world.says(who, "lihat ini", channel, card.ref.message, files=files)


async def written(world: World, session: str) -> Item:
    await world.happens("Sari", Pressed("meeting_minutes", session, ""), "@sari")
    await world.fills_in("Sari", "@sari", notes="Semua cabang memakai harga sekarang.")
    assert world.toast == "meeting.minutes_noted"
    return await note(world, session)


async def note(world: World, session: str) -> Item:
    found = await world.house.store.meetings.session(session)
    item = await world.house.store.items.get(found.item) if found and found.item else None
    assert item is not None
    return item


async def test_photos_from_the_channel_and_the_host_are_in_the_minutes_and_the_note(world: World) -> None:
    session = await over(world)
    photo = await sends(world, "Wati", PHOTO)
    await sends(world, "Sari", PAPER, under="meeting.minutes_please", channel="@sari")
    assert next((ref.message, sign) for ref, sign, off in world.door.reactions if sign == "👍") == (photo, "👍")
    await world.happens("Sari", Pressed("meeting_minutes", session, ""), "@sari")
    assert "foto.jpg dan bahan.pdf" in world.shown.words["meeting.minutes_intro"]  # type: ignore[union-attr]
    item = await written(world, session)
    world.door.files.clear()
    assert [(f.name, bool(f.sha256)) for f in item.files] == [("foto.jpg", True), ("bahan.pdf", True)]
    await world.happens("Sari", Pressed("approve", item.id, ""), "@sari")
    await world.happens("Wati", Pressed("item_files", item.id, ""), "#sirkulasi")
    assert [name for name, _ in world.card("find.attached").delivery.files] == ["foto.jpg", "bahan.pdf"]


async def test_what_comes_after_the_minutes_joins_their_draft_until_it_is_decided_on(world: World) -> None:
    session = await over(world)
    item = await written(world, session)
    await sends(world, "Wati", PHOTO)
    assert [f.name for f in (await note(world, session)).files] == ["foto.jpg"]
    assert all(f.sha256 for f in (await note(world, session)).files)
    await world.happens("Sari", Pressed("approve", item.id, ""), "@sari")
    assert (await note(world, session)).status == "published"
    await sends(world, "Wati", PAPER)
    assert [f.name for f in (await note(world, session)).files] == ["foto.jpg"]
    assert "meeting.files_late" in world.told("Wati")


async def test_a_photo_that_cannot_be_had_yet_is_asked_for_again(world: World) -> None:
    session = await over(world)
    world.door.files.clear()
    await sends(world, "Wati", PHOTO)
    world.door.files["f1"] = b"JPEG"
    await world.later(minutes=15)
    found = await world.house.store.meetings.session(session)
    assert found and [bool(f.sha256) for f in found.files] == [True]


async def test_talk_and_what_was_sent_before_it_began_is_not_kept(world: World) -> None:
    await held(world, WEEKLY)
    world.door.files["f1"] = b"JPEG"
    session = (await upcoming(world)).session.id
    card = world.card("meeting.card").ref.message
    await world.says("Wati", "Sampai jumpa ya", "#sirkulasi", card)
    await sends(world, "Wati", PHOTO)
    found = await world.house.store.meetings.session(session)
    assert found is None or found.files == ()
    assert world.heard("#sirkulasi") == ["meeting.card"] and not await world.house.store.questions.recent(1)


async def test_the_same_photo_counts_once(world: World) -> None:
    session = await over(world)
    await sends(world, "Wati", PHOTO)
    await sends(world, "Daniel", PHOTO)
    found = await world.house.store.meetings.session(session)
    assert found and len(found.files) == 1


async def test_a_question_with_a_picture_is_still_a_question(world: World) -> None:
    await over(world)
    card = next(m for m in world.door.messages if m.template == "meeting.card")
    ask = "Bagaimana cara menghitung denda buku yang terlambat?"
    await world.says("Wati", ask, "#sirkulasi", card.ref.message, mentioned=True, files=(PHOTO,))
    assert (await world.question()).text == ask
