"""A member's calendar of a community: what is in it, in their language, for as long as they belong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.model.base import Language
from bot.model.community import Communities, Community
from bot.model.feed import Feed, key_of
from bot.model.library import Library
from bot.model.meeting import Meeting, Meetings, Session
from bot.model.member import Members
from bot.rhythm import calendar, recurrence
from bot.rhythm.calendar import Entry
from bot.rhythm.recurrence import Series


@dataclass(frozen=True, slots=True)
class Pages:
    """A calendar as it stands. `changed`: aware, whole seconds, when anything in it last did."""

    ics: bytes
    changed: datetime


async def pages(secret: str, library: Library, meetings: Meetings, members: Members, communities: Communities) -> Pages | None:
    """What stands at that address; None: nothing, or nothing any more."""
    feed = await meetings.feed_by(key_of(secret))
    if feed is None or not feed.opens(await members.membership(feed.member, feed.community)):
        return None
    member, community = await members.get(feed.member), await communities.get(feed.community)
    if member is None or member.gone or community is None or community.archived:
        return None
    found = {one: await meetings.sessions(one.id) for one in await meetings.ever(community.id)}
    return written(feed, found, community, library, member.language or library.language)


def written(
    feed: Feed, meetings: Mapping[Meeting, tuple[Session, ...]], community: Community, library: Library, language: Language
) -> Pages:
    """The calendar of these meetings. Pure; the same meetings make the same bytes."""
    name = community.name.in_(language)
    serieses = ((one, _lasting(one, sessions)) for one, sessions in meetings.items())
    entries = [entry_of(one, series, name) for one, series in serieses if series]
    changed = max((feed.made_at, *(one.changed_at for one in meetings))).astimezone(UTC).replace(microsecond=0)
    return Pages(calendar.feed(f"{name} · {library.name}", entries), changed)


def _lasting(meeting: Meeting, sessions: tuple[Session, ...]) -> Series | None:
    """Of a series that ended what was held of it; None where that is nothing."""
    series = meeting.series(sessions)
    return recurrence.cut(series, meeting.changed_at) if meeting.status == "ended" else series


def entry_of(meeting: Meeting, series: Series, name: str, contact: str = "") -> Entry:
    """A meeting as a calendar shows it. `name`: of its community, where it has no title; `contact`: who hosts."""
    return Entry(
        series=series,
        title=meeting.title or name,
        changed=meeting.changed_at,
        revision=meeting.revision,
        place=meeting.place,
        link=meeting.link,
        contact=contact,
    )


def fresh(feed: Feed | None, secret: str, at: datetime, *, member: str, community: str, library: str, id: str) -> Feed:
    """A feed at a new address; the old address opens nothing any more."""
    if feed:
        return replace(feed, secret=secret, key=key_of(secret), made_at=at)
    return Feed(id=id, library=library, member=member, community=community, secret=secret, key=key_of(secret), made_at=at)
