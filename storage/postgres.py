"""PostgreSQL: a pool of connections, each unit of work on a thread of its own as one transaction.

Threads, not `AsyncConnection.run_sync`: search multiplies matrices inside its work, and that must not hold up the event loop.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa

from storage.engine import Work
from storage.errors import sorted_error

T = TypeVar("T")
CONNECTIONS = 10
WAIT = 2  # seconds: for a connection, and for a lock


class PostgresEngine:
    """`storage.engine.Engine` over a PostgreSQL database."""

    def __init__(self, url: str) -> None:
        self._sa = sa.create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=WAIT,
            pool_pre_ping=True,
            connect_args={"connect_timeout": WAIT, "options": f"-c lock_timeout={WAIT}s"},
        )
        self._snapshots = self._sa.execution_options(isolation_level="REPEATABLE READ")
        self._threads = ThreadPoolExecutor(CONNECTIONS, "guyub-postgres")

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, self._snapshots, work)

    async def write(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, self._sa, work)

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._sa.dispose()

    @staticmethod
    def _run(engine: sa.Engine, work: Work[T]) -> T:
        try:
            with engine.begin() as connection:
                return work(connection)
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            raise sorted_error(error) from error
