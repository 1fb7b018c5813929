"""A knowledge item: what a solved thread left behind, reviewed, credited, and kept with its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.model.access import Sight
from bot.model.attachment import Attachment
from bot.model.base import Language, Noun
from bot.model.place import MessageRef

Status = Literal["draft", "published", "rejected", "merged"]
Visibility = Literal["community", "library", "shared", "public"]
Part = Literal["asker", "answerer", "reviewer", "editor", "marker"]


@dataclass(frozen=True, slots=True)
class Credit:
    """Who contributed, and how ("marker": pointed at a message worth keeping). The name travels with the item even when the
    member leaves."""

    member: str
    name: str
    part: Part


@dataclass(frozen=True, slots=True)
class Source:
    """A message that the item was made from. `answer` is None for the question itself."""

    ref: MessageRef
    author: str
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Noun):
    """A problem and its solution. CommonMark in `problem`, `solution` and each of `steps`."""

    community: str
    title: str
    problem: str
    solution: str
    steps: tuple[str, ...] = ()
    language: Language
    status: Status = "draft"
    visibility: Visibility = "library"
    question: str | None = None
    credits: tuple[Credit, ...] = ()
    sources: tuple[Source, ...] = ()
    files: tuple[Attachment, ...] = ()
    created_at: datetime
    published_at: datetime | None = None
    review_by: datetime | None = None
    merged_into: str | None = None
    reason: str = ""
    thanks: int = 0

    @property
    def text(self) -> str:
        """All of its words, for search."""
        return "\n".join((self.title, self.problem, self.solution, *self.steps))

    @property
    def decided_by(self) -> str:
        """Who reviewed it last; "" where nobody has."""
        return next((c.name for c in reversed(self.credits) if c.part == "reviewer"), "")

    def overdue(self, now: datetime) -> bool:
        """Past its review-by date: shown with a warning, and offered no more by itself."""
        return self.review_by is not None and self.review_by < now


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(Noun):
    """An item as it stood before a change: the history. `item_version` counts from 1."""

    item: str
    item_version: int
    editor: str
    at: datetime
    what: str
    title: str
    problem: str
    solution: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Noun):
    """One reviewer's word on a draft. Its id is made of item and member, so that nobody counts twice."""

    item: str
    member: str
    approve: bool
    reason: str = ""
    at: datetime


class Items(Protocol):
    """Reads knowledge items. Whatever a person sees goes through a `Sight`."""

    async def get(self, id: str) -> Item | None: ...

    async def of_question(self, question: str) -> Item | None: ...

    async def many(self, ids: tuple[str, ...], sight: Sight) -> tuple[Item, ...]: ...

    async def drafts(
        self, communities: tuple[str, ...], after: Item | None = None, limit: int | None = None
    ) -> tuple[Item, ...]:
        """Oldest first; those behind `after`, at most so many."""
        ...

    async def published(self, sight: Sight, limit: int = 50) -> tuple[Item, ...]:
        """Newest first."""
        ...

    async def editions(self, item: str) -> tuple[Edition, ...]: ...

    async def verdicts(self, item: str) -> tuple[Verdict, ...]: ...
