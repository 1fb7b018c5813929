"""Signs of a question in a chat line, as numbers for the regression of `intent`. Linear in the text's length."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.triage import lexicon, phrases, words

ASKING_ID = frozenset(
    ("apa", "apakah", "bagaimana", "mengapa", "kenapa", "kapan", "siapa", "berapa", "mana", "adakah", "dimana", "apaan")
)
ASKING_EN = frozenset(("what", "how", "why", "when", "who", "whom", "which", "where", "whose", "whats", "hows", "wheres"))
AUXILIARY = frozenset(
    (
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "can",
        "could",
        "may",
        "shall",
        "should",
        "will",
        "would",
        "has",
        "have",
        "must",
        "am",
        "isnt",
        "arent",
        "doesnt",
        "dont",
        "cant",
        "havent",
        "wont",
    )
)
_PRONOUNS = frozenset(("i", "you", "we", "they", "software", "kind", "many", "much", "long", "time"))
_LEAVE = frozenset(
    (
        "bisa",
        "boleh",
        "bolehkah",
        "perlu",
        "perlukah",
        "harus",
        "haruskah",
        "wajib",
        "apakah",
        "sebaiknya",
        "enaknya",
        "mending",
    )
)
_SOFT = frozenset(
    ("ya", "yah", "kak", "dong", "sih", "nih", "tidak", "belum", "kah", "pak", "bu", "mas", "mbak", "apa", "gan", "min")
)
_OR_NOT = re.compile(r" (?:tidak|belum|atau tidak|atau belum|or not|kah)(?: (?:ya|kak|sih|pak|bu|nih))* $")
_SENTENCE = re.compile(r"[.!\n?,;]+")
_NOT_KAH = frozenset(("bahkan", "langkah", "berkah", "musikah", "nikah", "naskah", "marakah"))
_LAUGHS = re.compile(r"[😂🤣😆😅😍🥰😁🏆🎉👏🙌]|\b(?:wk(?:wk)+|(?:ha){2,}|(?:he){2,}|(?:hi){2,}|lol)", re.IGNORECASE)
_STOP = re.compile(r"[.!?\n;]+")
SIGNS = ("help", "trouble", "news", "social", "rhetoric", "told")
MOST_WORDS = 60  # read for wording
WORDING = 0.5  # weight of a word or pair, against 1 for a sign
LIBRARY = "LIB"  # stands for any library word in pairs: what is asked about does not matter


def features(text: str) -> dict[str, float]:
    """Feature → number, most of them 0.0 or 1.0, for a cleaned line."""
    tokens = words.written_out(text)
    plain = phrases.plain(text)
    starts = [start for part in _SENTENCE.split(text)[:12] if (start := words.written_out(part[:80])[:2])]
    last = text.rstrip(" \"')*_~")[-1:]
    asks_id, asks_en = any(map(_asks, tokens)), any(token in ASKING_EN for token in tokens)
    library = any(token in lexicon.library_words() for token in tokens)
    signs = {name: float(phrases.says(name, plain)) for name in SIGNS}
    return signs | {
        "one": 1.0,
        "mark": float("?" in text),
        "mark_last": float(last == "?"),
        "asks_id": float(asks_id),
        "asks_en": float(asks_en),
        "starts_asking": float(any(_asks(start[0]) or start[0] in ASKING_EN for start in starts)),
        "starts_clause": float(
            any(start[0] in ASKING_EN and start[1:] and start[1] in AUXILIARY | _PRONOUNS for start in starts)
        ),
        "how_to": float(any(start[0] == "cara" or start[:2] == ["how", "to"] for start in starts)),
        "surprised": float(" kok " in plain or " beda " in plain or " why " in plain),
        "starts_auxiliary": float(any(start[0] in AUXILIARY for start in starts)),
        "asks_leave": float(any(token in _LEAVE for token in tokens)),
        "or_not": float(bool(_OR_NOT.search(plain))),
        "either": float(" atau " in plain or " or " in plain),
        "soft_tail": float(bool(tokens) and tokens[-1] in _SOFT),
        "caranya": float(" cara" in plain),
        "library": float(library),
        "thanks": float(phrases.says("thanks", plain)),
        "exclaims": float(last == "!"),
        "short": float(len(tokens) <= 3),
        "long": float(len(tokens) > 35),
        "asks_and_library": float((asks_id or asks_en) and library),
        "mark_and_social": float("?" in text) * signs["social"],
        "mark_plain": float(last == "?") * (1 - signs["social"]) * (1 - signs["rhetoric"]),
        "laughs": float(laughs(text)),
    }


def laughs(text: str) -> bool:
    """Whether somebody is amused or cheers."""
    return bool(_LAUGHS.search(text))


def wording(text: str) -> dict[str, float]:
    """The words of a cleaned line, pairs of them, and what its sentences begin and end with, each with the same weight."""
    tokens = words.written_out(text)[:MOST_WORDS]
    known = lexicon.library_words()
    plain = [LIBRARY if token in known else token for token in tokens]
    found = [f"w:{token}" for token in tokens] + [f"p:{one} {two}" for one, two in pairwise(plain)]
    for part in _STOP.split(text)[:6]:
        if start := words.written_out(part[:200])[:2]:
            found += [f"s:{start[0]}", f"t:{' '.join(start)}"]
    if tokens:
        found += [f"e:{tokens[-1]}", f"f:{' '.join(tokens[-2:])}"]
    return dict.fromkeys(found, WORDING)


def _asks(token: str) -> bool:
    return token in ASKING_ID or (len(token) > 5 and token.endswith("kah") and token not in _NOT_KAH)
