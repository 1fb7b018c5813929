"""Every reminder and every digest of a simulated year, exactly once: whatever dies, restarts, is away, or tells the wrong time.

Fifty communities in five zones, two of them with daylight saving; people who come or do not, sleep, are on leave, want their
digest on another day; sessions moved and called off. What ought to come is worked out beside the bot (tests/year/oracle.py).
Here it is a small library and the weeks in which clocks change. GUYUB_TEST_WEEKS and GUYUB_TEST_PLACES make it the whole
year (`make soak`), GUYUB_TEST_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.events import Pressed, Submitted
from bot.model.member import Member
from bot.ports import Unit
from bot.settings import Settings
from tests.durability.houses import seeded
from tests.world import COMMUNITIES, World
from tests.year.fleet import Fleet, Told
from tests.year.library import filled
from tests.year.oracle import DAY, Key, Oracle, Person, Place, Sitting, moment, shown

pytestmark = pytest.mark.anyio

WEEKS = int(os.environ.get("GUYUB_TEST_WEEKS", "3"))
PLACES = int(os.environ.get("GUYUB_TEST_PLACES", "8"))
AUTUMN = datetime(2026, 10, 21, 3, 1, tzinfo=UTC)  # a look is a minute past a quarter, what is due comes on quarters
SPRING = datetime(2027, 3, 10, 3, 1, tzinfo=UTC)
STEPS = (1, 1, 1, 2, 2, 3, 5, 9, 15)  # hours between two looks, with some quarters more
FAR = (2.6, 12, 45, 400)  # days that a clock may be ahead of the time
DEATHS = 0.01  # at each step of a worker
SELDOM = 84 * DAY  # twice within some weeks, a clock that is far ahead still costs or doubles a digest here and there
OURS = ("meeting.remind", "meeting.remind_you", "digest.community", "digest.yours", "digest.centre")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]


class Year:
    """The library as it lives, and what is said of it beside."""

    def __init__(self, fleet: Fleet, chance: random.Random, begin: datetime, weeks: int) -> None:
        self.fleet, self.chance, self.begin, self.now = fleet, chance, begin, begin
        self.end = begin + timedelta(weeks=weeks)
        self.oracle = Oracle([], [], begin)
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.far = begin - SELDOM

    async def lives(self) -> None:
        self.fleet.clock.now = self.begin
        async with self.fleet.open():
            self.oracle = await filled(self.fleet.workers[0].house.store, PLACES, self.begin, self.end)
        while self.now < self.end:
            self.counts["restarts"] += 1
            async with self.fleet.open():
                for _ in range(self.chance.randint(3, 40)):
                    await self.hours_pass()
            self.now += self.chance.choice((0, 0, 0, 1, 3, 24, 60, 100, 220)) * timedelta(hours=1)  # and down for a while

    async def hours_pass(self) -> None:
        await self.looks(self.now)
        await self.acts()
        if self.chance.random() < 0.08:  # the clock is wrong for a while, and set right again
            hours = self.chance.choice((-1, 1)) * self.chance.randint(1, 20)
            await self.looks(self.now + timedelta(hours=hours))
        elif self.chance.random() < 0.01 and self.now - self.far > SELDOM:
            self.far = self.now
            await self.looks(self.now + timedelta(hours=round(24 * self.chance.choice(FAR))))
        quarters = 4 * self.chance.choice(STEPS) + self.chance.randint(-3, 3)
        self.now += quarters * timedelta(minutes=15)

    async def looks(self, at: datetime) -> None:
        """The workers and the oracle, at the same moment."""
        self.fleet.clock.now = at
        self.counts["looks"] += 1
        await self.fleet.workers[0].house.loops.plan()
        await self.fleet.look()
        want = self.oracle.look(at)
        told = Counter(self.key(one) for one in self.fleet.seen() if one.template in OURS)
        self.counts.update(template for _, template, _ in told.elements())
        for what, which in (("missed", want - told), ("doubled", told - want)):
            self.counts[what] += sum(which.values())
            self.wrong += [f"{what} at {at:%a %Y-%m-%d %H:%M}: {key}" for key in which.elements()]

    def key(self, told: Told) -> Key:
        if not told.template.startswith("meeting."):
            return told.channel, told.template, ""
        day, month, year, hour, minute = re.search(r"(\d+) (\w+) (\d{4}), (\d\d)\.(\d\d)", told.text).groups()  # type: ignore[union-attr]
        at = datetime(int(year), MONTHS.index(month[:3]) + 1, int(day), int(hour), int(minute))
        return told.channel, told.template, f"{at:%Y-%m-%d %H:%M}"

    # ---- what people do meanwhile ---------------------------------------------------------------------------------------

    async def acts(self) -> None:
        self.fleet.clock.now = max(self.now, self.fleet.clock.now)
        world = World(self.fleet.workers[0].house, self.fleet.door, self.fleet.clock)
        for place in self.chance.sample(self.oracle.places, max(1, PLACES // 8)):
            person = self.chance.choice(place.people)
            does = self.chance.choices((self.comes, self.moves, self.leaves, self.wants), (30, 3, 1, 2))[0]
            await does(world, place, person)
        assert not [one for one in self.fleet.seen() if one.template in OURS]

    def sitting(self, place: Place) -> tuple[str, Sitting] | None:
        """The one whose card stands in the channel with buttons."""
        found = next((b for b in self.fleet.door.cards.get(place.channel, ()) if b.action == "meeting_yes"), None)
        if found is None:
            return None
        original = datetime.strptime(found.value.partition("@")[2], "%Y%m%dT%H%M%S")
        return found.value, next(one for one in place.sittings if one.original == original)

    async def comes(self, world: World, place: Place, person: Person) -> None:
        if (found := self.sitting(place)) is None:
            return
        id, one = found
        action = "meeting_no" if self.chance.random() < 0.15 else "meeting_yes"
        await world.happens(person.user, Pressed(action, id, ""), place.channel)
        said = await world.house.store.meetings.rsvps(id)
        one.yes = {rsvp.member: rsvp.at for rsvp in said if rsvp.coming == "yes"}
        self.counts[action] += 1

    async def moves(self, world: World, place: Place, person: Person) -> None:
        """To another day, or called off, by who made it."""
        if (found := self.sitting(place)) is None:
            return
        id, one = found
        to = shown(one.starts, place.zone) + timedelta(minutes=15 * self.chance.randint(-40, 190))
        off = self.chance.random() < 0.3
        what = Pressed("meeting_off_now", id, "") if off else Pressed("meeting_moved", f"{id}/{to:%Y%m%dT%H%M%S}/0", "")
        await world.happens(place.people[0].user, what, place.channel)
        session = await world.house.store.meetings.session(id)
        one.off = session is not None and session.cancelled
        if session and session.since and session.since != one.since:
            one.starts, one.since, one.told = moment(session.start or one.original, place.zone), session.since, {}
        self.counts[what.action] += 1

    async def leaves(self, world: World, place: Place, person: Person) -> None:
        """Away for some days: no word in private meanwhile."""
        store = world.house.store
        (member,) = await store.members.many((person.user,))
        assert isinstance(member, Member)
        person.away = self.fleet.clock() + self.chance.randint(2, 12) * DAY
        await store.commit(Unit(store.library, save=(replace(member, away_until=person.away),)))
        self.counts["leaves"] += 1

    async def wants(self, world: World, place: Place, person: Person) -> None:
        """Their digest on another day, at another hour, or not."""
        off, day, hour = self.chance.random() < 0.2, self.chance.randint(0, 6), self.chance.randint(8, 11)
        fields = (("digest_day", "off" if off else str(day)), ("digest_hour", str(hour)), ("digest_language", "id"))
        await world.happens(person.user, Submitted("digest", "member", fields), f"@{person.user}")
        sub = await world.house.store.digests.get("member", person.user)
        assert sub and (sub.off, sub.hour) == (off, hour)
        person.day, person.hour, person.off, person.since = sub.day, sub.hour, sub.off, sub.since
        next(one for one in self.oracle.digests if one.person is person and not one.monthly).waits = None
        self.counts["choices"] += 1


async def told_exactly(settings: Settings, workers: int, begin: datetime, weeks: int = WEEKS) -> None:
    chance = seeded(f"{workers} workers, {weeks} weeks from {begin:%d %B %Y}, {PLACES} communities")
    fleet = Fleet(settings, workers, chance, DEATHS)
    year = Year(fleet, chance, begin, weeks)
    await year.lives()
    counts, deaths = dict(sorted(year.counts.items())), sum(fleet.died.values())
    print(f"{sum(year.oracle.sent.values())} expected: {dict(year.oracle.sent)}")
    print(f"{counts}; {deaths} deaths, {fleet.door.repeats} sent once more under the same name: {dict(fleet.died)}")
    assert not year.wrong, "\n".join(year.wrong[:20])
    assert year.counts["missed"] == year.counts["doubled"] == 0 and deaths > weeks


@pytest.mark.parametrize("begin", [AUTUMN, SPRING], ids=["autumn", "spring"])
async def test_two_workers_on_sqlite(tmp_path: Path, begin: datetime) -> None:
    await told_exactly(Settings(data_dir=tmp_path, communities=COMMUNITIES), 2, begin)


async def test_ten_workers_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, communities=COMMUNITIES, database_url=postgres_url)
    await told_exactly(settings, 10, AUTUMN, max(1, WEEKS - 1))
