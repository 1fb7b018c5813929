"""Whom to mention on a question: those who know and agreed, not too often, in turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, TypeVar

from bot.model.member import Askable
from bot.model.question import Answer
from bot.ports import Terms
from bot.triage import words
from bot.triage.text import shorten

WEEK = timedelta(days=7)
MOST = 3
LEAST = 2  # fewer who match: filled up by turn
MOST_WORDS = 4  # of "why you"
T = TypeVar("T")
Why = Literal["said", "answered", "rotation"]


@dataclass(frozen=True, slots=True)
class Practitioner:
    """A member as far as asking goes. `knows`: in their own words; `answered`: texts of their accepted answers;
    `asked`: how often in the last seven days; `last_asked`: None for never."""

    member: str
    knows: str = ""
    answered: tuple[str, ...] = ()
    may_ask: bool = False
    away: bool = False
    cap: int = 3
    asked: int = 0
    last_asked: datetime | None = None

    @property
    def free(self) -> bool:
        """Agreed, here, and below their own cap."""
        return self.may_ask and not self.away and self.asked < self.cap


@dataclass(frozen=True, slots=True)
class Chosen:
    """A member to mention. `words`: the matching words, for "why you"; empty for rotation."""

    member: str
    why: Why
    words: tuple[str, ...] = ()


def who_knows(
    question: Terms, members: Sequence[Practitioner], *, asker: str, asked: Set[str] = frozenset(), most: int = MOST
) -> tuple[Chosen, ...]:
    """At most `most` members: first who say they know it, then who showed it, then by turn up to two.

    Never the asker, never one of `asked` (mentioned on this question already), never without consent, away or over the cap.
    Among equals the one asked least recently comes first.
    """
    free = {
        person.member: person for person in members if person.free and person.member != asker and person.member not in asked
    }
    in_turn = sorted(free.values(), key=_turn)
    topic = frozenset(question.words)
    judged = [(person, *_match(topic, person)) for person in in_turn]
    knowing = sorted((row for row in judged if row[2]), key=lambda row: (-round(row[3], 1), row[1] != "said"))
    chosen = [Chosen(person.member, why, found) for person, why, found, _ in knowing[:most]]
    taken = {one.member for one in chosen}
    fill = [Chosen(person.member, "rotation") for person in in_turn if person.member not in taken]
    return tuple(chosen + fill[: max(min(LEAST, most) - len(chosen), 0)])


def practitioners(askable: Iterable[Askable], accepted: Iterable[Answer], now: datetime) -> tuple[Practitioner, ...]:
    """Those who agreed to be asked, put together with what they have shown that they know."""
    given = _grouped((answer.author, answer.text) for answer in accepted if answer.accepted and not answer.deleted)
    return tuple(
        Practitioner(
            member=one.member,
            knows=one.knows,
            answered=tuple(given.get(one.member, ())),
            may_ask=True,
            away=one.away_until is not None and now < one.away_until,
            cap=one.cap,
            asked=one.asked,
            last_asked=one.last_asked,
        )
        for one in askable
    )


def _match(topic: frozenset[str], person: Practitioner) -> tuple[Why, tuple[str, ...], float]:
    """Why, the words that match, and how strongly: half for said, half for answered."""
    said = _shared(topic, person.knows)
    shown = max((_shared(topic, text) for text in person.answered), key=len, default=())
    strength = (min(len(said), 3) + min(len(shown), 3)) / 6
    return ("said", said, strength) if said else ("answered", shown, strength)


def _shared(topic: frozenset[str], text: str) -> tuple[str, ...]:
    """The words of the text, as written, that the topic shares, in any form or language."""
    found = [token for token in _tokens(text) if not topic.isdisjoint(_terms(token))]
    return tuple(shorten(token, 30) for token in found[:MOST_WORDS])


@lru_cache(maxsize=20_000)
def _tokens(text: str) -> tuple[str, ...]:
    """What a member says they know is read for each question, and seldom changes."""
    return tuple(dict.fromkeys(words.written_out(text)))


@lru_cache(maxsize=50_000)
def _terms(token: str) -> frozenset[str]:
    return frozenset(words.terms(token).words)


def _turn(person: Practitioner) -> tuple[int, float, str]:
    never = person.last_asked is None
    return (person.asked, 0.0 if never or person.last_asked is None else person.last_asked.timestamp(), person.member)


def _grouped(pairs: Iterable[tuple[str, T]]) -> Mapping[str, list[T]]:
    found: dict[str, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
