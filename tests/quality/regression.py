"""Two small regressions, in numpy: so few weights and so few lines need no library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Features = Mapping[str, float]
STEPS, RATE = 4000, 0.1
NEWTON = 12  # steps
FREE = 30.0  # the constant is as good as not held down


def logistic(
    rows: Sequence[Features], truth: Sequence[bool], names: Sequence[str], l2: float, weight: Sequence[float]
) -> Array:
    """Weights of P(true) = sigmoid(w·x), L2-regularised (not the weight of "one"); `weight` of each row."""
    at = {name: number for number, name in enumerate(names)}
    x = np.zeros((len(rows), len(names)))
    for number, row in enumerate(rows):
        for name in row.keys() & at.keys():
            x[number, at[name]] = row[name]
    y, share = np.array(truth, float), np.array(weight, float)
    share = share / share.sum()
    free = np.array([name != "one" for name in names], float)

    def slope(w: Array) -> Array:
        return x.T @ (share * (1 / (1 + np.exp(-x @ w)) - y)) + l2 * w * free

    return _descend(slope, len(names))


def wide_logistic(
    rows: Sequence[Features], truth: Sequence[bool], names: Sequence[str], l2: float, weight: Sequence[float]
) -> Array:
    """The same where there are more features than rows: Newton's method in the dual (iteratively reweighted least squares)."""
    at = {name: number for number, name in enumerate(names)}
    x = np.zeros((len(rows), len(names)))
    for number, row in enumerate(rows):
        for name in row.keys() & at.keys():
            x[number, at[name]] = row[name] * (FREE if name == "one" else 1.0)
    y, share = np.array(truth, float), np.array(weight, float) / sum(weight)
    alike, score, dual = x @ x.T, np.zeros(len(rows)), np.zeros(len(rows))
    for _ in range(NEWTON):
        chance = 1 / (1 + np.exp(-score))
        bend = np.maximum(chance * (1 - chance), 1e-4)
        dual = np.linalg.solve(alike + np.diag(l2 / (share * bend)), score + (y - chance) / bend)
        score = alike @ dual
    found = x.T @ dual
    if "one" in at:
        found[at["one"]] *= FREE
    return found


def conditional(
    rows: Sequence[Sequence[Features]], chosen: Sequence[int], names: Sequence[str], l2: float, weight: Sequence[float]
) -> Array:
    """Weights of P(choice) = softmax(w·x) over each row's alternatives (a conditional logit), L2-regularised; `weight` of
    each row. Rows with fewer alternatives than the longest are padded with impossible ones."""
    most = max(map(len, rows))
    x = np.zeros((len(rows), most, len(names)))
    possible = np.full((len(rows), most), -np.inf)
    for number, row in enumerate(rows):
        x[number, : len(row)] = [[one.get(name, 0.0) for name in names] for one in row]
        possible[number, : len(row)] = 0.0
    share = np.array(weight, float) / sum(weight)
    right = x[np.arange(len(rows)), chosen]

    def slope(w: Array) -> Array:
        scores = x @ w + possible
        chance = np.exp(scores - scores.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        return share @ (np.einsum("rc,rcf->rf", chance, x) - right) + l2 * w

    return _descend(slope, len(names), steps=1500)


def _descend(slope, size: int, steps: int = STEPS) -> Array:  # type: ignore[no-untyped-def]
    """Adam (Kingma and Ba, 2015) from zero: convex, so the start does not matter."""
    w, first, second = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, steps + 1):
        g = slope(w)
        first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g * g
        w = w - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return w
