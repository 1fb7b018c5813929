"""Embeddings moved to where librarians' topics differ: what all chat messages share is taken out, topics are pulled apart.

multilingual-e5 puts every text near every other (raw cosines 0.75–0.85) and follows style and language as much as topic.
Two views of a vector are joined. The plain one takes away the mean of chat messages and their first principal components
(Mu and Viswanath, "All-but-the-Top", 2018) and keeps the rest as it is. The topical one is a linear discriminant analysis
(Fisher, 1936; Rao, 1948): the directions in which topics of library work differ, relative to how much texts of one topic
differ by style and language. tests/quality/fit_topics.py makes both from tests/quality/data/topics.yaml.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from bot.ports import Vector

_ADAPTERS = {"multilingual-e5-small": "adapter-e5-small.npz"}
TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Adapter:
    """`mean` (d,); `plain` (d, p) and `topical` (d, t) with p + t ≤ d; `share` of the plain view in a cosine, 0..1."""

    mean: Vector
    plain: Vector
    topical: Vector
    share: float

    def __call__(self, vectors: Vector) -> Vector:
        """(n, d) unit vectors → (n, d) unit vectors, padded with zeros (all zero where nothing is left).

        The cosine of two is `share` × the plain cosine + (1 − share) × the topical one.
        """
        moved = unit(vectors - self.mean)
        out = np.zeros_like(vectors, dtype=np.float32)
        many = self.plain.shape[1]
        out[:, :many] = unit(moved @ self.plain) * np.float32(np.sqrt(self.share))
        out[:, many : many + self.topical.shape[1]] = unit(moved @ self.topical) * np.float32(np.sqrt(1 - self.share))
        return out


def centre_for(model: str) -> Callable[[Vector], Vector]:
    """What to do with that model's vectors, passages and queries alike; vectors of an unknown model stay as they are."""
    name = next((file for known, file in _ADAPTERS.items() if model.startswith(known)), None)
    return _unchanged if name is None else adapter(name)


def unit(vectors: Vector) -> Vector:
    """Rows of unit length; zero where there is next to nothing."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > TINY, vectors / np.maximum(lengths, TINY), 0.0), dtype=np.float32)


@lru_cache(maxsize=4)
def adapter(name: str) -> Adapter:
    """The adapter in a file of bot/data, read once."""
    with resources.files("bot.data").joinpath(name).open("rb") as file, np.load(file, allow_pickle=False) as kept:
        mean, plain, topical = (np.asarray(kept[part], dtype=np.float32) for part in ("mean", "plain", "topical"))
        return Adapter(mean, plain, topical, float(kept["share"]))


def _unchanged(vectors: Vector) -> Vector:
    return vectors
