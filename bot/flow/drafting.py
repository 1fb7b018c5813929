"""A draft of what a thread found out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.flow.reviewing import credited
from bot.model.knowledge import Item, Source
from bot.model.member import Member
from bot.model.question import Answer, Question
from bot.triage.capture import Message, capture


def drafted(
    q: Question, answers: Sequence[Answer], people: Mapping[str, Member], community: str, now: datetime, worded: str = ""
) -> Item:
    """Extractive: the asker's words for the problem, the answers' for the solution, unless a model `worded` it.

    `answers`: one at least. `people`: those who wrote, by id; who is missing is not named.
    """
    found = capture(q.text, [Message(a.id, a.author, a.text, True) for a in answers])
    item = Item(
        library=q.library,
        community=community,
        title=found.title,
        problem=found.problem,
        solution=worded or found.solution,
        steps=() if worded else tuple(found.steps),
        language=answers[0].language,
        question=q.id,
        created_at=now,
        sources=(
            Source(q.own_message, _name(people, q.asker)),
            *(Source(a.source, _name(people, a.author), a.id) for a in answers),
        ),
        files=tuple(f for a in answers for f in a.files),
    )
    item = credited(item, people[q.asker], "asker") if q.asker in people else item
    for answer in answers:
        if answer.author in people:
            item = credited(item, people[answer.author], "answerer")
    return item


def _name(people: Mapping[str, Member], id: str) -> str:
    return people[id].name if id in people else ""
