"""Real SQLite on one thread: the writer's group commit as in storage/sqlite.py, at moments that the seed chooses.

A store fault is a real one where SQLite can be brought to it: another connection holds the write lock, no page may be added. An
I/O error at COMMIT is the one that is made up.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import namedtuple
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.errors import GuyubError
from storage import sqlite
from storage.engine import Work
from storage.errors import sorted_error
from tests.simulation.fate import Fate
from tests.simulation.loop import SeededLoop

T = TypeVar("T")
IO_ERROR = 10


class Watched(sqlite3.Connection):
    """A connection whose COMMIT can fail, and before and after which the process can die."""

    fate: Fate | None = None
    fails_commit: Callable[[], bool] = staticmethod(lambda: False)

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:  # type: ignore[override]
        if sql == "COMMIT" and self.fate:
            self.fate.point("before commit")
            if self.fails_commit():
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = IO_ERROR
                raise error
        return super().execute(sql, *args)


class OneThread:
    """`storage.engine.Engine` for one life of the house."""

    def __init__(self, path: str, fate: Fate, loop: SeededLoop) -> None:
        self.path, self.fate, self.loop = path, fate, loop
        self._sa = sa.create_engine(
            f"sqlite:///{path}",
            connect_args={"isolation_level": None, "check_same_thread": False, "factory": Watched},
            poolclass=sa.pool.NullPool,
        )
        sa.event.listen(self._sa, "connect", _prepare)
        self._jobs: list[sqlite._Job] = []
        self._writer: Connection | None = None
        self._reader: Connection | None = None
        self._blocker: sqlite3.Connection | None = None
        self._planned = False
        self.fault = ""  # "locked", "full", "io": how writes fail just now
        self.after_commit: Callable[[], None] = lambda: None

    # ---- Engine ----------------------------------------------------------------------------------------------------

    async def read(self, work: Work[T]) -> T:
        await asyncio.sleep(self.loop.moment("reads"))
        self.fate.point("read")
        self._reader = self._reader or self._sa.connect()
        raw = sqlite._raw(self._reader)
        raw.execute("BEGIN")
        try:
            return work(self._reader)
        except (sa.exc.DBAPIError, sqlite3.Error) as error:
            raise sorted_error(error) from error
        finally:
            raw.execute("ROLLBACK")

    async def write(self, work: Work[T]) -> T:
        self.fate.point("write")
        future: asyncio.Future[T] = self.loop.create_future()
        self._jobs.append(sqlite._Job(work, sqlite._answering(self.loop, future)))
        if not self._planned:
            self._planned = True
            self.loop.call_later(self.loop.moment("writes"), self._flush)
        return await future

    async def close(self) -> None:
        while self._jobs:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        self.drop()

    # ---- the writer --------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """One batch, as the writer thread does it."""
        self._planned = False
        batch, self._jobs = self._jobs[: sqlite.MOST], self._jobs[sqlite.MOST :]
        if not batch:
            return
        self.fate.point("begin")
        try:
            self._writer = self._writer or self._new_writer()
            answers = sqlite._commit(self._writer, batch)
        except Exception as error:  # whatever it was, nothing of the batch is stored and all who wait must hear of it
            sqlite._discarded(self._writer)
            self._writer = None
            why = sorted_error(error)
            self.fate.tell("store failed", type(error).__name__, type(why).__name__)
            answers = [(None, why if isinstance(why, GuyubError) else error)] * len(batch)
        else:
            self.fate.point("after commit")
            self.after_commit()
        for job, (result, failure) in zip(batch, answers, strict=True):
            self.loop.call_later(self.loop.moment("answers"), job.answer, result, failure)

    def _new_writer(self) -> Connection:
        connection = self._sa.connect()
        raw = sqlite._raw(connection)
        assert isinstance(raw, Watched)
        raw.fate, raw.fails_commit = self.fate, lambda: self.fault == "io"
        raw.set_trace_callback(lambda sql: self.fate.tell("sql", sql))
        if self.fault == "full":
            pages = raw.execute("PRAGMA page_count").fetchone()[0]
            raw.execute(f"PRAGMA max_page_count={pages}").close()
        return connection

    # ---- faults ------------------------------------------------------------------------------------------------------

    def break_down(self, fault: str) -> None:
        self.mend()
        self.fault = fault
        if fault == "locked":
            self._blocker = sqlite3.connect(self.path, isolation_level=None, timeout=0)
            self._blocker.execute("BEGIN IMMEDIATE")
        sqlite._discarded(self._writer)
        self._writer = None

    def mend(self) -> None:
        if self._blocker:
            self._blocker.close()
            self._blocker = None
        if self.fault:
            sqlite._discarded(self._writer)
            self._writer = None
        self.fault = ""

    def drop(self) -> None:
        """As when the process ends, however it ends: what is not committed is gone."""
        for connection in (self._writer, self._reader):
            if connection is not None:
                sqlite._discarded(connection)
        self._writer = self._reader = None
        if self._blocker:
            self._blocker.close()
            self._blocker = None
        self._sa.dispose()


def _prepare(raw: sqlite3.Connection, _record: object) -> None:
    """As in production, but that no power is lost here, and nobody waits for a lock in real time."""
    for pragma in sqlite.PRAGMAS:
        raw.execute(pragma).close()
    raw.execute("PRAGMA synchronous=OFF").close()
    raw.execute("PRAGMA busy_timeout=0").close()


class Looking:
    """For the judge: reads at once, on a connection of its own."""

    def __init__(self, path: str) -> None:
        self.raw = sqlite3.connect(path, isolation_level=None)
        self.shapes: dict[str, Any] = {}

    def close(self) -> None:
        self.raw.close()

    def rows(self, sql: str, **values: object) -> list[Any]:
        """As named tuples. Not through SQLAlchemy: it is asked after every commit."""
        cursor = self.raw.execute(sql, values)
        if sql not in self.shapes:
            names = [column[0] for column in cursor.description]
            plain = [name if name.isidentifier() and names.count(name) == 1 else f"c{n}" for n, name in enumerate(names)]
            self.shapes[sql] = namedtuple("Found", plain, rename=True)
        return [self.shapes[sql]._make(row) for row in cursor]
