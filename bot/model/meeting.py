"""A community's meetings: the series, what is known of one session of it, who comes, and what was agreed to be done.

A `Meeting` says when it is held in the words of RFC 5545; a `Session` is stored only once something is to be said of one date:
that it was moved or called off, who hosts it, its agenda, what was sent. Which dates there are is worked out, never stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

from bot.model.attachment import Attachment
from bot.model.base import Noun
from bot.model.feed import Feed
from bot.rhythm.due import LEADS, marked
from bot.rhythm.quiet import Quiet
from bot.rhythm.recurrence import Moved, Occurrence, Series, upcoming

Status = Literal["draft", "proposed", "held", "ended", "dropped"]
Coming = Literal["yes", "maybe", "no"]
STAMP = "%Y%m%dT%H%M%S"
LONGEST = timedelta(days=1)  # that a session lasts: one that began earlier runs no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting(Noun):
    """A series, or one meeting (rule ""). `start`: naive wall clock in `zone` (IANA); `rule`, `until`, `count` as in `Series`.

    status "draft": understood, its maker has not confirmed it; "proposed": a steward is to confirm it; "held": it binds;
    "ended": called off or replaced; "dropped": never confirmed. `leads`: minutes before a session at which to remind. `hosts`:
    members who said that they would host, next in turn first; whoever hosted goes to the end. `since`: when its times were last
    confirmed, so that nothing before is owed. `shown`: the original time of the session whose card stands in the channels; what
    ended up to `turned_at` is done with. `replaces`: the series whose place this one takes once it is confirmed. `revision` and
    `changed_at` as calendars count them."""

    community: str
    title: str = ""
    place: str = ""
    link: str = ""
    start: datetime
    zone: str
    rule: str = ""
    minutes: int = 60
    until: date | None = None
    count: int | None = None
    status: Status = "draft"
    leads: tuple[int, ...] = LEADS
    hosts: tuple[str, ...] = ()
    format: str = ""
    made_by: str
    since: datetime
    changed_at: datetime
    revision: int = 0
    shown: datetime | None = None
    turned_at: datetime | None = None
    replaces: str | None = None

    def series(self, sessions: tuple[Session, ...] = ()) -> Series:
        """With the sessions that were moved or called off."""
        skipped = frozenset(one.original for one in sessions if one.cancelled)
        moved = tuple(Moved(s.original, s.start or s.original, s.minutes) for s in sessions if s.start and not s.cancelled)
        return Series(
            self.id, self.start, self.zone, self.rule, self.minutes, self.until, self.count, skipped, moved
        )  # fmt: skip

    def session(self, original: datetime) -> Session:
        """A session of which nothing is known yet."""
        return Session(id=session_id(self.id, original), library=self.library, meeting=self.id, original=original)

    def next(self, sessions: tuple[Session, ...], now: datetime, most: int = 3) -> tuple[Next, ...]:
        """The next sessions that have not ended, soonest first; one that runs now is among them. `now`: aware."""
        over = self.over(now)
        known = {one.original: one for one in sessions}
        times = upcoming(self.series(sessions), over - LONGEST, most + 3)
        coming = [one for one in times if one.ends > over][:most]
        return tuple(Next(self, known.get(one.original) or self.session(one.original), one) for one in coming)

    def over(self, now: datetime) -> datetime:
        """What ended up to then is done with. A clock set back brings none of it again, unless it can only be that the clock
        was wrong before."""
        return max(now, marked(self.turned_at, now)) if self.turned_at else now

    def changed(self, now: datetime) -> Meeting:
        """Calendars see a newer one."""
        return replace(self, changed_at=now, revision=self.revision + 1)


def session_id(meeting: str, original: datetime) -> str:
    """The same whoever makes it, so that there is one session a date."""
    return f"{meeting}@{original:{STAMP}}"


def original_of(session: str) -> datetime:
    """The naive wall-clock time that is in a session's id. ValueError: it is none."""
    return datetime.strptime(session.partition("@")[2], STAMP)


