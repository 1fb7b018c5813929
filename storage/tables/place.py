"""Bindings of channels, and the postings of cards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Index, Row, Table, bindparam

from bot.model.base import Noun
from bot.model.place import Binding, MessageRef, Posting
from storage.tables.base import HAS_MEMBER, HOME, Kind, Reader, Record, fields, metadata, needed, noun_table, own
from storage.tables.types import Clean

REF = ("door", "channel", "message")

binding = noun_table(
    "binding",
    needed("door"),
    needed("channel"),
    needed("name"),
    Column("community", Clean),
    needed("mode"),
    needed("resumes", server_default=""),
    Index("binding_channel", "library", "door", "channel", unique=True),
    Index("binding_community", "library", "community"),
)
posting = Table(
    "posting",
    metadata,
    Column("library", Clean, primary_key=True),
    Column("card", Clean, primary_key=True, info=HAS_MEMBER),
    needed("subject"),
    needed("door"),
    needed("channel"),
    needed("message"),
    Index("posting_subject", "library", "subject"),
    Index("posting_at", "library", "door", "channel", "message"),
)


def binding_from_row(row: Row[Any]) -> Binding:
    return Binding(**fields(row))


def ref_columns(ref: MessageRef) -> Record:
    return {"door": ref.door, "channel": ref.channel, "message": ref.message}


def is_at(table: Table) -> tuple[ColumnElement[bool], ...]:
    """A row of that message; its values are `ref_columns`."""
    return tuple(table.c[name] == bindparam(name) for name in REF)


def posting_from_row(row: Row[Any]) -> Posting:
    return Posting(row.library, row.card, row.subject, MessageRef(row.door, row.channel, row.message))


KINDS: dict[type[Noun], Kind] = {Binding: Kind(binding, lambda b: own(b, binding))}


def save_posting(c: Connection, p: Posting) -> None:
    """Where the card is now; an earlier place of it is forgotten."""
    where = {"subject": p.subject, "door": p.ref.door, "channel": p.ref.channel, "message": p.ref.message}
    same = (posting.c.library == p.library, posting.c.card == p.card)
    if not c.execute(posting.update().where(*same).values(where)).rowcount:
        c.execute(posting.insert(), {"library": p.library, "card": p.card, **where})


_b, _p = binding.c, posting.c
_BINDING = binding.select().where(_b.library == HOME, _b.door == bindparam("door"), _b.channel == bindparam("channel")).limit(1)
_BINDINGS = binding.select().where(_b.library == HOME).order_by(_b.id)
_BINDINGS_OF = _BINDINGS.where(_b.community == bindparam("community"))
_POSTING = posting.select().where(_p.library == HOME, _p.card == bindparam("card")).limit(1)
_POSTING_AT = posting.select().where(_p.library == HOME, *is_at(posting)).limit(1)


class StoredPlaces(Reader):
    """`bot.model.place.Places`."""

    async def binding(self, door: str, channel: str) -> Binding | None:
        return await self._row(_BINDING, binding_from_row, door=door, channel=channel)

    async def bindings(self, community: str | None = None) -> tuple[Binding, ...]:
        if community is None:
            return await self._rows(_BINDINGS, binding_from_row)
        return await self._rows(_BINDINGS_OF, binding_from_row, community=community)

    async def posting(self, card: str) -> Posting | None:
        return await self._row(_POSTING, posting_from_row, card=card)

    async def postings(self, subject: str) -> tuple[Posting, ...]:
        query = posting.select().where(posting.c.library == self._library, posting.c.subject == subject)
        return await self._all(query.order_by(posting.c.card), posting_from_row)

    async def posting_at(self, ref: MessageRef) -> Posting | None:
        return await self._row(_POSTING_AT, posting_from_row, **ref_columns(ref))
