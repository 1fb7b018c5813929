"""What one would do without us: BM25 alone, and embeddings alone, centred on the texts at hand; no glossary, nothing fitted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import numpy as np

from bot.ports import Candidate, Corpus, Embedder, Terms, Vector
from bot.triage import lexicon
from bot.triage.centre import unit
from bot.triage.rank import bm25
from bot.triage.text import clean

LONGEST = 2000  # characters, as the product reads them
Scores = Vector  # (questions, texts)


def by_words(asked: Sequence[str], texts: Sequence[str]) -> Scores:
    """Okapi BM25 over words and their stems."""
    own = [_terms(text) for text in texts]
    holding = Counter(term for one in own for term in set(one))
    mean = sum(map(len, own)) / (len(own) or 1)
    candidates = [Candidate(str(number), one, None) for number, one in enumerate(own)]
    rows = []
    for question in asked:
        words = _terms(question)
        found = bm25(Terms(words), Corpus(len(own), mean, {word: holding[word] for word in set(words)}), candidates)
        rows.append([found[one.id] for one in candidates])
    return np.array(rows, dtype=np.float32).reshape(len(asked), len(texts))


async def by_meaning(embedder: Embedder | None, asked: Sequence[str], texts: Sequence[str]) -> Scores | None:
    """Cosines of the model's vectors, questions and texts each less their own mean; None without a model."""
    if embedder is None or not asked or not texts:
        return None
    left = await asyncio.to_thread(embedder.query, [clean(text)[:LONGEST] for text in asked])
    right = await asyncio.to_thread(embedder.passage, [clean(text)[:LONGEST] for text in texts])
    return np.asarray(unit(left - left.mean(axis=0)) @ unit(right - right.mean(axis=0)).T, dtype=np.float32)


async def by_meaning_raw(embedder: Embedder | None, question: str, texts: Sequence[str]) -> Scores | None:
    """As `by_meaning` for one question, whose own mean is itself: nothing is taken away."""
    if embedder is None:
        return None
    left = await asyncio.to_thread(embedder.query, [clean(question)[:LONGEST]])
    right = await asyncio.to_thread(embedder.passage, [clean(text)[:LONGEST] for text in texts])
    return np.asarray(left @ right.T, dtype=np.float32)


def _terms(text: str) -> tuple[str, ...]:
    tokens = (token for token in lexicon.split(clean(text)[:LONGEST]) if token not in lexicon.stopwords() and len(token) > 1)
    return tuple(form for token in tokens for form in (token, *lexicon.stems(token)))
