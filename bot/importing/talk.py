"""Talk without threads, as on WhatsApp: a question, and what is said after it until the next question or the end of its time.

Several may be open at once: who is called by name (@Sari) or goes on themselves is answered in their own thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.importing.told import Told
from bot.triage.intent import LIKELY, is_followup, is_thanks, question_probability

PATIENCE = timedelta(hours=12)  # after the last word of it
GOES_ON = timedelta(minutes=10)  # a question typed in several messages
SOON = timedelta(minutes=15)  # asked back
BRIEF = 6  # words of a question that asks back
MOST_REPLIES = 30
MOST_OPEN = 4
LONGEST = 4_000  # characters of a question put together


@dataclass(slots=True)
class _Talk:
    question: Told
    replies: list[Told] = field(default_factory=list)
    settled: bool = False

    @property
    def last(self) -> Told:
        return self.replies[-1] if self.replies else self.question


def talks(messages: Iterable[Told]) -> Iterator[tuple[Told, tuple[Told, ...]]]:
    """Questions with what followed. A question over several messages is one, under the id of the first."""
    going = Talks()
    for one in messages:
        going.take(one)
        for talk in going.take_over():
            yield from _told(talk)
    for talk in going.open:
        yield from _told(talk)


class Talks:
    """What is being talked about, as it stands after each message."""

    def __init__(self) -> None:
        self.open: list[_Talk] = []
        self._over: list[_Talk] = []
        self._before: Told | None = None

    def take(self, one: Told) -> str:
        """Takes a message in; gives the message that opened what it goes on with, "" where it goes on with nothing."""
        for talk in [talk for talk in self.open if one.at - talk.last.at > PATIENCE or len(talk.replies) >= MOST_REPLIES]:
            self.open.remove(talk)
            self._over.append(talk)
        asks = question_probability(one.text) >= LIKELY
        root = ""
        if own := _typed_on(self.open, one, self._before):
            own.question, root = _joined(own.question, one), own.question.message
        elif (to := _meant(self.open, one, asks)) is not None:
            to.replies.append(one)
            to.settled |= one.author == to.question.author and is_thanks(one.text)
            root = to.question.message
        elif asks:
            self.open.append(_Talk(one))
            if len(self.open) > MOST_OPEN or self.open[0].settled:
                self._over.append(self.open.pop(0))
        self._before = one
        return root

    def take_over(self) -> list[_Talk]:
        """Those that came to their end, each once."""
        over, self._over = self._over, []
        return over


def _told(talk: _Talk) -> Iterator[tuple[Told, tuple[Told, ...]]]:
    if talk.replies:
        yield talk.question, tuple(talk.replies)


def _typed_on(open_: list[_Talk], one: Told, before: Told | None) -> _Talk | None:
    """The talk whose asker is still typing: nobody else has said anything, and it is only minutes ago."""
    if not open_ or before is None:
        return None
    talk = open_[-1]
    alone = before.author == one.author == talk.question.author and not talk.replies
    soon = one.at - before.at <= GOES_ON and len(talk.question.text) + len(one.text) <= LONGEST
    return talk if alone and soon and not is_thanks(one.text) else None


def _joined(question: Told, more: Told) -> Told:
    text = "\n".join(part for part in (question.text, more.text) if part)
    return replace(question, text=text, files=question.files + more.files)


def _meant(open_: list[_Talk], one: Told, asks: bool) -> _Talk | None:
    """The talk that a message belongs to: the one whose asker it calls, the writer's own, else the newest one going on."""
    for talk in reversed(open_):
        if _calls(one, talk.question.author.name):
            return talk
    mine = [talk for talk in open_ if one.author == talk.question.author]
    if mine and (not asks or is_followup(one.text)):
        return mine[-1]
    going = [talk for talk in open_ if not talk.settled]
    if not going or (asks and not (is_followup(one.text) or _asks_back(one, going[-1]))):
        return None
    return going[-1]


def _asks_back(one: Told, talk: _Talk) -> bool:
    """Whether a question is about the one before: a few words, soon, before anybody helped ("versi berapa, Kak?")."""
    soon = one.at - talk.last.at <= SOON and len(talk.replies) < 2
    return soon and one.author != talk.question.author and len(one.text.split()) <= BRIEF


def _calls(one: Told, name: str) -> bool:
    """Whether the message mentions somebody: "@Sari"."""
    return bool(name) and f"@{name}".casefold() in one.text.casefold().replace("@~", "@").replace("@ ", "@")
