"""Which replies of a thread are the answer? A logistic regression over signs of each reply and of its place in the thread.

The weights are in bot/data/capture.yaml, fitted by tests/quality/fit_capture.py on threads labelled by hand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from bot.triage import lexicon, phrases
from bot.triage.fitted import fit
from bot.triage.intent import LIKELY, is_thanks, question_probability
from bot.triage.rank import dot, sigmoid
from bot.triage.signs import laughs
from bot.triage.text import clean, is_blank
from bot.triage.words import terms

MOST_SHARED, MOST_STOPS = 4, 4
LONG = 3.5  # log of the tokens from which a reply is as long as can be
SHORT, VERY_SHORT = 5, 3  # tokens


class Reply(Protocol):
    """What is read of a message."""

    @property
    def author(self) -> str: ...
    @property
    def text(self) -> str: ...


def probabilities(question: str, replies: Sequence[Reply], asker: str) -> list[float]:
    """For each reply, 0.0–1.0: is it the answer, or part of it?"""
    weights = fit("capture").groups["weights"]
    return [sigmoid(dot(weights, seen)) if seen else 0.0 for seen in features(question, replies, asker)]


def features(question: str, replies: Sequence[Reply], asker: str) -> list[dict[str, float]]:
    """For each reply what speaks for and against it; nothing where it says nothing or
    only thanks."""
    topic = frozenset(terms(question).words)
    found: list[dict[str, float]] = []
    asked_on = False  # the reply before was the asker's, and asked
    for number, reply in enumerate(replies):
        text = clean(reply.text)
        asks = question_probability(text)
        own = {} if is_blank(text) or is_thanks(text) else _own(text, topic) | {"asks": asks}
        if own:
            own |= {
                "asker": float(reply.author == asker),
                "after_question": float(asked_on and reply.author != asker),
                "first": float(number == 0),
            }
        found.append(own)
        asked_on = reply.author == asker and asks > LIKELY
    return found


def _own(text: str, topic: frozenset[str]) -> dict[str, float]:
    line, tokens = phrases.plain(text), lexicon.split(text)
    return {
        "one": 1.0,
        "shared": min(len(topic.intersection(terms(text).words)), MOST_SHARED) / MOST_SHARED,
        "long": min(math.log1p(len(tokens)), LONG) / LONG,
        "short": float(len(tokens) <= SHORT),
        "very_short": float(len(tokens) <= VERY_SHORT),
        "doing": float(phrases.says("doing", line)),
        "digits": float(any(character.isdigit() for character in text)),
        "path": float(any(mark in text for mark in ("http", "/", ">"))),
        "stops": min(sum(character in ",:;(" for character in text), MOST_STOPS) / MOST_STOPS,
        "referral": float(phrases.says("referral", line)),
        "thanks": float(phrases.says("thanks", line)),
        "me_too": float(_me_too(line)),
        "social": float(phrases.says("social", line)),
        "laughs": float(laughs(text)),
    }


def _me_too(line: str) -> bool:
    """Begins with "same here" and says little else."""
    words = line.split()
    return len(words) <= 8 and phrases.says("me_too", f" {' '.join(words[:3])} ") and not phrases.says("doing", line)
