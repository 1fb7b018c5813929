"""`bot.ports.Search` over both: the database says which texts hold rare terms, memory which vectors are near."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, select

from bot.model.access import Sight
from bot.ports import Candidate, Corpus, Terms, Vector
from storage.engine import Engine
from storage.search.lexical import documents, found, rarest, storable
from storage.search.memory import Centre, Ints, Mask, Texts, Vectors
from storage.search.shelves import NOWHERE, changed, current_shelf, put_on, take_off
from storage.search.tables import search_text

MOST_FOUND = 1000
Found = tuple[Corpus, tuple[Candidate, ...]]


class SqlSearch:
    """One per open store. The memory is shared by all who search, and read under a lock."""

    def __init__(self, engine: Engine, library: str, centre: Centre) -> None:
        self._engine, self._library, self._centre = engine, library, centre
        self._lock = threading.Lock()
        self._texts: dict[str, Texts] = {}
        self._vectors: dict[tuple[str, str, int], Vectors] = {}

    async def put(self, kind: str, id: str, library: str, terms: Terms, vector: Vector | None, model: str) -> None:
        """Index a text, or index it anew. ValueError: the vector is not one row of finite numbers."""
        words = storable(terms.words)
        record = {"terms": " ".join(words), "length": len(words), "dropped": False} | _vector_columns(vector, model)
        await self._engine.write(lambda c: _put(c, kind, id, library, record))

    async def drop(self, kind: str, id: str) -> None:
        nothing = {"terms": "", "length": 0, "dropped": True} | _vector_columns(None, "")
        await self._engine.write(lambda c: _put(c, kind, id, self._library, nothing, only_known=True))

    async def items(self, terms: Terms, vector: Vector | None, model: str, sight: Sight, most: int = 100) -> Found:
        words = storable(terms.words)
        return await self._engine.read(lambda c: self._items(c, words, vector, model, sight, most))

    async def texts(
        self, kind: str, library: str, ids: Sequence[str], terms: Terms, vector: Vector | None, model: str
    ) -> Found:
        """The corpus is these texts alone, so that the figures depend on nothing else."""
        words = storable(terms.words)
        return await self._engine.read(lambda c: self._these(c, kind, library, ids, words, vector, model))

    async def missing(self, model: str, most: int) -> tuple[tuple[str, str], ...]:
        t = search_text.c
        query = select(t.kind, t.id).where(t.library == self._library, ~t.dropped, t.model != model).limit(most)
        return await self._engine.read(lambda c: tuple((row.kind, row.id) for row in c.execute(query)))

    def _items(self, c: Connection, words: Sequence[str], vector: Vector | None, model: str, sight: Sight, most: int) -> Found:
        counts = documents(c, words, sight)
        seqs = found(c, rarest(counts))
        with self._lock:
            texts, vectors = self._refreshed(c, "item", vector, model)
            mask = texts.in_sight(sight)
            many, mean = texts.sizes(mask)
            corpus = Corpus(many, mean, {word: counts.get(word, 0) for word in words})
            ats = _newest(texts, mask, seqs)
            if vectors is None or vector is None:
                return corpus, _candidates(texts, None, None, sorted(ats))
            cosines = vectors.matrix[: len(mask)] @ vectors.centred(vector.reshape(1, -1))[0]
            ats.update(_nearest(np.flatnonzero(mask & vectors.known[: len(mask)]), cosines, most))
            return corpus, _candidates(texts, vectors, cosines, sorted(ats))

    def _these(
        self,
        c: Connection,
        kind: str,
        library: str,
        ids: Sequence[str],
        words: Sequence[str],
        vector: Vector | None,
        model: str,
    ) -> Found:
        with self._lock:
            texts, vectors = self._refreshed(c, kind, vector, model)
            ats = texts.positions(library, ids)
            asked, counts = set(words), Counter[str]()
            for at in ats:
                counts.update(asked.intersection(texts.terms[at]))
            mean = sum(len(texts.terms[at]) for at in ats) / len(ats) if ats else 0.0
            corpus = Corpus(len(ats), mean, {word: counts[word] for word in words})
            if vectors is None or vector is None:
                return corpus, _candidates(texts, None, None, ats)
            cosines = np.zeros(len(texts.ids), np.float32)
            cosines[ats] = vectors.matrix[ats] @ vectors.centred(vector.reshape(1, -1))[0]
            return corpus, _candidates(texts, vectors, cosines, ats)

    def _refreshed(self, c: Connection, kind: str, vector: Vector | None, model: str) -> tuple[Texts, Vectors | None]:
        texts = self._texts.setdefault(kind, Texts(kind))
        texts.refresh(c)
        if vector is None:
            return texts, None
        key = (kind, model, vector.size)
        vectors = self._vectors.setdefault(key, Vectors(texts, model, vector.size, self._centre))
        vectors.refresh(c)
        return texts, vectors


def _newest(texts: Texts, mask: Mask, seqs: Sequence[int]) -> set[int]:
    """Positions of these texts that are in the mask; the newest, where even the rarest term is common."""
    ats = [at for seq in seqs if (at := texts.at_seq.get(seq)) is not None]
    seen = [at for at, may in zip(ats, mask[ats].tolist(), strict=True) if may]
    return set(seen if len(seen) <= MOST_FOUND else sorted(seen, key=lambda at: texts.ids[at])[-MOST_FOUND:])


def _nearest(ats: Ints, cosines: Vector, most: int) -> list[int]:
    """Positions of the nearest among these."""
    if len(ats) > most:
        ats = ats[np.argpartition(-cosines[ats], most)[:most]]
    return [int(at) for at in ats]


def _candidates(texts: Texts, vectors: Vectors | None, cosines: Vector | None, ats: list[int]) -> tuple[Candidate, ...]:
    if vectors is None or cosines is None:
        return tuple(Candidate(texts.ids[at], texts.terms[at], None) for at in ats)
    known, near = vectors.known[ats].tolist(), cosines[ats].tolist()
    return tuple(
        Candidate(texts.ids[at], texts.terms[at], cosine if has else None)
        for at, has, cosine in zip(ats, known, near, strict=True)
    )


def _vector_columns(vector: Vector | None, model: str) -> dict[str, object]:
    if vector is None:
        return {"vector": None, "model": "", "dimension": 0}
    flat = np.asarray(vector, "<f4").reshape(-1)
    if not model or not flat.size or not np.isfinite(flat).all():
        raise ValueError("a vector needs a model's name and finite numbers")
    return {"vector": flat.tobytes(), "model": model, "dimension": flat.size}


def _put(c: Connection, kind: str, id: str, library: str, record: dict[str, object], *, only_known: bool = False) -> None:
    """Items' rows are locked before the change counter, here as in a commit: the other way round two could wait for ever."""
    shelf = current_shelf(c, library, id) if kind == "item" and not record["dropped"] else NOWHERE
    number = changed(c, kind)
    t = search_text.c
    query = select(t.seq, t.shelf, t.terms).where(t.library == library, t.kind == kind, t.id == id)
    old = c.execute(query).first()
    record = record | {"shelf": shelf, "changed": number}
    if old:
        take_off(c, library, old.shelf, old.seq, old.terms)
        c.execute(search_text.update().where(t.seq == old.seq).values(record))
        seq = old.seq
    elif only_known:
        return
    else:
        new = search_text.insert().values(library=library, kind=kind, id=id, **record)
        seq = c.execute(new.returning(t.seq)).scalar_one()
    put_on(c, library, shelf, seq, str(record["terms"]))
