"""The packaged word lists, read once: abbreviations, stopwords, stem exceptions and the bilingual library glossary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from threading import Lock

import snowballstemmer
import yaml

GENERAL = "general"
MOST_LETTERS = 40  # of a token: longer ones are noise, and PostgreSQL refuses very long lexemes
_TOKEN = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"\b([ei])-(?=\w)|(?<=\w)['’`](?=\w)", re.IGNORECASE)  # e-book, jum'at, don't
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")  # bangeeet
_TWICE = re.compile(r"^([^\W\d_]{2,})2([^\W\d_]*)$")  # buku2, buku2nya


@dataclass(frozen=True, slots=True)
class Entry:
    """One idea of the glossary. `concept` is the token that stands for it in both languages; first words are the usual ones."""

    concept: str
    id: tuple[str, ...]
    en: tuple[str, ...]
    topic: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A way to say an entry: for each of its words the forms that count as that word."""

    entry: Entry
    english: bool
    forms: tuple[frozenset[str], ...]


def load(name: str) -> object:
    """A YAML file of bot/data, as plain Python values."""
    with resources.files("bot.data").joinpath(name).open("rb") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def split(text: str) -> list[str]:
    """Lower-case alphanumeric tokens in order: "buku2" → buku, "e-book" → ebook, "bangeeet" → banget."""
    joined = _JOINED.sub(lambda match: match[1] or "", text.lower())
    found = _TOKEN.findall(_STRETCHED.sub(r"\1", joined))
    return [token for raw in found if (token := _TWICE.sub(r"\1", raw)[:MOST_LETTERS]).isalnum()]


_snowball = {"id": snowballstemmer.stemmer("indonesian"), "en": snowballstemmer.stemmer("english")}
_one_at_a_time = Lock()  # a Snowball stemmer keeps its word in itself


@lru_cache(maxsize=50_000)
def stems(token: str) -> tuple[str, ...]:
    """The token's stems, Indonesian and English, that differ from it and carry meaning (no stopword, 3 letters or more)."""
    if (own := exceptions().get(token)) is not None:
        return (own,) if own != token else ()
    with _one_at_a_time:
        both = [str(stemmer.stemWord(token)) for stemmer in _snowball.values()]
    stop = stopwords()
    return tuple(dict.fromkeys(stem for stem in both if stem != token and len(stem) > 2 and stem not in stop))


def forms(token: str) -> frozenset[str]:
    """The token and its stems."""
    return frozenset((token, *stems(token)))


@lru_cache(maxsize=1)
def abbreviations() -> Mapping[str, tuple[str, ...]]:
    """Chat abbreviation → the words it stands for."""
    return {short: tuple(split(long)) for short, long in _words("abbreviations.yaml").items()}


@lru_cache(maxsize=1)
def exceptions() -> Mapping[str, str]:
    """Words that Snowball stems wrongly → the right stem."""
    return _words("stems.yaml")


@lru_cache(maxsize=1)
def stopwords() -> frozenset[str]:
    """Words of both languages that say nothing about the topic."""
    return frozenset(token for words in _words("stopwords.yaml").values() for token in split(words))


@lru_cache(maxsize=1)
def glossary() -> tuple[Entry, ...]:
    """The bilingual entries, in the order of the file."""
    return tuple(_entry(id_, en, topic) for topic, lines in _sections("glossary.yaml") for id_, en in lines.items())


@lru_cache(maxsize=1)
def topics() -> Mapping[str, str]:
    """Concept token → its topic (a section of the glossary); words of the section "general" have none."""
    return {entry.concept: entry.topic for entry in glossary() if entry.topic != GENERAL}


@lru_cache(maxsize=1)
def phrases() -> Mapping[str, tuple[Phrase, ...]]:
    """First form → the phrases that may begin with it, longest first."""
    found: defaultdict[str, list[Phrase]] = defaultdict(list)
    for entry in glossary():
        for words, english in ((entry.id, False), (entry.en, True)):
            for saying in words:
                phrase = Phrase(entry, english, tuple(forms(token) for token in split(saying)))
                for form in phrase.forms[0]:
                    found[form].append(phrase)
    return {form: tuple(sorted(all_, key=lambda phrase: -len(phrase.forms))) for form, all_ in found.items()}


def listed(name: str, key: str) -> str:
    """One line of a packaged list."""
    return _words(name)[key]


def _entry(id_: str, en: str, topic: str) -> Entry:
    sayings = tuple(word.strip() for word in id_.split(","))
    return Entry("x0" + "".join(split(sayings[0])), sayings, tuple(word.strip() for word in en.split(",")), topic)


def _sections(name: str) -> list[tuple[str, dict[str, str]]]:
    data = load(name)
    if not isinstance(data, dict):
        raise ValueError(f"bot/data/{name}: expected sections with lines of word: words")
    return [(str(section), _checked(name, lines)) for section, lines in data.items()]


def _words(name: str) -> dict[str, str]:
    return _checked(name, load(name))


def _checked(name: str, data: object) -> dict[str, str]:
    if not isinstance(data, dict) or not all(isinstance(key, str) and isinstance(value, str) for key, value in data.items()):
        raise ValueError(f"bot/data/{name}: expected lines of word: words (quote yes, no, on, off and numbers)")
    return data


@lru_cache(maxsize=1)
def library_words() -> frozenset[str]:
    """Each word that stands in the glossary, in either language, stopwords left out."""
    said = (saying for entry in glossary() for saying in (*entry.id, *entry.en))
    return frozenset(token for saying in said for token in split(saying)) - stopwords()
