"""Which community is a question for? An honest probability for each, and when to ask back or to say that nothing fits."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Literal

import numpy as np

from bot.model.question import Guess
from bot.ports import Candidate, Corpus, Terms, Vector
from bot.triage import topics
from bot.triage.fitted import Fit, Weights, fit
from bot.triage.rank import Match, dot, match, sigmoid, softmax, top_mean

Decision = Literal["routed", "ask", "none"]
Features = Mapping[str, float]
NEAREST = 3  # texts of a community whose likeness is averaged
UNCLAIMED = 0.02  # of a topic's mass is nobody's: a topic that no community has much of is claimed by none
LEAST = 0.02  # keeps logarithms of shares finite
USUAL = 0.5  # see `_relative`
ALIKE, TWIN = 0.4, 10.0  # a text with most of the question's rare words is nearly the same question: what was taught holds


@dataclass(frozen=True, slots=True)
class Routing:
    """All communities, best first, with the probability that each is the right one. They need not sum to 1: what is
    missing is the chance that the question belongs to none of them."""

    guesses: tuple[Guess, ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Seen:
    """What the scores say. `communities`: for each, what speaks for it. `scope`: what tells whether the question belongs to
    any of them."""

    communities: Mapping[str, Features]
    scope: Features


def route(
    query: Terms,
    corpus: Corpus,
    candidates: Sequence[Candidate],
    owner: Mapping[str, str],
    vector: Vector | None = None,
) -> Routing:
    """Judge a question by the examples and descriptions of all communities; `owner`: text id → community id.

    `vector` is the question's own, as the model gave it. Where no text has a vector, only words count and the bar is higher.
    """
    seen = look(query, corpus, candidates, owner, vector)
    if not seen.communities:
        return Routing((), "none")
    lexical = all(candidate.cosine is None for candidate in candidates)
    return decide(seen, fit("route"), "lexical" if lexical else "both")


def decide(seen: Seen, numbers: Fit, mode: str) -> Routing:
    """From features to guesses and a decision. `mode`: "both" or "lexical", the group of weights to use."""
    shares = shares_of(seen, numbers.groups[f"{mode}_which"], numbers.groups["widths"])
    order = sorted(shares, key=lambda id_: (-shares[id_], id_))
    within = sigmoid(dot(numbers.groups[f"{mode}_within"], scope(seen, shares)))
    guesses = tuple(Guess(id_, _calibrated(within * shares[id_], numbers.groups[f"{mode}_calibration"])) for id_ in order)
    return Routing(guesses, _decision(guesses[0].probability, numbers.thresholds, mode))


def shares_of(seen: Seen, which: Weights, widths: Weights) -> dict[str, float]:
    """Community → its share, as if the question belonged to one of them."""
    relative = _relative(seen.communities, widths)
    ids = sorted(relative)
    scores = [dot(which, relative[id_]) + TWIN * max(seen.communities[id_]["words"] - ALIKE, 0.0) for id_ in ids]
    return dict(zip(ids, softmax(scores), strict=True))


def scope(seen: Seen, shares: Mapping[str, float]) -> dict[str, float]:
    """Features of "does it belong to any of them?"; a clear winner speaks for it."""
    return {"one": 1.0, "share": max(shares.values()), **seen.scope}


def look(
    query: Terms, corpus: Corpus, candidates: Sequence[Candidate], owner: Mapping[str, str], vector: Vector | None
) -> Seen:
    """Raw scores and topics → features."""
    own: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if (community := owner.get(candidate.id)) is not None:
            own[community].append(candidate)
    if not own:
        return Seen({}, {})
    matched = match(query, corpus, candidates)
    spread = _spread(own, matched)
    raw = {community: _raw(texts, matched, spread) for community, texts in own.items()}
    about = {f"best_{name}": max(values[name] for values in raw.values()) for name in ("cosine", "cover", "words")}
    profiles = {community: topics.profile([text.terms for text in texts]) for community, texts in own.items()}
    by_words, by_meaning = topics.said(query.words), topics.meant(vector)
    for name, topic in (("topic", by_words), ("sense", by_words if by_meaning is None else by_meaning)):
        claims = _claims(topic, profiles)
        for community, values in raw.items():
            values[name] = math.log(LEAST + claims[community])
        about |= {f"claimed_{name}": sum(claims.values()), f"outside_{name}": math.log(LEAST + topics.outside(topic))}
    return Seen(raw, about)


def _claims(topic: Vector, profiles: Mapping[str, Vector]) -> dict[str, float]:
    """Community → how much of the question's topics is its own: a topic goes to communities by their share of it."""
    table = np.stack(list(profiles.values()))
    claimed = (table / (table.sum(axis=0) + UNCLAIMED)) @ topic
    return dict(zip(profiles, map(float, claimed), strict=True))


def _raw(texts: Sequence[Candidate], matched: Match, spread: Weights) -> dict[str, float]:
    cosines = [text.cosine for text in texts if text.cosine is not None]
    held = dict.fromkeys(term for text in texts for term in matched.held[text.id])
    total = matched.ceiling or 1.0
    words = [matched.scores[text.id] / total for text in texts]
    return {
        "cosine": max(cosines, default=0.0),
        "nearest": top_mean(cosines, NEAREST),
        "whole": fmean(cosines) if cosines else 0.0,
        "words": max(words, default=0.0),
        "some": top_mean(words, NEAREST),
        "cover": matched.cover(held) / total,
        "telling": sum(matched.weights[term] * spread[term] for term in held) / total,
    }


def _spread(own: Mapping[str, Sequence[Candidate]], matched: Match) -> dict[str, float]:
    """Term → how much it tells communities apart: 1.0 where only one uses it, 0.0 where all do."""
    using = Counter(term for texts in own.values() for term in {term for text in texts for term in matched.held[text.id]})
    most = max(len(own) - 1, 1)
    return {term: (len(own) - using[term]) / most if using[term] else 0.0 for term in matched.weights}


def _relative(raw: Mapping[str, Features], widths: Weights) -> dict[str, dict[str, float]]:
    """Each value as its distance from the communities' mean, in standard deviations.

    `widths` are the usual standard deviations: where the communities hardly differ, they count as if they differed by
    half of that, so that a small lead among two communities stays a small lead.
    """
    full: dict[str, dict[str, float]] = {community: {} for community in raw}
    for name in next(iter(raw.values()), {}):
        column = [values[name] for values in raw.values()]
        middle, width = fmean(column), math.hypot(pstdev(column), USUAL * widths.get(name, 0.0)) or 1.0
        for community, values in raw.items():
            full[community][name] = (values[name] - middle) / width
    return full


def _calibrated(probability: float, line: Weights) -> float:
    """Platt's correction (1999): a straight line over log odds, since both factors are shrunk by their fitting."""
    inner = min(max(probability, 1e-6), 1 - 1e-6)
    return round(sigmoid(line["slope"] * math.log(inner / (1 - inner)) + line["shift"]), 4)


def _decision(best: float, limits: Weights, mode: str) -> Decision:
    if best < limits[f"{mode}_none"]:
        return "none"
    return "routed" if best >= limits[f"{mode}_routed"] else "ask"
