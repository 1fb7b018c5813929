"""What is a text about? Shares of some eighty topics, of library work and of talk outside it, by words and by meaning.

Two linear classifiers, fitted by tests/quality/fit_topics.py on tests/quality/data/topics.yaml. The one reads terms and
pieces of words (4 and 5 letters, hashed), so that typos and unknown forms still count; the other reads the vector. Topics
know nothing of any library's communities: a community is known by the topics of its own description and examples.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from bot.ports import Vector
from bot.triage.centre import unit

OUTSIDE = "outside_"  # topics that no library answers for begin so
CONCEPT = "x0"  # terms that stand for an idea of the glossary begin so
PIECES = 8192  # buckets for pieces of words
LENGTHS = (4, 5)
PIECES_WEIGH = 0.7  # against 1 for whole terms
_FITTED_ON = "multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class Model:
    """`rows`: term → its row of `by_words`, whose last PIECES rows are the pieces'."""

    names: tuple[str, ...]
    rows: Mapping[str, int]
    by_words: Vector
    words_bias: Vector
    mean: Vector
    by_meaning: Vector
    meaning_bias: Vector
    outside: Vector  # 1.0 where a topic is outside, (topics,)


def parts(words: Iterable[str]) -> tuple[dict[str, float], dict[int, float]]:
    """Terms and pieces of words with their weights; each of the two has length 1 (or, for pieces, PIECES_WEIGH)."""
    terms = dict.fromkeys(words)
    pieces: dict[int, float] = {}
    for term in terms:
        if not term.startswith(CONCEPT):
            pieces |= dict.fromkeys(_pieces(term), 1.0)
    one = 1 / math.sqrt(len(terms) or 1)
    other = PIECES_WEIGH / math.sqrt(len(pieces) or 1)
    return dict.fromkeys(terms, one), dict.fromkeys(pieces, other)


@lru_cache(maxsize=8192)
def said(words: tuple[str, ...]) -> Vector:
    """Topics by the terms of a text, summing to 1; (topics,)."""
    kept = model()
    terms, pieces = parts(words)
    known = [(kept.rows[term], weight) for term, weight in terms.items() if term in kept.rows]
    known += [(len(kept.rows) + piece, weight) for piece, weight in pieces.items()]
    rows = kept.by_words[[row for row, _ in known]]
    weights = np.array([weight for _, weight in known], dtype=np.float32)
    return _shares(weights @ rows + kept.words_bias)


def reads(embedder: str) -> bool:
    """Whether topics can be told from vectors of that model."""
    return embedder.startswith(_FITTED_ON)


def meant(vector: Vector | None) -> Vector | None:
    """Topics by a question's vector (of a model that `reads` knows), summing to 1; None without one."""
    if vector is None:
        return None
    kept = model()
    return _shares(unit((vector - kept.mean)[None, :])[0] @ kept.by_meaning + kept.meaning_bias)


def outside(topics: Vector) -> float:
    """How much of a text is about what no library answers for, 0..1."""
    return float(topics @ model().outside)


def profile(texts: Sequence[tuple[str, ...]]) -> Vector:
    """The topics of several texts together: their mean; (topics,)."""
    return np.asarray(np.mean([said(words) for words in texts], axis=0), dtype=np.float32)


@lru_cache(maxsize=1)
def model() -> Model:
    """The fitted numbers of bot/data/topics.npz; weights are kept as 8-bit whole numbers with a scale a topic."""
    with resources.files("bot.data").joinpath("topics.npz").open("rb") as file, np.load(file, allow_pickle=False) as kept:
        names = tuple(str(kept["names"]).split())
        return Model(
            names=names,
            rows={term: row for row, term in enumerate(str(kept["terms"]).split())},
            by_words=kept["by_words"].astype(np.float32) * kept["scale"].astype(np.float32),
            words_bias=kept["words_bias"].astype(np.float32),
            mean=kept["mean"].astype(np.float32),
            by_meaning=kept["by_meaning"].astype(np.float32),
            meaning_bias=kept["meaning_bias"].astype(np.float32),
            outside=np.array([name.startswith(OUTSIDE) for name in names], dtype=np.float32),
        )


@lru_cache(maxsize=50_000)
def _pieces(term: str) -> tuple[int, ...]:
    framed = f"<{term}>"
    cut = (framed[at : at + length] for length in LENGTHS for at in range(len(framed) - length + 1))
    return tuple(zlib.crc32(piece.encode()) % PIECES for piece in cut)


def _shares(scores: Vector) -> Vector:
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum(), dtype=np.float32)
