"""Which threads are a question that somebody else answered, and with which messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.importing.threads import Thread, threads
from bot.importing.told import Told
from bot.triage.capture import Message
from bot.triage.capture import answers as picked
from bot.triage.intent import LIKELY, is_thanks, question_probability

SIGNS = frozenset("✅☑✔👍🙏💯")  # of the asker on a message: this helped
LONGEST = 4_000  # characters of a question put together


@dataclass(frozen=True, slots=True)
class Found:
    """A question, the messages that answer it (one at least by somebody else) and the rest of its thread, in order."""

    question: Told
    answers: tuple[Told, ...]
    others: tuple[Told, ...]


def found(messages: Iterable[Told]) -> Iterator[Found]:
    """All answered questions of an export. `question.id` stays the same when it is read again."""
    for thread in threads(messages):
        if one := answered(thread):
            yield one


def answered(thread: Thread) -> Found | None:
    """The thread as a question with its answers; None when it is none, or nobody else answered it."""
    question, replies = _question(thread)
    asker = question.author.id
    if all(one.author.id == asker for one in replies) or question_probability(question.text) < LIKELY:
        return None
    thanked = {one.reply_to for one in replies if one.reply_to and one.author.id == asker and is_thanks(one.text)}
    read = [Message(one.id, one.author.id, one.text, one.id in thanked or _liked(one, asker)) for one in replies]
    chosen = frozenset(one.id for one in picked(question.text, read, asker))
    writers = {one.author.id for one in replies if one.id in chosen} - {asker}
    chosen |= {one.id for one in replies if one.files and not one.text and one.author.id in writers}  # "see the picture"
    answers = tuple(one for one in replies if one.id in chosen)
    if all(one.author.id == asker for one in answers):
        return None
    return Found(question, answers, tuple(one for one in replies if one.id not in chosen))


def _question(thread: Thread) -> tuple[Told, tuple[Told, ...]]:
    """The root, with what the asker added before anybody else said anything: "mau tanya, kak" is no question yet."""
    root, replies = thread.root, thread.replies
    while replies and replies[0].author.id == root.author.id and not is_thanks(replies[0].text):
        text = f"{root.text}\n{replies[0].text}".strip()
        if len(text) > LONGEST:
            break
        root, replies = replace(root, text=text, files=root.files + replies[0].files), replies[1:]
    return root, replies


def _liked(one: Told, asker: str) -> bool:
    """Whether the asker put a ✅ on somebody else's message."""
    return one.author.id != asker and any(asker in who and sign[:1] in SIGNS for sign, who in one.reactions)
