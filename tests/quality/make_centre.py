"""Make bot/data/centre-e5-small.npz: mean and first principal components of everyday chat (data/background.txt).

Run: python -m tests.quality.make_centre
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from adapters.embedding.bundled import Bundled
from bot.triage import words

HERE = Path(__file__).parent
TARGET = Path("bot/data/centre-e5-small.npz")
COMPONENTS = 4


def main() -> None:
    """Half of each kind of prefix, since questions and passages are centred by the same reference."""
    texts = [line for line in (HERE / "data/background.txt").read_text("utf-8").splitlines() if line.strip()]
    engine = Bundled()
    ready = [words.expand(text) for text in texts]
    vectors = np.concatenate([engine.query(ready), engine.passage(ready)]).astype(np.float64)
    mean = vectors.mean(axis=0)
    components = np.linalg.svd(vectors - mean, full_matrices=False)[2][:COMPONENTS]
    np.savez(TARGET, mean=mean.astype(np.float32), components=components.astype(np.float32))
    print(f"{len(texts)} texts, {COMPONENTS} components → {TARGET}")


if __name__ == "__main__":
    main()
