"""A question and what becomes of it: a small state machine in which every accepted question ends visibly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from bot.model.attachment import Attachment
from bot.model.base import Language, Noun
from bot.model.place import MessageRef


class State(StrEnum):
    """Where a question stands. `solved`, `withdrawn` and `refused` are ends."""

    SUGGESTED = "suggested"  # overheard; only the asker was asked whether to ask the community
    OFFERED = "offered"  # a published item was shown; the asker says whether it fits
    ASKED_BACK = "asked_back"  # which community? is with the asker
    UNPLACED = "unplaced"  # nothing fits; offered to the learning centre
    OPEN = "open"  # with a community, waiting for answers
    ANSWERED = "answered"  # somebody answered, the asker has not said whether it helped
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"

    @property
    def ended(self) -> bool:
        return self in ENDS


ENDS = frozenset({State.SOLVED, State.WITHDRAWN, State.REFUSED})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a question's trace, told by /mengapa: what happened, when, and the figures behind it.

    `what` names a template `why.<what>`; `facts` are pairs of its fields.
    """

    at: datetime
    what: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """A community (or item) and the calibrated probability in 0..1 that it is the right one."""

    id: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Noun):
    """A question somebody asked. `joined` are the members who said "saya juga".

    `origin` is the message that its conversation stands under: their own, or the root of the thread that they asked in. Then
    `asking` is the id of their own message there. `edited_at`: when its text was last changed on its platform.
    """

    asker: str
    text: str
    language: Language
    origin: MessageRef
    asked_at: datetime
    state: State = State.OPEN
    community: str | None = None
    guesses: tuple[Guess, ...] = ()
    offered: tuple[Guess, ...] = ()
    joined: tuple[str, ...] = ()
    solved_by: Literal["", "people", "item"] = ""
    item: str | None = None
    ended_at: datetime | None = None
    wave: int = 0
    files: tuple[Attachment, ...] = ()
    trace: tuple[Step, ...] = ()
    asking: str = ""
    edited_at: datetime | None = None

    @property
    def own_message(self) -> MessageRef:
        """The asker's own words on their platform; without a message where a command asked."""
        return replace(self.origin, message=self.asking or self.origin.message)

    def noted(self, at: datetime, what: str, **facts: str) -> Question:
        """The same question with one more line in its trace."""
        return replace(self, trace=(*self.trace, Step(at, what, tuple(facts.items()))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Noun):
    """A reply in a question's thread. `withheld`: its writer does not want it kept as knowledge. `edited_at`: see `Question`.

    `question` names the note itself where somebody marked a message that answers no question of ours.
    """

    question: str
    author: str
    text: str
    language: Language
    at: datetime
    source: MessageRef
    files: tuple[Attachment, ...] = ()
    accepted: bool = False
    withheld: bool = False
    deleted: bool = False
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Noun):
    """A member who was mentioned on a question: for rotation, caps, `pass` and `refer`."""

    question: str
    member: str
    at: datetime
    why: str = ""
    state: Literal["waiting", "passed", "referred", "answered"] = "waiting"


class Questions(Protocol):
    """Reads questions, answers and asks."""

    async def get(self, id: str) -> Question | None: ...

    async def at(self, ref: MessageRef) -> Question | None:
        """The question whose thread this message begins or asks in: its origin, its asking message, or one of its cards.

        Of several asked in one thread the one that has not ended, else the newest; one that was forgotten has no thread.
        """
        ...

    async def asked_with(self, ref: MessageRef) -> Question | None:
        """The question that was asked with this very message; never that of a colleague's whose thread it was asked in."""
        ...

    async def open_in(self, communities: tuple[str, ...] | None, limit: int = 200) -> tuple[Question, ...]:
        """Questions that have not ended, newest first; of these communities, or of the whole library (None)."""
        ...

    async def recent(self, limit: int) -> tuple[Question, ...]:
        """The newest questions of the library, whatever their state."""
        ...

    async def of(self, asker: str, limit: int = 20) -> tuple[Question, ...]:
        """Somebody's own questions, newest first."""
        ...

    async def answers(self, question: str) -> tuple[Answer, ...]:
        """In the order given, deleted ones left out."""
        ...

    async def answer(self, id: str) -> Answer | None: ...

    async def answer_at(self, ref: MessageRef) -> Answer | None: ...

    async def asks(self, *, question: str | None = None, member: str | None = None, going: bool = False) -> tuple[Ask, ...]:
        """In the order they were made. `going`: only on questions that have not ended."""
        ...

    async def accepted(self, community: str, limit: int = 300) -> tuple[Answer, ...]:
        """Accepted answers given in a community, newest first: who has shown that they know."""
        ...
