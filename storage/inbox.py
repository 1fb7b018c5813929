"""The inbox: events come in once, ever; what has come due becomes an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.events import CameDue, Event
from bot.model.place import MessageRef
from bot.outcome import Later
from storage import early
from storage.codec import encode
from storage.tables.queue import due, inbox, row

RESERVED = timedelta(seconds=3)
_SAME = and_(due.c.library == bindparam("l"), due.c.what == bindparam("w"), due.c.subject == bindparam("s"))
_TAKE_OFF = due.delete().where(_SAME)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_ADD = {
    engine: insert(inbox).on_conflict_do_nothing(index_elements=["library", "id"]).returning(inbox.c.seq)
    for engine, insert in _INSERT.items()
}
_SET = {
    engine: (new := insert(due)).on_conflict_do_update(
        index_elements=["library", "what", "subject"], set_={"at": new.excluded.at}
    )
    for engine, insert in _INSERT.items()
}


def add(c: Connection, event: Event, now: datetime, reserve: str = "") -> bool:
    """Insert it; False where its id is there already."""
    new = row(event.library, event.id, event.lane, encode(event), now)
    new["held_by"], new["held_until"] = (reserve, now + RESERVED) if reserve else (None, None)
    new["said"] = early.brought(event)
    if new["said"]:
        early.alone(c, new["said"])
    added = c.execute(_ADD[c.dialect.name], new).first() is not None
    for one in early.take(c, event.library, new["said"]) if added and new["said"] else ():
        add(c, early.in_lane(one, event.lane), now)
    return added


def add_early(c: Connection, event: Event, ref: MessageRef, now: datetime) -> bool:
    """Kept until its message comes; right behind it where that has come just now. False where its id is there already."""
    early.alone(c, ref.as_thread.key)
    early.forget_old(c, event.library, now)
    lane = early.lane_of(c, event.library, ref)
    return add(c, early.in_lane(event, lane), now) if lane else early.keep(c, event, ref, now)


def set_later(c: Connection, library: str, later: Sequence[Later]) -> None:
    """Each of these times replaces the one set before for the same thing; None takes it off."""
    for one in later:
        if one.at is None:
            c.execute(_TAKE_OFF, {"l": library, "w": one.what, "s": one.subject})
        else:
            c.execute(_SET[c.dialect.name], {"library": library, "what": one.what, "subject": one.subject, "at": one.at})


def take_due(c: Connection, library: str, now: datetime, most: int) -> int:
    """Turn what has come due into events, oldest first.

    The event's id is made of the time, so that a time set twice comes once.
    """
    query = select(due).where(due.c.library == library, due.c.at <= now).order_by(due.c.at, due.c.what, due.c.subject)
    rows = c.execute(query.limit(most).with_for_update(skip_locked=True)).all()
    for one in rows:
        c.execute(_TAKE_OFF, {"l": library, "w": one.what, "s": one.subject})
        id = f"due:{one.what}:{one.subject}:{one.at.isoformat()}"
        add(c, Event(id, library, now, CameDue(one.what, one.subject)), now)
    return len(rows)
