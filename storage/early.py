"""Edits and deletions that overtook their own message: kept for a little while, until it comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.events import Deleted, Event, Said
from bot.model.place import MessageRef, Place
from storage.clean import clean
from storage.codec import decode_event, encode
from storage.tables.queue import early, inbox

WAITS = timedelta(minutes=15)  # a platform tries for the last time some six minutes after the first
_HERE = (early.c.library == bindparam("home"), early.c.message == bindparam("about"))
_OF = select(early.c.payload).where(*_HERE)
_TAKE = early.delete().where(*_HERE)
_LANE = select(inbox.c.lane).where(inbox.c.library == bindparam("home"), inbox.c.said == bindparam("about")).limit(1)
_KEEP: dict[str, Any] = {
    engine: insert(early).on_conflict_do_nothing(index_elements=["library", "id"]).returning(early.c.id)
    for engine, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def brought(event: Event) -> str | None:
    """The name of the message that an event brings; None where it brings none."""
    return _name(event.ref) if isinstance(event.what, Said) and event.ref else None


def _name(ref: MessageRef) -> str:
    return ref.as_thread.key


def alone(c: Connection, message: str) -> None:
    """Nobody else takes in anything about this message until the transaction ends. SQLite has one writer anyway."""
    if c.dialect.name == "postgresql":
        c.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(clean(message), 0))))


def lane_of(c: Connection, library: str, ref: MessageRef) -> str:
    """The lane in which this message came in; "" where it did not, or long ago."""
    return str(c.execute(_LANE, {"home": library, "about": _name(ref)}).scalar() or "")


def in_lane(event: Event, lane: str) -> Event:
    """The same event in that lane of its channel."""
    if event.place is None or event.lane == lane:
        return event
    channel = Place(event.place.door, event.place.channel)
    return replace(event, place=replace(channel, thread=lane.removeprefix(channel.key)))


def keep(c: Connection, event: Event, ref: MessageRef, now: datetime) -> bool:
    """False where it is kept already."""
    new = {"library": event.library, "id": event.id, "message": _name(ref), "payload": encode(event), "created_at": now}
    return c.execute(_KEEP[c.dialect.name], new).first() is not None


def take(c: Connection, library: str, message: str) -> list[Event]:
    """What waited for this message, in the order in which it happened."""
    rows = c.execute(_OF, {"home": library, "about": message}).scalars().all()
    if rows:
        c.execute(_TAKE, {"home": library, "about": message})
    return sorted((decode_event(payload) for payload in rows), key=lambda e: (isinstance(e.what, Deleted), e.at, e.id))


def forget_old(c: Connection, library: str, now: datetime) -> int:
    """Whose message does not come any more; how many."""
    return c.execute(early.delete().where(early.c.library == library, early.c.created_at < now - WAITS)).rowcount
