"""The labelled queries over knowledge items, and what `answered` sees of each."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bot.ports import Candidate, Corpus, Embedder, Terms
from bot.triage import words
from bot.triage.centre import centre_for
from bot.triage.text import clean

DATA = Path(__file__).parent / "data"
FIT_ITEMS = ("answered_items.jsonl", "answered_items_more.jsonl")
FIT_QUERIES = ("answered_dev.jsonl", "answered_dev_more.jsonl")
ALL_ITEMS = (*FIT_ITEMS, "answered_items_held_out.jsonl")
HELD_OUT_QUERIES = ("answered_held_out.jsonl",)


@dataclass(frozen=True, slots=True)
class Query:
    """A question with the item that answers it (None: none does) and all items as candidates."""

    id: str
    text: str
    item: str | None
    terms: Terms
    corpus: Corpus
    candidates: tuple[Candidate, ...]


def queries(embedder: Embedder | None, *, held_out: bool = False) -> list[Query]:
    """Every query against every item: those to fit on over their own items, those held out over all items."""
    items = rows(*(ALL_ITEMS if held_out else FIT_ITEMS))
    asked = rows(*(HELD_OUT_QUERIES if held_out else FIT_QUERIES))
    texts = {row["item_id"]: f"{row['title']}\n{row['problem']}\n{row['solution']}" for row in items}
    own = {id_: words.terms(text).words for id_, text in texts.items()}
    holding = Counter(term for terms in own.values() for term in set(terms))
    mean = sum(map(len, own.values())) / len(own)
    near = None
    if embedder is not None:
        move = centre_for(embedder.model)
        right = move(embedder.passage([words.expand(clean(text)) for text in texts.values()]))
        near = move(embedder.query([words.expand(row["text"]) for row in asked])) @ right.T
    found = []
    for number, row in enumerate(asked):
        terms = words.terms(row["text"])
        corpus = Corpus(len(own), mean, {term: holding[term] for term in set(terms.words)})
        cosines = [None] * len(own) if near is None else [float(value) for value in near[number]]
        candidates = tuple(Candidate(id_, own[id_], cosine) for id_, cosine in zip(own, cosines, strict=True))
        found.append(Query(row["id"], row["text"], row["item_id"], terms, corpus, candidates))
    return found


def rows(*names: str) -> list[dict[str, str]]:
    """The lines of these files."""
    return [json.loads(line) for name in names for line in (DATA / name).read_text("utf-8").splitlines()]
