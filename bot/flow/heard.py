"""Where a question is heard: in which of its community's channels, or by those alone who are asked in private. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.place import Binding
from bot.model.question import Question

UNHEARD = "unheard"  # the trace's word for: a channel of its community cannot be written in


def unheard(question: Question, fact: str = "binding") -> frozenset[str]:
    """The channels (ids of bindings) that turned out not to be reached. `fact`: only those where it holds, too."""
    steps = (dict(s.facts) for s in question.trace if s.what == UNHEARD)
    return frozenset(facts["binding"] for facts in steps if facts.get(fact))


def went_private(question: Question, bindings: Sequence[Binding]) -> bool:
    """Whether the community had no channel left at some time: those who are asked have a card of their own since."""
    return not unheard(question, "private").isdisjoint(b.id for b in bindings)


def asked_here(question: Question, bindings: Sequence[Binding]) -> bool:
    """Whether the question stands in a channel of its community already: then there is no second post there."""
    origin, refused = (question.origin.door, question.origin.channel), unheard(question, "lasting")
    return any((b.door, b.channel) == origin and not b.resumes and b.id not in refused for b in bindings)


def elsewhere(question: Question, bindings: Sequence[Binding]) -> tuple[Binding, ...]:
    """The community's channels other than the one where the question was asked, as far as they take it."""
    origin, refused = (question.origin.door, question.origin.channel), unheard(question, "lasting")
    return tuple(b for b in bindings if (b.door, b.channel) != origin and b.mode != "off" and b.id not in refused)


def heard_in_channel(question: Question, bindings: Sequence[Binding]) -> bool:
    """Whether the community has any channel where the question stands or is posted; else helpers are asked in private."""
    return asked_here(question, bindings) or bool(elsewhere(question, bindings))
