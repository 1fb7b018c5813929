"""Fit the router's few weights on two thirds of the labelled questions and write bot/data/route.yaml.

Run: python -m tests.quality.fit_route. Both sets of communities take part, each with eight examples and with all, so that
what is learnt is how to weigh the scores, not what a community is about. Deterministic.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import yaml

from adapters.embedding.bundled import Bundled
from bot.model.question import Guess
from bot.triage.fitted import Fit
from bot.triage.rank import dot, softmax
from bot.triage.route import decide, features, scope_features
from tests.quality.regression import Features, conditional, logistic
from tests.quality.routing_set import Case, cases

TARGET = Path("bot/data/route.yaml")
WHICH = {
    "both": ("cosine_z", "nearest_z", "whole_z", "words_z", "some_z", "cover_z", "telling_z", "topic_z"),
    "lexical": ("words_z", "some_z", "cover_z", "telling_z", "topic_z"),
}
WITHIN = {
    "both": ("one", "about", "cosine", "whole", "everywhere", "cover"),
    "lexical": ("one", "about", "share", "words", "cover"),
}
L2_WHICH, L2_WITHIN = 0.05, 0.0003
RIGHT = {"both": 0.9, "lexical": 0.92}  # of those routed: more caution without vectors
MISSED = 0.05  # of the questions in scope that may be told "nothing fits"
Row = tuple[Case, Mapping[str, Mapping[str, float]]]


def main() -> None:
    """Fit both modes; print what was found."""
    engine = Bundled()
    numbers: dict[str, dict[str, float]] = {"thresholds": {}}
    for mode, embedder in (("both", engine), ("lexical", None)):
        rows = [
            _row(case)
            for name, examples in (("dev", 8), ("dev", 99), ("other", 8))
            for case in cases(name, embedder, examples)
            if not case.asked.held_out
        ]
        numbers[f"{mode}_which"] = _which(rows, mode)
        numbers[f"{mode}_within"] = _within(rows, numbers[f"{mode}_which"], mode)
        numbers[f"{mode}_calibration"] = _calibration(rows, numbers, mode)
        numbers["thresholds"] |= _thresholds(rows, numbers, mode)
    head = "# Fitted by tests/quality/fit_route.py from the labelled questions there: run it after changing the glossary.\n"
    rounded = {group: {name: round(float(value), 3) for name, value in values.items()} for group, values in numbers.items()}
    TARGET.write_text(head + yaml.safe_dump(rounded, sort_keys=True, default_flow_style=None, width=120), "utf-8")
    print(TARGET.read_text("utf-8"))


def _row(case: Case) -> Row:
    return case, features(case.query, case.corpus, case.candidates, case.owner)


def _which(rows: list[Row], mode: str) -> dict[str, float]:
    known = [(case.asked.community, seen) for case, seen in rows if case.asked.community is not None]
    choices = [[seen[id_] for id_ in sorted(seen)] for _, seen in known]
    right = [sorted(seen).index(key) for key, seen in known]
    return dict(zip(WHICH[mode], conditional(choices, right, WHICH[mode], L2_WHICH), strict=True))


def _within(rows: list[Row], which: Mapping[str, float], mode: str) -> dict[str, float]:
    found: list[Features] = []
    for case, seen in rows:
        ids = sorted(seen)
        shares = dict(zip(ids, softmax([dot(which, seen[id_]) for id_ in ids]), strict=True))
        found.append(scope_features(seen, shares, sorted(ids, key=lambda id_: -shares[id_]), case.query))
    truth = [case.asked.community is not None for case, _ in rows]
    return dict(zip(WITHIN[mode], logistic(found, truth, WITHIN[mode], L2_WITHIN, [1.0] * len(truth)), strict=True))


def _calibration(rows: list[Row], numbers: dict[str, dict[str, float]], mode: str) -> dict[str, float]:
    numbers[f"{mode}_calibration"] = {"slope": 1.0, "shift": 0.0}
    judged = [(case, guess) for case, guesses in _judged(rows, numbers, mode) for guess in guesses]
    odds = [{"one": 1.0, "slope": math.log(max(g.probability, 1e-4) / (1 - min(g.probability, 0.9999)))} for _, g in judged]
    truth = [case.asked.community == guess.id for case, guess in judged]
    shift, slope = logistic(odds, truth, ("one", "slope"), 0.0, [1.0] * len(truth))
    return {"slope": float(slope), "shift": float(shift)}


def _judged(rows: list[Row], numbers: Mapping[str, Mapping[str, float]], mode: str) -> list[tuple[Case, tuple[Guess, ...]]]:
    fit = Fit(numbers, {f"{mode}_none": 0.0, f"{mode}_routed": 0.0})
    return [(case, decide(seen, case.query, fit, mode).guesses) for case, seen in rows]


def _thresholds(rows: list[Row], numbers: Mapping[str, Mapping[str, float]], mode: str) -> dict[str, float]:
    """The lowest bar that keeps the wanted share right, and the highest that loses few questions in scope."""
    judged = _judged(rows, numbers, mode)
    order = sorted(judged, key=lambda pair: -pair[1][0].probability)
    right = np.cumsum([guesses[0].id == case.asked.community for case, guesses in order]) / np.arange(1, len(order) + 1)
    last = int(np.max(np.nonzero(right >= RIGHT[mode])[0]))
    tops = sorted(guesses[0].probability for case, guesses in judged if case.asked.community is not None)
    none = min(tops[int(MISSED * len(tops))], 0.4)
    return {f"{mode}_routed": order[last][1][0].probability, f"{mode}_none": none}


if __name__ == "__main__":
    main()
