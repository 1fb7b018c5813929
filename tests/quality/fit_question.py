"""Fit "is it a question?" on two thirds of the labelled lines, write bot/data/question.yaml, report on the third held out.

Run: python -m tests.quality.fit_question
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from bot.triage.rank import dot
from bot.triage.signs import features
from bot.triage.text import clean
from tests.quality.regression import logistic

DATA = Path(__file__).parent / "data/questions_dev.jsonl"
TARGET = Path("bot/data/question.yaml")
L2 = 0.004


def lines(held_out: bool) -> list[tuple[str, bool]]:
    """(text, is it a question?) of the third held out, or of the rest."""
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    return [(row["text"], row["is_question"]) for row in rows if (zlib.crc32(row["id"].encode()) % 3 == 0) == held_out]


def f1(weights: Mapping[str, float], rows: Sequence[tuple[str, bool]]) -> tuple[float, list[str]]:
    """F1 of "question", and the lines judged wrong."""
    judged = [(dot(weights, features(clean(text))) > 0, truth, text) for text, truth in rows]
    hits = sum(said and truth for said, truth, _ in judged)
    wrong = [f"{'+' if truth else '-'} {text}" for said, truth, text in judged if said != truth]
    return 2 * hits / (2 * hits + len(wrong)), wrong


def main() -> None:
    """Fit, write, print."""
    rows = lines(held_out=False)
    found = [features(clean(text)) for text, _ in rows]
    names = tuple(found[0])
    weights = dict(zip(names, logistic(found, [truth for _, truth in rows], names, L2, [1.0] * len(rows)), strict=True))
    kept = {name: round(float(value), 3) for name, value in weights.items()}
    head = "# Fitted by tests/quality/fit_question.py from the labelled lines there.\n"
    TARGET.write_text(head + yaml.safe_dump({"weights": kept}, width=120, default_flow_style=None), "utf-8")
    print(kept)
    for part, wanted in (("fitted on", False), ("held out", True)):
        score, wrong = f1(kept, lines(wanted))
        print(f"{part}: {len(lines(wanted))} lines, F1 {score:.3f}")
        if not wanted:
            print("\n".join(wrong))


if __name__ == "__main__":
    main()
