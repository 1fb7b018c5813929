"""Claim, mark, retry, park: one set of rules for the inbox, the outbox and what is due.

A lane's head is its oldest row that is neither done nor parked; only heads are claimed, so that each lane keeps its order, also
through retries. All functions run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, exists, func, or_, select, update

from bot.errors import Conflict, Duplicate
from storage.tables.queue import inbox, outbox

HOLD = timedelta(seconds=60)


def _waiting(queue: Any) -> Any:
    done = queue.c.done_at if "done_at" in queue.c else queue.c.sent_at
    return and_(done.is_(None), queue.c.parked_at.is_(None))


def _free(queue: Table, now: datetime) -> Any:
    """Waiting, not held, and its time has come."""
    c = queue.c
    return and_(
        _waiting(queue),
        or_(c.held_until.is_(None), c.held_until <= now),
        or_(c.not_before.is_(None), c.not_before <= now),
    )


def _head(queue: Table) -> Any:
    """Nothing earlier in its lane waits."""
    earlier = queue.alias("earlier")
    same = and_(earlier.c.library == queue.c.library, earlier.c.lane == queue.c.lane, earlier.c.seq < queue.c.seq)
    return ~exists().where(same, _waiting(earlier))


def free_heads(queue: Table, library: str, now: datetime, most: int) -> Select[Any]:
    """Heads to claim, oldest first. PostgreSQL locks them, passing over those that another worker is just claiming."""
    query = select(queue.c.seq).where(queue.c.library == library, _free(queue, now), _head(queue))
    return query.order_by(queue.c.seq).limit(most).with_for_update(skip_locked=True, of=queue)


def hold(c: Connection, queue: Table, seqs: Sequence[int], worker: str, until: datetime) -> list[Row[Any]]:
    """Mark these rows as held; the rows, oldest first."""
    if not seqs:
        return []
    marked = update(queue).where(queue.c.seq.in_(seqs))
    marked = marked.values(held_by=worker, held_until=until, tries=queue.c.tries + 1)
    found = c.execute(marked.returning(queue.c.seq, queue.c.id, queue.c.payload, queue.c.tries, queue.c.created_at))
    return sorted(found, key=lambda row: int(row.seq))


def claim(c: Connection, queue: Table, heads: Select[Any], worker: str, now: datetime) -> list[Row[Any]]:
    return hold(c, queue, c.execute(heads).scalars().all(), worker, now + HOLD)


def claim_one(c: Connection, library: str, id: str, worker: str, now: datetime) -> Row[Any] | None:
    """This event of the inbox, if it is a free head, or one that is reserved for this worker and not yet claimed."""
    reserved = and_(inbox.c.held_by == worker, inbox.c.tries == 0, _waiting(inbox))
    query = select(inbox.c.seq).where(inbox.c.library == library, inbox.c.id == id, _head(inbox))
    query = query.where(or_(_free(inbox, now), reserved)).with_for_update(skip_locked=True, of=inbox)
    return next(iter(claim(c, inbox, query, worker, now)), None)


def finish(c: Connection, library: str, id: str, worker: str, now: datetime) -> None:
    """Mark an event as handled and forget what it said. `Duplicate`: it is already; `Conflict`: another worker holds it.

    One whose hold was given back may still be finished by the worker that had it: nobody else has it, and it is done once.
    """
    t = inbox.c
    mine = and_(t.library == library, t.id == id, t.done_at.is_(None), or_(t.held_by == worker, t.held_by.is_(None)))
    marked = update(inbox).where(mine)
    marked = marked.values(done_at=now, payload=None, held_by=None, held_until=None, parked_at=None, why="")
    if c.execute(marked).rowcount:
        return
    waiting = select(t.seq).where(t.library == library, t.id == id, t.done_at.is_(None))
    if c.execute(waiting).first():
        raise Conflict
    raise Duplicate


def fail(c: Connection, queue: Table, library: str, id: str, worker: str, why: str, at: datetime | None, now: datetime) -> None:
    """Again at that time, or parked (None). Nothing happens where the row is done or another worker holds it by now."""
    mine = and_(queue.c.library == library, queue.c.id == id, _waiting(queue), queue.c.held_by == worker)
    marked = update(queue).where(mine).values(held_by=None, held_until=None, why=why)
    c.execute(marked.values(parked_at=now) if at is None else marked.values(not_before=at))


def lane_waits(c: Connection, library: str, lane: str) -> bool:
    """Whether an event of this lane is still to be handled."""
    here = and_(inbox.c.library == library, inbox.c.lane == lane, _waiting(inbox))
    return c.execute(select(inbox.c.seq).where(here).limit(1)).first() is not None


def release(c: Connection, library: str, worker: str) -> None:
    """Give back what a worker holds in both queues ("": what anybody holds)."""
    for queue in (inbox, outbox):
        held = and_(queue.c.library == library, _waiting(queue), queue.c.held_by.is_not(None))
        marked = update(queue).where(held).values(held_by=None, held_until=None)
        c.execute(marked.where(queue.c.held_by == worker) if worker else marked)


def counts(c: Connection, queue: Table, library: str, now: datetime) -> tuple[int, int, float]:
    """Waiting, parked, and the age of the oldest waiting row in seconds."""
    here = queue.c.library == library
    waiting, oldest = c.execute(select(func.count(), func.min(queue.c.created_at)).where(here, _waiting(queue))).one()
    parked = c.execute(select(func.count()).select_from(queue).where(here, queue.c.parked_at.is_not(None))).scalar_one()
    return waiting, parked, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
