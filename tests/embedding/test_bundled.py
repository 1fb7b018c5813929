"""The bundled model, for real: finite unit vectors whatever comes in, and it knows what belongs together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.embedding import BadEmbedder, make
from adapters.embedding.bundled import Bundled
from bot.triage.centre import centre_for
from bot.triage.words import expand

ENGINE = Bundled()
ODD = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff lone",
    "👩‍👩‍👧‍👦" * 50,
    "\u202eabc",
    "\u0301" * 300,
    "ا" * 40_000,
    "x" * 40_000,
]


@pytest.mark.parametrize("number", range(len(ODD)))
def test_odd_texts_have_unit_vectors(number: int) -> None:
    for vectors in (ENGINE.query([ODD[number]]), ENGINE.passage([ODD[number], "buku"])):
        assert np.isfinite(vectors).all()
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=()), max_size=60), max_size=3))
def test_any_texts_have_unit_vectors(texts: list[str]) -> None:
    vectors = ENGINE.query(texts)
    assert vectors.shape == (len(texts), 384) and vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_a_question_is_nearest_to_its_answer_in_the_other_language() -> None:
    items = [
        "Cleaning mouldy books with a soft brush",
        "Waiving fines over the holidays",
        "Merging duplicate catalogue records",
    ]
    move = centre_for(ENGINE.model)
    asked = move(ENGINE.query([expand("buku berjamur dibersihkan pakai apa"), expand("cantuman ganda digabung gimana")]))
    found = asked @ move(ENGINE.passage([expand(text) for text in items])).T
    assert found.argmax(axis=1).tolist() == [0, 2]


def test_threads_get_the_vectors_that_one_thread_gets() -> None:
    texts = [f"pertanyaan nomor {number}" for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: ENGINE.query([text])[0], texts))
    alone = np.stack([ENGINE.query([text])[0] for text in texts])
    assert np.allclose(np.stack(found), alone, atol=1e-5)


@pytest.mark.parametrize("setting", ["", "bert", "bundled:x", "sentence-transformers:", "sentence-transformers"])
def test_a_wrong_setting_says_what_to_write(setting: str) -> None:
    with pytest.raises(BadEmbedder, match="write `bundled` or `sentence-transformers:<model>`"):
        make(setting)


def test_bundled_is_made_by_its_name() -> None:
    assert make(" bundled ").model == "multilingual-e5-small-q4"
