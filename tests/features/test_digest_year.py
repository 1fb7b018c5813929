"""A simulated year of digests: twenty communities in three zones, two workers, kills, restarts, outages, clocks set back.

What is to come is worked out here by the calendar alone: Mondays at eight on the clocks there, and when somebody first looked
after each. The bot's own way of working it out (bot/rhythm) is not used.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.compose import House, open_house
from bot.loops import settle
from bot.model.base import Words
from bot.model.community import Community
from bot.model.digest import first
from bot.model.meeting import Hours, Meeting
from bot.model.member import Member, Membership
from bot.model.place import Account, Binding
from bot.ports import Unit
from bot.settings import Settings
from tests.fakes import PaperDoor, TestClock, WordVectors, marked_voice
from tests.world import COMMUNITIES

pytestmark = pytest.mark.anyio

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
PLACES, WEEKS = 20, 53
BEGIN = datetime(
    2026, 11, 25, 3, 30, tzinfo=UTC
)  # looks are at half past, digests on the hour: which comes first is never in doubt
AFTER = timedelta(days=62)  # dues are worked out beyond the year, so that each has one that follows


@dataclass
class Fleet:
    """Two workers on one store and one door, as far as they live."""

    folder: Path
    clock: TestClock
    door: PaperDoor
    houses: tuple[House, ...] = ()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        settings = Settings(data_dir=self.folder, communities=COMMUNITIES)
        more = {"clock": self.clock, "doors": (self.door,), "model": WordVectors()}
        async with open_house(settings, **more) as one, open_house(settings, visiting=True, **more) as other:
            self.houses = one, other
            for house in self.houses:
                house.outbox.voice = house.app.dispatcher.voice = marked_voice()
            yield
            self.houses = ()

    async def look(self, chance: random.Random) -> None:
        """What both do at one moment; now and then one dies with work in its hands, which is free again after a minute."""
        if chance.random() < 0.3:
            await self.houses[1].store.claim_due(self.clock(), 200)
            await self.houses[1].store.claim("dead", 3)
            await self._both()
            await self.houses[1].store.claim_out("dead", 3)
            self.clock.forward(seconds=61)
        await self._both()

    async def _both(self) -> None:
        one, other = self.houses
        for _ in range(20):
            if not sum(await asyncio.gather(*(h.store.claim_due(self.clock(), 200) for h in self.houses))):
                break
            await asyncio.gather(settle(one.app, one.outbox), settle(other.app, other.outbox))
        await asyncio.gather(settle(one.app, one.outbox), settle(other.app, other.outbox))


async def filled(fleet: Fleet) -> None:
    """A community a channel, with one member of its own zone; a meeting a week, so that there always is something to tell."""
    store = fleet.houses[0].store
    library, since = store.library, BEGIN - timedelta(days=60)
    for n in range(PLACES):
        words, id, who, zone = Words(f"K{n}", f"C{n}"), f"place{n:02}", f"member{n:02}", ZONES[n % 3]
        await store.commit(
            Unit(
                library,
                save=(
                    Community(id=id, library=library, key=f"k{n}", name=words, description=words),
                    Binding(library=library, door="paper", channel=f"#k{n:02}", name=f"#k{n}", community=id, mode="auto"),
                    Member(id=who, library=library, name=f"M{n}", accounts=(Account("paper", f"m{n:02}", f"M{n}"),), cap=3),
                    Membership(library=library, member=who, community=id, joined_at=since),
                    Hours(id=f"hours.{who}", library=library, member=who, zone=zone),
                    replace(first("community", id, library, fleet.clock()), zone=zone, next_at=fleet.clock()),
                    Meeting(
                        library=library, community=id, start=datetime(2026, 11, 27, 14), zone=zone, rule="FREQ=WEEKLY",
                        status="held", made_by=who, since=since, changed_at=since,
                    ),
                ),
            )
        )  # fmt: skip
    await store.commit(Unit(library, save=tuple(replace(m, role="librarian") for m in await store.members.many(("member00",)))))


def mondays(zone: str, until: datetime) -> list[datetime]:
    """Every Monday at eight on the clocks there."""
    found, day = [], date(2026, 11, 30)
    while (at := datetime.combine(day, time(8), ZoneInfo(zone)).astimezone(UTC)) <= until:
        found.append(at)
        day += timedelta(days=7)
    return found


def firsts(zone: str, until: datetime) -> list[datetime]:
    """Every first of a month at eight."""
    days = [date(2026 + (11 + k) // 12, (11 + k) % 12 + 1, 1) for k in range(20)]
    return [at for d in days if (at := datetime.combine(d, time(8), ZoneInfo(zone)).astimezone(UTC)) <= until]


def expected(dues: list[datetime], looks: list[datetime]) -> Counter[datetime]:
    """When each is told: at the first look after it, unless that is too late; then the next one takes its news."""
    told: Counter[datetime] = Counter()
    for due, following in pairwise(dues):
        look = next((at for at in looks if at >= due), None)
        if look and look - due < (following - due) / 2:
            told[look] += 1
    return told


@pytest.mark.parametrize("seed", [20261125])
async def test_every_digest_of_a_year_exactly_once(tmp_path: Path, seed: int) -> None:
    chance, clock, door = random.Random(seed), TestClock(), PaperDoor()
    clock.now = BEGIN
    fleet, looks, told = Fleet(tmp_path, clock, door), [], Counter[tuple[str, str, datetime]]()
    now, end, restarts = BEGIN, BEGIN + timedelta(weeks=WEEKS), 0
    async with fleet.open():
        await filled(fleet)
    while now < end:
        restarts += 1
        async with fleet.open():
            for _ in range(chance.randint(1, 24)):
                clock.now = now
                await fleet.houses[0].loops.plan()
                await fleet.look(chance)
                looks.append(now)
                told.update((m.ref.channel, m.template, now) for m in door.messages)
                door.messages.clear()
                if chance.random() < 0.1:  # a clock set back for a while
                    clock.now = now - timedelta(hours=chance.randint(1, 20))
                    await fleet.look(chance)
                now += timedelta(hours=chance.choice((3, 7, 15, 30, 50)))
        now += timedelta(days=chance.choice((0, 0, 1, 3, 5, 9)))  # and down for a while
    want: Counter[tuple[str, str, datetime]] = Counter()
    for n in range(PLACES):
        times = expected(mondays(ZONES[n % 3], looks[-1] + AFTER), looks)
        want.update({(f"#k{n:02}", "digest.community", at): k for at, k in times.items()})
        want.update({(f"@m{n:02}", "digest.yours", at): k for at, k in times.items()})
    want.update({("@m00", "digest.centre", at): k for at, k in expected(firsts(ZONES[0], looks[-1] + AFTER), looks).items()})
    told = Counter({key: k for key, k in told.items() if key[1].startswith("digest.")})
    missed, doubled = want - told, told - want
    print(f"{len(looks)} looks, {restarts} restarts, {sum(told.values())} of {sum(want.values())} digests,", end=" ")
    print(f"{sum(missed.values())} missed, {sum(doubled.values())} too many")
    assert (missed, doubled) == (Counter(), Counter())
    assert sum(want.values()) > 1000
