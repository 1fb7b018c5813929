"""How well the router does, beside BM25 alone and embeddings alone, on the third that nothing was fitted on and on all.

Run: python -m tests.quality.route_report
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from adapters.embedding.bundled import Bundled
from bot.triage.rank import bm25
from bot.triage.route import route
from tests.quality.routing_set import Case, cases

SETS = (("dev", 99), ("dev", 8), ("other", 8))
COVERED = 0.8


@dataclass(frozen=True, slots=True)
class Judged:
    """A case, the community put first, how sure (any scale, higher is surer), and the decision where there is one."""

    case: Case
    first: str
    sure: float
    decision: str = ""

    @property
    def right(self) -> bool:
        return self.first == self.case.asked.community


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares in 0..1. `first`: right at the first place, in scope. `at_80`: right among the surest 80 % in scope.
    `refused`: out of scope that falls below the bar which lets 80 % of the questions in scope pass. The rest concerns the
    shipped decision: `routed` of those in scope, `right` of all routed, `kept_out` of those out of scope, `error` the
    expected calibration error of the first guess."""

    first: float
    at_80: float
    refused: float
    routed: float = float("nan")
    right: float = float("nan")
    kept_out: float = float("nan")
    error: float = float("nan")


def ours(case: Case) -> Judged:
    """The router as members meet it."""
    found = route(case.query, case.corpus, case.candidates, case.owner)
    return Judged(case, found.guesses[0].id, found.guesses[0].probability, found.decision)


def words_alone(case: Case) -> Judged:
    """BM25, the best text of each community."""
    return _nearest(case, bm25(case.query, case.corpus, case.candidates))


def vectors_alone(case: Case) -> Judged:
    """Centred cosine, the best text of each community."""
    return _nearest(case, {one.id: one.cosine or 0.0 for one in case.candidates})


def figures(judged: Sequence[Judged]) -> Figures:
    """What the judgements come to."""
    inside = [one for one in judged if one.case.asked.community is not None]
    outside = [one for one in judged if one.case.asked.community is None]
    surest = sorted(inside, key=lambda one: -one.sure)[: round(COVERED * len(inside))]
    bar = surest[-1].sure
    base = Figures(
        _share(one.right for one in inside), _share(one.right for one in surest), _share(one.sure < bar for one in outside)
    )
    if not judged[0].decision:
        return base
    routed = [one for one in judged if one.decision == "routed"]
    return Figures(
        base.first, base.at_80, base.refused,
        routed=_share(one.decision == "routed" for one in inside),
        right=_share(one.right for one in routed),
        kept_out=_share(one.decision != "routed" for one in outside),
        error=_calibration(judged),
    )  # fmt: skip


def main() -> None:
    """Print the table."""
    engine = Bundled()
    print(
        f"{'set':24}{'n':>4} {'by':8}{'first':>7}{'at 80%':>8}{'refused':>9}{'routed':>8}{'right':>7}{'kept out':>10}{'ECE':>6}"
    )
    for name, examples in SETS:
        both, lexical = cases(name, engine, examples), cases(name, None, examples)
        for part, keep in (("held out", True), ("all", None)):
            chosen = [case for case in both if keep is None or case.asked.held_out]
            bare = [case for case in lexical if keep is None or case.asked.held_out]
            title = f"{name}, {examples if examples < 99 else 'all'} examples, {part}"
            _print(title, chosen, "ours", ours)
            _print("", bare, "ours-lex", ours)
            _print("", chosen, "bm25", words_alone)
            _print("", chosen, "e5", vectors_alone)


def _print(title: str, chosen: Sequence[Case], by: str, judge: Callable[[Case], Judged]) -> None:
    f = figures([judge(case) for case in chosen])
    print(
        f"{title:24}{len(chosen):4} {by:8}{f.first:7.2f}{f.at_80:8.2f}{f.refused:9.2f}{f.routed:8.2f}{f.right:7.2f}"
        f"{f.kept_out:10.2f}{f.error:6.2f}"
    )


def _nearest(case: Case, scores: dict[str, float]) -> Judged:
    top: defaultdict[str, float] = defaultdict(float)
    for id_, score in scores.items():
        top[case.owner[id_]] = max(top[case.owner[id_]], score)
    first = max(sorted(top), key=lambda id_: top[id_])
    return Judged(case, first, top[first])


def _share(values) -> float:  # type: ignore[no-untyped-def]
    kept = list(values)
    return sum(kept) / len(kept) if kept else float("nan")


def _calibration(judged: Sequence[Judged], bins: int = 10) -> float:
    """Expected calibration error of the first guess (Naeini et al., 2015), over bins of equal width."""
    sure = np.array([one.sure for one in judged])
    right = np.array([one.right for one in judged], float)
    which = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [
        abs(right[which == b].mean() - sure[which == b].mean()) * (which == b).mean() for b in range(bins) if (which == b).any()
    ]
    return float(sum(gaps))


if __name__ == "__main__":
    main()
