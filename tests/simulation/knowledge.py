"""Nothing is published without review, and credit is given where it is due."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.judge import Judge

ITEMS = "SELECT id, community, status, credits, sources, thanks, question, merged_into FROM item WHERE library=:l"
ANSWERS = "SELECT id, author, accepted, withheld, deleted FROM answer WHERE library=:l"
HELPED = "SELECT item, count(*) AS n FROM question WHERE library=:l AND state='solved' AND solved_by='item' GROUP BY item"
NOT_KEPT = """SELECT q.id FROM question q JOIN answer a ON a.library=q.library AND a.question=q.id
WHERE q.library=:l AND q.state='solved' AND q.solved_by='people' AND a.accepted AND NOT a.withheld AND NOT a.deleted
AND NOT EXISTS (SELECT 1 FROM item i WHERE i.library=q.library AND i.question=q.id)"""
ENOUGH = 2  # members, where no steward decides


def unreviewed(judge: Judge) -> Iterator[tuple[str, str]]:
    for item in judge.find(ITEMS + " AND status='published'"):
        reviewers = {c["member"] for c in json.loads(item.credits) if c["part"] == "reviewer"}
        led = any((r, item.community) in judge.led or (r, "") in judge.led for r in reviewers)
        if not led and len(reviewers) < ENOUGH:
            yield "published without review", f"{item.id} by {sorted(reviewers)}"


def credits_wrong(judge: Judge) -> Iterator[tuple[str, str]]:
    """Whoever wrote a source is credited once for it, nobody else for an answer; nothing withheld is kept."""
    answers = {a.id: a for a in judge.find(ANSWERS)}
    coming = {
        lane.removeprefix("own:") for (lane,) in judge.find("SELECT lane FROM inbox WHERE library=:l AND done_at IS NULL")
    }
    for item in judge.find(ITEMS + " AND status IN ('draft', 'published')"):
        credits = [(c["member"], c["part"]) for c in json.loads(item.credits)]
        wrote = {answers[s["answer"]].author for s in json.loads(item.sources) if s["answer"] in answers}
        if double := [c for c, n in Counter(credits).items() if n > 1]:
            yield "credited twice", f"{item.id} {double}"
        if wrote != {m for m, part in credits if part == "answerer"}:
            yield "credits do not sum", f"{item.id} wrote {sorted(wrote)} credited {credits}"
        for source in json.loads(item.sources):
            kept = answers.get(source["answer"])
            if kept and not (kept.accepted and not kept.withheld and not kept.deleted) and item.question not in coming:
                yield "kept against its writer's will", f"{item.id} {kept}"


def thanks_wrong(judge: Judge) -> Iterator[tuple[str, str]]:
    """Once everything is handled."""
    helped = {row.item: row.n for row in judge.find(HELPED)}
    for item in judge.find(ITEMS):
        if item.thanks != helped.get(item.id, 0):
            yield "thanks do not sum", f"{item.id} thanked {item.thanks}, helped {helped.get(item.id, 0)}"


def not_kept(judge: Judge) -> Iterator[tuple[str, str]]:
    """Once everything is handled, what solved a question has become a note."""
    for (question,) in judge.find(NOT_KEPT):
        yield "solved, and nothing was kept of it", question
