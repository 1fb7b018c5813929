"""What a mutant is, and how code is put out of order and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

NOT_YET = 0  # no week is known that shows it


@dataclass(frozen=True, slots=True)
class Mutant:
    """`seed`: a week of so many `acts` that shows it."""

    name: str
    broken: Callable[[], AbstractContextManager[None]]
    seed: int
    acts: int = 40


@contextmanager
def swapped(owner: Any, name: str, other: Any) -> Iterator[None]:
    """`owner.name` is something else inside."""
    before = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, before)
