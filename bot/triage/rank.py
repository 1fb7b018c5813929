"""BM25 over the candidates a store returns, and its union with vector likeness."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.ports import Candidate, Corpus, Terms

K1 = 1.2
B = 0.75
LEXICAL_SHARE = 0.5  # of the hybrid score; the rest is the vector's


@dataclass(frozen=True, slots=True)
class Match:
    """What a query shares with its candidates, looked at once. `weights`: each different term of the query → its inverse
    document frequency. `held`: candidate id → the query's terms in it, as they stand there. `scores`: candidate id → BM25."""

    weights: Mapping[str, float]
    held: Mapping[str, Sequence[str]]
    scores: Mapping[str, float]

    @property
    def ceiling(self) -> float:
        """The score of a text of mean length that holds each term of the query once: what a perfect match would get."""
        return sum(self.weights.values())

    def cover(self, terms: Iterable[str]) -> float:
        """The weight of these terms of the query, each counted once."""
        return sum(self.weights[term] for term in dict.fromkeys(terms))


def match(query: Terms, corpus: Corpus, candidates: Sequence[Candidate]) -> Match:
    """Okapi BM25 over these candidates.

    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with k1 = 1.2 and b = 0.75;
    the inverse document frequency is ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.
    """
    asked = dict.fromkeys(query.words)
    held = {candidate.id: [term for term in candidate.terms if term in asked] for candidate in candidates}
    weights = _rarity(asked, corpus, held)
    mean = corpus.mean_length or 1.0
    return Match(weights, held, {one.id: _score(weights, held[one.id], len(one.terms), mean) for one in candidates})


def bm25(query: Terms, corpus: Corpus, candidates: Sequence[Candidate]) -> Mapping[str, float]:
    """Candidate id → its score, 0.0 where no term is shared."""
    return match(query, corpus, candidates).scores


def _rarity(asked: Iterable[str], corpus: Corpus, held: Mapping[str, Sequence[str]]) -> dict[str, float]:
    seen = Counter(term for terms in held.values() for term in set(terms))
    texts = max(corpus.texts, len(held), 1)
    counts = {term: min(max(corpus.documents.get(term, 0), seen[term]), texts) for term in asked}
    return {term: math.log(1 + (texts - n + 0.5) / (n + 0.5)) for term, n in counts.items()}


def hybrid(query: Terms, corpus: Corpus, candidates: Sequence[Candidate], share: float = LEXICAL_SHARE) -> dict[str, float]:
    """Candidate id → likeness, best near 1: BM25 over the query's ceiling, joined with the centred cosine.

    Both parts are relative to the query, so that scores of different queries can be compared. A candidate without a
    vector is judged by its words alone.
    """
    matched = match(query, corpus, candidates)
    top = matched.ceiling or 1.0
    lexical = {id_: min(score / top, 1.0) for id_, score in matched.scores.items()}
    return {
        candidate.id: lexical[candidate.id]
        if candidate.cosine is None
        else share * lexical[candidate.id] + (1 - share) * max(candidate.cosine, 0.0)
        for candidate in candidates
    }


def best(scores: Mapping[str, float], most: int) -> list[str]:
    """Ids, best first; equal scores by id, so that two stores agree."""
    return sorted(scores, key=lambda id_: (-scores[id_], id_))[:most]


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def softmax(scores: Sequence[float]) -> list[float]:
    """Scores → shares that sum to 1."""
    if not scores:
        return []
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    return [weight / sum(weights) for weight in weights]


def dot(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The weighted sum over the named features; a feature without a weight counts nothing."""
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


def top_mean(values: Iterable[float], most: int) -> float:
    """The mean of the `most` highest values; 0.0 of none."""
    highest = sorted(values, reverse=True)[:most]
    return sum(highest) / len(highest) if highest else 0.0


def _score(weights: Mapping[str, float], held: Sequence[str], length: int, mean: float) -> float:
    if not held:
        return 0.0
    room = K1 * (1 - B + B * length / mean)
    return sum(weights[term] * n * (K1 + 1) / (n + room) for term, n in Counter(held).items())
