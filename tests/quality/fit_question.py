"""Fit "is it a question?" on the labelled lines that are not held out: bot/data/question.yaml and question-e5-small.npz.

Run: python -m tests.quality.fit_question. Beside the labelled lines, with half their weight: routing questions and the openings
of threads (questions), answers of threads and solutions of items (none). What it says of itself comes from eight parts of the
labelled lines, each left out in turn.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml

from bot.communities_file import read_communities
from bot.triage.intent import MOST_READ
from bot.triage.rank import dot
from bot.triage.signs import features, wording
from bot.triage.text import clean
from tests.quality.answered_set import FIT_ITEMS, rows
from tests.quality.regression import Array, Features, logistic, wide_logistic
from tests.quality.routing_set import FIT_ON, questions
from tests.quality.vectors import kept

DATA = Path(__file__).parent / "data"
TARGET, MEANING = Path("bot/data/question.yaml"), Path("bot/data/question-e5-small.npz")
LABELLED = ("questions_dev.jsonl", "questions_dev_more.jsonl", "questions_train.jsonl", "questions_train_more.jsonl")
THREADS = ("capture_dev.jsonl", "capture_train.jsonl")
L2, BESIDE, PARTS, LEAST_SEEN, LEAST_WEIGHT = 0.0002, 0.5, 8, 2, 0.05
L2_MEANING, SPREAD = 0.0001, 5.0
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
    weight = weights_of(lines, others)
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


def weights_of(lines: Sequence[Line], others: Sequence[Line]) -> list[float]:
    """1 for a labelled line; what stands beside weighs BESIDE, its questions together as much as the rest."""
    asks = sum(yes for _, yes in others)
    return [1.0] * len(lines) + [BESIDE * ((len(others) - asks) / asks if yes else 1.0) for _, yes in others]


def fit_meaning(lines: Sequence[Line], others: Sequence[Line]) -> tuple[Array, float]:
    """Weights over a vector, and a bias."""
    both = [*lines, *others]
    vectors = kept().query([clean(text[:MOST_READ]) for text, _ in both]).astype(float)
    mean = vectors.mean(axis=0)
    names = ("one", *map(str, range(vectors.shape[1])))
    found = [{"one": 1.0} | dict(zip(names[1:], row, strict=True)) for row in ((vectors - mean) * SPREAD).tolist()]
    weights = wide_logistic(found, [yes for _, yes in both], names, L2_MEANING, weights_of(lines, others))
    return weights[1:] * SPREAD, float(weights[0] - mean @ weights[1:] * SPREAD)


def left_out(own: Sequence[tuple[str, str, bool]], others: Sequence[Line]) -> list[tuple[Features, bool, str]]:
    """For each labelled line what both regressions say that have not seen it."""
    found = []
    for part in range(PARTS):
        known = [(text, yes) for id_, text, yes in own if zlib.crc32(id_.encode()) % PARTS != part]
        words, (weights, bias) = fit(known, others), fit_meaning(known, others)
        for id_, text, yes in own:
            if zlib.crc32(id_.encode()) % PARTS == part:
                said = sum(dot(w, x) for w, x in zip(words.values(), seen_in(text), strict=True))
                meant = float(kept().query([clean(text[:MOST_READ])])[0] @ weights) + bias
                found.append(({"one": 1.0, "words": said, "meaning": meant}, yes, text))
    return found


def f1(line: Features, judged: Sequence[tuple[Features, bool, str]]) -> float:
    """Of "question"."""
    said = [(dot(line, seen) > 0, yes) for seen, yes, _ in judged]
    hits = sum(one and yes for one, yes in said)
    return 2 * hits / (sum(one for one, _ in said) + sum(yes for _, yes in said))


def main() -> None:
    """Fit, write, print."""
    own, others = labelled(), beside()
    judged = left_out(own, others)
    lines = {}
    for name, parts in (("by_words", ("one", "words")), ("by_both", ("one", "words", "meaning"))):
        truth = [yes for _, yes, _ in judged]
        line = logistic([seen for seen, _, _ in judged], truth, parts, 0.0, [1.0] * len(truth))
        lines[name] = dict(zip(parts, (round(float(value), 3) for value in line), strict=True))
        print(f"left out, {name}: {len(own)} lines, F1 {f1(lines[name], judged):.3f}")
    weights = lines | fit([(text, yes) for _, text, yes in own], others)
    head = (
        "# Fitted by tests/quality/fit_question.py. w: a word, p: a pair, s/t: how a sentence begins, e/f: how the line ends.\n"
    )
    TARGET.write_text(head + yaml.safe_dump(weights, width=120, allow_unicode=True, default_flow_style=None), "utf-8")
    meaning, bias = fit_meaning([(text, yes) for _, text, yes in own], others)
    np.savez_compressed(MEANING, weights=meaning.astype(np.float32), bias=np.array(bias))
    print(f"{len(weights['wording'])} words and pairs, {TARGET.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
