"""A community's rhythm on each platform: a meeting in words, who comes, reminders, minutes, the digest and its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from bot.compose import House
from bot.model.base import Language
from bot.model.meeting import Meeting
from bot.show import plain
from tests.doors.test_line import Walk, the_community_gathers
from tests.doors.three import three_doors
from tests.doors.town import Seen, Town, sees, until

pytestmark = pytest.mark.anyio

ROOM, NOTES = "sirkulasi", "Semua cabang memakai denda seribu rupiah mulai Januari."
WIB = ZoneInfo("Asia/Jakarta")
MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}


class Later:
    """The house's own clock, ahead of the platforms': time passes at once."""

    def __init__(self, house: House) -> None:
        self.house, self.ahead = house, timedelta(0)
        house.app.dispatcher.clock = house.loops.clock = house.outbox.clock = house.store._clock = self

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def moves(self, to: datetime) -> None:
        self.ahead += to - self()
        await self.house.loops.plan()


@dataclass
class Rhythm:
    """One town, the house behind it and its clock."""

    house: House
    town: Town
    clock: Later

    def words(self, key: str, language: Language = "id", **data: object) -> str:
        return plain(self.house.app.dispatcher.voice(key, data, language))

    async def sees(self, who: str, words: str, *, button: str = "") -> Seen:
        """In the room or in private: where a platform shows what is for one alone is its own affair."""
        found: list[Seen] = []

        async def there() -> bool:
            for room in (ROOM, "private"):
                found.extend(
                    m for m in await self.town.reads(who, room) if m.has(words) and (not button or button in m.buttons)
                )
            return bool(found)

        await until(there, f"{who} on {self.town.name} sees no {words!r} {button!r}")
        return found[-1]

    async def meeting(self, many: int) -> Meeting:
        """The newest, once so many are held."""
        found: list[Meeting] = []

        async def held() -> bool:
            found[:] = await self.house.store.meetings.held()
            return len(found) == many

        await until(held, f"not {many} meetings are held")
        return found[-1]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[tuple[House, dict[str, Town]]]:
    async with three_doors(tmp_path) as opened:
        yield opened


def spoken(at: datetime, language: Language) -> str:
    """The day in full, as the three next dates are shown."""
    return f"{at.day} {MONTHS[language].split()[at.month - 1]} {at.year}"


@pytest.mark.parametrize("door", ["web", "slack", "telegram"])
async def test_a_month_of_a_community(opened: tuple[House, dict[str, Town]], door: str) -> None:
    house, towns = opened
    town = towns[door]
    await the_community_gathers(Walk(house, town, town))
    rhythm = Rhythm(house, town, Later(house))
    await one_who_reads_english_joins(rhythm)
    meeting = await a_meeting_is_agreed_on(rhythm, "rapat", "tiap Kamis jam 14 di ruang baca", "id", "FREQ=WEEKLY;BYDAY=TH", 1)
    await they_say_who_comes(rhythm, meeting)
    await they_are_reminded(rhythm, meeting)
    await minutes_become_knowledge(rhythm, meeting)
    await the_week_is_told_and_its_day_chosen(rhythm)


@pytest.mark.parametrize("door", ["web", "slack", "telegram"])
async def test_a_meeting_in_english(opened: tuple[House, dict[str, Town]], door: str) -> None:
    house, towns = opened
    town = towns[door]
    await the_community_gathers(Walk(house, town, town))
    rhythm = Rhythm(house, town, Later(house))
    line = "every other Monday 9.30 in the reading room"
    await a_meeting_is_agreed_on(rhythm, "meeting", line, "en", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", 1)


async def one_who_reads_english_joins(r: Rhythm) -> None:
    await r.town.arrives("Tono")
    await r.town.runs("Tono", "gabung", "sirkulasi")
    await sees(r.town, "Tono", "Sirkulasi")
    await r.town.runs("Tono", "profil")
    await r.town.fills("Tono", {r.words("profile.field_language"): "English"})

    async def english() -> bool:
        return [m.language for m in await r.house.store.members.named("Tono")] == ["en"]

    await until(english, "the language was not chosen")


async def a_meeting_is_agreed_on(r: Rhythm, command: str, line: str, language: Language, rule: str, many: int) -> Meeting:
    """What was understood stands there with its next three dates in full, and binds only then."""
    await r.town.runs("Sari", command, line, ROOM)
    confirm = r.words("meeting.button_confirm", language)
    shown = await r.sees("Sari", "", button=confirm)
    hour = 14 if "TH" in rule else 9
    begin = datetime.now(WIB).replace(tzinfo=None, hour=hour, minute=0 if hour == 14 else 30, second=0, microsecond=0)
    after = datetime.now(WIB).replace(tzinfo=None)
    first = rrulestr(rule.replace("INTERVAL=2;", ""), dtstart=begin).after(after)
    for at in rrulestr(rule, dtstart=first)[:3]:
        assert spoken(at, language) in shown.text, shown.text
    assert await r.house.store.meetings.held() == ()
    await r.town.presses("Sari", confirm, shown)
    return await r.meeting(many)


async def they_say_who_comes(r: Rhythm, meeting: Meeting) -> None:
    yes = r.words("meeting.button_yes")
    card = await sees(r.town, "Daniel", "", ROOM, button=yes)
    for who in ("Daniel", "Tono"):
        await r.town.presses(who, yes, await sees(r.town, who, "", ROOM, button=yes))

    async def counted() -> bool:
        now = next(m for m in await r.town.reads("Sari", ROOM) if m.id == card.id)
        return "Daniel" in now.text and "Tono" in now.text

    await until(counted, "the card was not edited in place")


async def they_are_reminded(r: Rhythm, meeting: Meeting) -> None:
    """A day and an hour before, each a new message that rings, in the channel and to who comes; the one before is a line."""
    [one] = await r.house.store.meetings.upcoming(None, r.clock(), 1)
    starts = one.when.starts
    day, hour = (
        r.words("meeting.soon", lead=lead) for lead in ({"days": 1, "length": "1 hari"}, {"days": 0, "length": "1 jam"})
    )
    await r.clock.moves(starts - timedelta(hours=24) + timedelta(seconds=1))
    first = await sees(r.town, "Sari", day, ROOM)
    await sees(r.town, "Daniel", day)
    await sees(r.town, "Tono", r.words("meeting.soon", "en", lead={"days": 1, "length": ""}))
    await r.clock.moves(starts - timedelta(hours=1) + timedelta(seconds=1))
    second = await sees(r.town, "Sari", hour, ROOM)
    await sees(r.town, "Daniel", hour)
    assert second.id != first.id, "an edit does not ring"

    async def retired() -> bool:
        return any(m.id == first.id and day not in m.text for m in await r.town.reads("Sari", ROOM))

    await until(retired, "the earlier reminder still stands there in full")
    reminders = [m for m in await r.town.reads("Sari", ROOM) if m.has(day) or m.has(hour)]
    assert [m.id for m in reminders] == [second.id]
    await r.clock.moves(one.when.ends + timedelta(seconds=1))


async def minutes_become_knowledge(r: Rhythm, meeting: Meeting) -> None:
    write = r.words("meeting.button_minutes")
    await r.town.presses("Sari", write, await sees(r.town, "Sari", "", button=write))
    await r.town.fills("Sari", {r.words("meeting.field_notes"): NOTES})
    approve = r.words("review.button_approve")
    await r.town.presses("Sari", approve, await sees(r.town, "Sari", NOTES[:30], button=approve))

    async def kept() -> bool:
        sessions = await r.house.store.meetings.sessions(meeting.id)
        items = [await r.house.store.items.get(s.item) for s in sessions if s.item]
        return any(item and item.status == "published" and "seribu" in item.solution for item in items)

    await until(kept, "the minutes were not published")
    await r.town.runs("Daniel", "cari", "denda seribu rupiah cabang")
    await sees(r.town, "Daniel", ROOM.capitalize())


async def the_week_is_told_and_its_day_chosen(r: Rhythm) -> None:
    now = r.clock().astimezone(WIB)
    monday = (now + timedelta(days=(7 - now.weekday()) % 7 or 7)).replace(hour=8, minute=0, second=1, microsecond=0)
    await r.clock.moves(r.clock())
    daniel = (await r.house.store.members.named("Daniel"))[0]

    async def subscribed() -> bool:
        return await r.house.store.digests.get("member", daniel.id) is not None

    await until(subscribed, "nobody planned a digest")
    await r.clock.moves(monday.astimezone(UTC))
    settings = r.words("digest.button_settings")
    told = await sees(r.town, "Daniel", "Kabar sepekan", button=settings)
    await sees(r.town, "Sari", "Kabar sepekan", ROOM)
    await sees(r.town, "Tono", "Circulation", button=r.words("digest.button_settings", "en"))
    await r.town.presses("Daniel", settings, told)
    await r.town.fills(
        "Daniel", {r.words("digest.field_member"): r.words("digest.day_4"), r.words("digest.field_hour"): "15.00"}
    )

    async def chosen() -> bool:
        sub = await r.house.store.digests.get("member", daniel.id)
        return sub is not None and (sub.day, sub.hour) == (4, 15)

    await until(chosen, "the day was not chosen")
