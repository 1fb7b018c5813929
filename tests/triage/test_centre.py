"""Centring: unit vectors in, unit vectors out, without what all of them share."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.triage.centre import centre, centre_for


@given(st.integers(0, 2**32 - 1))
def test_vectors_come_out_of_unit_length_and_free_of_the_components(seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(5, 16)).astype(np.float32)
    components = np.linalg.qr(random.normal(size=(16, 2)))[0].T.astype(np.float32)
    found = centre(vectors, vectors.mean(axis=0), components)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-4)
    assert np.allclose(found @ components.T, 0, atol=1e-4)


def test_a_vector_that_is_the_mean_has_nothing_left() -> None:
    one = np.ones((1, 8), np.float32)
    assert not centre(one, one[0], np.zeros((1, 8), np.float32)).any()


def test_the_bundled_model_has_a_reference_and_others_stay_as_they_are() -> None:
    vectors = np.eye(384, dtype=np.float32)[:2]
    assert not np.allclose(centre_for("multilingual-e5-small-q4")(vectors), vectors)
    assert np.array_equal(centre_for("sentence-transformers:other")(vectors), vectors)
