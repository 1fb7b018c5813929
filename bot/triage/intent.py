"""What a message wants: is it a question that asks for help or knowledge, is it a thank-you that settles one?

A logistic regression over hand-made features (bot/data/question.yaml, fitted by tests/quality/fit_question.py).
"""

from __future__ import annotations

import re

from bot.triage import lexicon
from bot.triage.fitted import fit
from bot.triage.rank import dot, sigmoid
from bot.triage.signs import features
from bot.triage.text import clean, is_blank

MOST_READ = 1500  # characters: the intent of a message shows early

_THANKS = re.compile(
    r"\b(?:(?:terima|trima|trimo) ?kasih|ma+ka?ci+h?|makas+i+h*|mksh?|mksi?h|trims?|tengkyu|tenkyu|suwun|nuhun|tha?nks?|thank you|thx|thnx|tq|ty"
    r"|much appreciated|appreciate it)\b"
)
_SOLVED = re.compile(
    r"\b(?:berhasil|sudah bisa|udah bisa|sdh bisa|bisa (?:kak|pak|bu|mas|mbak)|solved|beres|terjawab|works? now|(?:it|that|this) worked|fixed it|ketemu"
    r"|that (?:helps|helped|did it)|problem solved|membantu sekali|sangat membantu|terbantu|mantap|sip|siap kak|clear|sudah jelas)\b"
)
_BEFOREHAND = re.compile(
    r"\b(?:in advance|sebelum(?:nya|ny)?|sblm(?:nya)?|sebelomnya|before ?hand|thanks for any|terima ?kasih atas bantuan|bantuannya ya)\b"
)
_NOT_YET = re.compile(
    r"\b(?:tapi|tp|tpi|namun|but|however|masih (?:belum|tidak|gak|ga|nggak|error)|belum (?:bisa|berhasil|jelas)|blm (?:bisa|berhasil)"
    r"|still (?:not|does|cannot|can t|cant|get)|tidak (?:bisa|berhasil)|(?:gak|ga|nggak|gk|tdk) (?:bisa|berhasil)"
    r"|did ?n ?t (?:work|help)|does ?n ?t (?:work|help)|not working|no thanks)\b"
)
_OPEN = 0.5


def question_probability(text: str) -> float:
    """0.0–1.0: does the message ask for help or knowledge? Greetings, thanks, announcements and chatter do not."""
    text = clean(text[:MOST_READ])
    if is_blank(text):
        return 0.0
    return round(sigmoid(dot(fit("question").groups["weights"], features(text))), 4)


def is_thanks(text: str) -> bool:
    """Whether the message says that it helped: "makasih kak", "berhasil, thanks!", "solved".

    Not thanks given beforehand, not thanks joined with a new question or with "but it still fails".
    """
    text = clean(text[:MOST_READ])
    plain = " ".join(lexicon.split(text))
    if not (_THANKS.search(plain) or _SOLVED.search(plain)) or len(plain.split()) > 40:
        return False
    if _BEFOREHAND.search(plain) or _NOT_YET.search(plain) or "?" in text:
        return False
    rest = _THANKS.sub(" ", plain)
    return question_probability(rest) < _OPEN


def is_followup(text: str) -> bool:
    """Whether the message goes on with what was said before, and makes no sense alone: "terus kalau yang rusak?"."""
    tokens = lexicon.split(text[:MOST_READ])
    return 0 < len(tokens) <= 12 and tokens[0] in _GOES_ON


_GOES_ON = frozenset(
    {
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
    }
)
