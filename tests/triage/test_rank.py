"""BM25 against figures worked out by hand, and the hybrid."""

from __future__ import annotations

import math

import pytest

from bot.ports import Candidate, Corpus, Terms
from bot.triage.rank import best, bm25, hybrid

CORPUS = Corpus(10, 4.0, {"denda": 2, "buku": 9})
TEXTS = (
    Candidate("a", ("denda", "buku", "telat", "bayar"), None),
    Candidate("b", ("buku", "rak"), None),
    Candidate("c", ("jamur",), None),
)


def test_scores_are_those_of_the_formula() -> None:
    rare, common = math.log(1 + 8.5 / 2.5), math.log(1 + 1.5 / 9.5)
    found = bm25(Terms(("denda", "buku", "buku")), CORPUS, TEXTS)
    assert found["a"] == pytest.approx(rare + common)  # of mean length: each term counts once
    assert found["b"] == pytest.approx(common * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 4)))
    assert found["c"] == 0.0


def test_an_unknown_term_and_an_empty_query_score_nothing() -> None:
    assert set(bm25(Terms(("zebra",)), CORPUS, TEXTS).values()) == {0.0}
    assert set(bm25(Terms(()), Corpus(0, 0.0, {}), TEXTS).values()) == {0.0}


def test_meaning_lifts_a_text_that_shares_no_word() -> None:
    near = Candidate("c", ("jamur",), 0.9)
    far = Candidate("b", ("buku", "rak"), 0.0)
    found = hybrid(Terms(("kapang",)), CORPUS, (near, far))
    assert found["c"] > found["b"]
    assert all(0.0 <= score <= 1.0 for score in found.values())


def test_equal_scores_are_ordered_by_name() -> None:
    assert best({"b": 1.0, "a": 1.0, "c": 2.0}, 2) == ["c", "a"]
