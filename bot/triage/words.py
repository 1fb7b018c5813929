"""A text made ready for search: abbreviations written out, stems beside words, library terms in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ports import Terms
from bot.triage import lexicon
from bot.triage.lexicon import Phrase

MOST_COUNTERPARTS = 8  # appended for embedding: more would drown the sentence


def terms(text: str) -> Terms:
    """Lower-case alphanumeric terms in order, with repeats: each word, its stems, and a token for each library idea it names.

    The token of an idea ("x0penyiangan") is the same for both languages, so that "weeding" finds "penyiangan" and the
    reverse. Stopwords of both languages are left out.
    """
    tokens = written_out(text)
    stop = lexicon.stopwords()
    words = [form for token in tokens if token not in stop and len(token) > 1 for form in (token, *lexicon.stems(token))]
    return Terms((*words, *(phrase.entry.concept for phrase in spotted(tokens))))


def expand(text: str) -> str:
    """The text with abbreviations written out and, in brackets, its library terms in the other language: for embedding."""
    short = lexicon.abbreviations()
    written = " ".join(_spelled(word, short.get(word.strip(".,!?;:()\"'").lower())) for word in text.split())
    found = spotted(written_out(text))
    telling = [phrase for phrase in found if phrase.entry.topic != lexicon.GENERAL]  # "book" in every text would blur them all
    others = dict.fromkeys((phrase.entry.id if phrase.english else phrase.entry.en)[0] for phrase in telling)
    tail = ", ".join(list(others)[:MOST_COUNTERPARTS])
    return f"{written} ({tail})" if tail else written


def written_out(text: str) -> list[str]:
    """The tokens of the text, abbreviations written out."""
    short = lexicon.abbreviations()
    return [word for token in lexicon.split(text) for word in short.get(token, (token,))]


def spotted(tokens: Sequence[str]) -> list[Phrase]:
    """The glossary's phrases in a row of tokens, each idea as often as it is named; the longest phrase at a place wins."""
    index = lexicon.phrases()
    forms = [lexicon.forms(token) for token in tokens]
    found: list[Phrase] = []
    free = 0  # the first token that no longer phrase has taken
    for at in range(len(tokens)):
        here = {
            phrase.entry.concept: phrase
            for form in forms[at]
            for phrase in index.get(form, ())
            if _stands(phrase, forms, at) and at + len(phrase.forms) > free
        }
        if not here:
            continue
        longest = max(len(phrase.forms) for phrase in here.values())
        found += [phrase for phrase in here.values() if len(phrase.forms) == longest]
        free = max(free, at + longest)
    return found


def _stands(phrase: Phrase, forms: Sequence[frozenset[str]], at: int) -> bool:
    if at + len(phrase.forms) > len(forms):
        return False
    return all(not wanted.isdisjoint(forms[at + step]) for step, wanted in enumerate(phrase.forms))


def _spelled(word: str, long: tuple[str, ...] | None) -> str:
    if long is None:
        return word
    core = word.strip(".,!?;:()\"'")
    return word.replace(core, " ".join(long), 1)
