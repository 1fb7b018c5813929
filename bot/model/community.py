"""A community: its domain in both languages, and the example questions that teach the router."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from bot.model.base import Language, Noun, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Community(Noun):
    """People who share a domain. `key` is the short stable name used in files and commands."""

    key: str
    name: Words
    description: Words
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Example(Noun):
    """A question that belongs to a community: from the communities file, or taught by a move."""

    community: str
    text: str
    language: Language
    source: Literal["seed", "move"] = "seed"
    question: str | None = None


class Communities(Protocol):
    """Reads communities and their examples."""

    async def get(self, id: str) -> Community | None: ...

    async def all(self) -> tuple[Community, ...]:
        """Those not archived, by key."""
        ...

    async def by_key(self, key: str) -> Community | None: ...

    async def examples(self, community: str | None = None) -> tuple[Example, ...]: ...

    async def example(self, id: str) -> Example | None: ...

    async def example_of(self, question: str) -> Example | None:
        """The example that a move of this question made, if any."""
        ...
