"""Was this answered before? Was it asked before? Is this draft a near-duplicate? Conservative in all three."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.model.question import Guess
from bot.ports import Candidate, Corpus, Terms
from bot.triage.fitted import Weights, fit
from bot.triage.rank import best, dot, match, sigmoid

MOST_SHOWN = 3
GAP = 3  # places


@dataclass(frozen=True, slots=True)
class Found:
    """`best` is the likeliest item (None where there is none at all); `several` those worth opening, at most three, best
    first. "sure": `best` answers it. "maybe": show the titles. "none": ask people."""

    best: Guess | None
    several: tuple[Guess, ...]
    decision: Literal["sure", "maybe", "none"]


def answered(query: Terms, corpus: Corpus, candidates: Sequence[Candidate]) -> Found:
    """Judge published items as answers to a question."""
    guesses = ranked(query, corpus, candidates)
    if not guesses:
        return Found(None, (), "none")
    limits = fit("answered").thresholds
    several = tuple(guess for guess in guesses[:MOST_SHOWN] if guess.probability >= limits["maybe"])
    lexical = all(candidate.cosine is None for candidate in candidates)
    if guesses[0].probability >= limits["lexical_sure" if lexical else "both_sure"]:
        return Found(guesses[0], several, "sure")
    return Found(guesses[0], several, "maybe" if several else "none")


def same_question(query: Terms, corpus: Corpus, candidates: Sequence[Candidate]) -> Guess | None:
    """The open question that this one repeats, or None. Joining a stranger's question by mistake is worse than asking twice."""
    return _twin(query, corpus, candidates, "same")


def near_duplicate(draft: Terms, corpus: Corpus, candidates: Sequence[Candidate]) -> Guess | None:
    """The published item that says what this draft says, to be shown beside it, or None."""
    return _twin(draft, corpus, candidates, "duplicate")


def ranked(query: Terms, corpus: Corpus, candidates: Sequence[Candidate], most: int = 10) -> tuple[Guess, ...]:
    """The `most` likeliest candidates with the probability that each answers the query, best first."""
    if not query.words or not candidates:
        return ()
    group = "lexical" if all(candidate.cosine is None for candidate in candidates) else "both"
    numbers = fit("answered").groups
    seen = likeness(query, corpus, candidates)
    scores = {id_: dot(numbers[f"{group}_which"], values) for id_, values in seen.items()}
    sure = sureness(query, seen, scores, most, numbers[f"{group}_crowd"])
    chances = {id_: round(sigmoid(dot(numbers[group], values)), 4) for id_, values in sure.items()}
    return tuple(Guess(id_, chances[id_]) for id_ in best(chances, most))


def likeness(query: Terms, corpus: Corpus, candidates: Sequence[Candidate]) -> dict[str, dict[str, float]]:
    """Candidate → what speaks for it: BM25 over the query's ceiling, the share of the query's rare words it holds, and the
    centred cosine (0.0 where it has no vector)."""
    matched = match(query, corpus, candidates)
    top = matched.ceiling or 1.0
    return {
        candidate.id: {
            "words": matched.scores[candidate.id] / top,
            "cover": matched.cover(matched.held[candidate.id]) / top,
            "cosine": candidate.cosine or 0.0,
        }
        for candidate in candidates
    }


def sureness(
    query: Terms, seen: Mapping[str, Mapping[str, float]], scores: Mapping[str, float], most: int, crowd: Weights
) -> dict[str, dict[str, float]]:
    """For the `most` best: what tells whether each answers. `share`: of all candidates' scores; `lead`: over the best other
    (negative for those behind); `gap`: over the few best others; `long`: how much was asked.

    `crowd` stands in for the items that a young library lacks: "rival" is the usual score of the second best, "sum" the
    logarithm of what a usual crowd of others weighs. Being the best of two says little.
    """
    order = best(scores, max(most, GAP + 1))
    top = max(crowd["sum"], *scores.values())
    total = sum(math.exp(score - top) for score in scores.values()) + math.exp(crowd["sum"] - top)
    found = {}
    for id_ in order[:most]:
        others = [scores[other] for other in order if other != id_][:GAP]
        others = sorted([*others, *[crowd["rival"]] * (GAP - len(others))], reverse=True)
        found[id_] = {
            "one": 1.0,
            **seen[id_],
            "share": math.exp(scores[id_] - top) / total,
            "lead": math.tanh(scores[id_] - others[0]),
            "gap": math.tanh((scores[id_] - others[-1]) / GAP),
            "long": math.log(1 + len(set(query.words))),
        }
    return found


def _twin(query: Terms, corpus: Corpus, candidates: Sequence[Candidate], kind: str) -> Guess | None:
    """The candidate alike from both sides: shared words over all words of both, and the cosine where there is one."""
    limits, asked = fit("answered").thresholds, set(query.words)
    if not asked:
        return None
    scored: dict[str, float] = {}
    for candidate in candidates:
        own = set(candidate.terms)
        shared = len(asked & own) / (len(asked | own) or 1)
        if candidate.cosine is None:
            alike = shared >= limits[f"{kind}_words_only"]
        else:
            alike = shared >= limits[f"{kind}_words"] and candidate.cosine >= limits[f"{kind}_cosine"]
        if alike:
            scored[candidate.id] = shared if candidate.cosine is None else (shared + candidate.cosine) / 2
    first = next(iter(best(scored, 1)), None)
    return None if first is None else Guess(first, round(min(scored[first], 1.0), 4))
