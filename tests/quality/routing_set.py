"""The labelled routing questions, and what the router sees of each: the same candidates that a store would return."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.communities_file import SeedCommunity, read_communities
from bot.ports import Candidate, Corpus, Embedder, Terms, Vector
from bot.triage import words
from bot.triage.centre import centre_for

DATA = Path(__file__).parent / "data"
SETS = {"dev": (None, "routing_dev.jsonl"), "other": (DATA / "communities_other.yaml", "routing_other.jsonl")}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and the key of its community; None: none of them."""

    id: str
    text: str
    community: str | None

    @property
    def held_out(self) -> bool:
        """A third, chosen by id, that no number was fitted on."""
        return zlib.crc32(self.id.encode()) % 3 == 0


@dataclass(frozen=True, slots=True)
class Case:
    """A question with all that `route` is given."""

    asked: Labelled
    query: Terms
    corpus: Corpus
    candidates: tuple[Candidate, ...]
    owner: Mapping[str, str]


def questions(name: str) -> list[Labelled]:
    """The labelled questions of a set: "dev" or "other"."""
    lines = (DATA / SETS[name][1]).read_text("utf-8").splitlines()
    return [Labelled(row["id"], row["text"], row["community"]) for row in map(json.loads, lines)]


def cases(name: str, embedder: Embedder | None, examples: int = 99) -> list[Case]:
    """Every question of a set against its communities, with at most that many examples of each."""
    texts, owner = _texts(read_communities(SETS[name][0]), examples)
    own = {id_: words.terms(text) for id_, text in texts.items()}
    asked = questions(name)
    likeness = _likeness(embedder, [one.text for one in asked], list(texts.values()))
    holding = Counter(term for one in own.values() for term in set(one.words))
    mean = sum(len(one.words) for one in own.values()) / len(own)
    found = []
    for row, one in enumerate(asked):
        query = words.terms(one.text)
        corpus = Corpus(len(own), mean, {term: holding[term] for term in set(query.words)})
        near = [None] * len(own) if likeness is None else [float(value) for value in likeness[row]]
        found.append(
            Case(one, query, corpus, tuple(Candidate(i, own[i].words, c) for i, c in zip(own, near, strict=True)), owner)
        )
    return found


def _texts(communities: Sequence[SeedCommunity], examples: int) -> tuple[dict[str, str], dict[str, str]]:
    texts, owner = {}, {}
    for one in communities:
        described = [f"{one.name.id}. {one.description.id}", f"{one.name.en}. {one.description.en}"]
        by_language = [[text for text, language in one.examples if language == wanted] for wanted in ("id", "en")]
        shown = [side[i] for i in range(99) for side in by_language if i < len(side)][:examples]
        for number, text in enumerate([*described, *shown]):
            texts[f"{one.key}-{number}"] = text
            owner[f"{one.key}-{number}"] = one.key
    return texts, owner


def _likeness(embedder: Embedder | None, asked: Sequence[str], texts: Sequence[str]) -> Vector | None:
    if embedder is None:
        return None
    move = centre_for(embedder.model)
    left = move(embedder.query([words.expand(text) for text in asked]))
    right = move(embedder.passage([words.expand(text) for text in texts]))
    return np.asarray(left @ right.T, dtype=np.float32)
