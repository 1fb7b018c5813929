"""The labelled queries over a few knowledge items, and what `answered` sees of each."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bot.ports import Candidate, Corpus, Embedder, Terms
from bot.triage import words
from bot.triage.centre import centre_for

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Query:
    """A question with the item that answers it (None: none does) and all items as candidates."""

    id: str
    text: str
    item: str | None
    terms: Terms
    corpus: Corpus
    candidates: tuple[Candidate, ...]

    @property
    def held_out(self) -> bool:
        """A third, chosen by id, that no number was fitted on."""
        return zlib.crc32(self.id.encode()) % 3 == 0


def queries(embedder: Embedder | None) -> list[Query]:
    """Every query against every item."""
    texts = {row["item_id"]: f"{row['title']}\n{row['problem']}\n{row['solution']}" for row in _rows("answered_items.jsonl")}
    own = {id_: words.terms(text).words for id_, text in texts.items()}
    holding = Counter(term for terms in own.values() for term in set(terms))
    mean = sum(map(len, own.values())) / len(own)
    asked = _rows("answered_dev.jsonl")
    near = None
    if embedder is not None:
        move = centre_for(embedder.model)
        right = move(embedder.passage([words.expand(text) for text in texts.values()]))
        near = move(embedder.query([words.expand(row["text"]) for row in asked])) @ right.T
    found = []
    for number, row in enumerate(asked):
        terms = words.terms(row["text"])
        corpus = Corpus(len(own), mean, {term: holding[term] for term in set(terms.words)})
        cosines = [None] * len(own) if near is None else [float(value) for value in near[number]]
        candidates = tuple(Candidate(id_, own[id_], cosine) for id_, cosine in zip(own, cosines, strict=True))
        found.append(Query(row["id"], row["text"], row["item_id"], terms, corpus, candidates))
    return found


def _rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]
