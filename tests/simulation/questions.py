"""Each question has an end or an owner, and is asked once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.judge import Judge

GOING = """SELECT q.*, m.gone FROM question q LEFT JOIN member m ON m.library=q.library AND m.id=q.asker
WHERE q.library=:l AND q.state NOT IN ('solved', 'withdrawn', 'refused')"""
ENDED = "SELECT id, state, trace, ended_at FROM question WHERE library=:l AND state IN ('solved', 'withdrawn', 'refused')"
CLOCKS = "SELECT what, subject FROM due WHERE library=:l AND what LIKE 'question.%'"
OWN = "SELECT lane FROM inbox WHERE library=:l AND done_at IS NULL AND lane LIKE 'own:%'"
TWICE = "SELECT text, count(*) AS n FROM question WHERE library=:l AND text <> '' GROUP BY text HAVING n > 1"
ANSWERED_TWICE = "SELECT door, channel, message, count(*) AS n FROM answer WHERE library=:l GROUP BY 1, 2, 3 HAVING n > 1"
WAITED_FOR = """SELECT a.question, a.member FROM ask a JOIN member m ON m.library=a.library AND m.id=a.member
WHERE a.library=:l AND a.state='waiting' AND m.gone"""
ASKED_TWICE = "SELECT question, member, count(*) AS n FROM ask WHERE library=:l AND state='waiting' GROUP BY 1, 2 HAVING n > 1"

CLOCK = {  # what looks at a question again, by its state
    "suggested": "question.forget",
    "offered": "question.wait",
    "asked_back": "question.wait",
    "unplaced": "question.wait",
    "open": "question.wait",
    "answered": "question.nudge",
}
REASONS = {
    "solved": {"solved", "solved_by_item"},
    "withdrawn": {"withdrawn", "asker_left"},
    "refused": {"forgotten", "folded"},
}
WITH_STEWARDS = 3


def ownerless(judge: Judge) -> Iterator[tuple[str, str]]:
    clocks = {(what, subject) for what, subject in judge.find(CLOCKS)}
    coming = {lane.removeprefix("own:") for (lane,) in judge.find(OWN)}
    for q in judge.find(GOING):
        steps = {step["what"] for step in json.loads(q.trace)}
        if q.gone or q.gone is None:
            yield "a question waits for somebody who left", f"{q.id} {q.state}"
        if q.state == "open" and not q.community:
            yield "a question is open and with nobody", q.id
        looked_at = (CLOCK[q.state], q.id) in clocks or q.id in coming
        told = (q.state in ("open", "unplaced") and q.wave >= WITH_STEWARDS) or (q.state == "answered" and "nudged" in steps)
        if not looked_at and not told:
            yield "a question has neither an end nor an owner", f"{q.id} {q.state} {q.text!r} {sorted(steps)}"
    for q in judge.find(ENDED):
        if not {step["what"] for step in json.loads(q.trace)} & REASONS[q.state] or not q.ended_at:
            yield "a question ended without a reason", f"{q.id} {q.state}"
    for question, member in judge.find(WAITED_FOR):
        yield "somebody who left is waited for", f"{question} {member}"


def asked_twice(judge: Judge) -> Iterator[tuple[str, str]]:
    for text, n in judge.find(TWICE):
        yield "one question was asked twice", f"{n} × {text!r}"
    for door, channel, message, n in judge.find(ANSWERED_TWICE):
        yield "one answer was taken twice", f"{n} × {door} {channel} {message}"
    for question, member, n in judge.find(ASKED_TWICE):
        yield "somebody was asked the same twice", f"{n} × {question} {member}"
