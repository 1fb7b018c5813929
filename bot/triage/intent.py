"""What a message wants: is it a question that asks for help or knowledge, is it a thank-you that settles one?

A logistic regression over signs made by hand and over the wording (bot/data/question.yaml, fitted by
tests/quality/fit_question.py), and phrases.
"""

from __future__ import annotations

from bot.triage import lexicon, phrases
from bot.triage.fitted import fit
from bot.triage.rank import dot, sigmoid
from bot.triage.signs import features, wording
from bot.triage.text import clean, is_blank

MOST_READ = 1500  # characters: the intent of a message shows early
MOST_THANKS = 40  # tokens: a longer message says something else as well
LIKELY = 0.5
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


def question_probability(text: str) -> float:
    """0.0–1.0: does the message ask for help or knowledge? Greetings, thanks, announcements and chatter do not."""
    text = clean(text[:MOST_READ])
    if is_blank(text):
        return 0.0
    numbers = fit("question").groups
    return round(sigmoid(dot(numbers["signs"], features(text)) + dot(numbers["wording"], wording(text))), 4)


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
