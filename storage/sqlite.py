"""SQLite: one writer thread that commits all who wait together, and a few threads that read.

A durable commit costs one fsync however much is in it, so whatever waits is written as one transaction, each unit of work
in a savepoint of its own; then all are answered. Reads do not wait for writes (WAL).
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.errors import GuyubError, Unavailable
from storage.engine import Work
from storage.errors import sorted_error

T = TypeVar("T")
MOST = 256  # units of work in one commit
BUSY = 2000  # milliseconds to wait for another process's lock
READERS = 2
PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work[Any]
    answer: Callable[[Any, Exception | None], None]


class SqliteEngine:
    """`storage.engine.Engine` over one database file."""

    def __init__(self, url: str) -> None:
        connect = {"isolation_level": None, "check_same_thread": False}
        self._sa = sa.create_engine(url, connect_args=connect, poolclass=sa.pool.NullPool)
        sa.event.listen(self._sa, "connect", _prepare)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, "guyub-read")
        self._local = threading.local()
        self._open: list[Connection] = []
        self._writer = threading.Thread(target=self._write_all, name="guyub-write", daemon=True)
        self._writer.start()

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, _answering(loop, future)))
        return await future

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        for connection in self._open:
            connection.close()
        self._sa.dispose()

    def _read(self, work: Work[T]) -> T:
        try:
            connection = self._reader()
            raw = _raw(connection)
            raw.execute("BEGIN")
            try:
                return work(connection)
            finally:
                raw.execute("ROLLBACK")
        except (sa.exc.DBAPIError, sqlite3.Error) as error:
            raise sorted_error(error) from error

    def _reader(self) -> Connection:
        """This thread's own connection."""
        if not hasattr(self._local, "connection"):
            self._local.connection = self._sa.connect()
            self._open.append(self._local.connection)
        connection: Connection = self._local.connection
        return connection

    def _write_all(self) -> None:
        """The writer thread's whole life. A failed batch is answered as such, and the next one starts afresh."""
        connection: Connection | None = None
        while batch := self._batch():
            try:
                connection = connection or self._sa.connect()
                answers = _commit(connection, batch)
            except Exception as error:  # whatever it was, nothing of the batch is stored and all who wait must hear of it
                _discarded(connection)
                connection = None
                why = sorted_error(error)
                answers = [(None, why if isinstance(why, GuyubError) else error)] * len(batch)
            for job, (result, failure) in zip(batch, answers, strict=True):
                job.answer(result, failure)
        _discarded(connection)

    def _batch(self) -> list[_Job]:
        """All that waits, at least one; empty at the end."""
        first = self._jobs.get()
        batch = [first] if first else []
        while batch and len(batch) < MOST:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            batch.append(job)
        return batch


def _commit(connection: Connection, batch: list[_Job]) -> list[tuple[Any, Exception | None]]:
    raw = _raw(connection)
    raw.execute("BEGIN IMMEDIATE")
    answers = [_unit(connection, raw, job.work) for job in batch]
    raw.execute("COMMIT")
    return answers


def _unit(connection: Connection, raw: sqlite3.Connection, work: Work[Any]) -> tuple[Any, Exception | None]:
    """One unit in its savepoint. Its own errors undo it alone; a database that fails ends the batch (raised)."""
    raw.execute("SAVEPOINT unit")
    try:
        result = work(connection)
    except Exception as error:  # any: a unit's bug must not undo its neighbours
        kind = sorted_error(error)
        if isinstance(kind, Unavailable) or not raw.in_transaction:
            raise kind from error
        raw.execute("ROLLBACK TO unit")
        raw.execute("RELEASE unit")
        return None, kind
    raw.execute("RELEASE unit")
    return result, None


def _answering(loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any]) -> Callable[[Any, Exception | None], None]:
    def settle(result: Any, failure: Exception | None) -> None:
        if future.done():  # the caller gave up waiting
            return
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(failure)

    def answer(result: Any, failure: Exception | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, failure)

    return answer


def _discarded(connection: Connection | None) -> None:
    """Close it, and with it whatever transaction hangs on it."""
    if connection is not None:
        connection.invalidate()
        connection.close()


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _prepare(raw: sqlite3.Connection, _record: object) -> None:
    for pragma in PRAGMAS:
        raw.execute(pragma).close()
