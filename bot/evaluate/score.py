"""Figures over judgements: shares, calibration, risk at each coverage. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.triage.trust import risk_coverage

BINS = 10
COVERED = 0.8
REFUSED = 0.9


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer to one line. `sure`: any scale, higher is surer. `inside`: there was a right answer to find."""

    right: bool
    sure: float
    inside: bool


def share(values: Iterable[bool]) -> float | None:
    """The share that is true, to 4 digits; None of none."""
    kept = list(values)
    return round(sum(kept) / len(kept), 4) if kept else None


def right_at(judged: Sequence[Judged], covered: float = COVERED) -> float | None:
    """Of those with a right answer: the share right among the surest."""
    inside = sorted((one for one in judged if one.inside), key=lambda one: -one.sure)
    return share(one.right for one in inside[: round(covered * len(inside))])


def refused_at(judged: Sequence[Judged], covered: float = COVERED) -> float | None:
    """Of those without a right answer: the share below the bar that lets the surest of the others pass."""
    inside = sorted((one.sure for one in judged if one.inside), reverse=True)
    if not inside:
        return None
    bar = inside[max(round(covered * len(inside)), 1) - 1]
    return share(one.sure < bar for one in judged if not one.inside)


def found_while_refusing(judged: Sequence[Judged], refused: float = REFUSED) -> float | None:
    """Of those with a right answer: the share given rightly, with the bar so high that `refused` of the others stay below."""
    outside = sorted((one.sure for one in judged if not one.inside), reverse=True)
    allowed = math.floor((1 - refused) * len(outside) + 1e-9)
    bar = outside[allowed] if allowed < len(outside) else -math.inf
    return share(one.right and one.sure > bar for one in judged if one.inside)


def calibration_error(judged: Sequence[Judged]) -> float | None:
    """Expected calibration error (Naeini et al., 2015) over ten bins of equal width; `sure` must be a probability."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for one in judged:
        bins[min(int(one.sure * BINS), BINS - 1)].append(one)
    gaps = (abs(sum(one.right - one.sure for one in many)) for many in bins)
    return round(sum(gaps) / len(judged), 4) if judged else None


def curve(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    """(share answered, share of those that is wrong), the surest first."""
    return risk_coverage([(one.sure, one.right) for one in judged])


def f1(hits: int, said: int, wanted: int) -> dict[str, float | None]:
    """Precision, recall and their harmonic mean."""
    return {
        "precision": round(hits / said, 4) if said else None,
        "recall": round(hits / wanted, 4) if wanted else None,
        "f1": round(2 * hits / (said + wanted), 4) if said + wanted else None,
    }
