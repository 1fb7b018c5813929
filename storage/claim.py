"""Claim, mark, retry, park: one set of rules for the inbox and the outbox.

A lane's head is its oldest row that is neither done nor parked; only heads are claimed, so that each lane keeps its order, also
through retries. All functions run inside the caller's transaction. Statements are built once: building costs more than running.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Table,
    TextClause,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)

from bot.errors import Conflict, Duplicate
from storage.tables.queue import inbox
from storage.tables.types import Moment

HOLD = timedelta(seconds=60)
Truth = ColumnElement[bool]


def _waiting(queue: Any) -> Truth:
    done = queue.c.done_at if "done_at" in queue.c else queue.c.sent_at
    return and_(done.is_(None), queue.c.parked_at.is_(None))


def _free(queue: Table) -> Truth:
    """Waiting, not held, and its time has come."""
    c = queue.c
    now: BindParameter[datetime] = bindparam("now", type_=Moment)
    held, early = or_(c.held_until.is_(None), c.held_until <= now), or_(c.not_before.is_(None), c.not_before <= now)
    return and_(_waiting(queue), held, early)


def _head(queue: Table) -> Truth:
    """Nothing earlier in its lane waits."""
    earlier = queue.alias("earlier")
    same = and_(earlier.c.library == queue.c.library, earlier.c.lane == queue.c.lane, earlier.c.seq < queue.c.seq)
    return ~exists().where(same, _waiting(earlier))


class Lanes:
    """A queue and its statements. `ready`: what else must hold for a head to be claimed."""

    def __init__(self, queue: Table, *ready: Truth | TextClause) -> None:
        c = queue.c
        here = c.library == bindparam("home")
        one = and_(here, c.id == bindparam("row"))
        waiting = _waiting(queue)
        heads = select(c.seq).where(here, _free(queue), _head(queue), *ready).order_by(c.seq).limit(bindparam("most"))
        # PostgreSQL locks them, passing over those that another worker is just claiming; SQLite has one writer.
        self._heads = heads.with_for_update(skip_locked=True, of=queue)
        reserved = and_(c.held_by == bindparam("worker"), c.tries == 0, waiting)
        # Only a failure that was seen sets `not_before` again: an attempt that was cut short shows by its absence.
        holding = {"held_by": bindparam("worker"), "held_until": bindparam("until"), "not_before": None, "tries": c.tries + 1}
        hold = update(queue).values(holding).returning(c.seq, c.id, c.payload, c.tries, c.created_at)
        self._hold = hold.where(c.seq.in_(bindparam("seqs", expanding=True)))
        self._hold_one = hold.where(one, _head(queue), or_(_free(queue), reserved))
        nobody: dict[str, Any] = {"held_by": None, "held_until": None}
        failed = update(queue).where(one, waiting, c.held_by == bindparam("worker"))
        self._retry = failed.values(nobody | {"why": bindparam("reason"), "not_before": bindparam("again")})
        self._park = failed.values(nobody | {"why": bindparam("reason"), "parked_at": bindparam("now")})
        self._release = update(queue).where(here, waiting, c.held_by.is_not(None)).values(nobody)
        self._release_one = self._release.where(c.held_by == bindparam("worker"))
        mine = and_(here, waiting, c.held_by == bindparam("worker"), c.id.in_(bindparam("ids", expanding=True)))
        self._hold_on = update(queue).where(mine).values(held_until=bindparam("until"))
        self._count = select(func.count(), func.min(c.created_at)).where(here, waiting)
        self._parked = select(func.count()).select_from(queue).where(here, c.parked_at.is_not(None))

    def claim(self, c: Connection, library: str, worker: str, now: datetime, most: int) -> list[Row[Any]]:
        """Free heads, oldest first, held for this worker from now on."""
        seqs = c.execute(self._heads, {"home": library, "now": now, "most": most}).scalars().all()
        if not seqs:
            return []
        rows = c.execute(self._hold, {"seqs": seqs, "worker": worker, "until": now + HOLD})
        return sorted(rows, key=lambda row: int(row.seq))

    def claim_one(self, c: Connection, library: str, id: str, worker: str, now: datetime) -> Row[Any] | None:
        """This row, if it is a free head, or a head that is reserved for this worker and not yet claimed."""
        this = {"home": library, "row": id, "worker": worker, "now": now, "until": now + HOLD}
        return c.execute(self._hold_one, this).first()

    def hold(self, c: Connection, library: str, worker: str, ids: Collection[str], now: datetime) -> None:
        """Held for as long again, where this worker still holds them."""
        if ids:
            c.execute(self._hold_on, {"home": library, "worker": worker, "ids": list(ids), "until": now + HOLD})

    def fail(self, c: Connection, library: str, id: str, worker: str, why: str, at: datetime | None, now: datetime) -> bool:
        """Again at that time, or parked (None). False, and nothing happens, where it is done or another holds it by now."""
        mine = {"home": library, "row": id, "worker": worker, "reason": why}
        done = c.execute(self._park, mine | {"now": now}) if at is None else c.execute(self._retry, mine | {"again": at})
        return bool(done.rowcount)

    def release(self, c: Connection, library: str, worker: str) -> None:
        """Give back what a worker holds ("": what anybody holds)."""
        if worker:
            c.execute(self._release_one, {"home": library, "worker": worker})
        else:
            c.execute(self._release, {"home": library})

    def counts(self, c: Connection, library: str, now: datetime) -> tuple[int, int, float]:
        """Waiting, parked, and the age of the oldest waiting row in seconds."""
        waiting, oldest = c.execute(self._count, {"home": library}).one()
        parked = c.execute(self._parked, {"home": library}).scalar_one()
        return waiting, parked, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


INBOX = Lanes(inbox)

_THIS = and_(inbox.c.library == bindparam("l"), inbox.c.id == bindparam("i"), inbox.c.done_at.is_(None))
_STILL_WAITS = select(inbox.c.seq).where(_THIS)
_FINISH = update(inbox).where(_THIS, or_(inbox.c.held_by == bindparam("w"), inbox.c.held_by.is_(None)))
_LANE = (
    select(inbox.c.seq).where(inbox.c.library == bindparam("l"), inbox.c.lane == bindparam("lane"), _waiting(inbox)).limit(1)
)


def finish(c: Connection, library: str, id: str, worker: str, now: datetime) -> None:
    """Mark an event as handled and forget what it said. `Duplicate`: it is already; `Conflict`: another worker holds it.

    One whose hold was given back may still be finished by the worker that had it: nobody else has it, and it is done once.
    """
    done = {"done_at": now, "payload": None, "held_by": None, "held_until": None, "parked_at": None, "why": ""}
    if c.execute(_FINISH, done | {"l": library, "i": id, "w": worker}).rowcount:
        return
    if c.execute(_STILL_WAITS, {"l": library, "i": id}).first():
        raise Conflict
    raise Duplicate


def lane_waits(c: Connection, library: str, lane: str) -> bool:
    """Whether an event of this lane is still to be handled."""
    return c.execute(_LANE, {"l": library, "lane": lane}).first() is not None
