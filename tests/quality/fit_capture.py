"""Fit which replies are the answer on the threads that are not held out, and write bot/data/capture.yaml.

Run: python -m tests.quality.fit_capture, after fit_question. What it says of itself comes from six parts,
each left out in turn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.triage.capture import LIKELY, Message
from bot.triage.rank import dot, sigmoid
from bot.triage.replies import features
from tests.quality.regression import Features, logistic

DATA = Path(__file__).parent / "data"
TARGET = Path("bot/data/capture.yaml")
FILES = ("capture_dev.jsonl", "capture_train.jsonl")
L2, PARTS = 0.01, 6


@dataclass(frozen=True, slots=True)
class Thread:
    """The replies' features, and which of them are the answer."""

    seen: tuple[Features, ...]
    right: tuple[bool, ...]


def threads() -> list[Thread]:
    """The labelled threads."""
    return [_thread(json.loads(line)) for name in FILES for line in (DATA / name).read_text("utf-8").splitlines()]


def _thread(row: Mapping[str, object]) -> Thread:
    messages = list(row["messages"])  # type: ignore[call-overload]
    question = next(one for one in messages if one["id"] == row["question_id"])
    replies = [Message(one["id"], one["author"], one["text"]) for one in messages if one is not question]
    seen = features(question["text"], replies, question["author"])
    return Thread(tuple(seen), tuple(one.id in row["answer_ids"] for one in replies))  # type: ignore[operator]


def fit(known: Sequence[Thread]) -> dict[str, float]:
    """Weights."""
    found = [(seen, right) for one in known for seen, right in zip(one.seen, one.right, strict=True) if seen]
    names = tuple(found[0][0])
    truth = [right for _, right in found]
    return dict(zip(names, map(float, logistic([x for x, _ in found], truth, names, L2, [1.0] * len(truth))), strict=True))


def main() -> None:
    """Fit, write, print."""
    every = threads()
    hits = said = wanted = 0
    for part in range(PARTS):
        weights = fit([one for number, one in enumerate(every) if number % PARTS != part])
        for one in every[part::PARTS]:
            yes = [bool(seen) and sigmoid(dot(weights, seen)) >= LIKELY for seen in one.seen]
            hits += sum(left and right for left, right in zip(yes, one.right, strict=True))
            said, wanted = said + sum(yes), wanted + sum(one.right)
    print(f"left out: {len(every)} threads, F1 {2 * hits / (said + wanted):.3f}")
    kept = {name: round(value, 3) for name, value in fit(every).items()}
    head = "# Fitted by tests/quality/fit_capture.py from the threads labelled there.\n"
    TARGET.write_text(head + yaml.safe_dump({"weights": kept}, width=120, default_flow_style=None), "utf-8")
    print(TARGET.read_text("utf-8"))


if __name__ == "__main__":
    main()
