"""How far may the bot's own answers be trusted? From what people said of earlier ones: a curve, a bound, and a bar to keep to.

Risk and coverage: El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification" (2010); the bound on the
share that is wrong is Wilson's upper limit (1927), which holds in 19 of 20 cases.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 150  # verdicts: with fewer the bot only suggests
CONFIDENT = 1.645  # standard deviations


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said of one answer. `sure`: the probability it was given with."""

    sure: float
    right: bool


@dataclass(frozen=True, slots=True)
class Trust:
    """`bar`: answer from this probability on; None: only suggest. `covered`: the share of answers that reach it, of which no
    more than `wrong_at_most` is wrong. `curve`: (share answered, share of those that was wrong), the surest first."""

    verdicts: int
    bar: float | None
    covered: float
    wrong_at_most: float | None
    curve: tuple[tuple[float, float], ...]

    @property
    def most_wrong(self) -> float:
        """Of all answers judged so far no more than this share is wrong, with 95 % confidence; 1.0 of none."""
        share = self.curve[-1][1] if self.curve else 1.0
        return bound(round(share * self.verdicts), self.verdicts) or 1.0

    def holds(self, sure: float) -> bool:
        """Whether an answer that is this sure may be given as one; else it is a suggestion."""
        return self.bar is not None and sure >= self.bar


def trust(verdicts: Sequence[Verdict], most_wrong: float = 0.1) -> Trust:
    """The lowest bar whose answers are surely no worse than wished, judged on the verdicts so far."""
    order = sorted(verdicts, key=lambda one: -one.sure)
    curve = tuple(risk_coverage([(one.sure, one.right) for one in order]))
    if len(order) < ENOUGH:
        return Trust(len(order), None, 0.0, None, curve)
    wrong = 0
    kept: tuple[int, float | None] = (0, None)
    for n, one in enumerate(order, start=1):
        wrong += not one.right
        last_of_its_kind = n == len(order) or order[n].sure < one.sure
        limit = bound(wrong, n)
        if last_of_its_kind and limit is not None and limit <= most_wrong:
            kept = (n, limit)
    many, limit = kept
    return Trust(len(order), order[many - 1].sure if many else None, round(many / len(order), 4), limit, curve)


def risk_coverage(judged: Sequence[tuple[float, bool]], steps: int = 10) -> list[tuple[float, float]]:
    """(how sure, right?) → (share answered, share of those that is wrong), the surest first."""
    order = [right for _, right in sorted(judged, key=lambda one: -one[0])]
    sizes = [math.ceil(len(order) * step / steps) for step in range(1, steps + 1)] if order else []
    return [(round(n / len(order), 4), round(sum(not right for right in order[:n]) / n, 4)) for n in sizes]


def bound(wrong: int, of: int) -> float | None:
    """No more than this share is wrong, with 95 % confidence; None of none."""
    if not of:
        return None
    rate, z2 = wrong / of, CONFIDENT**2
    spread = CONFIDENT * math.sqrt(rate * (1 - rate) / of + z2 / (4 * of * of))
    return round(min((rate + z2 / (2 * of) + spread) / (1 + z2 / of), 1.0), 4)
