"""Which community is a question for? An honest probability for each, and when to ask back or to say that nothing fits."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Literal

from bot.model.question import Guess
from bot.ports import Candidate, Corpus, Terms
from bot.triage import lexicon
from bot.triage.fitted import Fit, Weights, fit
from bot.triage.rank import bm25, dot, rarity, sigmoid, softmax, top_mean

Decision = Literal["routed", "ask", "none"]
NEAREST = 3  # texts of a community whose likeness is averaged


@dataclass(frozen=True, slots=True)
class Routing:
    """All communities, best first, with the probability that each is the right one. They need not sum to 1: what is
    missing is the chance that the question belongs to none of them."""

    guesses: tuple[Guess, ...]
    decision: Decision


def route(query: Terms, corpus: Corpus, candidates: Sequence[Candidate], owner: Mapping[str, str]) -> Routing:
    """Judge a question by the examples and descriptions of all communities; `owner`: text id → community id.

    Where no text has a vector, only words count and the bar is higher.
    """
    seen = features(query, corpus, candidates, owner)
    if not seen:
        return Routing((), "none")
    lexical = all(candidate.cosine is None for candidate in candidates)
    return decide(seen, query, fit("route"), "lexical" if lexical else "both")


def decide(seen: Mapping[str, Mapping[str, float]], query: Terms, numbers: Fit, mode: str) -> Routing:
    """From features to guesses and a decision. `mode`: "both" or "lexical", the group of weights to use."""
    ids = sorted(seen)
    scores = [dot(numbers.groups[f"{mode}_which"], seen[id_]) for id_ in ids]
    shares = dict(zip(ids, softmax(scores), strict=True))
    order = sorted(ids, key=lambda id_: (-shares[id_], id_))
    within = sigmoid(dot(numbers.groups[f"{mode}_within"], scope_features(seen, shares, order, query)))
    guesses = tuple(Guess(id_, _calibrated(within * shares[id_], numbers.groups[f"{mode}_calibration"])) for id_ in order)
    return Routing(guesses, _decision(guesses[0].probability, numbers.thresholds, mode))


def _calibrated(probability: float, line: Weights) -> float:
    """Platt's correction (1999): a straight line over log odds, since both factors are shrunk by their fitting."""
    inner = min(max(probability, 1e-6), 1 - 1e-6)
    return round(sigmoid(line["slope"] * math.log(inner / (1 - inner)) + line["shift"]), 4)


def features(
    query: Terms, corpus: Corpus, candidates: Sequence[Candidate], owner: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    """Community → what speaks for it, raw and relative to the other communities of this query."""
    own: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if (community := owner.get(candidate.id)) is not None:
            own[community].append(candidate)
    weights = rarity(query, corpus, candidates)
    top = sum(weights.values()) or 1.0
    words = {id_: score / top for id_, score in bm25(query, corpus, candidates).items()}
    everywhere = _spread(own, weights)
    topic = _topics(query.words, weights)
    raw = {
        community: _raw(texts, words, weights, everywhere) | {"topic": _agreement(topic, texts)}
        for community, texts in own.items()
    }
    return _with_relative(raw)


def scope_features(
    seen: Mapping[str, Mapping[str, float]], shares: Mapping[str, float], order: Sequence[str], query: Terms
) -> dict[str, float]:
    """What tells whether the question belongs to any of the communities."""
    first, about = seen[order[0]], _named(query)
    return {
        "one": 1.0,
        "about": about,
        "share": shares[order[0]],
        "cosine": max(values["cosine"] for values in seen.values()),
        "whole": first["whole"],
        "everywhere": fmean(values["whole"] for values in seen.values()),
        "words": max(values["words"] for values in seen.values()),
        "cover": first["cover"],
    }


def _named(query: Terms) -> float:
    """How much of the query is library talk: ideas of the glossary's topics that it names, 0.0 for none, towards 1.0."""
    own = len({word for word in query.words if word in lexicon.topics()})
    return own / (own + 1)


def _raw(
    texts: Sequence[Candidate], words: Mapping[str, float], weights: Mapping[str, float], spread: Mapping[str, float]
) -> dict[str, float]:
    cosines = [text.cosine for text in texts if text.cosine is not None]
    held = {term for text in texts for term in text.terms if term in weights}
    total = sum(weights.values()) or 1.0
    return {
        "cosine": max(cosines, default=0.0),
        "nearest": top_mean(cosines, NEAREST),
        "whole": fmean(cosines) if cosines else 0.0,
        "words": max((words[text.id] for text in texts), default=0.0),
        "some": top_mean((words[text.id] for text in texts), NEAREST),
        "cover": sum(weights[term] for term in held) / total,
        "telling": sum(weights[term] * spread[term] for term in held) / total,
    }


def _topics(words: Iterable[str], weights: Mapping[str, float] | None = None) -> dict[str, float]:
    """Topic of the glossary → its share of the ideas that are named."""
    topics = lexicon.topics()
    found: defaultdict[str, float] = defaultdict(float)
    for word in words:
        if (topic := topics.get(word)) is not None:
            found[topic] += 1.0 if weights is None else weights.get(word, 1.0)
    total = sum(found.values())
    return {topic: count / total for topic, count in found.items()}


def _agreement(topic: Mapping[str, float], texts: Sequence[Candidate]) -> float:
    own = _topics(term for text in texts for term in text.terms)
    return sum(share * own.get(name, 0.0) for name, share in topic.items())


def _spread(own: Mapping[str, Sequence[Candidate]], weights: Mapping[str, float]) -> dict[str, float]:
    """Term → how much it tells communities apart: 1.0 where only one uses it, 0.0 where all do."""
    using = {term: sum(any(term in text.terms for text in texts) for texts in own.values()) for term in weights}
    most = max(len(own) - 1, 1)
    return {term: (len(own) - n) / most if n else 0.0 for term, n in using.items()}


def _with_relative(raw: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    full = {community: dict(values) for community, values in raw.items()}
    for name in next(iter(raw.values()), {}):
        column = [values[name] for values in raw.values()]
        middle, width = fmean(column), pstdev(column)
        for community, values in raw.items():
            full[community][f"{name}_z"] = (values[name] - middle) / width if width > 1e-9 else 0.0
    return full


def _decision(best: float, limits: Weights, mode: str) -> Decision:
    if best < limits[f"{mode}_none"]:
        return "none"
    return "routed" if best >= limits[f"{mode}_routed"] else "ask"
