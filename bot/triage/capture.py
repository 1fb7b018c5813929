"""A draft knowledge item out of a solved thread, in the people's own words: nothing is made up, only left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.triage import replies
from bot.triage.intent import question_probability
from bot.triage.polite import core
from bot.triage.text import clean, clean_lines, is_blank, shorten

TITLE = 90  # characters
LIKELY = 0.5  # from this probability on, a message is part of the answer
_STEP = re.compile(r"^\s*(?:\(?\d{1,2}[.):]\)?\s+|[-*•–]\s+|(?:langkah|step)\s+\d{1,2}\s*[:.-]\s*)(\S.*)$", re.IGNORECASE)
_INLINE_STEP = re.compile(r"(?<![^\s;,.:])\(?([1-9])[.)]\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Message:
    """One reply in a thread, in the order given. `accepted`: the asker or a reaction said that it helped."""

    id: str
    author: str
    text: str
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Capture:
    """The draft: which messages are the answer, and the item's words (CommonMark; line breaks of the writers are kept)."""

    answer_ids: tuple[str, ...]
    title: str
    problem: str
    solution: str
    steps: tuple[str, ...]


def capture(question_text: str, messages: Sequence[Message], asker: str = "") -> Capture:
    """Draft an item from a question and the replies to it. `asker`: their own messages answer only when they say how."""
    chosen = answers(question_text, messages, asker)
    parts = [steps_of(core(clean_lines(message.text))) for message in chosen]
    solution = "\n\n".join(prose for prose, _ in parts if prose)
    steps = tuple(step for _, found in parts for step in found)
    return Capture(
        answer_ids=tuple(message.id for message in chosen),
        title=title_of(question_text),
        problem=core(clean_lines(question_text)) or clean(question_text),
        solution=solution or "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1)),
        steps=steps if solution else (),
    )


def answers(question_text: str, messages: Sequence[Message], asker: str = "") -> tuple[Message, ...]:
    """The messages that are the answer: the accepted ones and what their writers added; without any, the likeliest."""
    chances = dict(zip((one.id for one in messages), replies.probabilities(question_text, messages, asker), strict=True))
    writers = {message.author for message in messages if message.accepted}
    if writers:
        return tuple(one for one in messages if one.accepted or (one.author in writers and chances[one.id] >= LIKELY))
    return tuple(message for message in messages if chances[message.id] >= LIKELY)


def title_of(question_text: str) -> str:
    """At most 90 characters: the sentence that asks, without greeting and thanks."""
    text = core(clean(question_text)) or clean(question_text)
    sentences = [part.strip() for part in _SENTENCE_END.split(text) if not is_blank(part)]
    asking = max(sentences[:20], key=question_probability, default=text)
    asking = core(asking) or asking
    return shorten(asking[:1].upper() + asking[1:], TITLE)


def steps_of(body: str) -> tuple[str, tuple[str, ...]]:
    """The prose and the steps of a text: numbered or bulleted lines, or "1. … 2. …" in one line; at least two, or none."""
    lines = body.splitlines()
    marked = [match[1].strip() if (match := _STEP.match(line)) else None for line in lines]
    if sum(step is not None for step in marked) >= 2:
        prose = "\n".join(line for line, step in zip(lines, marked, strict=True) if step is None)
        return prose.strip(), tuple(step for step in marked if step)
    places = list(_INLINE_STEP.finditer(body))
    if len(places) < 2 or [match[1] for match in places] != [str(number) for number in range(1, len(places) + 1)]:
        return body, ()
    ends = [match.start() for match in places[1:]] + [len(body)]
    steps = (body[match.end() : end].strip(" ;,\n") for match, end in zip(places, ends, strict=True))
    return body[: places[0].start()].strip(), tuple(step for step in steps if step)
