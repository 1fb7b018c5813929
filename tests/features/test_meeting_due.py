"""Reminders and turns: each once, whatever happens to clocks, processes and people meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.features.test_meeting import held, upcoming
from tests.world import World

pytestmark = pytest.mark.anyio

WEEKLY = "rapat tiap Kamis jam 14 di ruang baca"
ONCE = datetime(2026, 11, 26, 7, tzinfo=UTC)  # Thursday, 14.00 WIB


def reminded(world: World, who: str) -> int:
    return world.told(who).count("meeting.remind_you")


async def until(world: World, at: datetime) -> None:
    await world.later(seconds=(at - world.clock()).total_seconds())


async def test_each_lead_rings_in_the_channel_and_the_one_before_is_a_line_and_who_comes_has_a_word(world: World) -> None:
    await held(world, WEEKLY)
    card = world.card("meeting.card")
    await world.presses("Wati", "meeting_yes", card)
    await world.presses("Daniel", "meeting_maybe", card)
    await until(world, ONCE - timedelta(days=1, minutes=1))
    assert "meeting.remind" not in world.heard("#sirkulasi")
    await until(world, ONCE - timedelta(days=1) + timedelta(seconds=5))
    one = world.card("meeting.remind", "#sirkulasi")
    assert "1 hari lagi" in one.text and "Wati" in one.text and one.edits == 0
    assert (reminded(world, "Wati"), reminded(world, "Daniel")) == (1, 0)
    await until(world, ONCE - timedelta(hours=1) + timedelta(seconds=5))
    two = world.card("meeting.remind", "#sirkulasi")
    assert "1 jam lagi" in two.text and two.edits == 0, "an edit would not ring"
    assert (one.template, one.edits) == ("meeting.reminded", 1) and "1 hari lagi" not in one.text
    assert world.heard("#sirkulasi").count("meeting.remind") == 1
    assert reminded(world, "Wati") == 2
    await until(world, ONCE + timedelta(minutes=30))
    assert reminded(world, "Wati") == 2 and (one.edits, two.edits) == (1, 0)


async def test_quiet_hours_wait_and_who_is_away_is_left_alone(world: World) -> None:
    await held(world, "rapat tiap Kamis jam 7 pagi")
    card = world.card("meeting.card")
    for who in ("Wati", "Daniel"):
        await world.presses(who, "meeting_yes", card)
    await world.presses("Wati", "meeting_more", card)
    await world.presses("Wati", "meeting_hours")
    await world.fills("Wati", zone="Asia/Jakarta", quiet="21-6")
    await world.commands("Daniel", "profil")
    await world.fills("Daniel", away="week")
    start = datetime(2026, 11, 26, 0, tzinfo=UTC)  # 7.00 WIB
    await until(world, start - timedelta(hours=23))
    await until(world, start - timedelta(minutes=59))
    assert (reminded(world, "Wati"), reminded(world, "Daniel")) == (2, 0), "6.00 is the end of her quiet hours"
    assert "meeting.reminded" in world.heard("#sirkulasi") and world.card("meeting.remind", "#sirkulasi").edits == 0


async def test_in_quiet_hours_it_comes_behind_them(world: World) -> None:
    await held(world, "rapat tiap Kamis jam 6.30 pagi")
    card = world.card("meeting.card")
    await world.presses("Wati", "meeting_yes", card)
    await world.presses("Wati", "meeting_more", card)
    await world.presses("Wati", "meeting_hours")
    await world.fills("Wati", zone="Asia/Jakarta", quiet="21-6")
    six = datetime(2026, 11, 25, 23, tzinfo=UTC)
    await until(world, six - timedelta(hours=20))
    await until(world, six - timedelta(minutes=20))
    assert "meeting.reminded" in world.heard("#sirkulasi") and reminded(world, "Wati") == 1
    await until(world, six + timedelta(seconds=30))
    assert reminded(world, "Wati") == 2


@pytest.mark.parametrize(
    ("back", "channel", "word"),
    [
        (timedelta(minutes=-30), 1, 1),  # both are owed: the nearer one is sent, once
        (timedelta(minutes=5), 1, 1),  # just begun: it still helps
        (timedelta(hours=2), 0, 0),  # over: dropped
    ],
)
async def test_after_a_time_away_what_still_helps_is_sent_once(world: World, back: timedelta, channel: int, word: int) -> None:
    await held(world, WEEKLY)
    await world.presses("Wati", "meeting_yes", world.card("meeting.card"))
    await until(world, ONCE + back)
    assert world.heard("#sirkulasi").count("meeting.remind") == channel and reminded(world, "Wati") == word


async def test_a_clock_set_back_sends_nothing_twice_and_loses_nothing(world: World) -> None:
    await held(world, WEEKLY)
    await world.presses("Wati", "meeting_yes", world.card("meeting.card"))
    await until(world, ONCE - timedelta(hours=23))
    assert reminded(world, "Wati") == 1
    world.clock.now -= timedelta(hours=3)
    await world.presses("Wati", "meeting_more", world.card("meeting.card"))
    await world.presses("Wati", "meeting_host")
    await world.later(seconds=1)
    await until(world, ONCE - timedelta(minutes=59))
    assert reminded(world, "Wati") == 2
    await until(world, ONCE + timedelta(hours=1, minutes=1))
    world.clock.now -= timedelta(hours=2)
    await world.later(seconds=1)
    assert (await upcoming(world)).when.starts == ONCE + timedelta(days=7), "what is done with does not come again"
    await until(world, ONCE + timedelta(days=7) - timedelta(minutes=59))
    assert world.heard("#sirkulasi").count("meeting.card") == 2


async def test_no_answer_no_word_and_who_answers_later_is_not_owed_what_was_before(world: World) -> None:
    await held(world, WEEKLY)
    await until(world, ONCE - timedelta(hours=2))
    await world.presses("Wati", "meeting_yes", world.card("meeting.card"))
    assert reminded(world, "Wati") == 0
    await until(world, ONCE)
    assert reminded(world, "Wati") == 1


async def test_a_next_holiday_is_asked_about_once(world: World) -> None:
    await held(world, "rapat tiap tanggal 17 jam 10")
    for _ in range(10):
        await world.later(days=30)
    asked = world.card("meeting.holiday", "@sari")
    texts = [m.text for m in world.door.messages if m.template == "meeting.holiday"]
    assert "17 Agustus" in asked.text and len(set(texts)) == len(texts) and asked.edits == 0
    await world.presses("Sari", "meeting_keep", asked)
    assert world.toast == "meeting.kept"


# ---- clocks that were wrong, found by tests/year ---------------------------------------------------------------------


async def test_one_that_is_late_waits_for_the_end_of_quiet_hours_too(world: World) -> None:
    await held(world, WEEKLY)
    await world.presses("Wati", "meeting_yes", world.card("meeting.card"))
    await world.presses("Wati", "meeting_more", world.card("meeting.card"))
    await world.presses("Wati", "meeting_hours")
    await world.fills("Wati", zone="Asia/Jakarta", quiet="21-6")
    night = datetime(2026, 11, 25, 15, tzinfo=UTC)  # 22.00 WIB; Guyub was away when a day before came, at 14.00
    await until(world, night)
    assert world.heard("#sirkulasi").count("meeting.remind") == 1 and reminded(world, "Wati") == 0
    await until(world, night + timedelta(hours=8, minutes=1))
    assert reminded(world, "Wati") == 1


@pytest.mark.parametrize("ahead", [timedelta(days=3), timedelta(days=45)])
async def test_a_clock_that_was_far_ahead_takes_no_reminder_away(world: World, ahead: timedelta) -> None:
    await held(world, WEEKLY)
    await world.presses("Wati", "meeting_yes", world.card("meeting.card"))
    now = world.clock()
    await world.later(seconds=ahead.total_seconds())
    world.clock.now = now + timedelta(minutes=5)
    await world.house.loops.plan()
    await world.later(seconds=1)
    await until(world, ONCE - timedelta(hours=23))
    assert world.heard("#sirkulasi").count("meeting.remind") == 1 and reminded(world, "Wati") == 1
    await until(world, ONCE - timedelta(minutes=59))
    assert reminded(world, "Wati") == 2
    await world.house.loops.plan()
    await world.later(seconds=1)
    assert reminded(world, "Wati") == 2 and world.heard("#sirkulasi").count("meeting.remind") == 1, "planned again, told once"
    await until(world, ONCE + timedelta(hours=2))
    assert (await upcoming(world)).when.starts == ONCE + timedelta(days=7)


async def test_a_reminder_of_a_time_that_holds_no_more_says_so(world: World) -> None:
    await held(world, WEEKLY)
    await until(world, ONCE - timedelta(hours=23))
    one = world.card("meeting.remind", "#sirkulasi")
    await world.presses("Sari", "meeting_more", world.card("meeting.card"))
    await world.presses("Sari", "meeting_off")
    await world.presses("Sari", "meeting_off_now")
    assert (one.template, one.edits) == ("meeting.reminded", 1)
