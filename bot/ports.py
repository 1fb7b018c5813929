"""The engines and doors that the core leans on. compose.py chooses who fills each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.doors import Limit, Memory
from bot.events import Event
from bot.model.access import Sight
from bot.model.base import Language, Noun
from bot.model.community import Communities
from bot.model.digest import Digests
from bot.model.judgement import Judgements
from bot.model.knowledge import Items
from bot.model.meeting import Meetings
from bot.model.member import Members
from bot.model.place import MessageRef, Places, Posting
from bot.model.question import Questions
from bot.outcome import Later, Out

Vector = npt.NDArray[np.float32]


class Clock(Protocol):
    """Now, aware, in UTC."""

    def __call__(self) -> datetime: ...


# ---- storing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claimed:
    """An inbox row that this worker holds. `tries` counts from 1."""

    event: Event
    tries: int


@dataclass(frozen=True, slots=True)
class Unit:
    """One short transaction: what to save, what goes out, what follows, and the inbox row that is done with it.

    Every noun in `save` with version 0 is inserted, another is updated only where its stored version is the same (else
    `Conflict`, and nothing of the unit is stored). `done` None: no inbox row is behind it (a seed, a test).
    """

    library: str
    save: tuple[Noun, ...] = ()
    out: tuple[tuple[str, Out], ...] = ()  # (id made by the app, what to deliver)
    events: tuple[Event, ...] = ()  # follow-ups, inserted into the inbox
    later: tuple[Later, ...] = ()
    done: str | None = None
    worker: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An outbox row that this worker holds."""

    id: str
    library: str
    out: Out
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Messages that were set aside for the same reason: `why` as the door named it, how many, and when last."""

    why: str
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """Counts for /healthz and doctor. `lag` in seconds: the age of the oldest undone row (0.0 where there is none)."""

    inbox_waiting: int
    inbox_parked: int
    inbox_lag: float
    outbox_waiting: int
    outbox_parked: int
    outbox_lag: float


class Store(Protocol):
    """Everything durable. One implementation, two engines (SQLite, PostgreSQL).

    All coroutines may be called from any task. What they raise beside GuyubError subclasses is a bug. `Unavailable`:
    the disk is full, the database locked or gone.
    """

    communities: Communities
    members: Members
    places: Places
    questions: Questions
    items: Items
    meetings: Meetings
    digests: Digests
    judgements: Judgements

    async def receive(self, event: Event, *, reserve: str = "") -> bool:
        """Insert into the inbox and commit durably; False where the event id is there already.

        `reserve`: a worker id that alone may claim the event for the next three seconds (see `claim_one`).
        """
        ...

    async def receive_early(self, event: Event) -> bool:
        """Keep an edit or a deletion whose message has not come, for a quarter of an hour; once that comes it follows it.

        Where it has come meanwhile the event goes right behind it. Durable like `receive`; False: it is kept already.
        """
        ...

    async def lane_of(self, ref: MessageRef) -> str:
        """The lane in which this message came into the inbox; "" where it did not, or too long ago."""
        ...

    async def claim(self, worker: str, most: int) -> tuple[Claimed, ...]:
        """The oldest events of lanes in which nothing is held, at most one a lane; held for 60 s."""
        ...

    async def claim_one(self, worker: str, event_id: str) -> Claimed | None:
        """This event, if nothing earlier of its lane is undone and nobody else holds it; None otherwise."""
        ...

    async def commit(self, unit: Unit) -> None:
        """All of the unit or nothing. `Conflict`: a version moved. `Duplicate`: the inbox row is done already."""
        ...

    async def retry(self, event_id: str, worker: str, why: str, at: datetime | None) -> None:
        """The event failed: again at that time, or parked (None) so that it blocks nobody. `why` goes to health."""
        ...

    async def claim_out(self, worker: str, most: int, *, bulk: bool = True) -> tuple[Outgoing, ...]:
        """The oldest row of each free lane that is due, bulk after all others (or not at all); held for 60 s."""
        ...

    async def sent(self, out_id: str, worker: str, posting: Posting | None, events: tuple[Event, ...] = ()) -> None:
        """Delivered. A posting records where a card ended up (replacing an earlier one of that card); `events` follow."""
        ...

    async def out_failed(self, out_id: str, worker: str, why: str, at: datetime | None, events: tuple[Event, ...] = ()) -> None:
        """Again at that time; None: parked. `events` follow where this worker still held it."""
        ...

    async def out_deferred(self, out_id: str, worker: str, at: datetime) -> None:
        """Not sent, and no failure: its turn comes at that time."""
        ...

    async def pace(self, limits: Sequence[Limit]) -> datetime | None:
        """None: send now, a place under every limit is taken. Else from when on there may be one; none is taken.

        Kept for all workers together.
        """
        ...

    async def refusals(self, most: int) -> tuple[Refusal, ...]:
        """What could not be delivered for good, the newest first."""
        ...

    def memory(self, door: str) -> Memory: ...

    async def claim_due(self, now: datetime, most: int) -> int:
        """Turn what has come due into events of the inbox (CameDue), in one transaction; how many."""
        ...

    async def waiting(self, library: str, lane: str) -> bool:
        """Whether an event of this lane is still to be handled."""
        ...

    async def unrecorded(self, library: str, lane: str) -> frozenset[str]:
        """Outbox rows whose lane begins so ("": all) that may have posted a new card already, which is not recorded yet.

        They are being delivered, or were when a process died; a delivery that failed cleanly posted nothing.
        """
        ...

    async def hold(self, worker: str, events: Collection[str], out: Collection[str]) -> None:
        """This worker is still at these: held for another 60 s from now. Nothing happens where it holds them no more."""
        ...

    async def release(self, worker: str) -> None:
        """Give back all that this worker holds ("" = everybody: at the start of a single-process store)."""
        ...

    async def sweep(self, before: datetime) -> int:
        """Delete some of the queue rows that were done before that moment; how many (0: there are no more)."""
        ...

    async def health(self, now: datetime) -> Health: ...

    async def close(self) -> None: ...


# ---- finding ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terms:
    """A text made ready for search: stems and expanded terms, in order, with repeats."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may match. `terms`: its own terms; `cosine`: centred, None where it has no vector of this model yet."""

    id: str
    terms: tuple[str, ...]
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Corpus:
    """What BM25 needs: how many texts, their mean length in terms, and in how many of them each asked term stands."""

    texts: int
    mean_length: float
    documents: Mapping[str, int] = field(default_factory=dict)


