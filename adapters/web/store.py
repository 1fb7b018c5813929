"""The messenger's own database: one SQLite file, one thread that talks to it, one durable transaction a write."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from bot.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS people (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, about TEXT NOT NULL, language TEXT NOT NULL, left_ INTEGER NOT NULL DEFAULT 0,
    steps_hidden INTEGER NOT NULL DEFAULT 0, seq INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS channels (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, topic TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL DEFAULT '',
    seq INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, thread TEXT NOT NULL,
    author TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL, language TEXT NOT NULL, edited INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0, only_for TEXT NOT NULL DEFAULT '', history INTEGER NOT NULL DEFAULT 0,
    card TEXT NOT NULL DEFAULT '{}') STRICT;
CREATE INDEX IF NOT EXISTS messages_place ON messages (channel, thread, at, seq);
CREATE INDEX IF NOT EXISTS messages_news ON messages (channel, seq);
CREATE TABLE IF NOT EXISTS delivered (once TEXT PRIMARY KEY, message TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS files (
    id TEXT PRIMARY KEY, message TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS files_message ON files (message);
CREATE TABLE IF NOT EXISTS reactions (
    message TEXT NOT NULL, user TEXT NOT NULL, emoji TEXT NOT NULL, PRIMARY KEY (message, user, emoji)) STRICT;
CREATE TABLE IF NOT EXISTS reads (
    user TEXT NOT NULL, channel TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (user, channel)) STRICT;
CREATE TABLE IF NOT EXISTS undelivered (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, payload TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, parked INTEGER NOT NULL DEFAULT 0, why TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE IF NOT EXISTS changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, channel TEXT NOT NULL, message TEXT NOT NULL,
    viewer TEXT NOT NULL DEFAULT '') STRICT;
"""


class Store:
    """Runs functions that take a Connection. Whatever SQLite cannot do just now comes out as `Unavailable`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="messenger")
        self._connection = self._thread.submit(_open, path).result()

    async def read(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a finder."""
        return await self._run(lambda: work(self._connection, *args, **kwargs))

    async def write(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run it as one transaction: on disk when this returns, or nothing of it."""
        return await self._run(lambda: _transaction(self._connection, lambda c: work(c, *args, **kwargs)))

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            if isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)):
                raise
            raise Unavailable() from error

    def close(self) -> None:
        """Let the running work finish, then close the file."""
        self._thread.submit(self._connection.close).result()
        self._thread.shutdown()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(SCHEMA)
    return connection


def _transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        # Whatever went wrong, the next transaction must find a connection outside of one.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result
