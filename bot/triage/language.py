"""Indonesian or English? For short, mixed chat lines, where the small words decide."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.model.base import Language
from bot.triage import lexicon

_SHAPES_ID = re.compile(
    r"^(?:me[nmr]|pen|ber|ter|di(?=[a-z]{4})|ke(?=.+an$)|se(?=.+nya$)).{3,}|.{3,}(?:nya|kan|kah|lah|isasi|itas)$"
)
_SHAPES_EN = re.compile(r".{3,}(?:ing|tion|tions|ment|ness|ies|ould|ght|ck|ed)$|^(?:th|wh).{2,}|.*(?:oo|ee|x|ph)[a-z]")
SMALL_WORD, SHORTHAND, SHAPE = 3.0, 2.0, 1.0


def language_of(text: str, default: Language) -> Language:
    """The language the text is written in. In a mixed line small words ("yang", "the") outweigh borrowed nouns."""
    balance = sum(_leaning(token) for token in lexicon.split(text[:2000]))
    if balance == 0:
        return default
    return "id" if balance > 0 else "en"


@lru_cache(maxsize=20_000)
def _leaning(token: str) -> float:
    indonesian, english = _small_words()
    if token in indonesian or token in english:
        return SMALL_WORD * ((token in indonesian) - (token in english))
    if token in lexicon.abbreviations():
        return SHORTHAND
    return SHAPE * (bool(_SHAPES_ID.match(token)) - bool(_SHAPES_EN.match(token)))


@lru_cache(maxsize=1)
def _small_words() -> tuple[frozenset[str], frozenset[str]]:
    data = lexicon.load("stopwords.yaml")
    assert isinstance(data, dict)
    indonesian, english = (frozenset(lexicon.split(str(data[language]))) for language in ("id", "en"))
    english_slang = frozenset(
        {"thx", "thks", "tq", "ty", "thanks", "pls", "plz", "please", "wanna", "gonna", "idk", "btw", "asap"}
    )
    return indonesian - english_slang, english | english_slang
