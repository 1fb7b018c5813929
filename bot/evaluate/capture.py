"""`guyub eval capture`: which messages of a thread are the answer?

The baselines take the one message nearest to the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.compose import embedder_or_words
from bot.evaluate import baseline
from bot.evaluate.lines import Id, Line, read
from bot.evaluate.result import Figures, Result
from bot.evaluate.score import f1, share
from bot.model.base import Words
from bot.ports import Embedder
from bot.settings import Settings
from bot.triage.capture import Message, answers

NAMES = {
    "f1": Words("F1", "F1"),
    "precision": Words("presisi", "precision"),
    "recall": Words("perolehan", "recall"),
    "whole_threads": Words("utas yang tepat seluruhnya", "threads wholly right"),
}


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with its question taken out; `ids` are the given names of `messages`, which count theirs from 0."""

    line: Line
    question: str
    asker: str
    messages: tuple[Message, ...]
    ids: tuple[Id, ...]


async def evaluate(settings: Settings, path: Path) -> Result:
    """Predict every thread, then compare with the labels, where there are any."""
    threads = [_thread(line) for line in read(path, "thread_id")]
    said = [_answers(thread) for thread in threads]
    predictions = [
        {"thread_id": thread.line.id("thread_id"), "answer_ids": found} for thread, found in zip(threads, said, strict=True)
    ]
    labelled = [number for number, thread in enumerate(threads) if thread.line.has("answer_ids")]
    model = embedder_or_words(settings)
    name = model.model if model else ""
    counts = {"threads": len(threads), "messages": sum(len(thread.ids) for thread in threads)}
    if not labelled:
        return Result("capture", predictions, counts, model=name)
    kept = [threads[number] for number in labelled]
    gold = [_gold(thread) for thread in kept]
    figures = {"ours": _figures([set(said[number]) for number in labelled], gold)}
    figures |= {by: _figures(found, gold) for by, found in (await _nearest(kept, model)).items()}
    return Result("capture", predictions, counts | {"answers": sum(map(len, gold))}, figures, model=name)


def _thread(line: Line) -> Thread:
    rows = line.rows("messages")
    asked = line.id("question_id")
    ids = [row.id("id") for row in rows]
    if len(set(ids)) < len(ids):
        line.refuse("two messages have the same `id`")
    if asked not in ids:
        line.refuse(f"`question_id` {asked!r} is not among the messages")
    question = rows[ids.index(asked)]
    others = [row for row, own in zip(rows, ids, strict=True) if own != asked]
    return Thread(
        line,
        question.text("text"),
        _author(question),
        tuple(Message(str(number), _author(row), row.text("text")) for number, row in enumerate(others)),
        tuple(own for own in ids if own != asked),
    )


def _author(row: Line) -> str:
    return str(row.id("author")) if row.has("author") else ""


def _answers(thread: Thread) -> list[Id]:
    return [thread.ids[int(one.id)] for one in answers(thread.question, thread.messages, thread.asker)]


def _gold(thread: Thread) -> set[Id]:
    value = thread.line.gold("answer_ids")
    if not isinstance(value, list):
        thread.line.refuse("`answer_ids` must be a list of message ids")
    for one in value:
        if one not in thread.ids:
            thread.line.refuse(f"`answer_ids`: {one!r} is not among the messages after the question")
    return set(value)


def _figures(said: Sequence[set[Id]], gold: Sequence[set[Id]]) -> Figures:
    hits = sum(len(found & right) for found, right in zip(said, gold, strict=True))
    whole = share(found == right for found, right in zip(said, gold, strict=True))
    return f1(hits, sum(map(len, said)), sum(map(len, gold))) | {"whole_threads": whole}


async def _nearest(threads: Sequence[Thread], model: Embedder | None) -> dict[str, list[set[Id]]]:
    found: dict[str, list[set[Id]]] = {"bm25": [], "embeddings": []}
    for thread in threads:
        texts = [message.text for message in thread.messages]
        scores = {
            "bm25": baseline.by_words([thread.question], texts),
            "embeddings": await baseline.by_meaning_raw(model, thread.question, texts),
        }
        for by, rows in scores.items():
            if rows is not None:
                found[by].append({thread.ids[int(rows[0].argmax())]} if texts else set())
    return {by: many for by, many in found.items() if len(many) == len(threads)}