class Search(Protocol):
    """Candidates for the core to rank. `kind` is "item", "question", "example" or "answer"."""

    async def put(self, kind: str, id: str, library: str, terms: Terms, vector: Vector | None, model: str) -> None:
        """Index a text, or index it anew. The vector is kept with its model and dimension."""
        ...

    async def drop(self, kind: str, id: str) -> None: ...

    async def items(
        self, terms: Terms, vector: Vector | None, model: str, sight: Sight, most: int = 100
    ) -> tuple[Corpus, tuple[Candidate, ...]]:
        """Published items in sight: the union of those with the query's rarest terms and of the nearest vectors."""
        ...

    async def texts(
        self, kind: str, library: str, ids: Sequence[str], terms: Terms, vector: Vector | None, model: str
    ) -> tuple[Corpus, tuple[Candidate, ...]]:
        """These texts of a kind, all of them (communities' examples, open questions): small sets, exactly."""
        ...

    async def missing(self, model: str, most: int) -> tuple[tuple[str, str], ...]:
        """(kind, id) of texts that have no vector of this model: to be embedded in the background."""
        ...


class Embedder(Protocol):
    """Text → vectors. May be slow: never called on the event loop's thread, never inside a transaction."""

    model: str
    dimension: int

    def query(self, texts: Sequence[str]) -> Vector:
        """(n, dimension), unit length: for questions."""
        ...

    def passage(self, texts: Sequence[str]) -> Vector:
        """(n, dimension), unit length: for what is found."""
        ...


class Files(Protocol):
    """The file store: bytes by their SHA-256."""

    async def put(self, data: bytes) -> str: ...

    async def get(self, sha256: str) -> bytes: ...


class Drafter(Protocol):
    """An optional language model that words a draft. Its text is a proposal, never published without a person."""

    async def draft(self, question: str, answers: Sequence[tuple[str, str]], language: Language) -> str: ...
