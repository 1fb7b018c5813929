"""Greeting in front, thanks behind: cut off what is polite in chat and only in the way in a knowledge item."""

from __future__ import annotations

import re

from bot.triage import lexicon, phrases

MOST_GREETING = 4  # words of one greeting
# these greet by themselves
_CALLS = frozenset(("kak", "kakak", "min", "admin", "rekan rekan", "teman teman", "bapak ibu"))
MOST_CLOSING = 12  # words of a last sentence that only thanks
_WORD = re.compile(r"\S+\s*")
_CLAUSE_END = re.compile(r"(?:[.!?\n,;]|[^\x00-\x7f\w])+")  # a smiley ends a clause, too
_TIMES = frozenset(("pagi", "siang", "sore", "malam"))


def core(text: str) -> str:
    """The text without greeting at its beginning and thank-you at its end; empty where nothing else is said."""
    return _without_closing(_without_greeting(text)).strip(" ,;–—-\n")


def _without_greeting(text: str) -> str:
    words = [(match.end(), _tokens(match[0])) for match in _WORD.finditer(text[:400])]
    at, cut, greeted = 0, 0, False
    while at < len(words):
        taken = _greeting(words, at, greeted)
        if not taken:
            break
        at, greeted = at + taken, True
        cut = words[at - 1][0]
    return text[cut:].lstrip(" ,.!:;–—-\n") if greeted else text


def _tokens(word: str) -> list[str]:
    """ "Pagi," greets, "pagi" in "pagi buka?" does not: the comma makes it "selamat pagi"."""
    tokens = lexicon.split(word)
    return ["selamat", *tokens] if tokens and tokens[0] in _TIMES and word.rstrip()[-1:] in ",.!" else tokens


def _greeting(words: list[tuple[int, list[str]]], at: int, greeted: bool) -> int:
    """How many words at this place greet or address somebody; an address ("kak") counts in front, too."""
    if not words[at][1]:
        return int(greeted)  # a smiley after a greeting
    greetings, address = phrases.listed("greeting"), phrases.listed("address")
    for length in range(min(MOST_GREETING, len(words) - at), 0, -1):
        said = " ".join(token for _, tokens in words[at : at + length] for token in tokens)
        first, _, rest = said.partition(" ")
        if said in greetings or (first in _TIMES and rest in address) or (said in address and (greeted or said in _CALLS)):
            return length
    return 0


def _without_closing(text: str) -> str:
    """Last clauses that thank and say little else are dropped, up to three ("makasih kak, sehat selalu")."""
    for _ in range(3):
        body = text.rstrip()
        ends = [match.end() for match in _CLAUSE_END.finditer(body) if match.end() < len(body)]
        if not ends:
            return body
        line = phrases.plain(body[ends[-1] :])
        if line.count(" ") > MOST_CLOSING + 1 or not (phrases.says("thanks", line) or phrases.says("closing", line)):
            return body
        text = body[: ends[-1]].rstrip(" ,;")
    return text
