"""When somebody looks at a question again: read from its trace, so that a card tells the same time whenever it is drawn."""

from __future__ import annotations

from datetime import datetime

from bot.desk import Rules
from bot.model.question import Question, State, Step

ASKED = frozenset({"routed", "chosen", "moved"})  # steps that put the question before a community
CHANGES = frozenset({"asked_more", "to_steward", "not_yet", "answer_gone"})  # steps that set its clock anew


def placed(q: Question) -> Step | None:
    """The step that brought the question to the community it is with."""
    return next((s for s in reversed(q.trace) if s.what in ASKED), None)


def sure_of(q: Question) -> float | None:
    """How sure the router was, 0..1; None where a person picked the community."""
    step = placed(q)
    sure = dict(step.facts).get("sure", "") if step else ""
    return float(sure) if sure else None


def with_steward(q: Question) -> bool:
    """Whether a steward was told of it last, and nobody else was asked since."""
    last = next((s for s in reversed(q.trace) if s.what in ASKED | CHANGES), None)
    return last is not None and last.what == "to_steward" and dict(last.facts).get("stewards") != "0"


def next_look(q: Question, rules: Rules) -> datetime | None:
    """Until when an answer is waited for before others are asked; None: they are asked now, or nobody is left to ask."""
    last = next((s for s in reversed(q.trace) if s.what in ASKED | CHANGES), None)
    if q.state is not State.OPEN or last is None or last.what in ("to_steward", "not_yet"):
        return None
    nobody_more = last.what == "asked_more" and dict(last.facts).get("asked") == "0"
    return last.at + (rules.to_steward if nobody_more else rules.next_wave)