@dataclass(frozen=True, slots=True)
class Topic:
    """One line of an agenda. `question`: it asks about that question; `item`: about that note. `votes`: members."""

    id: str
    by: str
    text: str
    question: str | None = None
    item: str | None = None
    votes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Noun):
    """One date of a meeting. `original`: as the rule gave it, naive; `start`: where it was moved to, naive, None: where it was.

    `minutes` 0: the series'. `since`: when it was moved, so that no reminder before is owed. `passed`: hosts who cannot this
    time; `host`: who did; `asked_at`: when it was found to be over. `sent`: what was reminded of for this start, or is not to
    be, as "<lead>/<member>" (the channels: ""), written with it so that none is sent twice. `item`: what its minutes became;
    `files`: photos and files that people sent for them."""

    meeting: str
    original: datetime
    start: datetime | None = None
    minutes: int = 0
    since: datetime | None = None
    cancelled: bool = False
    host: str | None = None
    passed: tuple[str, ...] = ()
    agenda: tuple[Topic, ...] = ()
    sent: tuple[str, ...] = ()
    asked_at: datetime | None = None
    item: str | None = None
    files: tuple[Attachment, ...] = ()

    def turn(self, hosts: tuple[str, ...]) -> str | None:
        """Whose turn it is among the series' hosts, those left out who passed."""
        return next((one for one in hosts if one not in self.passed), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rsvp(Noun):
    """What a member said of a session. Its id is made of both, so that nobody counts twice."""

    session: str
    member: str
    coming: Coming
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Noun):
    """Something agreed on in a meeting. `owner`: a member, None where only a name was written. `due`: a day in its zone."""

    meeting: str
    session: str
    text: str
    owner: str | None = None
    owner_name: str = ""
    due: date | None = None
    done_at: datetime | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(Noun):
    """A member's own clock. `zone` "": not known; quiet from `quiet_from` to `quiet_to` on it, never where they are equal."""

    member: str
    zone: str = ""
    quiet_from: time = time(0)
    quiet_to: time = time(0)

    def quiet(self, zone: str) -> Quiet:
        """`zone`: where the member's own is not known."""
        return Quiet(self.quiet_from, self.quiet_to, self.zone or zone)


@dataclass(frozen=True, slots=True)
class Next:
    """A meeting's session that is still to come: when, and what is known of it (a new one where nothing is)."""

    meeting: Meeting
    session: Session
    when: Occurrence


class Meetings(Protocol):
    """Reads meetings, their sessions, who comes, and what was agreed."""

    async def get(self, id: str) -> Meeting | None: ...

    async def held(self, communities: tuple[str, ...] | None = None) -> tuple[Meeting, ...]:
        """Those that bind, of these communities or of all, oldest first."""
        ...

    async def ever(self, community: str) -> tuple[Meeting, ...]:
        """Those that bind there, and those that did, oldest first."""
        ...

    async def session(self, id: str) -> Session | None: ...

    async def sessions(self, meeting: str) -> tuple[Session, ...]:
        """Those of which something is known, by their original time."""
        ...

    async def rsvps(self, session: str) -> tuple[Rsvp, ...]:
        """In the order in which they were first given."""
        ...

    async def actions(self, meeting: str) -> tuple[Action, ...]: ...

    async def action(self, id: str) -> Action | None: ...

    async def hours(self, members: tuple[str, ...]) -> tuple[Hours, ...]:
        """Of those who set theirs."""
        ...

    async def feed(self, id: str) -> Feed | None: ...

    async def feed_by(self, key: str) -> Feed | None:
        """The one at the address whose secret has this digest."""
        ...

    async def upcoming(self, communities: tuple[str, ...] | None, now: datetime, most: int = 3) -> tuple[Next, ...]:
        """The next sessions of all that is held there and has not ended, soonest first; one that runs now is among them."""
        ...
