"""The engines and doors that the core leans on. compose.py chooses who fills each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.events import Event
from bot.model.access import Sight
from bot.model.base import Language, Noun
from bot.model.community import Communities
from bot.model.knowledge import Items
from bot.model.member import Members
from bot.model.place import Account, MessageRef, Place, Places, Posting
from bot.model.question import Questions
from bot.outcome import Data, Later, Now, Out

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

    async def receive(self, event: Event, *, reserve: str = "") -> bool:
        """Insert into the inbox and commit durably; False where the event id is there already.

        `reserve`: a worker id that alone may claim the event for the next three seconds (see `claim_one`).
        """
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

    async def claim_out(self, worker: str, most: int) -> tuple[Outgoing, ...]:
        """The oldest row of each free lane that is due; held for 60 s."""
        ...

    async def sent(self, out_id: str, worker: str, posting: Posting | None) -> None:
        """Delivered. A posting records where a card ended up (replacing an earlier one of that card)."""
        ...

    async def out_failed(self, out_id: str, worker: str, why: str, at: datetime | None) -> None:
        """Again at that time; None: parked."""
        ...

    async def claim_due(self, now: datetime, most: int) -> int:
        """Turn what has come due into events of the inbox (CameDue), in one transaction; how many."""
        ...

    async def waiting(self, library: str, lane: str) -> bool:
        """Whether an event of this lane is still to be handled."""
        ...

    async def unrecorded(self, library: str, lane: str) -> frozenset[str]:
        """Outbox rows of this lane ("": of any) that may have posted a new card already, while where it is is not recorded.

        They are being delivered, or were when a process died; a delivery that failed cleanly posted nothing.
        """
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


# ---- doors -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Label:
    """A button ready to show: the words in the reader's language, and what comes back when it is pressed."""

    text: str
    action: str
    value: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message ready to deliver. `text` is CommonMark; links of scheme `guyub:` are resolved by `people` and `links`.

    `people`: member id → their account at this door, or None; `guyub:person/<id>` in the text becomes a mention, or the
    link's words where there is no account. `links`: `guyub:message/…` → an address, or "" (then only the words show).
    `edit`: the message to change in place. `only_for`: nobody else may see it. `private_to`: a direct message to this user.
    `once` is the outbox row's id: a door whose platform can deduplicate uses it.
    """

    once: str
    text: str
    language: Language
    place: Place | None = None
    edit: MessageRef | None = None
    only_for: Account | None = None
    private_to: Account | None = None
    buttons: tuple[Label, ...] = ()
    people: Mapping[str, Account | None] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, str], ...] = ()  # (name, sha256)


class Door(Protocol):
    """A platform. Listens (start…stop), delivers, fetches files. Raises DeliveryError subclasses, sorted."""

    name: str

    async def start(self, ears: Ears) -> None:
        """Begin to listen; events go to `ears`."""
        ...

    async def stop(self) -> None: ...

    async def deliver(self, delivery: Delivery) -> MessageRef: ...

    async def react(self, ref: MessageRef, emoji: str, remove: bool, once: str) -> None: ...

    async def link(self, ref: MessageRef) -> str:
        """An address that opens this message, or ""."""
        ...

    async def fetch(self, file: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """One command for completion, manifests and help: both names, usage and what it does in both languages."""

    id: str
    en: str
    usage_id: str
    usage_en: str
    help_id: str
    help_en: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A `Now` ready to show: its words rendered. `now` keeps the structure (fields, names); `words` maps each template
    key that it names (title, labels, hints, errors, body) to text in the reader's language."""

    now: Now
    words: Mapping[str, str]
    buttons: tuple[Label, ...] = ()


class Ears(Protocol):
    """What a door may call: the only way into the core."""

    async def receive(self, event: Event) -> None:
        """Durable when it returns. `Unavailable`: do not acknowledge. A duplicate or something unheard: returns quietly."""
        ...

    async def respond(self, event: Event) -> Shown | None:
        """The same for what wants an answer at once (commands, buttons, forms); None after two seconds or if there is none."""
        ...

    async def view(self, name: str, account: Account) -> Data:
        """A page's or list's data as this person may see it; the access check is inside. KeyError: no such view."""
        ...

    def commands(self) -> tuple[CommandHelp, ...]: ...
