"""Bindings of channels, and the postings of cards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index, Row, Table

from bot.model.base import Noun
from bot.model.place import Binding, MessageRef, Posting
from storage.tables.base import HAS_MEMBER, Kind, Reader, fields, metadata, needed, noun_table, own
from storage.tables.types import Clean

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


def posting_from_row(row: Row[Any]) -> Posting:
    return Posting(row.library, row.card, row.subject, MessageRef(row.door, row.channel, row.message))


KINDS: dict[type[Noun], Kind] = {Binding: Kind(binding, lambda b: own(b, binding))}


def save_posting(c: Connection, p: Posting) -> None:
    """Where the card is now; an earlier place of it is forgotten."""
    where = {"subject": p.subject, "door": p.ref.door, "channel": p.ref.channel, "message": p.ref.message}
    same = (posting.c.library == p.library, posting.c.card == p.card)
    if not c.execute(posting.update().where(*same).values(where)).rowcount:
        c.execute(posting.insert(), {"library": p.library, "card": p.card, **where})


class StoredPlaces(Reader):
    """`bot.model.place.Places`."""

    async def binding(self, door: str, channel: str) -> Binding | None:
        t = binding.c
        query = binding.select().where(t.library == self._library, t.door == door, t.channel == channel)
        return await self._one(query, binding_from_row)

    async def bindings(self, community: str | None = None) -> tuple[Binding, ...]:
        query = binding.select().where(binding.c.library == self._library)
        if community is not None:
            query = query.where(binding.c.community == community)
        return await self._all(query.order_by(binding.c.id), binding_from_row)

    async def posting(self, card: str) -> Posting | None:
        query = posting.select().where(posting.c.library == self._library, posting.c.card == card)
        return await self._one(query, posting_from_row)

    async def postings(self, subject: str) -> tuple[Posting, ...]:
        query = posting.select().where(posting.c.library == self._library, posting.c.subject == subject)
        return await self._all(query.order_by(posting.c.card), posting_from_row)

    async def posting_at(self, ref: MessageRef) -> Posting | None:
        t = posting.c
        here = (t.door == ref.door, t.channel == ref.channel, t.message == ref.message)
        return await self._one(posting.select().where(t.library == self._library, *here), posting_from_row)
