"""Members, their accounts and memberships."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    Row,
    Select,
    Table,
    bindparam,
    delete,
    func,
    select,
)

from bot.model.linking import Linking
from bot.model.member import Askable, Member, Membership, Role
from bot.model.place import Account
from storage.tables.base import HOME, IS_MEMBER, Kind, Reader, Record, fields, metadata, needed, noun_table, own
from storage.tables.linking import linking, linking_from_row
from storage.tables.question import ask
from storage.tables.types import Clean, Moment, Nested

FOLDED = 200  # characters of a name that its index holds: PostgreSQL indexes no long text

member = noun_table(
    "member",
    needed("name"),
    needed("name_folded"),
    needed("accounts", Nested(tuple[Account, ...])),
    Column("language", Clean),
    needed("role"),
    Column("away_until", Moment),
    needed("cap", Integer),
    needed("gone", Boolean),
    Column("merged_into", Clean, info=IS_MEMBER),
    Index("member_name", "library", "name_folded"),
    Index("member_role", "library", "role"),
    Index("member_merged", "library", "merged_into"),
)
account = Table(
    "account",
    metadata,
    Column("library", Clean, primary_key=True),
    Column("door", Clean, primary_key=True),
    Column("user", Clean, primary_key=True),
    needed("member"),
    ForeignKeyConstraint(["library", "member"], ["member.library", "member.id"], name="account_of"),
    Index("account_member", "library", "member"),
)
membership = noun_table(
    "membership",
    needed("member", info=IS_MEMBER),
    needed("community"),
    needed("role"),
    needed("knows"),
    needed("may_ask", Boolean),
    needed("joined_at", Moment),
    Column("left_at", Moment),
    Index("membership_pair", "library", "member", "community", unique=True),
    Index("membership_community", "library", "community"),
)


def folded(name: str) -> str:
    return name.casefold()[:FOLDED]


def to_row(m: Member) -> Record:
    return own(m, member) | {"name_folded": folded(m.name)}


def from_row(row: Row[Any]) -> Member:
    return Member(**fields(row, "name_folded"))


def membership_from_row(row: Row[Any]) -> Membership:
    return Membership(**fields(row))


KINDS = {Member: Kind(member, to_row), Membership: Kind(membership, lambda m: own(m, membership))}

_FORGET = delete(account).where(account.c.library == bindparam("l"), account.c.member == bindparam("m"))
_ADD = account.insert()


def forget_accounts(c: Connection, m: Member) -> None:
    if m.version:
        c.execute(_FORGET, {"l": m.library, "m": m.id})


def add_accounts(c: Connection, m: Member) -> None:
    """An account belongs to one member: the table's key says so when two first contacts race."""
    rows = {(a.door, a.user): {"library": m.library, "door": a.door, "user": a.user, "member": m.id} for a in m.accounts}
    if rows:
        c.execute(_ADD, list(rows.values()))


def _askable() -> Select[Any]:
    """One row a person, whatever their asks: counted along the index by member and time, nowhere read."""
    one, a = membership.c, ask.c
    here = (one.library == bindparam("library"), one.community == bindparam("community"), one.left_at.is_(None), one.may_ask)
    counted = func.count().filter(a.at > bindparam("counted", type_=Moment)).label("asked")
    asked = select(a.member, counted, func.max(a.at).label("last"))
    asked = asked.where(a.library == bindparam("library"), a.at >= bindparam("since", type_=Moment))
    times = asked.where(a.member.in_(select(one.member).where(*here))).group_by(a.member).subquery("times")
    whom = select(one.member, member.c.version, one.knows, member.c.cap, member.c.away_until)
    whom = whom.add_columns(func.coalesce(times.c.asked, 0), times.c.last)
    whom = whom.join(member, (member.c.library == one.library) & (member.c.id == one.member))
    whom = whom.outerjoin(times, times.c.member == one.member).where(*here, ~member.c.gone)
    return whom.order_by(one.id)


_ASKABLE = _askable()
_BY_ACCOUNT = member.select().join(account, (account.c.library == member.c.library) & (account.c.member == member.c.id))
_BY_ACCOUNT = _BY_ACCOUNT.where(
    account.c.library == HOME, account.c.door == bindparam("door"), account.c.user == bindparam("user")
).limit(1)
_MANY = member.select().where(member.c.library == HOME, member.c.id.in_(bindparam("ids", expanding=True)))


@lru_cache
def _memberships(*of: str) -> Select[Any]:
    t = membership.c
    query = membership.select().where(t.library == HOME, t.left_at.is_(None), *(t[name] == bindparam(name) for name in of))
    return query.order_by(t.id)


class StoredMembers(Reader):
    """`bot.model.member.Members`."""

    async def get(self, id: str) -> Member | None:
        return await self._named(member, id, from_row)

    async def many(self, ids: tuple[str, ...]) -> tuple[Member, ...]:
        """Those that exist, in the order asked for."""
        found = await self._rows(_MANY, from_row, ids=list(ids)) if ids else ()
        by_id = {m.id: m for m in found}
        return tuple(by_id[id] for id in ids if id in by_id)

    async def by_account(self, door: str, user: str) -> Member | None:
        return await self._row(_BY_ACCOUNT, from_row, door=door, user=user)

    async def named(self, name: str) -> tuple[Member, ...]:
        query = member.select().where(member.c.library == self._library, member.c.name_folded == folded(name))
        found = await self._all(query.order_by(member.c.id), from_row)
        return tuple(m for m in found if m.name.casefold() == name.casefold())

    async def with_role(self, role: Role) -> tuple[Member, ...]:
        query = member.select().where(member.c.library == self._library, member.c.role == role)
        return await self._all(query.order_by(member.c.id), from_row)

    async def membership(self, member: str, community: str) -> Membership | None:
        t = membership.c
        query = membership.select().where(t.library == self._library, t.member == member, t.community == community)
        return await self._one(query, membership_from_row)

    async def memberships(self, *, member: str | None = None, community: str | None = None) -> tuple[Membership, ...]:
        of = {name: value for name, value in (("member", member), ("community", community)) if value is not None}
        return await self._rows(_memberships(*of), membership_from_row, **of)

    async def askable(self, community: str, *, since: datetime, counted: datetime) -> tuple[Askable, ...]:
        given = {"library": self._library, "community": community, "since": since, "counted": counted}
        return await self._engine.read(lambda c: tuple(Askable(*row) for row in c.execute(_ASKABLE, given)))

    async def merged(self, into: str) -> tuple[Member, ...]:
        query = member.select().where(member.c.library == self._library, member.c.merged_into == into)
        return await self._all(query.order_by(member.c.id), from_row)

    async def linking(self, id: str) -> Linking | None:
        return await self._named(linking, id, linking_from_row)

    async def linking_by(self, code: str) -> Linking | None:
        query = linking.select().where(linking.c.library == self._library, linking.c.code == code)
        return await self._one(query, linking_from_row) if code else None
