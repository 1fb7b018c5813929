"""What the store needs of a database: reads on a snapshot, and units of work that are durable when they return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Work = Callable[[Connection], T]


class Engine(Protocol):
    """SQLite or PostgreSQL. `Unavailable` where it cannot be reached or cannot write; `Conflict` where a row is taken."""

    async def read(self, work: Work[T]) -> T:
        """Run on one snapshot, off the event loop. Nothing may be written."""
        ...

    async def write(self, work: Work[T]) -> T:
        """Run as one transaction, off the event loop; committed durably when it returns, undone when it raises."""
        ...

    async def close(self) -> None: ...
