"""What became of one question, and the figures over all of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Decision = Literal["answered", "showed", "routed", "asked_back", "nobodys", "repeated", "none"]
Outcome = Literal["settled", "answered", "unanswered"]
Figures = dict[str, float | int | None]


@dataclass(frozen=True, slots=True)
class Fate:
    """`decision`: what Guyub did first, with what it knew at that moment, and how `sure` it was (None: it does not say).

    `offered`: the title of the note it answered with, or
    showed as one that may help; `right`: what people said then is about the same thing (None: nobody said
    anything to compare, or nothing was offered). `asked`: who was mentioned, in order; `by`: who answered.
    `closed_at`: when the question was settled, or was followed no longer; nothing later is in here.
    """

    id: str
    at: datetime
    closed_at: datetime
    channel: str
    asker: str
    text: str
    decision: Decision
    outcome: Outcome
    sure: float | None = None
    community: str = ""
    offered: str = ""
    right: bool | None = None
    asked: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    kept: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether one of those asked did answer; None where nobody was asked or nobody answered."""
        return not set(self.asked).isdisjoint(self.by) if self.asked and self.by else None


@dataclass(slots=True)
class Tally:
    """The figures, counted as the fates come. `asks`: how often each was asked, of all who could be."""

    counts: Counter[str] = field(default_factory=Counter)
    communities: Counter[str] = field(default_factory=Counter)
    asks: Counter[str] = field(default_factory=Counter)

    def count(self, one: Fate) -> None:
        """Adds one question."""
        told = {
            "questions": True,
            one.decision: True,
            "answered_right": one.right is True,
            "answered_wrongly": one.right is False,
            "asks": len(one.asked),
            "asked_somebody": bool(one.asked),
            "reached": one.reached is True,
            "reached_of": one.reached is not None,
            "kept": one.kept,
            one.outcome: True,
        }
        self.counts.update({name: int(n) for name, n in told.items() if (n and name != "answered") or name == one.decision})
        self.counts["by_people"] += one.outcome != "unanswered"
        self.asks.update(one.asked)
        if one.decision == "routed":
            self.communities[one.community] += 1

    def figures(self) -> Figures:
        """Name → figure; shares are None where there is nothing to share."""
        c = self.counts
        judged = c["answered_right"] + c["answered_wrongly"]
        return {
            "questions": c["questions"],
            "answered_before": c["answered"],
            "answered_right": c["answered_right"],
            "answered_wrongly": c["answered_wrongly"],
            "answered_unjudged": c["answered"] - judged,
            "showed": c["showed"],
            "routed": c["routed"],
            "asked_back": c["asked_back"],
            "nobodys": c["nobodys"],
            "repeated": c["repeated"],
            "asks": c["asks"],
            "asked_people": sum(n > 0 for n in self.asks.values()),
            "could_be_asked": len(self.asks),
            "gini_of_asks": gini(list(self.asks.values())),
            "reached": round(c["reached"] / c["reached_of"], 4) if c["reached_of"] else None,
            "reached_of": c["reached_of"],
            "kept": c["kept"],
            "answered_by_people": c["by_people"],
            "unanswered": c["unanswered"],
        }


def gini(counts: Sequence[int]) -> float | None:
    """0.0: everybody was asked equally often; near 1.0: always the same one. None where nobody was asked."""
    total = sum(counts)
    if not total:
        return None
    ranked = sorted(counts)
    weighted = sum(place * n for place, n in enumerate(ranked, start=1))
    return round(2 * weighted / (len(ranked) * total) - (len(ranked) + 1) / len(ranked), 4)


def tallied(fates: Iterable[Fate], could_be_asked: Iterable[str] = ()) -> Tally:
    """The figures of these."""
    tally = Tally()
    tally.asks.update(dict.fromkeys(could_be_asked, 0))
    for one in fates:
        tally.count(one)
    return tally
