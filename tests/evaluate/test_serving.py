"""What is measured is what serves: the same thread gives the same answer in `guyub eval capture` and when a question ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.flow.settling import best_answers
from bot.model.place import MessageRef
from bot.model.question import Answer, Question
from bot.triage.capture import Message, answers

THREADS = Path(__file__).parents[1] / "quality/data/capture_dev.jsonl"
THEN = datetime(2026, 3, 2, tzinfo=UTC)
HERE = MessageRef("paper", "#umum", "m")


def test_a_question_ends_with_the_answers_that_are_measured() -> None:
    compared = 0
    for row in map(json.loads, THREADS.read_text("utf-8").splitlines()):
        texts = {m["id"]: m for m in row["messages"]}
        asked = texts.pop(row["question_id"])
        q = Question(library="l", asker=asked["author"], text=asked["text"], language="id", origin=HERE, asked_at=THEN)
        given = [
            Answer(id=id, library="l", question=q.id, author=m["author"], text=m["text"], language="id",
                   at=THEN + timedelta(minutes=n), source=HERE)
            for n, (id, m) in enumerate(texts.items(), start=1)
        ]  # fmt: skip
        measured = {m.id for m in answers(q.text, [Message(a.id, a.author, a.text) for a in given], q.asker)}
        if any(a.author != q.asker for a in given if a.id in measured):
            compared += 1
            assert best_answers(q, given) == measured
    assert compared >= 20


def test_the_asker_alone_does_not_answer_where_others_did() -> None:
    q = Question(library="l", asker="a", text="Cara hitung denda?", language="id", origin=HERE, asked_at=THEN)
    own = Answer(id="1", library="l", question=q.id, author="a", text="Saya buka menu Sirkulasi > Denda lalu klik Hitung.",
                 language="id", at=THEN, source=HERE)  # fmt: skip
    other = Answer(id="2", library="l", question=q.id, author="b", text="oh ya", language="id", at=THEN, source=HERE)
    assert "2" in best_answers(q, [own, other])
