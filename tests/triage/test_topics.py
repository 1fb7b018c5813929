"""Topics by words: told in both languages, through typos and slang; talk outside the library is told from it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triage import topics
from bot.triage.words import terms


def likeliest(text: str) -> str:
    return topics.model().names[int(topics.said(terms(text).words).argmax())]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("kena denda brp kalau telat", "fines"),
        ("late fees, can they be waived?", "fines"),
        ("pengatalogn ruas 245 indikatornya", "marc"),
        ("rayap di lemari", "pests"),
        ("termites in the cupboard", "pests"),
        ("penyiangann buku lama", "weeding"),
        ("mobil perpustakaan keliling", "mobile"),
        ("resep ayam goreng", "outside_food"),
        ("bayar pajak motor", "outside_transport"),
    ],
)
def test_a_topic_is_told_by_its_words(text: str, topic: str) -> None:
    assert likeliest(text) == topic


def test_other_talk_is_outside() -> None:
    assert topics.outside(topics.said(terms("resep bolu pandan yang empuk").words)) > 0.5
    assert topics.outside(topics.said(terms("buku pinjaman belum dikembalikan").words)) < 0.1


@given(st.text(max_size=60))
def test_any_text_has_topics_that_sum_to_one(text: str) -> None:
    found = topics.said(terms(text).words)
    assert found.shape == (len(topics.model().names),)
    assert float(found.sum()) == pytest.approx(1, abs=1e-4)
    assert (found >= 0).all()


@given(st.integers(0, 2**32 - 1))
def test_any_vector_has_topics_that_sum_to_one(seed: int) -> None:
    vector = np.random.default_rng(seed).normal(size=384).astype(np.float32)
    found = topics.meant(vector)
    assert found is not None and float(found.sum()) == pytest.approx(1, abs=1e-4)


def test_without_a_vector_of_the_known_model_there_is_no_meaning() -> None:
    assert topics.meant(None) is None
    assert topics.reads("multilingual-e5-small-q4") and not topics.reads("sentence-transformers:other")


def test_a_community_has_the_topics_of_all_its_texts() -> None:
    both = topics.profile([terms("denda keterlambatan").words, terms("rayap dan jamur").words])
    names = topics.model().names
    assert {names[at] for at in np.argsort(-both)[:4]} >= {"fines", "pests"}
