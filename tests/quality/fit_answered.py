"""Fit "was it answered before?" on two thirds of the labelled queries, write bot/data/answered.yaml, report on the rest.

Run: python -m tests.quality.fit_answered. The thresholds of "same question" and "near duplicate" are set by hand: high.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from adapters.embedding.bundled import Bundled
from bot.triage import fitted
from bot.triage.answered import answered, likeness, ranked, sureness
from bot.triage.rank import best, bm25, dot
from tests.quality.answered_set import Query, queries
from tests.quality.regression import Features, conditional, logistic

TARGET = Path("bot/data/answered.yaml")
WHICH = {"both": ("words", "cover", "cosine"), "lexical": ("words", "cover")}
L2_WHICH, L2_SURE = 0.003, 0.0002
THRESHOLDS = {
    "sure": 0.87, "maybe": 0.5,
    "same_words": 0.35, "same_cosine": 0.75, "same_words_only": 0.6,
    "duplicate_words": 0.35, "duplicate_cosine": 0.8, "duplicate_words_only": 0.6,
}  # fmt: skip


def main() -> None:
    """Fit both modes, write, report."""
    engine = Bundled()
    asked = {"both": queries(engine), "lexical": queries(None)}
    numbers: dict[str, Mapping[str, float]] = {"thresholds": THRESHOLDS}
    for mode, rows in asked.items():
        known = [row for row in rows if not row.held_out]
        numbers[f"{mode}_which"] = which = _which(known, WHICH[mode])
        numbers[mode] = _sure(known, which, WHICH[mode])
    rounded = {group: {name: round(float(value), 3) for name, value in values.items()} for group, values in numbers.items()}
    head = "# Fitted by tests/quality/fit_answered.py from the labelled queries there; thresholds set by hand.\n"
    TARGET.write_text(head + yaml.safe_dump(rounded, default_flow_style=None, width=120), "utf-8")
    print(TARGET.read_text("utf-8"))
    fitted.fit.cache_clear()
    for mode, rows in asked.items():
        for part, wanted in (("fitted on", False), ("held out", True)):
            _report(f"{mode}, {part}", [row for row in rows if row.held_out == wanted])


def _which(rows: Sequence[Query], names: tuple[str, ...]) -> dict[str, float]:
    answerable = [(row.item, likeness(row.terms, row.corpus, row.candidates)) for row in rows if row.item is not None]
    choices = [[seen[id_] for id_ in sorted(seen)] for _, seen in answerable]
    right = [sorted(seen).index(item) for item, seen in answerable]
    return dict(zip(names, conditional(choices, right, names, L2_WHICH), strict=True))


def _sure(rows: Sequence[Query], which: Mapping[str, float], names: tuple[str, ...]) -> dict[str, float]:
    found: list[Features] = []
    truth: list[bool] = []
    for row in rows:
        seen = likeness(row.terms, row.corpus, row.candidates)
        scores = {id_: dot(which, values) for id_, values in seen.items()}
        order = best(scores, 3)
        for place, id_ in enumerate(order):
            found.append(sureness(seen[id_], scores[id_] - scores[order[1 if place == 0 else 0]]))
            truth.append(id_ == row.item)
    all_names = ("one", *names, "lead")
    return dict(zip(all_names, logistic(found, truth, all_names, L2_SURE, [1.0] * len(truth)), strict=True))


def _report(title: str, rows: Sequence[Query]) -> None:
    inside, outside = [row for row in rows if row.item], [row for row in rows if not row.item]
    tops = [[guess.id for guess in ranked(row.terms, row.corpus, row.candidates)] for row in inside]
    at = {n: sum(row.item in top[:n] for row, top in zip(inside, tops, strict=True)) / len(inside) for n in (1, 3)}
    words = [best(bm25(row.terms, row.corpus, row.candidates), 1)[0] == row.item for row in inside]
    nearest = [max(row.candidates, key=lambda one: one.cosine or 0.0).id == row.item for row in inside]
    said = [(row, answered(row.terms, row.corpus, row.candidates)) for row in rows]
    right = sum(found.decision == "sure" and found.best is not None and found.best.id == row.item for row, found in said)
    wrong = sum(found.decision == "sure" and row.item is None for row, found in said)
    shown = sum(row.item in [guess.id for guess in found.several] for row, found in said if row.item)
    print(
        f"{title}: {len(rows)} queries. recall@1 {at[1]:.2f} @3 {at[3]:.2f} (BM25 {sum(words) / len(inside):.2f}, "
        f"e5 {sum(nearest) / len(inside):.2f}); surely answered, right {right / len(inside):.2f}, "
        f"shown {shown / len(inside):.2f}; "
        f"unanswerable surely answered {wrong / max(len(outside), 1):.2f}"
    )


if __name__ == "__main__":
    main()
