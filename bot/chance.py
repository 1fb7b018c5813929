"""Where chance comes from: names of rows, codes, the spread of waits. The tests' simulation puts a seeded one in its place."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import uuid6


class Chance(Protocol):
    def name(self) -> str:
        """A new name for a row: a UUIDv7 (RFC 9562) as 32 hex digits; later names sort after earlier ones."""
        ...

    def code(self, signs: str, length: int) -> str:
        """So many of these signs, not to be guessed."""
        ...

    def spread(self, least: float, most: float) -> float:
        """Anything between the two."""
        ...


class _Real:
    """The system's own."""

    def name(self) -> str:
        return uuid6.uuid7().hex

    def code(self, signs: str, length: int) -> str:
        return "".join(secrets.choice(signs) for _ in range(length))

    def spread(self, least: float, most: float) -> float:
        return random.uniform(least, most)


_in_use: Chance = _Real()


def chance() -> Chance:
    return _in_use


@contextmanager
def ruled_by(other: Chance) -> Iterator[None]:
    """Inside, everything in this process that is left to chance comes from `other`."""
    global _in_use
    before, _in_use = _in_use, other
    try:
        yield
    finally:
        _in_use = before
