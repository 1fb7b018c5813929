"""Keeps the search in step with what was saved: derived data, so putting the same text again is harmless."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from bot.desk import Desk
from bot.events import Happened
from bot.finder import description_texts
from bot.model.base import Noun
from bot.model.community import Communities, Community, Example
from bot.model.knowledge import Item, Items
from bot.model.question import Answer, Question, Questions
from bot.outcome import NOTHING, Outcome, Then
from bot.registry import Feature

feature = Feature("index")


def follow_ups(saved: Iterable[Noun]) -> tuple[Then, ...]:
    """What must be indexed, indexed anew or dropped after these were saved."""
    return tuple(then for noun in saved for then in _of(noun))


def _of(noun: Noun) -> tuple[Then, ...]:
    match noun:
        case Community() | Example() | Item():
            return (Then("text.changed", noun.id, (("kind", type(noun).__name__.lower()),)),)
        case Question() if noun.version == 0 or noun.state.ended:
            return (Then("text.changed", noun.id, (("kind", "question"),)),)
        case Answer() if noun.accepted or noun.deleted:
            return (Then("text.changed", noun.id, (("kind", "answer"),)),)
        case _:
            return ()


class Readers(Protocol):
    """Where the texts are read: a desk, or the store itself."""

    @property
    def communities(self) -> Communities: ...
    @property
    def items(self) -> Items: ...
    @property
    def questions(self) -> Questions: ...


async def text_of(kind: str, id: str, readers: Readers) -> str:
    """The text behind a row of the search; "" where it is gone."""
    community, about, _ = id.partition(":about:")
    found = await texts_of("community" if about else kind, community, readers)
    return next((text for _, one, text in found if one == id), "")


@feature.watches("text.changed")
async def index(happened: Happened, desk: Desk) -> Outcome:
    """Reads the text as it stands now and puts it, or drops it."""
    for kind, id, text in await texts_of(happened["kind"], happened.subject, desk):
        await (desk.find.put(kind, id, text) if text else desk.find.drop(kind, id))
    return NOTHING


async def texts_of(kind: str, id: str, readers: Readers) -> list[tuple[str, str, str]]:
    match kind:
        case "community":
            community = await readers.communities.get(id)
            return [("example", key, text) for key, text in description_texts(community).items()] if community else []
        case "example":
            example = await readers.communities.example(id)
            return [("example", id, example.text if example else "")]
        case "item":
            item = await readers.items.get(id)
            return [("item", id, item.text if item and item.status == "published" else "")]
        case "question":
            question = await readers.questions.get(id)
            return [("question", id, question.text if question and not question.state.ended else "")]
        case _:
            answer = await readers.questions.answer(id)
            return [("answer", id, answer.text if answer and not answer.deleted else "")]
