"""A session moved or called off, a series changed or ended: those who said yes are told once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.events import Pressed, Submitted
from tests.features.test_meeting import held, newest, upcoming
from tests.world import World

pytestmark = pytest.mark.anyio

WEEKLY = "rapat tiap Kamis jam 14 di ruang baca"


async def coming(world: World) -> None:
    """A weekly meeting that Wati comes to, and Daniel perhaps."""
    await held(world, WEEKLY)
    await world.presses("Wati", "meeting_yes", world.card("meeting.card"))
    await world.presses("Daniel", "meeting_maybe", world.card("meeting.card"))


async def test_one_is_moved_after_its_new_time_was_shown(world: World) -> None:
    await coming(world)
    card = world.card("meeting.card")
    await world.presses("Sari", "meeting_more", card)
    await world.presses("Sari", "meeting_move")
    await world.fills("Sari", when="Jumat")
    assert world.toast == "FieldErrors"
    await world.presses("Sari", "meeting_more", card)
    await world.presses("Sari", "meeting_move")
    await world.fills("Sari", when="Jumat jam 10")
    assert world.toast == "meeting.move_understood" and world.shown
    assert "Jumat, 27 November 2026, 10.00 WIB" in world.shown.words["meeting.move_understood"]
    assert "Jumat" not in card.text
    await world.presses("Sari", "meeting_moved")
    assert world.toast == "meeting.saved" and world.heard("#sirkulasi") == ["meeting.card"]
    assert "Jumat, 27 November 2026, 10.00 WIB" in card.text and "Dipindah dari Kamis, 26 November" in card.text
    assert world.told("Wati").count("meeting.moved") == 1 and "meeting.moved" not in world.told("Daniel")
    one = await upcoming(world)
    assert one.when.starts == datetime(2026, 11, 27, 3, tzinfo=UTC)
    await world.later(days=2, hours=23)  # Friday 8.00: a day before has been reminded of, Thursday's is forgotten
    assert world.told("Wati").count("meeting.remind_you") == 1
    await world.later(hours=5)
    assert (await upcoming(world)).when.starts == datetime(2026, 12, 3, 7, tzinfo=UTC)


async def test_a_repeating_time_is_no_time_for_one(world: World) -> None:
    await coming(world)
    await world.presses("Sari", "meeting_more", world.card("meeting.card"))
    await world.presses("Sari", "meeting_move")
    await world.fills("Sari", when="tiap Jumat jam 10")
    assert dict(world.shown.now.errors) == {"when": "meeting.doubt_once"}  # type: ignore[union-attr]


async def test_only_maker_host_and_stewards_change_it(world: World) -> None:
    await coming(world)
    await world.presses("Daniel", "meeting_more", world.card("meeting.card"))
    assert [b.action for b in world.shown.buttons] == ["meeting_host", "meeting_feed", "meeting_hours"]  # type: ignore[union-attr]
    session = (await upcoming(world)).session.id
    for press in (
        Pressed("meeting_move", session, ""),
        Pressed("meeting_off_now", session, ""),
        Pressed("meeting_moved", f"{session}/20261127T100000/0", ""),
    ):
        await world.happens("Daniel", press)
        assert world.toast == "meeting.not_yours"
    await world.presses("Daniel", "meeting_more", world.card("meeting.card"))
    await world.presses("Daniel", "meeting_host")
    await world.presses("Daniel", "meeting_more", world.card("meeting.card"))
    assert "meeting_move" in [b.action for b in world.shown.buttons]  # type: ignore[union-attr]


async def test_one_is_called_off_and_the_next_one_stands_there(world: World) -> None:
    await coming(world)
    await world.presses("Sari", "meeting_more", world.card("meeting.card"))
    await world.presses("Sari", "meeting_off")
    assert world.toast == "meeting.off_really" and (await upcoming(world)).when.starts.day == 26
    session = (await upcoming(world)).session.id
    await world.presses("Sari", "meeting_off_now")
    assert world.toast == "meeting.off_done"
    assert world.told("Wati").count("meeting.cancelled") == 1
    old, new = [m for m in world.door.messages if m.template == "meeting.card"]
    assert "Dibatalkan" in old.text and not old.buttons and "3 Desember 2026" in new.text
    await world.happens("Sari", Pressed("meeting_off_now", session, ""))
    assert world.toast == "meeting.over" and world.told("Wati").count("meeting.cancelled") == 1
    await world.happens("Wati", Pressed("meeting_yes", session, ""))
    assert world.toast == "meeting.over"
    await world.later(days=3)
    assert "meeting.remind" not in world.heard("#sirkulasi") and "meeting.remind_you" not in world.told("Wati")


async def test_the_whole_series_ends(world: World) -> None:
    await coming(world)
    meeting = await newest(world)
    await world.presses("Sari", "meeting_more", world.card("meeting.card"))
    await world.presses("Sari", "meeting_stop")
    assert world.toast == "meeting.stop_really"
    await world.presses("Sari", "meeting_stop_now")
    assert world.toast == "meeting.stop_done" and world.told("Wati").count("meeting.stopped") == 1
    assert await world.house.store.meetings.held() == () and "Dibatalkan" in world.card("meeting.card").text
    await world.later(days=9)
    assert world.heard("#sirkulasi") == ["meeting.card"]
    await world.happens("Sari", Pressed("meeting_stop_now", meeting.id, ""))
    assert world.toast == "meeting.gone"


async def test_a_series_details_change_in_place(world: World) -> None:
    await coming(world)
    before = await newest(world)
    await world.presses("Sari", "meeting_more", world.card("meeting.card"))
    await world.presses("Sari", "meeting_series")
    await world.fills("Sari", title="Bedah denda", where="Aula", leads="180")
    assert world.toast == "meeting.saved"
    after = await newest(world)
    assert (after.id, after.title, after.place, after.leads, after.revision) == (before.id, "Bedah denda", "Aula", (180,), 1)
    card = world.card("meeting.card")
    assert world.heard("#sirkulasi") == ["meeting.card"] and "Bedah denda" in card.text and "Wati" in card.text
    await world.later(days=2, hours=2, minutes=5)  # Thursday 11.05
    assert world.told("Wati").count("meeting.remind_you") == 1


async def test_a_new_schedule_takes_the_place_of_the_old_once_confirmed(world: World) -> None:
    await coming(world)
    old = await newest(world)
    await world.presses("Sari", "meeting_more", world.card("meeting.card"))
    await world.presses("Sari", "meeting_series")
    await world.fills("Sari", when="tiap Rabu jam 9")
    shown = world.card("meeting.understood")
    assert "menggantikan" in shown.text and [m.id for m in await world.house.store.meetings.held()] == [old.id]
    await world.presses("Sari", "meeting_confirm", shown)
    (new,) = await world.house.store.meetings.held()
    assert (new.rule, new.replaces, new.place) == ("FREQ=WEEKLY;BYDAY=WE", old.id, "ruang baca")
    assert world.told("Wati").count("meeting.replaced") == 1
    first, second = [m for m in world.door.messages if m.template == "meeting.card"]
    assert "Dibatalkan" in first.text and "Rabu, 25 November 2026, 09.00 WIB" in second.text
    await world.later(days=3)
    assert "meeting.remind_you" not in world.told("Wati")


async def test_a_form_sent_too_late_is_told_so(world: World) -> None:
    await coming(world)
    session = (await upcoming(world)).session.id
    await world.later(days=3)
    await world.happens("Sari", Submitted("meeting_move", session, (("when", "besok jam 10"),)))
    assert world.toast == "meeting.over"
    await world.commands("Sari", "rapat besok jam 10", "#sirkulasi")
    await world.later(hours=23)
    await world.commands("Sari", "rapat 2 jam lagi", "#sirkulasi")
    shown = world.card("meeting.understood")
    await world.later(hours=3, minutes=1)
    await world.presses("Sari", "meeting_confirm", shown)
    assert world.toast == "meeting.too_late"
