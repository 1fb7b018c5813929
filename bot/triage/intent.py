"""What a message wants: is it a question that asks for help or knowledge, is it a thank-you that settles one?

A logistic regression over signs made by hand and over the wording, another one over the vector where there is one
(bot/data/question.yaml and question-e5-small.npz, fitted by tests/quality/fit_question.py), and phrases.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import numpy as np

from bot.ports import Vector
from bot.triage import lexicon, phrases
from bot.triage.fitted import fit
from bot.triage.rank import dot, sigmoid
from bot.triage.signs import features, wording
from bot.triage.text import clean, is_blank

MOST_READ = 1500  # characters: the intent of a message shows early
MOST_THANKS = 40  # tokens: a longer message says something else as well
LIKELY = 0.5  # from this probability on, a message is read as a question: everywhere
PLAIN = 3.0  # words that speak so clearly need no look at the meaning
_GOES_ON = frozenset(
    (
        "terus",
        "trus",
        "trs",
        "kalau",
        "kalo",
        "klo",
        "lalu",
        "berarti",
        "oh",
        "and",
        "what",
        "then",
        "so",
        "tapi",
        "but",
        "itu",
        "nah",
    )
)


def question_probability(text: str, vector: Vector | None = None) -> float:
    """0.0–1.0: does the message ask for help or knowledge? Greetings, thanks, announcements and chatter do not.

    `vector` is the cleaned text's, as a question, of a model that `topics.reads` knows; words alone do where there is none.
    """
    text = clean(text[:MOST_READ])
    if is_blank(text):
        return 0.0
    line = fit("question").groups["by_words" if vector is None else "by_both"]
    meaning = 0.0 if vector is None else _by_meaning(vector)
    return round(sigmoid(dot(line, {"one": 1.0, "words": by_words(text), "meaning": meaning})), 4)


def unsure(text: str) -> bool:
    """Whether words leave it open if a message asks, so that a look at its meaning is worth the time."""
    text = clean(text[:MOST_READ])
    return not is_blank(text) and abs(by_words(text)) < PLAIN


def by_words(text: str) -> float:
    """How much the words of a cleaned line speak for a question; below 0: against."""
    numbers = fit("question").groups
    return dot(numbers["signs"], features(text)) + dot(numbers["wording"], wording(text))


def _by_meaning(vector: Vector) -> float:
    weights, bias = _meaning()
    return float(vector @ weights) + bias


@lru_cache(maxsize=1)
def _meaning() -> tuple[Vector, float]:
    with resources.files("bot.data").joinpath("question-e5-small.npz").open("rb") as file, np.load(file) as kept:
        return np.asarray(kept["weights"], dtype=np.float32), float(kept["bias"])


def is_thanks(text: str) -> bool:
    """Whether the message says that it helped: "makasih kak", "berhasil, thanks!", "solved".

    Not thanks given beforehand, not thanks joined with a new question or with "but it still fails".
    """
    text = clean(text[:MOST_READ])
    line = phrases.plain(text)
    if not (phrases.says("thanks", line) or phrases.says("solved", line)) or line.count(" ") > MOST_THANKS:
        return False
    if phrases.says("beforehand", line) or phrases.says("not_yet", line) or "?" in text:
        return False
    return question_probability(phrases.without("solved", phrases.without("thanks", line))) < LIKELY


def is_followup(text: str) -> bool:
    """Whether the message goes on with what was said before, and makes no sense alone: "terus kalau yang rusak?"."""
    tokens = lexicon.split(text[:MOST_READ])
    return 0 < len(tokens) <= 12 and tokens[0] in _GOES_ON
