"""Fit "was it answered before?" on the labelled queries that are not held out, and write bot/data/answered.yaml.

Run: python -m tests.quality.fit_answered. What it says of itself comes from five parts, each left out in turn. The bars of
"same question" and "near duplicate" are set by hand: high.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import yaml

from bot.triage.answered import likeness, sureness
from bot.triage.rank import dot, sigmoid
from tests.quality.answered_set import Query, queries
from tests.quality.regression import Features, conditional, logistic
from tests.quality.vectors import kept

TARGET = Path("bot/data/answered.yaml")
WHICH = {"both": ("words", "cover", "cosine"), "lexical": ("words", "cover")}
SURE = {"both": ("one", "cosine", "share", "lead", "gap", "long"), "lexical": ("one", "words", "cover", "share", "lead", "gap")}
L2_WHICH, L2_SURE = 0.0003, 0.0005
PARTS, JUDGED = 5, 3  # candidates of a query that teach what is sure
WRONG = 0.09  # of the unanswerable that may be answered surely, in the parts left out
MAYBE = 0.3
BY_HAND = {
    "same_words": 0.3, "same_cosine": 0.65, "same_words_only": 0.6,
    "duplicate_words": 0.35, "duplicate_cosine": 0.7, "duplicate_words_only": 0.6,
}  # fmt: skip
Numbers = dict[str, dict[str, float]]
Seen = tuple[Query, dict[str, dict[str, float]]]


def main() -> None:
    """Fit both modes, write, report."""
    numbers: Numbers = {"thresholds": dict(BY_HAND) | {"maybe": MAYBE}}
    for mode, embedder in (("both", kept()), ("lexical", None)):
        rows = [(row, likeness(row.terms, row.corpus, row.candidates)) for row in queries(embedder)]
        numbers |= _weights(rows, mode)
        judged = [pair for part in range(PARTS) for pair in _left_out(rows, part, mode)]
        numbers["thresholds"][f"{mode}_sure"] = _bar(judged)
        _print(mode, judged, numbers["thresholds"][f"{mode}_sure"])
    rounded = {group: {name: round(float(value), 4) for name, value in values.items()} for group, values in numbers.items()}
    head = "# Fitted by tests/quality/fit_answered.py from the labelled queries there; same_* and duplicate_* set by hand.\n"
    TARGET.write_text(head + yaml.safe_dump(rounded, default_flow_style=None, width=120), "utf-8")
    print(TARGET.read_text("utf-8"))


def _part(row: Query) -> int:
    return zlib.crc32(row.id.encode()) % PARTS


def _left_out(rows: Sequence[Seen], part: int, mode: str) -> list[tuple[Query, list[tuple[str, float]]]]:
    numbers = _weights([row for row in rows if _part(row[0]) != part], mode)
    return [(row, _guesses(row, seen, numbers, mode)) for row, seen in rows if _part(row) == part]


def _guesses(row: Query, seen: Mapping[str, Features], numbers: Numbers, mode: str) -> list[tuple[str, float]]:
    scores = {id_: dot(numbers[f"{mode}_which"], values) for id_, values in seen.items()}
    sure = sureness(row.terms, seen, scores, JUDGED, numbers[f"{mode}_crowd"])
    return sorted(((id_, sigmoid(dot(numbers[mode], values))) for id_, values in sure.items()), key=lambda one: -one[1])


def _weights(rows: Sequence[Seen], mode: str) -> Numbers:
    answerable = [(row.item, seen) for row, seen in rows if row.item is not None]
    choices = [[seen[id_] for id_ in sorted(seen)] for _, seen in answerable]
    right = [sorted(seen).index(item) for item, seen in answerable]
    names = WHICH[mode]
    which = dict(zip(names, map(float, conditional(choices, right, names, L2_WHICH, [1.0] * len(right))), strict=True))
    found: list[Features] = []
    truth: list[bool] = []
    scored = [(row, seen, {id_: dot(which, values) for id_, values in seen.items()}) for row, seen in rows]
    crowd = _crowd([sorted(scores.values(), reverse=True) for _, _, scores in scored])
    for row, seen, scores in scored:
        for id_, values in sureness(row.terms, seen, scores, JUDGED, crowd).items():
            found.append(values)
            truth.append(id_ == row.item)
    sure = logistic(found, truth, SURE[mode], L2_SURE, [1.0] * len(truth))
    return {f"{mode}_which": which, f"{mode}_crowd": crowd, mode: dict(zip(SURE[mode], map(float, sure), strict=True))}


def _crowd(scores: Sequence[Sequence[float]]) -> dict[str, float]:
    """What is usual: the second best's score, and the logarithm of the weight of all but the three best."""
    return {
        "rival": float(np.median([one[1] for one in scores])),
        "sum": float(np.median([np.log(np.sum(np.exp(one[JUDGED:]))) for one in scores])),
    }


def _bar(judged: Sequence[tuple[Query, list[tuple[str, float]]]]) -> float:
    """The lowest bar that at most WRONG of the unanswerable pass."""
    tops = np.sort([guesses[0][1] for row, guesses in judged if row.item is None])[::-1]
    return float(tops[int(WRONG * len(tops))]) + 1e-3


def _print(mode: str, judged: Sequence[tuple[Query, list[tuple[str, float]]]], bar: float) -> None:
    inside = [(row, guesses) for row, guesses in judged if row.item]
    first = np.mean([guesses[0][0] == row.item for row, guesses in inside])
    three = np.mean([row.item in [id_ for id_, _ in guesses] for row, guesses in inside])
    sure = np.mean([guesses[0][0] == row.item and guesses[0][1] >= bar for row, guesses in inside])
    wrong = np.mean([guesses[0][1] >= bar for row, guesses in judged if row.item is None])
    print(
        f"{mode}, left out: recall@1 {first:.3f} @3 {three:.3f}, surely and right {sure:.3f}, unanswerable answered {wrong:.3f}"
    )


if __name__ == "__main__":
    main()
