"""BM25 over the candidates a store returns, and its union with vector likeness."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.ports import Candidate, Corpus, Terms

K1 = 1.2
B = 0.75
LEXICAL_SHARE = 0.5  # of the hybrid score; the rest is the vector's


def bm25(query: Terms, corpus: Corpus, candidates: Sequence[Candidate]) -> dict[str, float]:
    """Candidate id → Okapi BM25 score, 0.0 where no term is shared.

    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with k1 = 1.2 and b = 0.75;
    the inverse document frequency is ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.
    """
    weights = rarity(query, corpus, candidates)
    mean = corpus.mean_length or 1.0
    return {candidate.id: _score(weights, candidate, mean) for candidate in candidates}


def rarity(query: Terms, corpus: Corpus, candidates: Sequence[Candidate]) -> dict[str, float]:
    """Each different term of the query → its inverse document frequency."""
    asked = set(query.words)
    seen = Counter(term for candidate in candidates for term in asked.intersection(candidate.terms))
    texts = max(corpus.texts, len(candidates), 1)
    counts = {term: min(max(corpus.documents.get(term, 0), seen[term]), texts) for term in asked}
    return {term: math.log(1 + (texts - n + 0.5) / (n + 0.5)) for term, n in counts.items()}


def ceiling(query: Terms, corpus: Corpus, candidates: Sequence[Candidate]) -> float:
    """The score of a text of mean length that holds each term of the query once: what a perfect match would get."""
    return sum(rarity(query, corpus, candidates).values())


def hybrid(query: Terms, corpus: Corpus, candidates: Sequence[Candidate], share: float = LEXICAL_SHARE) -> dict[str, float]:
    """Candidate id → likeness, best near 1: BM25 over the query's ceiling, joined with the centred cosine.

    Both parts are relative to the query, so that scores of different queries can be compared. A candidate without a
    vector is judged by its words alone.
    """
    top = ceiling(query, corpus, candidates) or 1.0
    lexical = {id_: min(score / top, 1.0) for id_, score in bm25(query, corpus, candidates).items()}
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


def _score(weights: Mapping[str, float], candidate: Candidate, mean: float) -> float:
    counts = Counter(term for term in candidate.terms if term in weights)
    room = K1 * (1 - B + B * len(candidate.terms) / mean)
    return sum(weights[term] * n * (K1 + 1) / (n + room) for term, n in counts.items())
