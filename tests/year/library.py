"""A library of many communities in five zones, each with a meeting and people who want different things: stored, and told
to the oracle."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.model.base import Noun, Words
from bot.model.community import Community
from bot.model.digest import first
from bot.model.knowledge import Item
from bot.model.meeting import Hours, Meeting
from bot.model.member import Member, Membership
from bot.model.place import Account, Binding
from bot.outcome import Later
from bot.ports import Unit
from storage.store import SqlStore
from tests.year.oracle import Oracle, Person, Place, Weekly

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Amsterdam", "America/New_York")
NIGHTS = ((0, 0), (21, 6), (0, 0), (22, 9), (13, 14))
NEWS, FAR = timedelta(hours=18), timedelta(days=500)
MEETINGS = (  # rule, hour and minute, how long, leads
    ("FREQ=WEEKLY;BYDAY=TH", (14, 0), 60, (1440, 60)),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", (9, 30), 90, (1440, 60)),
    ("FREQ=WEEKLY;BYDAY=SU", (2, 30), 60, (1440, 60)),  # an hour that some nights skip and others have twice
    ("FREQ=MONTHLY;BYDAY=2TU,-1FR", (19, 15), 120, (10080, 1440, 15)),
    ("FREQ=WEEKLY;BYDAY=SA", (7, 0), 45, (180, 60)),
    ("FREQ=MONTHLY;BYMONTHDAY=5,20", (6, 15), 30, (2880, 1440, 60)),
)


async def filled(store: SqlStore, size: int, begin: datetime, end: datetime) -> Oracle:
    """A channel a community; of its two members the second is in the next community as well."""
    places, digests = [], []
    for n in range(size):
        zone, rule = ZONES[n % len(ZONES)], MEETINGS[n % len(MEETINGS)]
        people = [Person(f"m{n:02}{x}", ZONES[(n + k) % 5], NIGHTS[(n + k) % 5]) for k, x in enumerate("ab")]
        start = datetime.combine(begin.date(), time(*rule[1])) - timedelta(days=7)
        place = Place(f"place{n:02}", f"#k{n:02}", zone, rule[0], start, rule[2], rule[3], people)
        place.fill(begin, end + FAR)
        places.append(place)
        digests.append(Weekly(place.channel, "digest.community", zone, begin))
        digests += [Weekly(f"@{p.user}", "digest.yours", p.zone, begin, p) for p in people]
        later = (Later("meeting.turn", f"{place.id}.meeting", begin),)
        await store.commit(Unit(store.library, save=_rows(store.library, place, n, size, begin), later=later))
        await store.commit(Unit(store.library, save=_news(store.library, place, begin, end)))
    librarian = places[0].people[0]
    digests.append(Weekly(f"@{librarian.user}", "digest.centre", librarian.zone, begin, librarian, monthly=True))
    (member,) = await store.members.many((librarian.user,))
    await store.commit(Unit(store.library, save=(replace(member, role="librarian"),)))
    return Oracle(places, digests, begin)


def _news(library: str, place: Place, begin: datetime, end: datetime) -> tuple[Noun, ...]:
    """Notes, so near to each other that every digest has one to tell of."""
    times = [begin + n * NEWS for n in range(-10, (end - begin) // NEWS + 1)]
    times += [end + timedelta(days=5 * n) for n in range(1, FAR.days // 5)]
    note = Item(
        library=library, community=place.id, title="N", problem="P", solution="S", status="published", language="id",
        created_at=begin,
    )  # fmt: skip
    return tuple(replace(note, id=f"{place.id}.{n}", published_at=at) for n, at in enumerate(times))


def _rows(library: str, place: Place, n: int, size: int, begin: datetime) -> tuple[Noun, ...]:
    words = Words(f"K{n}", f"C{n}")
    since = begin - timedelta(days=60)
    rows: list[Noun] = [
        Community(id=place.id, library=library, key=f"k{n}", name=words, description=words),
        Binding(library=library, door="paper", channel=place.channel, name=place.channel, community=place.id, mode="auto"),
        replace(first("community", place.id, library, begin), zone=place.zone, next_at=begin),
        Meeting(
            id=f"{place.id}.meeting", library=library, community=place.id, start=place.sittings[0].original, zone=place.zone,
            rule=place.rule, minutes=place.minutes, leads=place.leads, status="held", made_by=place.people[0].user, since=begin,
            changed_at=begin,
        ),
    ]  # fmt: skip
    for person, homes in zip(place.people, ((n,), (n, (n + 1) % size)), strict=True):
        id, (quiet_from, quiet_to) = person.user, (time(hour) for hour in person.night)
        rows += [
            Member(id=id, library=library, name=id, accounts=(Account("paper", id, id),), language="id", cap=3),
            Hours(id=f"hours:{id}", library=library, member=id, zone=person.zone, quiet_from=quiet_from, quiet_to=quiet_to),
            *(Membership(library=library, member=id, community=f"place{k:02}", joined_at=since) for k in dict.fromkeys(homes)),
        ]
    return tuple(rows)
