"""Vectors of texts, kept between runs in the machine's temporary folder: 23 ms a text add up when numbers are fitted often."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from adapters.embedding.bundled import Bundled
from bot.ports import Vector

FOLDER = Path(tempfile.gettempdir()) / "guyub-quality"


class Kept:
    """The bundled model behind a memory on disk; fills the port `Embedder`."""

    model = Bundled.model
    dimension = Bundled.dimension

    def __init__(self) -> None:
        self._engine = Bundled()
        self._file = FOLDER / f"{self.model}.npz"
        self._known: dict[str, Vector] = {}
        if self._file.exists():
            with np.load(self._file, allow_pickle=False) as kept:
                self._known = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))

    def query(self, texts: Sequence[str]) -> Vector:
        """(n, 384), for questions."""
        return self._all("query", texts)

    def passage(self, texts: Sequence[str]) -> Vector:
        """(n, 384), for what is found."""
        return self._all("passage", texts)

    def _all(self, kind: str, texts: Sequence[str]) -> Vector:
        keys = [hashlib.sha256(f"{kind}\0{text}".encode()).hexdigest()[:32] for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            self._known |= dict(zip(new, getattr(self._engine, kind)(list(new.values())), strict=True))
            FOLDER.mkdir(exist_ok=True)
            whole = FOLDER / "new.npz"
            np.savez(whole, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
            whole.replace(self._file)
        return np.stack([self._known[key] for key in keys]) if keys else np.zeros((0, self.dimension), np.float32)


@lru_cache(maxsize=1)
def kept() -> Kept:
    """One for the whole run."""
    return Kept()
