"""Inbox, outbox and what is due: rows that are claimed, handled and marked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, Table, false, text
from sqlalchemy.sql.schema import SchemaItem

from storage.tables.base import HAS_MEMBER, IS_MEMBER, metadata, needed
from storage.tables.types import Clean, Moment

Sequence = BigInteger().with_variant(Integer, "sqlite")


def _queue(name: str, done: str, *more: SchemaItem) -> Table:
    """A queue in lanes. `payload` is cleared when the row is done: what it said is not kept here.

    A row waits while both `done` and `parked_at` are null; it is held while `held_until` lies ahead.
    """
    only, parked = text(f"{done} IS NULL AND parked_at IS NULL"), text("parked_at IS NOT NULL")
    return Table(
        name,
        metadata,
        Column("seq", Sequence, Identity(), primary_key=True),
        needed("library"),
        needed("id"),
        needed("lane", info=HAS_MEMBER),
        Column("payload", Clean, info=HAS_MEMBER),
        needed("tries", Integer),
        Column("held_by", Clean),
        Column("held_until", Moment),
        Column("not_before", Moment),
        needed("created_at", Moment),
        Column(done, Moment),
        Column("parked_at", Moment),
        needed("why"),
        *more,
        Index(f"{name}_id", "library", "id", unique=True),
        Index(f"{name}_waiting", "library", "seq", sqlite_where=only, postgresql_where=only),
        Index(f"{name}_lane", "library", "lane", "seq", sqlite_where=only, postgresql_where=only),
        Index(f"{name}_parked", "library", "parked_at", sqlite_where=parked, postgresql_where=parked),
    )


_SAID = text("said IS NOT NULL")
inbox = _queue(
    "inbox",
    "done_at",
    Column("said", Clean),  # the message that it brought, where it brought one
    Index("inbox_said", "library", "said", sqlite_where=_SAID, postgresql_where=_SAID),
)
early = Table(  # edits and deletions that overtook their message
    "early",
    metadata,
    Column("library", Clean, primary_key=True),
    Column("id", Clean, primary_key=True),
    needed("message"),
    needed("payload"),
    needed("created_at", Moment),
    Index("early_message", "library", "message"),
    Index("early_old", "library", "created_at"),
)
_BULK = text("sent_at IS NULL AND parked_at IS NULL AND bulk")
_SOON = text("sent_at IS NULL AND parked_at IS NULL AND NOT bulk")
_UNSENT = text("sent_at IS NULL AND parked_at IS NULL AND card IS NOT NULL")
outbox = _queue(
    "outbox",
    "sent_at",
    Column("card", Clean, info=HAS_MEMBER),  # the card that this row says or edits
    Column("under", Clean, info=HAS_MEMBER),  # the card in whose thread it goes
    needed("bulk", Boolean, server_default=false()),  # one of very many: after what somebody waits for
    Index("outbox_bulk", "library", "seq", sqlite_where=_BULK, postgresql_where=_BULK),
    Index("outbox_soon", "library", "seq", sqlite_where=_SOON, postgresql_where=_SOON),
    Index("outbox_card", "library", "card", "seq", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
)
due = Table(
    "due",
    metadata,
    Column("library", Clean, primary_key=True),
    Column("what", Clean, primary_key=True),
    Column("subject", Clean, primary_key=True, info=IS_MEMBER),
    needed("at", Moment),
    Index("due_at", "library", "at"),
)


def row(library: str, id: str, lane: str, payload: str, at: Any) -> dict[str, Any]:
    """A new row of either queue."""
    return {"library": library, "id": id, "lane": lane, "payload": payload, "created_at": at, "tries": 0, "why": ""}
