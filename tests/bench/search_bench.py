"""Speed 6: hybrid search at 1,000, 10,000 and 100,000 notes, encoding excluded; how many of the ten best are the exact ones.

    python -m tests.bench.search_bench [sizes, such as 1000,10000]

Exact: BM25 over every note and the cosine of every vector, joined by the same formula; its time is told beside ours.
PostgreSQL with a million notes is not measured here: filling it takes longer than all the rest.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from bot.model.access import Sight
from bot.model.knowledge import Item
from bot.ports import Candidate, Corpus, Terms, Unit, Vector
from bot.triage.answered import answered
from bot.triage.rank import best, hybrid
from storage.store import SqlStore, open_store
from tests.bench.filling import texts_of, vectors_of
from tests.bench.room import ROUNDS, Row, percentile, run, timed

LIMITS = {1_000: 2.0, 10_000: 3.0, 100_000: 10.0}  # milliseconds
MOST = 100
QUERIES, DIMENSION, AT_ONCE = 150, 384, 500
LIBRARY, MODEL = "bench", "made-up"


class Exact:
    """Every note is looked at."""

    def __init__(self, ids: Sequence[str], texts: Sequence[tuple[str, ...]], vectors: Vector) -> None:
        self.ids, self.texts, self.vectors = ids, texts, vectors
        self.mean = sum(map(len, texts)) / len(texts)
        self.holding: dict[str, list[int]] = {}
        for at, words in enumerate(texts):
            for word in set(words):
                self.holding.setdefault(word, []).append(at)

    def ten(self, terms: Terms, vector: Vector) -> list[str]:
        documents = Counter({word: len(self.holding.get(word, ())) for word in set(terms.words)})
        corpus = Corpus(len(self.texts), self.mean, documents)
        cosines = self.vectors @ vector
        with_words = {at for word in set(terms.words) for at in self.holding.get(word, ())}
        near = np.argpartition(-cosines, min(MOST, len(cosines) - 1))[:MOST].tolist()
        candidates = [Candidate(self.ids[at], self.texts[at], float(cosines[at])) for at in {*with_words, *near}]
        return best(hybrid(terms, corpus, candidates), 10)


def queries(texts: Sequence[tuple[str, ...]], vectors: Vector) -> list[tuple[Terms, Vector]]:
    """Six to ten words each, seven of ten from one note and the rest from anywhere; its vector with some noise."""
    rng, found = np.random.default_rng(11), []
    for at in rng.integers(0, len(texts), QUERIES):
        many = int(rng.integers(6, 11))
        own = list(rng.choice(list(set(texts[at])), int(many * 0.7), replace=False))
        other = list(rng.choice(texts[int(rng.integers(0, len(texts)))], many - len(own)))
        noisy = vectors[at] + 0.03 * rng.standard_normal(DIMENSION, dtype=np.float32)
        found.append((Terms(tuple(map(str, own + other))), np.asarray(noisy / np.linalg.norm(noisy), np.float32)))
    return found


async def filled(store: SqlStore, texts: Sequence[tuple[str, ...]], vectors: Vector) -> list[str]:
    now = datetime.now(UTC)
    items = [
        Item(
            library=LIBRARY, community="c", title="t", problem="p", solution="s", language="id", status="published",
            created_at=now, published_at=now, visibility="library",
        )
        for _ in texts
    ]  # fmt: skip
    for begin in range(0, len(items), AT_ONCE):
        part = range(begin, min(begin + AT_ONCE, len(items)))
        await store.commit(Unit(LIBRARY, save=tuple(items[n] for n in part)))
        puts = (store.search.put("item", items[n].id, LIBRARY, Terms(texts[n]), vectors[n], MODEL) for n in part)
        await asyncio.gather(*puts)
    return [item.id for item in items]


async def one_size(size: int) -> list[Row]:
    texts = [tuple(text.split()) for text in texts_of(size)]
    vectors, sight = vectors_of(size, DIMENSION), Sight(LIBRARY, frozenset({"c"}))
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/guyub.db", library=LIBRARY, clock=lambda: datetime.now(UTC))
        exact = Exact(await filled(store, texts, vectors), texts, vectors)
        asked = queries(texts, vectors)
        ours: list[float] = []
        peer: list[float] = []
        same = 0
        await store.search.items(*asked[0], MODEL, sight)
        for again in range(ROUNDS):
            for terms, vector in asked:
                begin = asyncio.get_running_loop().time()
                corpus, found = await store.search.items(terms, vector, MODEL, sight)
                answered(terms, corpus, found)
                ours.append(asyncio.get_running_loop().time() - begin)
                if not again:
                    peer.append(timed(lambda terms=terms, vector=vector: exact.ten(terms, vector)))  # type: ignore[misc]
                    same += len({*best(hybrid(terms, corpus, found), 10)} & {*exact.ten(terms, vector)})
        await store.close()
    overlap, late, limit = same / (10 * len(asked)), percentile(ours, 0.95) * 1000, LIMITS[size]
    beside = f"exact {percentile(peer, 0.95) * 1000:,.1f} ms"
    return [
        Row(f"search p95, {size:,} notes", f"{late:.2f} ms", beside, "", f"< {limit:g} ms", late < limit),
        Row(f"… ten best as the exact ones, {size:,} notes", f"{overlap:.3f}", "", "", "≥ 0.95", overlap >= 0.95),
    ]


async def bench() -> Sequence[Row]:
    sizes = [int(size) for size in sys.argv[1].split(",")] if len(sys.argv) > 1 else list(LIMITS)
    return [row for size in sizes for row in await one_size(size)]


if __name__ == "__main__":
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    run("6", bench)
