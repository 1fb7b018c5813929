"""Centring of embeddings: what all chat messages share is taken out, so that what differs shows.

multilingual-e5 puts every text near every other (raw cosines 0.75–0.85) and follows style and language as much as topic.
Taking away the mean of a background set and its first principal components helps (Mu and Viswanath, "All-but-the-Top",
2018); tests/quality/make_centre.py makes the reference and says from which texts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from importlib import resources

import numpy as np

from bot.ports import Vector

_REFERENCES = {"multilingual-e5-small": "centre-e5-small.npz"}


def centre_for(model: str) -> Callable[[Vector], Vector]:
    """What to do with that model's vectors, passages and queries alike; vectors of an unknown model stay as they are."""
    name = next((file for known, file in _REFERENCES.items() if model.startswith(known)), None)
    return _unchanged if name is None else partial(_centred, name)


def centre(vectors: Vector, mean: Vector, components: Vector) -> Vector:
    """(n, d) unit vectors, (d,) mean, (k, d) orthonormal components → (n, d) unit vectors (zero where nothing is left)."""
    moved = vectors - mean
    moved = moved - (moved @ components.T) @ components
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > 1e-6, moved / np.maximum(lengths, 1e-6), 0.0), dtype=np.float32)


def _centred(name: str, vectors: Vector) -> Vector:
    mean, components = _reference(name)
    return centre(vectors, mean, components)


def _unchanged(vectors: Vector) -> Vector:
    return vectors


@lru_cache(maxsize=4)
def _reference(name: str) -> tuple[Vector, Vector]:
    with resources.files("bot.data").joinpath(name).open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return np.asarray(kept["mean"], dtype=np.float32), np.asarray(kept["components"], dtype=np.float32)
