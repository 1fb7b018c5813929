"""`guyub eval questions`: does a message of a channel ask for help or knowledge?

The baselines know the labels of all other lines and say of each what the nearest of them is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.evaluate import baseline
from bot.evaluate.cold import cold_house
from bot.evaluate.lines import Line, read
from bot.evaluate.result import Figures, Result
from bot.evaluate.score import Judged, calibration_error, curve, f1, share
from bot.model.base import Words
from bot.settings import Settings
from bot.triage.intent import LIKELY

NAMES = {
    "f1": Words("F1", "F1"),
    "precision": Words("presisi", "precision"),
    "recall": Words("perolehan", "recall"),
    "accuracy": Words("benar", "right"),
    "calibration_error": Words("galat kalibrasi", "calibration error"),
}


async def evaluate(settings: Settings, path: Path) -> Result:
    """Predict every line, then compare with the labels, where there are any."""
    lines = read(path)
    texts = [line.text("text") for line in lines]
    async with cold_house(settings) as house:
        chances = [await house.finder.asks(text) for text in texts]
        model = house.finder.embedder
    predictions = [
        {"id": line.id("id"), "is_question": chance >= LIKELY, "probability": chance}
        for line, chance in zip(lines, chances, strict=True)
    ]
    labelled = [number for number, line in enumerate(lines) if line.has("is_question")]
    name = model.model if model else ""
    if not labelled:
        return Result("questions", predictions, {"messages": len(lines)}, model=name)
    gold = [_gold(lines[number]) for number in labelled]
    own = [texts[number] for number in labelled]
    said = [chances[number] >= LIKELY for number in labelled]
    judged = [
        Judged(yes == truth, max(chances[number], 1 - chances[number]), True)
        for number, yes, truth in zip(labelled, said, gold, strict=True)
    ]
    figures: dict[str, Figures] = {"ours": _figures(said, gold) | {"calibration_error": calibration_error(judged)}}
    scores = {"bm25": baseline.by_words(own, own), "embeddings": await baseline.by_meaning(model, own, own)}
    figures |= {by: _figures(_nearest(rows, gold), gold) for by, rows in scores.items() if rows is not None}
    counts = {"messages": len(lines), "questions": sum(gold)}
    return Result("questions", predictions, counts, figures, curve(judged), name)


def _gold(line: Line) -> bool:
    value = line.gold("is_question")
    if not isinstance(value, bool):
        line.refuse("`is_question` must be true or false")
    return value


def _figures(said: Sequence[bool], gold: Sequence[bool]) -> dict[str, float | None]:
    pairs = list(zip(said, gold, strict=True))
    return f1(sum(yes and truth for yes, truth in pairs), sum(said), sum(gold)) | {
        "accuracy": share(yes == truth for yes, truth in pairs)
    }


def _nearest(scores: baseline.Scores, gold: Sequence[bool]) -> list[bool]:
    if len(gold) < 2:
        return [False] * len(gold)
    others = scores.copy()
    np.fill_diagonal(others, -np.inf)
    return [gold[int(row.argmax())] for row in others]
