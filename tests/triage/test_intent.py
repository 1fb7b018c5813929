"""Is it a question, is it a thank-you?"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.embedding.bundled import Bundled
from bot.triage.intent import is_followup, is_thanks, question_probability, unsure

LINES = Path(__file__).parents[1] / "quality/data/questions_dev.jsonl"


@pytest.mark.parametrize(
    "text",
    [
        "makasih kak",
        "Terima kasih banyak pak, sangat membantu 🙏",
        "berhasil, thanks!",
        "solved",
        "thx!",
        "sudah bisa kak",
        "mksh y",
    ],
)
def test_thanks_that_settle(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "thanks in advance",
        "sebelumnya terima kasih",
        "makasih kak, terus kalau dua buku gimana",
        "makasih, tapi masih error",
        "thanks, is there one for e-books too?",
        "belum solved kak",
        "no, not solved yet",
        "gimana cara perpanjang buku? makasih",
        "",
        "👍",
    ],
)
def test_thanks_that_do_not(text: str) -> None:
    assert not is_thanks(text)


def test_questions_are_told_from_other_talk() -> None:
    """F1 over all labelled lines; what the third held out gives is in tests/quality/fit_question.py."""
    rows = [json.loads(line) for line in LINES.read_text("utf-8").splitlines()]
    assert len(rows) >= 150
    judged = [(question_probability(row["text"]) >= 0.5, row["is_question"]) for row in rows]
    hits = sum(said and truth for said, truth in judged)
    wrong = sum(said != truth for said, truth in judged)
    assert 2 * hits / (2 * hits + wrong) >= 0.93


def test_going_on_is_seen() -> None:
    assert is_followup("terus kalau yang rusak?")
    assert not is_followup("Bagaimana cara memperpanjang buku?")


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_any_text_gets_a_probability(text: str) -> None:
    assert 0.0 <= question_probability(text) <= 1.0
    is_thanks(text)


def test_nothing_said_is_no_question() -> None:
    assert question_probability("👍🏽 ???") == 0.0


def test_the_meaning_is_looked_at_where_words_leave_it_open() -> None:
    """The lines were never fitted on; the vectors are the bundled model's."""
    asks, tells = "kursi rodanya muat lewat pintu samping ga", "pintu samping sudah dilebarkan buat kursi roda"
    engine = Bundled()
    left, right = (question_probability(text, engine.query([text])[0]) for text in (asks, tells))
    assert right < 0.5 < left
    assert unsure("kl buku biru itu ditaruh di rak")
    assert not unsure("Selamat pagi semua")
    assert not unsure("👍")
    assert question_probability("👍", np.ones(384, np.float32)) == 0.0
