"""Fit "is it a question?" on the labelled lines that are not held out, and write bot/data/question.yaml.

Run: python -m tests.quality.fit_question. Beside the labelled lines, with half their weight: routing questions and the openings
of threads (questions), answers of threads and solutions of items (none). What it says of itself comes from eight parts of the
labelled lines, each left out in turn.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import yaml

from bot.communities_file import read_communities
from bot.triage.rank import dot
from bot.triage.signs import features, wording
from bot.triage.text import clean
from tests.quality.answered_set import FIT_ITEMS, rows
from tests.quality.regression import Features, wide_logistic
from tests.quality.routing_set import FIT_ON, questions

DATA = Path(__file__).parent / "data"
TARGET = Path("bot/data/question.yaml")
LABELLED = ("questions_dev.jsonl", "questions_dev_more.jsonl", "questions_train.jsonl")
THREADS = ("capture_dev.jsonl", "capture_train.jsonl")
L2, BESIDE, PARTS, LEAST_SEEN, LEAST_WEIGHT = 0.0002, 0.5, 8, 2, 0.05
Line = tuple[str, bool]


def labelled() -> list[tuple[str, str, bool]]:
    """(id, text, is it a question?)"""
    found = [json.loads(line) for name in LABELLED for line in (DATA / name).read_text("utf-8").splitlines()]
    return [(row["id"], row["text"], row["is_question"]) for row in found]


def beside() -> list[Line]:
    """Lines whose kind follows from where they stand."""
    found = [(one.text, True) for name in FIT_ON for one in questions(name)]
    found += [(text, True) for one in FIT_ON.values() for seed in read_communities(one.path) for text, _ in seed.examples]
    found += [(row["solution"], False) for row in rows(*FIT_ITEMS)]
    for line in (line for name in THREADS for line in (DATA / name).read_text("utf-8").splitlines()):
        thread = json.loads(line)
        for message in thread["messages"]:
            asks, answers = message["id"] == thread["question_id"], message["id"] in thread["answer_ids"]
            if asks or answers:
                found.append((message["text"], asks))
    return found


def fit(lines: Sequence[Line], others: Sequence[Line]) -> dict[str, dict[str, float]]:
    """Weights of the signs, and of words and pairs that were seen more than once."""
    both = [*lines, *others]
    asks = sum(yes for _, yes in others)
    weight = [1.0] * len(lines) + [BESIDE * ((len(others) - asks) / asks if yes else 1.0) for _, yes in others]
    seen = [seen_in(text) for text, _ in both]
    counts = Counter(name for _, words in seen for name in words)
    signs, words = tuple(seen[0][0]), tuple(sorted(name for name, many in counts.items() if many >= LEAST_SEEN))
    found = [{**left, **right} for left, right in seen]
    weights = dict(
        zip((*signs, *words), map(float, wide_logistic(found, [y for _, y in both], (*signs, *words), L2, weight)), strict=True)
    )
    return {
        "signs": {name: round(weights[name], 3) for name in signs},
        "wording": {name: round(weights[name], 2) for name in words if abs(weights[name]) >= LEAST_WEIGHT},
    }


def seen_in(text: str) -> tuple[Features, Features]:
    """What the regression is given of a line."""
    return features(clean(text)), wording(clean(text))


def f1(weights: Mapping[str, Features], lines: Sequence[Line]) -> tuple[int, int, list[str]]:
    """Questions found, lines judged wrong, and these lines."""
    judged = [(sum(dot(w, x) for w, x in zip(weights.values(), seen_in(text), strict=True)) > 0, y, text) for text, y in lines]
    wrong = [f"{'+' if truth else '-'} {text}" for said, truth, text in judged if said != truth]
    return sum(said and truth for said, truth, _ in judged), len(wrong), wrong


def main() -> None:
    """Fit, write, print."""
    own, others = labelled(), beside()
    part = np.array([zlib.crc32(id_.encode()) % PARTS for id_, _, _ in own])
    hits, misses = 0, 0
    for left_out in range(PARTS):
        known = [(text, yes) for (_, text, yes), at in zip(own, part, strict=True) if at != left_out]
        unknown = [(text, yes) for (_, text, yes), at in zip(own, part, strict=True) if at == left_out]
        found, wrong, lines = f1(fit(known, others), unknown)
        hits, misses = hits + found, misses + wrong
        print("\n".join(lines))
    print(f"left out: {len(own)} lines, F1 {2 * hits / (2 * hits + misses):.3f}")
    weights = fit([(text, yes) for _, text, yes in own], others)
    head = (
        "# Fitted by tests/quality/fit_question.py. w: a word, p: a pair, s/t: how a sentence begins, e/f: how the line ends.\n"
    )
    TARGET.write_text(head + yaml.safe_dump(weights, width=120, allow_unicode=True, default_flow_style=None), "utf-8")
    print(f"{len(weights['wording'])} words and pairs, {TARGET.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
