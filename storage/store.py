"""The store: everything durable behind `bot.ports.Store`. It opens here; what it does is told in the files it leans on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row
from sqlalchemy.engine import make_url

from bot.doors import Limit, Memory
from bot.events import Event
from bot.model.community import Communities
from bot.model.digest import Digests
from bot.model.judgement import Judgements
from bot.model.knowledge import Items
from bot.model.meeting import Meetings
from bot.model.member import Members
from bot.model.place import MessageRef, Places, Posting
from bot.model.question import Questions
from bot.ports import Claimed, Clock, Health, Outgoing, Refusal, Search, Unit, Vector
from storage import early, inbox, outbox
from storage.claim import INBOX, finish, lane_waits
from storage.codec import decode_event, decode_out
from storage.engine import Engine
from storage.migrations import upgrade
from storage.outbox import BULK, OUTBOX
from storage.save import save
from storage.search.search import SqlSearch
from storage.sweep import sweep
from storage.tables.community import StoredCommunities
from storage.tables.digest import StoredDigests
from storage.tables.door import StoredMemory, forget_old, take_turn
from storage.tables.judgement import StoredJudgements
from storage.tables.knowledge import StoredItems
from storage.tables.meeting import StoredMeetings
from storage.tables.member import StoredMembers
from storage.tables.place import StoredPlaces
from storage.tables.question import StoredQuestions

T = TypeVar("T")


def _as_it_is(vectors: Vector) -> Vector:
    return vectors


async def open_store(url: str, *, library: str, clock: Clock, centre: Callable[[Vector], Vector] = _as_it_is) -> SqlStore:
    """Open the database at this SQLAlchemy URL, made and migrated where needed, for one library.

    `centre` moves vectors, (n, dimension) → the same shape, by the mean of a reference text; `Candidate.cosine` is taken after
    it. `Unavailable`: the database cannot be reached or written.
    """
    await upgrade(url)
    return SqlStore(_engine(url), library, clock, centre)


def _engine(url: str) -> Engine:
    """The driver of the other engine is not loaded."""
    if make_url(url).get_backend_name() == "sqlite":
        from storage.sqlite import SqliteEngine

        return SqliteEngine(url)
    from storage.postgres import PostgresEngine

    return PostgresEngine(url)


class SqlStore:
    """`bot.ports.Store`, with `search` beside it: one implementation, two engines."""

    communities: Communities
    members: Members
    places: Places
    questions: Questions
    items: Items
    meetings: Meetings
    digests: Digests
    judgements: Judgements
    search: Search

    def __init__(self, engine: Engine, library: str, clock: Clock, centre: Callable[[Vector], Vector]) -> None:
        self._engine, self.library, self._clock = engine, library, clock
        self.communities = StoredCommunities(engine, library)
        self.members = StoredMembers(engine, library)
        self.places = StoredPlaces(engine, library)
        self.questions = StoredQuestions(engine, library)
        self.items = StoredItems(engine, library)
        self.meetings = StoredMeetings(engine, library)
        self.digests = StoredDigests(engine, library)
        self.judgements = StoredJudgements(engine, library)
        self.search = SqlSearch(engine, library, centre)

    async def receive(self, event: Event, *, reserve: str = "") -> bool:
        now = self._clock()
        return await self._engine.write(lambda c: inbox.add(c, event, now, reserve))

    async def receive_early(self, event: Event) -> bool:
        now, ref = self._clock(), event.ref
        if ref is None:
            raise LookupError("an edit or a deletion is about a message")
        return await self._engine.write(lambda c: inbox.add_early(c, event, ref, now))

    async def lane_of(self, ref: MessageRef) -> str:
        return await self._engine.read(lambda c: early.lane_of(c, self.library, ref))

    async def claim(self, worker: str, most: int) -> tuple[Claimed, ...]:
        now = self._clock()
        rows = await self._engine.write(lambda c: INBOX.claim(c, self.library, worker, now, most))
        return tuple([one for row in rows if (one := await self._claimed(row, worker))])

    async def claim_one(self, worker: str, event_id: str) -> Claimed | None:
        now = self._clock()
        row = await self._engine.write(lambda c: INBOX.claim_one(c, self.library, event_id, worker, now))
        return await self._claimed(row, worker) if row else None

    async def _claimed(self, row: Row[Any], worker: str) -> Claimed | None:
        """An event that cannot be read (another version wrote it) is set aside, so that those claimed with it go on."""
        try:
            return Claimed(decode_event(row.payload), row.tries)
        except ValueError:
            await self.retry(row.id, worker, "unreadable", None)
            return None

    async def commit(self, unit: Unit) -> None:
        now = self._clock()
        await self._engine.write(lambda c: _commit(c, unit, now))

    async def retry(self, event_id: str, worker: str, why: str, at: datetime | None) -> None:
        now = self._clock()
        await self._engine.write(lambda c: INBOX.fail(c, self.library, event_id, worker, why, at, now))

    async def claim_out(self, worker: str, most: int, *, bulk: bool = True) -> tuple[Outgoing, ...]:
        now = self._clock()
        rows = await self._engine.write(lambda c: _claim_out(c, self.library, worker, now, most, bulk))
        return tuple(Outgoing(row.id, self.library, decode_out(row.payload), row.tries, row.created_at) for row in rows)

    async def sent(self, out_id: str, worker: str, posting: Posting | None, events: tuple[Event, ...] = ()) -> None:
        now = self._clock()
        await self._engine.write(lambda c: _sent(c, self.library, out_id, posting, events, now))

    async def sent_elsewhere(self, until: datetime) -> int:
        """In a restored copy: what waited up to then was sent by another one. How many messages that were."""
        now = self._clock()
        return await self._engine.write(lambda c: outbox.sent_elsewhere(c, self.library, until, now))

    async def out_failed(self, out_id: str, worker: str, why: str, at: datetime | None, events: tuple[Event, ...] = ()) -> None:
        now = self._clock()
        await self._engine.write(lambda c: _out_failed(c, self.library, out_id, worker, why, at, events, now))

    async def out_deferred(self, out_id: str, worker: str, at: datetime) -> None:
        await self._engine.write(lambda c: outbox.defer(c, self.library, out_id, worker, at))

    async def pace(self, limits: Sequence[Limit]) -> datetime | None:
        now = self._clock()
        return await self._engine.write(lambda c: take_turn(c, self.library, limits, now))

    async def refusals(self, most: int) -> tuple[Refusal, ...]:
        return await self._engine.read(lambda c: outbox.refusals(c, self.library, most))

    def memory(self, door: str) -> Memory:
        return StoredMemory(self._engine, self.library, door, self._clock)

    async def claim_due(self, now: datetime, most: int) -> int:
        return await self._engine.write(lambda c: inbox.take_due(c, self.library, now, most))

    async def waiting(self, library: str, lane: str) -> bool:
        return await self._engine.read(lambda c: lane_waits(c, library, lane))

    async def unrecorded(self, library: str, lane: str) -> frozenset[str]:
        return await self._engine.read(lambda c: outbox.unrecorded(c, library, lane))

    async def hold(self, worker: str, events: Collection[str], out: Collection[str]) -> None:
        now = self._clock()
        await self._engine.write(lambda c: _hold(c, self.library, worker, events, out, now))

    async def release(self, worker: str) -> None:
        await self._engine.write(lambda c: _release(c, self.library, worker))

    async def sweep(self, before: datetime) -> int:
        now = self._clock()
        await self._engine.write(lambda c: early.forget_old(c, self.library, now))
        return await self._engine.write(lambda c: sweep(c, self.library, before) + forget_old(c, self.library, now))

    async def health(self, now: datetime) -> Health:
        return await self._engine.read(lambda c: _health(c, self.library, now))

    async def close(self) -> None:
        """Write what waits, then close. Nothing may be asked of the store afterwards."""
        await self._engine.close()


def _commit(c: Connection, unit: Unit, now: datetime) -> None:
    if unit.done is not None:
        finish(c, unit.library, unit.done, unit.worker, now)
    save(c, unit.save)
    outbox.add(c, unit.library, unit.out, now)
    for event in unit.events:
        inbox.add(c, event, now)
    inbox.set_later(c, unit.library, unit.later)


def _claim_out(c: Connection, library: str, worker: str, now: datetime, most: int, bulk: bool) -> list[Row[Any]]:
    """What somebody waits for comes first, whenever it was said."""
    rows = OUTBOX.claim(c, library, worker, now, most)
    return rows + BULK.claim(c, library, worker, now, most - len(rows)) if bulk and len(rows) < most else rows


def _sent(c: Connection, library: str, id: str, posting: Posting | None, events: Sequence[Event], now: datetime) -> None:
    outbox.sent(c, library, id, posting, now)
    for event in events:
        inbox.add(c, event, now)


def _out_failed(
    c: Connection, library: str, id: str, worker: str, why: str, at: datetime | None, events: Sequence[Event], now: datetime
) -> None:
    if OUTBOX.fail(c, library, id, worker, why, at, now):
        for event in events:
            inbox.add(c, event, now)


def _hold(c: Connection, library: str, worker: str, events: Collection[str], out: Collection[str], now: datetime) -> None:
    INBOX.hold(c, library, worker, events, now)
    OUTBOX.hold(c, library, worker, out, now)


def _release(c: Connection, library: str, worker: str) -> None:
    for lanes in (INBOX, OUTBOX):
        lanes.release(c, library, worker)


def _health(c: Connection, library: str, now: datetime) -> Health:
    return Health(*INBOX.counts(c, library, now), *OUTBOX.counts(c, library, now))
