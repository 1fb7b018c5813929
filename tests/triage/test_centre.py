"""The adapter: unit vectors in, unit vectors out; its cosine is the share of the plain view and of the topical one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triage.centre import Adapter, centre_for, unit


def some(seed: int, share: float = 0.5) -> tuple[Adapter, np.ndarray]:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(6, 16)).astype(np.float32)
    axes = np.linalg.qr(random.normal(size=(16, 16)))[0].astype(np.float32)
    return Adapter(vectors.mean(axis=0), axes[:, :10], axes[:, 8:12] * 7, share), vectors


@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_the_cosine_of_two_is_a_mixture_of_both_views(seed: int, share: float) -> None:
    adapt, vectors = some(seed, share)
    found = adapt(vectors)
    assert found.shape == vectors.shape
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-4)
    moved = unit(vectors - adapt.mean)
    plain, topical = unit(moved @ adapt.plain), unit(moved @ adapt.topical)
    assert np.allclose(found @ found.T, share * plain @ plain.T + (1 - share) * topical @ topical.T, atol=1e-4)


def test_a_vector_that_is_the_mean_has_nothing_left() -> None:
    adapt, _ = some(3)
    assert not adapt(adapt.mean[None, :]).any()


def test_the_bundled_model_has_an_adapter_and_others_stay_as_they_are() -> None:
    vectors = np.eye(384, dtype=np.float32)[:2]
    adapted = centre_for("multilingual-e5-small-q4")(vectors)
    assert not np.allclose(adapted, vectors)
    assert np.linalg.norm(adapted, axis=1) == pytest.approx([1, 1], abs=1e-3)
    assert np.array_equal(centre_for("sentence-transformers:other")(vectors), vectors)
