"""What ought to be sent, worked out beside the bot: dateutil for the rules, zoneinfo for the clocks, and the rules that
docs/operating.md gives for missed time. Nothing of bot/rhythm is used."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

DAY, LATE, WRONG = timedelta(days=1), timedelta(minutes=10), timedelta(days=1)
BEYOND = 9 * DAY
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Key = tuple[str, str, str]  # where, the template, the session's time as it is shown there


def moment(local: datetime, zone: str) -> datetime:
    """When clocks there show this."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shown(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@dataclass
class Person:
    """`night`: quiet from and to, on the clocks of `zone`. `day`, `hour`: of their digest; `off`: they want none."""

    user: str
    zone: str
    night: tuple[int, int] = (0, 0)
    day: int = 0
    hour: int = 8
    off: bool = False
    since: datetime | None = None
    away: datetime | None = None  # until then

    def rested(self, at: datetime) -> datetime:
        """The first moment from `at` on that is not in their night."""
        first, last = (time(hour) for hour in self.night)
        clock = shown(at, self.zone)
        asleep = first <= clock.time() < last if first < last else clock.time() >= first or clock.time() < last
        if first == last or not asleep:
            return at
        day = clock.date() + (timedelta(days=1) if clock.time() >= last else timedelta())
        return moment(datetime.combine(day, last), self.zone)

    def leaves(self, at: datetime) -> bool:
        return self.away is not None and at < self.away


@dataclass
class Sitting:
    """One date of a meeting, as it stands now."""

    original: datetime
    starts: datetime
    since: datetime
    off: bool = False
    told: dict[str, set[int]] = field(default_factory=dict)  # whom ("": the channel) → leads
    yes: dict[str, datetime] = field(default_factory=dict)  # who comes → since when we know


@dataclass
class Place:
    """A community and its meeting."""

    id: str
    channel: str
    zone: str
    rule: str
    start: datetime
    minutes: int
    leads: tuple[int, ...]
    people: list[Person]
    sittings: list[Sitting] = field(default_factory=list)

    def fill(self, since: datetime, until: datetime) -> None:
        local = rrulestr(self.rule, dtstart=self.start).between(shown(since, self.zone), shown(until, self.zone), inc=True)
        self.sittings = [Sitting(at, moment(at, self.zone), since) for at in local]

    def near(self, at: datetime) -> list[Sitting]:
        """Those that may be reminded of now; a moved one is not far from where it was."""
        first = bisect_left(self.sittings, at - 5 * DAY, key=lambda one: moment(one.original, self.zone))
        last = bisect_left(self.sittings, at + 14 * DAY, key=lambda one: moment(one.original, self.zone))
        return self.sittings[first:last]

    def due(self, one: Sitting, lead: int) -> datetime:
        """A whole number of days before is that hour on the clocks there."""
        if lead % 1440:
            return one.starts - timedelta(minutes=lead)
        return moment(shown(one.starts, self.zone) - timedelta(minutes=lead), self.zone)


@dataclass
class Weekly:
    """A digest that comes every week, or on the first of each month. `person`: whose, None: a channel's."""

    to: str
    template: str
    zone: str
    since: datetime
    person: Person | None = None
    monthly: bool = False
    mark: datetime | None = None
    waits: datetime | None = None
    told: set[str] = field(default_factory=set)

    def dues(self, after: datetime, until: datetime) -> list[tuple[str, datetime]]:
        """(the week's or month's name, when), later than `after`, and one beyond `until`."""
        day, hour = (self.person.day, self.person.hour) if self.person and not self.monthly else (0, 8)
        begin = shown(after, self.zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) - 8 * DAY
        rule = (
            "FREQ=MONTHLY;BYMONTHDAY=1"
            if self.monthly
            else f"FREQ=WEEKLY;BYDAY={['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'][day]}"
        )
        found = []
        for at in rrulestr(rule, dtstart=begin + timedelta(hours=hour)):
            if (when := moment(at, self.zone)) > after:
                found.append((f"{at:%Y-%m}" if self.monthly else f"{at:%G-W%V}", when))
                if when > until:
                    return found
        raise AssertionError

    def look(self, now: datetime) -> bool:
        """Whether it is told now."""
        mark = self.mark or self.since
        mark = now if mark - now > WRONG else mark
        self.mark = mark
        if self.waits and now < self.waits <= now + BEYOND:  # it is looked at when the night is over that was seen
            return False
        self.waits = None
        if now <= mark or (self.person and self.person.off and not self.monthly):
            return False
        since = (self.person and not self.monthly and self.person.since) or self.since
        *owed, (_, following) = self.dues(max(mark, since), now)
        if owed and self.person and self.person.rested(now) > now:
            self.waits = self.person.rested(now)
            return False
        self.mark = now
        if not owed or (now - owed[-1][1]) * 2 >= following - owed[-1][1] or owed[-1][0] in self.told:
            return False
        self.told.add(owed[-1][0])
        return not (self.person and not self.monthly and self.person.leaves(now))


@dataclass
class Oracle:
    """Looks when the workers look, at the same clock, and says what people are to see come."""

    places: list[Place]
    digests: list[Weekly]
    mark: datetime
    sent: Counter[str] = field(default_factory=Counter)

    def look(self, now: datetime) -> Counter[Key]:
        self.mark = now if self.mark - now > WRONG else max(self.mark, now)
        found: Counter[Key] = Counter()
        for place in self.places:
            for one in place.near(now):
                if not one.off and self.mark < one.starts + timedelta(minutes=place.minutes) + (self.mark == now) * LATE:
                    found.update(self._reminded(place, one, now))
        found.update((one.to, one.template, "") for one in self.digests if one.look(now))
        self.sent.update(template for _, template, _ in found.elements())
        return found

    def _reminded(self, place: Place, one: Sitting, now: datetime) -> list[Key]:
        keys = []
        if self._owed(place, one, "", None, one.since, now):
            keys.append((place.channel, "meeting.remind", f"{shown(one.starts, place.zone):%Y-%m-%d %H:%M}"))
        for person in place.people:
            said = one.yes.get(person.user)
            if said and self._owed(place, one, person.user, person, max(said, one.since), now) and not person.leaves(now):
                keys.append((f"@{person.user}", "meeting.remind_you", f"{shown(one.starts, person.zone):%Y-%m-%d %H:%M}"))
        return keys

    def _owed(self, place: Place, one: Sitting, to: str, person: Person | None, since: datetime, now: datetime) -> bool:
        """Of the leads that are owed now and still help the nearest, once; none behind a nearer one."""
        told = one.told.setdefault(to, set())
        helps = []
        for lead in place.leads:
            on_time = place.due(one, lead)
            due = person.rested(on_time) if person else on_time
            ends, last = one.starts + timedelta(minutes=place.minutes), one.starts + LATE
            if due > on_time and due >= ends:
                continue
            if due >= one.starts and due > on_time:
                last = max(last, min(ends, due + LATE))
            if since < on_time and due <= now < last and not any(nearer <= lead for nearer in told):
                helps.append(lead)
        if not helps or (person and person.rested(now) > now):
            return False
        told.add(min(helps))
        return True
