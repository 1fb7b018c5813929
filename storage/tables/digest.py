"""Digests: who gets one and when, and the rows that they are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Index, Integer, Row, and_, case, exists, func, literal, or_, select

from bot.model.base import Noun
from bot.model.digest import FURTHEST_MONTH, FURTHEST_WEEK, News, Subscriber, Subscription, subscription_id
from bot.model.digest import Kind as DigestKind
from bot.model.question import Question, State
from bot.rhythm.due import WRONG_CLOCK
from storage.tables.base import IS_MEMBER, Kind, Reader, fields, needed, noun_table, own
from storage.tables.community import community
from storage.tables.knowledge import from_row as item_from_row
from storage.tables.knowledge import item
from storage.tables.meeting import hours, hours_from_row
from storage.tables.member import from_row as member_from_row
from storage.tables.member import member, membership
from storage.tables.question import answer, answer_from_row, question
from storage.tables.question import from_row as question_from_row
from storage.tables.types import Clean, Moment, Nested

digest = noun_table(
    "digest",
    needed("kind"),
    needed("who", info=IS_MEMBER),
    needed("day", Integer),
    needed("hour", Integer),
    needed("zone"),
    Column("language", Clean),
    needed("off", Boolean),
    needed("since", Moment),
    Column("next_at", Moment),
    needed("handled", Moment),
    Column("until", Moment),
    needed("quiet", Boolean),
    needed("sent", Nested(tuple[str, ...])),
    Index("digest_next", "library", "next_at"),
    after_member=True,
)
NEVER = (State.SUGGESTED.value, State.OFFERED.value, State.REFUSED.value)  # the community was not asked
MOST_OPEN = 200


def from_row(row: Row[Any]) -> Subscription:
    return Subscription(**fields(row))


KINDS: dict[type[Noun], Kind] = {Subscription: Kind(digest, lambda one: own(one, digest))}


class StoredDigests(Reader):
    """`bot.model.digest.Digests`."""

    async def get(self, kind: DigestKind, who: str) -> Subscription | None:
        return await self._named(digest, subscription_id(kind, who), from_row)

    async def due(self, now: datetime, most: int) -> tuple[Subscriber, ...]:
        return await self._engine.read(lambda c: _due(c, self._library, now, most))

    async def next_after(self, now: datetime) -> datetime | None:
        d = digest.c
        query = select(d.next_at).where(d.library == self._library, d.next_at > now).order_by(d.next_at)
        found: datetime | None = await self._one(query, lambda row: row.next_at)
        return found

    async def having(self, kind: DigestKind) -> frozenset[str]:
        query = select(digest.c.who).where(digest.c.library == self._library, digest.c.kind == kind)
        return frozenset(await self._all(query, lambda row: str(row.who)))

    async def lacking(self, most: int) -> tuple[str, ...]:
        m, d = member.c, digest.c
        inside = exists().where(membership.c.library == m.library, membership.c.member == m.id, membership.c.left_at.is_(None))
        has = exists().where(d.library == m.library, d.id == literal(subscription_id("member", "")) + m.id)  # by its key
        query = select(m.id).where(m.library == self._library, ~m.gone, inside, ~has)
        return await self._all(query.order_by(m.id).limit(most), lambda row: str(row.id))

    async def astray(self, now: datetime, most: int) -> tuple[Subscription, ...]:
        d = digest.c
        person = exists().where(member.c.library == d.library, member.c.id == d.who, ~member.c.gone)
        place = exists().where(community.c.library == d.library, community.c.id == d.who, ~community.c.archived)
        far = case((d.kind == "centre", literal(now + FURTHEST_MONTH, Moment)), else_=literal(now + FURTHEST_WEEK, Moment))
        lost = or_(d.next_at.is_(None), d.next_at > far, d.handled > now + WRONG_CLOCK)
        query = digest.select().where(d.library == self._library, ~d.off, lost, or_(person, place))
        return await self._all(query.order_by(d.id).limit(most), from_row)

    async def news(self, community: str, since: datetime, until: datetime) -> News:
        return await self._engine.read(lambda c: _news(c, self._library, community, since, until))


def _due(c: Connection, library: str, now: datetime, most: int) -> tuple[Subscriber, ...]:
    d, m, h, i = digest.c, member.c, hours.c, membership.c
    query = digest.select().where(d.library == library, d.next_at <= now).order_by(d.next_at, d.id).limit(most)
    found = [from_row(row) for row in c.execute(query)]
    who = [one.who for one in found]
    people = {row.id: member_from_row(row) for row in c.execute(member.select().where(m.library == library, m.id.in_(who)))}
    clocks = {
        row.member: hours_from_row(row) for row in c.execute(hours.select().where(h.library == library, h.member.in_(who)))
    }
    inside = select(i.member, i.community).where(i.library == library, i.member.in_(who), i.left_at.is_(None)).order_by(i.id)
    mine: dict[str, list[str]] = {}
    for row in c.execute(inside):
        mine.setdefault(row.member, []).append(row.community)
    return tuple(Subscriber(one, people.get(one.who), tuple(mine.get(one.who, ())), clocks.get(one.who)) for one in found)


def _news(c: Connection, library: str, place: str, since: datetime, until: datetime) -> News:
    i, q, a = item.c, question.c, answer.c
    fresh = (i.library == library, i.community == place, i.status == "published")
    items = c.execute(
        item.select().where(*fresh, i.published_at > since, i.published_at <= until).order_by(i.published_at, i.id)
    )
    here = and_(q.library == library, q.community == place, q.state.not_in(NEVER), q.text != "")
    asked = _questions(c, here, q.asked_at > since, q.asked_at <= until)
    solved = _questions(c, here, q.state == State.SOLVED.value, q.ended_at > since, q.ended_at <= until)
    waiting = question.select().where(here, q.state == State.OPEN.value, q.asked_at <= until)
    newest = c.execute(waiting.order_by(q.asked_at.desc(), q.id.desc()).limit(MOST_OPEN))
    open_ = tuple(question_from_row(row) for row in reversed(newest.all()))
    about = {one.id for one in (*asked, *solved, *open_)}
    given = answer.select().where(a.library == library, ~a.deleted, a.question.in_(about))
    answers = tuple(answer_from_row(row) for row in c.execute(given.order_by(a.at, a.id)))
    used = c.execute(item.select().where(*fresh, i.id.in_({one.item for one in solved if one.item})).order_by(i.id))
    joined, members = _joined(c, library, place, since, until)
    people = {*joined, *(one.author for one in answers), *(one.asker for one in (*asked, *solved, *open_))}
    return News(
        place, since, until, tuple(map(item_from_row, items)), tuple(map(item_from_row, used)), asked, solved, open_, answers,
        *_named(c, library, joined, people), members,
    )  # fmt: skip


def _questions(c: Connection, *where: Any) -> tuple[Question, ...]:
    rows = c.execute(question.select().where(*where).order_by(question.c.asked_at, question.c.id))
    return tuple(question_from_row(row) for row in rows)


def _joined(c: Connection, library: str, place: str, since: datetime, until: datetime) -> tuple[list[str], int]:
    m = membership.c
    inside = (m.library == library, m.community == place, m.left_at.is_(None))
    new = select(m.member).where(*inside, m.joined_at > since, m.joined_at <= until).order_by(m.joined_at, m.id)
    count = c.execute(select(func.count()).select_from(membership).where(*inside)).scalar_one()
    return list(c.execute(new).scalars()), count


def _named(c: Connection, library: str, joined: list[str], people: set[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    m = member.c
    rows = c.execute(select(m.id, m.name).where(m.library == library, m.id.in_(people), ~m.gone))
    names = {row.id: row.name for row in rows}
    return tuple(one for one in joined if one in names), names
