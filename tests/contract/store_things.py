"""Small builders, so that a test names only what it is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.events import Event, Said
from bot.model.knowledge import Item
from bot.model.member import Member
from bot.model.place import Account, MessageRef, Place, Posting
from bot.model.question import Answer, Question
from bot.outcome import At, Out, Say
from bot.ports import Unit
from storage.store import SqlStore
from storage.tables import metadata

LIBRARY = "pusat"
Opener = Callable[..., Awaitable[SqlStore]]
AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def said(id: str, thread: str = "t", text: str = "halo") -> Event:
    place = Place("web", "umum", thread)
    return Event(id, LIBRARY, AT, Said(text, f"m{id}"), Account("web", "sari", "Sari"), place)


def to_channel(channel: str = "umum", card: str = "", template: str = "a.b") -> Say:
    return Say(At(Place("web", channel)), template, card=card)


def posting(card: str, message: str = "100", subject: str = "q") -> Posting:
    return Posting(LIBRARY, card, subject, MessageRef("web", "umum", message))


def member(name: str = "Sari", **more: Any) -> Member:
    return Member(library=LIBRARY, name=name, **more)


def question(**more: Any) -> Question:
    first = {"asker": "sari", "text": "Bagaimana?", "language": "id", "origin": MessageRef("web", "umum", "1"), "asked_at": AT}
    return Question(library=LIBRARY, **first | more)


def answer(question: str, **more: Any) -> Answer:
    first = {"author": "budi", "text": "Begini.", "language": "id", "at": AT, "source": MessageRef("web", "umum", "2")}
    return Answer(library=LIBRARY, question=question, **first | more)


def item(**more: Any) -> Item:
    first = {"library": LIBRARY, "community": "sirkulasi", "title": "Judul", "problem": "Masalah", "solution": "Solusi"}
    return Item(**first | {"language": "id", "status": "published", "created_at": AT, "published_at": AT} | more)


async def save(store: SqlStore, *nouns: Any) -> None:
    await store.commit(Unit(LIBRARY, save=nouns))


async def send(store: SqlStore, *out: tuple[str, Out]) -> None:
    await store.commit(Unit(LIBRARY, out=out))


async def ids_claimed(store: SqlStore, worker: str = "w", most: int = 50) -> list[str]:
    return [claimed.event.id for claimed in await store.claim(worker, most)]


async def ids_going(store: SqlStore, worker: str = "w", most: int = 50) -> list[str]:
    return [row.id for row in await store.claim_out(worker, most)]


async def handled(store: SqlStore, ids: Sequence[str], worker: str = "w") -> None:
    for id in ids:
        await store.commit(Unit(LIBRARY, done=id, worker=worker))


def rows_that_name(url: str, id: str) -> list[str]:
    """Every row that has the id in it, as text; the member's own row, and what queues have done with, aside."""
    engine = sa.create_engine(url)
    found = []
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            done = next((table.c[name] for name in ("done_at", "sent_at") if name in table.c), None)
            query = sa.select(table) if done is None else sa.select(table).where(done.is_(None))
            for row in connection.execute(query):
                if id in str(tuple(row)) and not (table.name == "member" and row.id == id):
                    found.append(f"{table.name}: {tuple(row)}")
    engine.dispose()
    return found
