"""Reminders and turns: each once, whatever happens to clocks, processes and people meanwhile."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.compose import House, open_house
from bot.loops import settle
from bot.model.meeting import STAMP, Meeting
from bot.rhythm import recurrence
from bot.rhythm.due import Plan, Reminder, expected
from tests.features.test_meeting import held, upcoming
from tests.world import WordVectors, World, a_library

pytestmark = pytest.mark.anyio

WEEKLY = "rapat tiap Kamis jam 14 di ruang baca"
ONCE = datetime(2026, 11, 26, 7, tzinfo=UTC)  # Thursday, 14.00 WIB


def reminded(world: World, who: str) -> int:
    return world.told(who).count("meeting.remind_you")


async def until(world: World, at: datetime) -> None:
    await world.later(seconds=(at - world.clock()).total_seconds())


async def test_the_channel_has_one_reminder_in_place_and_who_comes_a_word_at_each_lead(world: World) -> None:
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
    assert "1 jam lagi" in one.text and one.edits == 1 and world.heard("#sirkulasi").count("meeting.remind") == 1
    assert reminded(world, "Wati") == 2
    await until(world, ONCE + timedelta(minutes=30))
    assert reminded(world, "Wati") == 2 and one.edits == 1


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
    assert world.card("meeting.remind", "#sirkulasi").edits == 1


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
    assert world.card("meeting.remind", "#sirkulasi").edits == 1 and reminded(world, "Wati") == 1
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


async def test_half_a_year_of_restarts_and_two_workers_sends_each_once(tmp_path: Path) -> None:
    """The oracle is the pure `expected`. Processes end between, some right after claiming; the clock is late and set back."""
    chance = random.Random(20261125)
    async with a_library(tmp_path) as world:
        series = [
            await held(world, line)
            for line in (WEEKLY, "rapat tiap Senin dan Rabu jam 9.30 WITA", "rapat tiap tanggal 5 jam 8 malam")
        ]
        town = Town(world)
    end = town.clock() + timedelta(days=182)
    while town.clock() < end:
        async with town.open() as first, town.open(visiting=True) as second:
            await settle(first.app, first.outbox)
            for _ in range(chance.randint(1, 25)):
                await town.next_due(chance)
                await asyncio.gather(*(house.store.claim_due(town.clock(), 200) for house in (first, second)))
                if chance.random() < 0.08:
                    break  # what was claimed is handled by who comes after
                await asyncio.gather(*(settle(house.app, house.outbox) for house in (first, second)))
                await town.wati_comes(first, series[0])
                if chance.random() < 0.1:
                    town.clock.now -= timedelta(minutes=chance.randint(1, 180))
    async with town.open() as house:
        await settle(house.app, house.outbox)
        end = town.latest
        channel, direct = await _sent(house, series)
        wanted = {f"{r.occurrence.series}@{r.occurrence.original:{STAMP}}/{r.lead}" for m in series for r in _oracle(m, end)}
        assert len(wanted) > 150 and channel == wanted
        assert town.count("meeting.remind") == len(wanted), "each was delivered once"
        assert direct == {id for id in wanted if id.startswith(series[0].id)} and town.count("meeting.remind_you") == len(
            direct
        )
    print(f"half a year: {len(wanted)} in the channel, {len(direct)} in private, 0 missed, 0 doubled")


class Town:
    """One data directory, one door and one clock, whatever processes there are."""

    def __init__(self, world: World) -> None:
        self.settings, self.door, self.clock = world.house.settings, world.door, world.clock
        self.voice, self.latest = world.house.outbox.voice, world.clock()

    @asynccontextmanager
    async def open(self, visiting: bool = False) -> AsyncIterator[House]:
        async with open_house(
            self.settings, clock=self.clock, doors=(self.door,), model=WordVectors(), visiting=visiting
        ) as house:
            house.outbox.voice = house.app.dispatcher.voice = self.voice
            yield house

    async def next_due(self, chance: random.Random) -> None:
        """To the next time that is set, some minutes late."""
        with sqlite3.connect(str(self.settings.sqlite_path)) as connection:
            (at,) = connection.execute("SELECT min(at) FROM due").fetchone()
        due = max(self.clock.now, datetime.fromisoformat(at).replace(tzinfo=UTC))
        self.clock.now = due + timedelta(seconds=chance.randint(1, 240))
        self.latest = max(self.latest, self.clock.now)

    async def wati_comes(self, house: House, meeting: Meeting) -> None:
        """She says yes to each session as soon as its card is there."""
        world = World(house, self.door, self.clock)
        cards = [m for m in self.door.messages if m.template == "meeting.card" and "meeting_yes" in m.buttons]
        for card in cards:
            session = card.buttons["meeting_yes"].value
            if session.startswith(meeting.id) and not await house.store.meetings.rsvps(session):
                await world.presses("Wati", "meeting_yes", card)

    def count(self, template: str) -> int:
        return sum(1 + m.edits for m in self.door.messages if m.template == template)


async def _sent(house: House, series: list[Meeting]) -> tuple[set[str], set[str]]:
    """What the sessions say was sent: in the channel, and to somebody."""
    every = [f"{s.id}/{key}" for m in series for s in await house.store.meetings.sessions(m.id) for key in s.sent]
    assert len(set(every)) == len(every)
    return {one[:-1] for one in every if one.endswith("/")}, {one.rpartition("/")[0] for one in every if not one.endswith("/")}


def _oracle(meeting: Meeting, end: datetime) -> list[Reminder]:
    times = tuple(recurrence.between(meeting.series(), meeting.since, end + timedelta(days=9)))
    return [r for r in expected(Plan(times, meeting.zone, meeting.leads, meeting.since)) if r.due <= end]
