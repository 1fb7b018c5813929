"""Fit the router's few weights on the sets of FIT_ON and write bot/data/route.yaml; say what is right on communities left out.

Run: python -m tests.quality.fit_route. Each set of communities takes part with eight examples a community, so that what is
learnt is how to weigh the scores, not what a community is about. Probabilities, calibration and bars are fitted on guesses
about communities that the weights had not seen (one set left out in turn). Deterministic.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median, pstdev

import numpy as np
import yaml

from bot.model.question import Guess
from bot.triage.fitted import Fit
from bot.triage.route import Seen, _relative, decide, look, scope, shares_of
from tests.quality.regression import Features, conditional, logistic
from tests.quality.routing_set import FIT_ON, Case, cases
from tests.quality.vectors import kept

TARGET = Path("bot/data/route.yaml")
WHICH = {
    "both": ("cosine", "nearest", "whole", "words", "some", "cover", "telling", "topic", "sense"),
    "lexical": ("words", "some", "cover", "telling", "topic"),
}
WITHIN = {
    "both": ("one", "outside_topic", "outside_sense", "claimed_topic", "claimed_sense", "best_cosine"),
    "lexical": ("one", "outside_topic", "claimed_topic", "best_cover"),
}
L2_WHICH, L2_WITHIN = 0.01, 0.0003
SHOWN = {"first": (0, 1, 2), "second": (0,), "fourth": (0,)}  # which eight examples: the first set has more
ROUTED = {"both": 0.84, "lexical": 0.6}  # share of questions in scope to be routed: more caution without vectors
LEAST_RIGHT = {"both": 0.9, "lexical": 0.92}  # … unless fewer than this share of all routed is right
MISSED = 0.04  # of the questions in scope that may be told "nothing fits"
Row = tuple[str, Case, Seen]
Numbers = dict[str, dict[str, float]]


def main() -> None:
    """Fit both modes; print what was found."""
    numbers: Numbers = {"thresholds": {}}
    for mode, embedder in (("both", kept()), ("lexical", None)):
        rows = [
            (name, case, look(case.query, case.corpus, case.candidates, case.owner, case.vector))
            for name in FIT_ON
            for shown in SHOWN[name]
            for case in cases(name, embedder, shown)
        ]
        if mode == "both":
            numbers["widths"] = _widths(rows)
        judged = [pair for name in FIT_ON for pair in _left_out(rows, name, numbers["widths"], mode)]
        numbers |= _weights(rows, numbers["widths"], mode)
        numbers[f"{mode}_calibration"] = line = _calibration(judged)
        numbers["thresholds"] |= _thresholds([(row, _moved(guesses, line)) for row, guesses in judged], mode)
        _print(mode, judged)
    head = (
        "# Fitted by tests/quality/fit_route.py from the labelled questions there: run it after changing glossary or topics.\n"
    )
    rounded = {group: {name: round(float(value), 4) for name, value in values.items()} for group, values in numbers.items()}
    TARGET.write_text(head + yaml.safe_dump(rounded, sort_keys=True, default_flow_style=None, width=120), "utf-8")
    print(TARGET.read_text("utf-8"))


def _left_out(rows: Sequence[Row], name: str, widths: Features, mode: str) -> list[tuple[Row, tuple[Guess, ...]]]:
    numbers = _weights([row for row in rows if row[0] != name], widths, mode)
    numbers |= {"widths": dict(widths), f"{mode}_calibration": {"slope": 1.0, "shift": 0.0}}
    fit = Fit(numbers, {f"{mode}_none": 0.0, f"{mode}_routed": 0.0})
    return [(row, decide(row[2], fit, mode).guesses) for row in rows if row[0] == name]


def _weights(rows: Sequence[Row], widths: Features, mode: str) -> Numbers:
    which = _which(rows, widths, mode)
    return {f"{mode}_which": which, f"{mode}_within": _within(rows, which, widths, mode)}


def _widths(rows: Sequence[Row]) -> dict[str, float]:
    """The usual spread of each feature over the communities of a question."""
    return {
        name: median(pstdev([values[name] for values in seen.communities.values()]) for _, _, seen in rows)
        for name in WHICH["both"]
    }


def _which(rows: Sequence[Row], widths: Features, mode: str) -> dict[str, float]:
    known = [(row, _relative(row[2].communities, widths)) for row in rows if row[1].asked.right]
    choices = [[seen[id_] for id_ in sorted(seen)] for _, seen in known]
    right = [sorted(seen).index(row[1].asked.right[0]) for row, seen in known]
    weight = [1 / len(SHOWN[row[0]]) for row, _ in known]
    names = WHICH[mode]
    while True:  # a likeness never speaks against a community: what would, is left out
        weights = dict(zip(names, map(float, conditional(choices, right, names, L2_WHICH, weight)), strict=True))
        if not any(value < 0 for value in weights.values()):
            return weights
        names = tuple(name for name in names if weights[name] >= 0)


def _within(rows: Sequence[Row], which: Features, widths: Features, mode: str) -> dict[str, float]:
    found = [scope(seen, shares_of(seen, which, widths)) for _, _, seen in rows]
    truth = [bool(case.asked.right) for _, case, _ in rows]
    weight = [1 / len(SHOWN[name]) for name, _, _ in rows]
    return dict(zip(WITHIN[mode], logistic(found, truth, WITHIN[mode], L2_WITHIN, weight), strict=True))


def _calibration(judged: Sequence[tuple[Row, tuple[Guess, ...]]]) -> dict[str, float]:
    first = [(row, guesses[0]) for row, guesses in judged]
    odds = [{"one": 1.0, "slope": _log_odds(guess.probability)} for _, guess in first]
    truth = [guess.id in row[1].asked.right for row, guess in first]
    weight = [1 / len(SHOWN[row[0]]) for row, _ in first]
    shift, slope = logistic(odds, truth, ("one", "slope"), 0.0, weight)
    return {"slope": float(slope), "shift": float(shift)}


def _moved(guesses: Sequence[Guess], line: Mapping[str, float]) -> list[Guess]:
    return [Guess(g.id, 1 / (1 + math.exp(-line["slope"] * _log_odds(g.probability) - line["shift"]))) for g in guesses]


def _log_odds(probability: float) -> float:
    inner = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(inner / (1 - inner))


def _thresholds(judged: Sequence[tuple[Row, Sequence[Guess]]], mode: str) -> dict[str, float]:
    """The bar that routes the wanted share of the questions in scope, or a higher one where too few would be right; and the
    highest bar for "none" that loses few questions in scope."""
    weight = np.array([1 / len(SHOWN[row[0]]) for row, _ in judged])
    sure = np.array([guesses[0].probability for _, guesses in judged])
    right = np.array([guesses[0].id in row[1].asked.right for row, guesses in judged])
    inside = np.array([bool(row[1].asked.right) for row, _ in judged])
    order = np.argsort(-sure)
    routed = np.cumsum((weight * inside)[order]) / (weight * inside).sum()
    good = np.cumsum((weight * right)[order]) / np.cumsum(weight[order])
    last = min(int(np.searchsorted(routed, ROUTED[mode])), int(np.max(np.nonzero(good >= LEAST_RIGHT[mode])[0])))
    tops = np.sort(sure[inside])
    bar = float(sure[order][last])
    return {f"{mode}_routed": bar, f"{mode}_none": min(float(tops[int(MISSED * len(tops))]), bar / 2)}


def _print(mode: str, judged: Sequence[tuple[Row, tuple[Guess, ...]]]) -> None:
    for name in FIT_ON:
        mine = [(row, guesses) for row, guesses in judged if row[0] == name and row[1].asked.right]
        right = sorted((-guesses[0].probability, guesses[0].id in row[1].asked.right) for row, guesses in mine)
        surest = [hit for _, hit in right[: round(0.8 * len(right))]]
        first = sum(hit for _, hit in right) / len(right)
        print(f"{mode}, {name} left out: first place {first:.3f}, of the surest 80 % {sum(surest) / len(surest):.3f}")


if __name__ == "__main__":
    main()
