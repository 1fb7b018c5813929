"""Meetings, their sessions, who comes, what was agreed, members' own clocks and calendars."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Row, Time

from bot.model.attachment import Attachment
from bot.model.base import Noun
from bot.model.feed import Feed
from bot.model.meeting import Action, Hours, Meeting, Next, Rsvp, Session, Topic
from storage.tables.base import HAS_MEMBER, IS_MEMBER, Kind, Reader, fields, needed, noun_table, own
from storage.tables.types import Clean, Moment, Nested

meeting = noun_table(
    "meeting",
    needed("community"),
    needed("title"),
    needed("place"),
    needed("link"),
    needed("start", DateTime),  # on the wall clocks of its zone
    needed("zone"),
    needed("rule"),
    needed("minutes", Integer),
    Column("until", Date),
    Column("count", Integer),
    needed("status"),
    needed("leads", Nested(tuple[int, ...])),
    needed("hosts", Nested(tuple[str, ...]), info=HAS_MEMBER),
    needed("format"),
    needed("made_by", info=IS_MEMBER),
    needed("since", Moment),
    needed("changed_at", Moment),
    needed("revision", Integer),
    Column("shown", DateTime),
    Column("turned_at", Moment),
    Column("replaces", Clean),
    Index("meeting_held", "library", "status", "community"),
)
session = noun_table(
    "session",
    needed("meeting"),
    needed("original", DateTime),
    Column("start", DateTime),
    needed("minutes", Integer),
    Column("since", Moment),
    needed("cancelled", Boolean),
    Column("host", Clean, info=IS_MEMBER),
    needed("passed", Nested(tuple[str, ...]), info=HAS_MEMBER),
    needed("agenda", Nested(tuple[Topic, ...]), info=HAS_MEMBER),
    needed("sent", Nested(tuple[str, ...]), info=HAS_MEMBER),
    Column("asked_at", Moment),
    Column("item", Clean),
    needed("files", Nested(tuple[Attachment, ...])),
    Index("session_meeting", "library", "meeting", "original"),
)
rsvp = noun_table(
    "rsvp",
    needed("session"),
    needed("member", info=IS_MEMBER),
    needed("coming"),
    needed("at", Moment),
    Index("rsvp_session", "library", "session", "at"),
    after_member=True,
)
action = noun_table(
    "action",
    needed("meeting"),
    needed("session"),
    needed("text"),
    Column("owner", Clean, info=IS_MEMBER),
    needed("owner_name"),
    Column("due", Date),
    Column("done_at", Moment),
    Column("asked_at", Moment),
    Index("action_meeting", "library", "meeting"),
)
hours = noun_table(
    "hours",
    needed("member", info=IS_MEMBER),
    needed("zone"),
    needed("quiet_from", Time),
    needed("quiet_to", Time),
    after_member=True,
)
feed = noun_table(
    "feed",
    needed("member", info=IS_MEMBER),
    needed("community"),
    needed("secret"),
    needed("key"),
    needed("made_at", Moment),
    Index("feed_key", "library", "key", unique=True),
    after_member=True,
)


def from_row(row: Row[Any]) -> Meeting:
    """Two of the hosts may have turned out to be one."""
    return Meeting(**fields(row) | {"hosts": tuple(dict.fromkeys(row.hosts))})


def session_from_row(row: Row[Any]) -> Session:
    return Session(**fields(row))


def rsvp_from_row(row: Row[Any]) -> Rsvp:
    return Rsvp(**fields(row))


def action_from_row(row: Row[Any]) -> Action:
    return Action(**fields(row))


def hours_from_row(row: Row[Any]) -> Hours:
    return Hours(**fields(row))


def feed_from_row(row: Row[Any]) -> Feed:
    return Feed(**fields(row))


KINDS: dict[type[Noun], Kind] = {
    Meeting: Kind(meeting, lambda one: own(one, meeting)),
    Session: Kind(session, lambda one: own(one, session)),
    Rsvp: Kind(rsvp, lambda one: own(one, rsvp)),
    Action: Kind(action, lambda one: own(one, action)),
    Hours: Kind(hours, lambda one: own(one, hours)),
    Feed: Kind(feed, lambda one: own(one, feed)),
}


class StoredMeetings(Reader):
    """`bot.model.meeting.Meetings`."""

    async def get(self, id: str) -> Meeting | None:
        return await self._named(meeting, id, from_row)

    async def held(self, communities: tuple[str, ...] | None = None) -> tuple[Meeting, ...]:
        query = meeting.select().where(meeting.c.library == self._library, meeting.c.status == "held")
        if communities is not None:
            query = query.where(meeting.c.community.in_(communities))
        return await self._all(query.order_by(meeting.c.id), from_row)

    async def ever(self, community: str) -> tuple[Meeting, ...]:
        m = meeting.c
        query = meeting.select().where(m.library == self._library, m.community == community)
        return await self._all(query.where(m.status.in_(("held", "ended"))).order_by(m.id), from_row)

    async def session(self, id: str) -> Session | None:
        return await self._named(session, id, session_from_row)

    async def sessions(self, meeting: str) -> tuple[Session, ...]:
        s = session.c
        query = session.select().where(s.library == self._library, s.meeting == meeting)
        return await self._all(query.order_by(s.original), session_from_row)

    async def rsvps(self, session: str) -> tuple[Rsvp, ...]:
        r = rsvp.c
        query = rsvp.select().where(r.library == self._library, r.session == session)
        return await self._all(query.order_by(r.at, r.id), rsvp_from_row)

    async def actions(self, meeting: str) -> tuple[Action, ...]:
        a = action.c
        return await self._all(
            action.select().where(a.library == self._library, a.meeting == meeting).order_by(a.id), action_from_row
        )

    async def action(self, id: str) -> Action | None:
        return await self._named(action, id, action_from_row)

    async def hours(self, members: tuple[str, ...]) -> tuple[Hours, ...]:
        h = hours.c
        query = hours.select().where(h.library == self._library, h.member.in_(members))
        return await self._all(query.order_by(h.member), hours_from_row)

    async def feed(self, id: str) -> Feed | None:
        return await self._named(feed, id, feed_from_row)

    async def feed_by(self, key: str) -> Feed | None:
        query = feed.select().where(feed.c.library == self._library, feed.c.key == key)
        return await self._one(query, feed_from_row)

    async def upcoming(self, communities: tuple[str, ...] | None, now: datetime, most: int = 3) -> tuple[Next, ...]:
        held = await self.held(communities)
        found = [one for meeting in held for one in meeting.next(await self.sessions(meeting.id), now, most)]
        return tuple(sorted(found, key=lambda one: one.when)[:most])
