"""The labelled routing questions, and what the router sees of each: the same candidates that a store would return."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from bot.communities_file import SeedCommunity, read_communities
from bot.ports import Candidate, Corpus, Embedder, Terms, Vector
from bot.triage import words
from bot.triage.centre import centre_for

DATA = Path(__file__).parent / "data"
EXAMPLES = 8


@dataclass(frozen=True, slots=True)
class Set:
    """A communities file (None: the packaged one) and the questions labelled with its keys."""

    communities: str | None
    questions: tuple[str, ...]

    @property
    def path(self) -> Path | None:
        return None if self.communities is None else DATA / self.communities


FIT_ON = {
    "first": Set(None, ("routing_dev.jsonl", "routing_dev_more.jsonl")),
    "second": Set("communities_other.yaml", ("routing_other.jsonl",)),
    "fourth": Set("communities_fourth.yaml", ("routing_fourth.jsonl",)),
}
HELD_OUT = {
    "first, other questions": Set(None, ("routing_held_out.jsonl",)),
    "third": Set("communities_third.yaml", ("routing_third_held_out.jsonl",)),
}
SETS = FIT_ON | HELD_OUT


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and the keys of the communities that are right for it; none: it belongs to none of them."""

    id: str
    text: str
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with all that `route` is given."""

    asked: Labelled
    query: Terms
    corpus: Corpus
    candidates: tuple[Candidate, ...]
    owner: Mapping[str, str]
    vector: Vector | None


def questions(name: str) -> list[Labelled]:
    """The labelled questions of a set."""
    lines = [line for file in SETS[name].questions for line in (DATA / file).read_text("utf-8").splitlines()]
    return [Labelled(row["id"], row["text"], _right(row["community"])) for row in map(json.loads, lines)]


def cases(name: str, embedder: Embedder | None, shown: int = 0) -> list[Case]:
    """Every question of a set against its communities with eight examples each; `shown` chooses other eight."""
    texts, owner = texts_of(read_communities(SETS[name].path), shown)
    own = {id_: words.terms(text) for id_, text in texts.items()}
    asked = questions(name)
    vectors = None if embedder is None else embedder.query([words.expand(one.text) for one in asked])
    likeness = _likeness(embedder, vectors, list(texts.values()))
    holding = Counter(term for one in own.values() for term in set(one.words))
    mean = sum(len(one.words) for one in own.values()) / len(own)
    found = []
    for row, one in enumerate(asked):
        query = words.terms(one.text)
        corpus = Corpus(len(own), mean, {term: holding[term] for term in set(query.words)})
        near = [None] * len(own) if likeness is None else [float(value) for value in likeness[row]]
        candidates = tuple(Candidate(i, own[i].words, c) for i, c in zip(own, near, strict=True))
        found.append(Case(one, query, corpus, candidates, owner, None if vectors is None else vectors[row]))
    return found


def texts_of(communities: Sequence[SeedCommunity], shown: int = 0) -> tuple[dict[str, str], dict[str, str]]:
    """Text id → text, and → its community: both descriptions and eight examples, half of them in each language.

    Where the examples of the two languages translate each other, different ones are taken, so that eight are eight.
    """
    texts, owner = {}, {}
    for one in communities:
        described = [f"{one.name.id}. {one.description.id}", f"{one.name.en}. {one.description.en}"]
        for number, text in enumerate([*described, *(text for side in eight(one, shown) for text in side)]):
            texts[f"{one.key}-{number}"] = text
            owner[f"{one.key}-{number}"] = one.key
    return texts, owner


def eight(one: SeedCommunity, shown: int = 0) -> tuple[list[str], list[str]]:
    """Four examples in Indonesian and four in English."""
    sides = [[text for text, language in one.examples if language == wanted] for wanted in ("id", "en")]
    half = EXAMPLES // 2
    starts = (shown * half, shown * half + (half if min(map(len, sides)) > half else 0))
    left, right = ([side[(start + n) % len(side)] for n in range(half)] for side, start in zip(sides, starts, strict=True))
    return left, right


def texts_of_eight(path: Path | None) -> str:
    """The communities file with eight examples each."""
    rows = [
        {
            "key": one.key,
            "name": {"id": one.name.id, "en": one.name.en},
            "description": {"id": one.description.id, "en": one.description.en},
            "examples": dict(zip(("id", "en"), eight(one), strict=True)),
        }
        for one in read_communities(path)
    ]
    return yaml.safe_dump({"communities": rows}, allow_unicode=True)


def _right(label: str | list[str] | None) -> tuple[str, ...]:
    return () if label is None else (label,) if isinstance(label, str) else tuple(label)


def _likeness(embedder: Embedder | None, asked: Vector | None, texts: Sequence[str]) -> Vector | None:
    if embedder is None or asked is None:
        return None
    move = centre_for(embedder.model)
    passages = embedder.passage([words.expand(text) for text in texts])
    return np.asarray(move(asked) @ move(passages).T, dtype=np.float32)
