"""Wrong on the way in: receiving, claiming, handling, coming due."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from bot.events import Event
from bot.ports import Unit
from storage import inbox as inbox_module
from storage import sqlite as sqlite_module
from storage import store as store_module
from storage.store import SqlStore
from tests.simulation.mutants.mutant import NOT_YET, Mutant, swapped

_receive, _commit = SqlStore.receive, SqlStore.commit
Broken = AbstractContextManager[None]


def acknowledge_before_commit() -> Broken:
    async def receive(self: SqlStore, event: Event, *, reserve: str = "") -> bool:
        self.going = asyncio.create_task(_receive(self, event, reserve=reserve))  # type: ignore[attr-defined]
        return True

    return swapped(SqlStore, "receive", receive)


def answer_before_the_commit_is_durable() -> Broken:
    """The batch is answered, and committed with the next one."""

    def commit(connection: Any, batch: Any) -> Any:
        raw = sqlite_module._raw(connection)
        if raw.in_transaction:
            raw.execute("COMMIT")
        raw.execute("BEGIN IMMEDIATE")
        return [sqlite_module._unit(connection, raw, job.work) for job in batch]

    return swapped(sqlite_module, "_commit", commit)


def drop_deduplication() -> Broken:
    """An event that comes again is a new one."""
    seen: dict[str, int] = {}

    async def receive(self: SqlStore, event: Event, *, reserve: str = "") -> bool:
        n = seen.get(event.id, 0)
        new = await _receive(self, replace(event, id=f"{event.id}#{n}") if n else event, reserve=reserve)
        seen[event.id] = n + 1
        return new

    return swapped(SqlStore, "receive", receive)


def handled_is_not_marked() -> Broken:
    return swapped(store_module, "finish", lambda *_: None)


def handled_is_marked_in_a_transaction_before() -> Broken:
    """A death or a conflict between the two loses the event."""

    async def commit(self: SqlStore, unit: Unit) -> None:
        if unit.done:
            await _commit(self, Unit(unit.library, done=unit.done, worker=unit.worker))
        await _commit(self, replace(unit, done=None))

    return swapped(SqlStore, "commit", commit)


def messages_before_what_they_tell_of() -> Broken:
    """What is said goes out in a transaction of its own, before what is saved."""

    async def commit(self: SqlStore, unit: Unit) -> None:
        if unit.out and unit.save:
            await _commit(self, Unit(unit.library, out=unit.out))
            unit = replace(unit, out=())
        await _commit(self, unit)

    return swapped(SqlStore, "commit", commit)


def follow_ups_are_lost() -> Broken:
    async def commit(self: SqlStore, unit: Unit) -> None:
        await _commit(self, replace(unit, events=()))

    return swapped(SqlStore, "commit", commit)


def clocks_are_not_set() -> Broken:
    return swapped(inbox_module, "set_later", lambda *_: None)


def due_is_taken_off_and_not_handled() -> Broken:
    def take_due(c: Any, library: str, now: Any, most: int) -> int:
        c.execute(inbox_module.due.delete().where(inbox_module.due.c.library == library, inbox_module.due.c.at <= now))
        return 0

    return swapped(inbox_module, "take_due", take_due)


def a_failed_event_is_given_up_at_once() -> Broken:
    from bot.app import App

    async def later(self: App, claimed: Any, error: Exception) -> None:
        await self.store.retry(claimed.event.id, self.worker, type(error).__name__, None)

    return swapped(App, "_later", later)


MUTANTS = (
    Mutant("acknowledge before commit", acknowledge_before_commit, 1),
    Mutant("answer before the commit is durable", answer_before_the_commit_is_durable, 1),
    Mutant("drop deduplication", drop_deduplication, 2, 8),
    Mutant("what is handled is not marked", handled_is_not_marked, 1),
    Mutant("mark as handled in a transaction before", handled_is_marked_in_a_transaction_before, NOT_YET),
    Mutant("messages are stored before what they tell of", messages_before_what_they_tell_of, 1),
    Mutant("follow-ups are lost", follow_ups_are_lost, NOT_YET),
    Mutant("clocks are not set", clocks_are_not_set, 1),
    Mutant("due is taken off and not handled", due_is_taken_off_and_not_handled, 1),
    Mutant("an event that failed once is given up", a_failed_event_is_given_up_at_once, NOT_YET),
)
