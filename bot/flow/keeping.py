"""What is kept of people's words: their consent, and notes made of a message alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.desk import Desk
from bot.flow.people import link_to
from bot.flow.reviewing import credited
from bot.model.knowledge import Item, Source
from bot.model.member import Member
from bot.model.question import Answer
from bot.outcome import Button, Direct, Say, Then
from bot.triage.capture import steps_of


def wanted(item: Item) -> tuple[Then, ...]:
    """What follows a draft: its reviewers see it, its attachments are copied."""
    files = (Then("files.wanted", item.id),) if any(not f.sha256 for f in item.files) else ()
    return (Then("item.drafted", item.id), *files)


def consents(item: Item, answers: Sequence[Answer], people: Mapping[str, Member], desk: Desk) -> tuple[Say, ...]:
    """Each writer sees, in private, exactly what would be kept of theirs."""
    return tuple(
        Say(
            Direct(a.author, a.source.door),
            "keep.consent",
            {
                "title": item.title,
                "text": a.text,
                "asker": _first(item, "asker"),
                "marker": _first(item, "marker"),
                "link": link_to(a.source),
            },
            people[a.author].language or desk.library.language,
            (Button("withhold", a.id, "keep.button_withhold"),),
            card=f"consent:{a.id}",
            subject=item.id,
        )
        for a in answers
        if a.author in people and not people[a.author].gone
    )


def _first(item: Item, part: str) -> str:
    return next((c.name for c in item.credits if c.part == part), "")


def of_messages(item: Item, answers: Sequence[Answer], people: Mapping[str, Member]) -> Item:
    """A note that no question of ours stands behind, with these messages as its solution. Pure."""
    parts = [steps_of(a.text) for a in answers]
    solution, steps = "\n\n".join(p for p, _ in parts if p), tuple(step for _, found in parts for step in found)
    item = replace(
        item,
        solution=solution or "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1)),
        steps=steps if solution else (),
        sources=tuple(Source(a.source, people[a.author].name if a.author in people else "", a.id) for a in answers),
        files=tuple(f for a in answers for f in a.files),
        credits=tuple(c for c in item.credits if c.part == "marker"),
    )
    for answer in answers:
        item = credited(item, people[answer.author], "answerer") if answer.author in people else item
    return item
