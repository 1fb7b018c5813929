"""What a handler may see: who is there, what time it is, readers, and the thinking engines. It changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.events import Event
from bot.finder import Finder
from bot.model.access import Sight
from bot.model.base import Language
from bot.model.community import Communities
from bot.model.digest import Digests
from bot.model.judgement import Judgements
from bot.model.knowledge import Items
from bot.model.library import Library
from bot.model.meeting import Meetings
from bot.model.member import Member, Members
from bot.model.place import Account, Place, Places
from bot.model.question import Questions
from bot.outcome import Address, Data, Say, Whisper
from bot.ports import Drafter


@dataclass(frozen=True, slots=True)
class Rules:
    """How long Guyub waits, and how it decides. A library may change them."""

    next_wave: timedelta = timedelta(hours=4)  # unanswered: the next who know
    to_steward: timedelta = timedelta(hours=20)  # still unanswered: the steward
    nudge: timedelta = timedelta(hours=24)  # answered and quiet: did it solve it?
    review_again: timedelta = timedelta(days=365)
    approvals: int = 2  # members needed where no steward decides
    elsewhere: datetime | None = None  # this is a restored copy: up to then another one may have sent what was due


class Words(Protocol):
    """A template with its fields, as plain text in the person's language."""

    def __call__(self, key: str, data: Data = ..., /) -> str: ...


def no_words(key: str, data: Data | None = None, /) -> str:
    return key


@dataclass(frozen=True, slots=True)
class Desk:
    """One event's desk. `me` is who caused it (a new member, version 0, on first contact); `language` is to answer in."""

    event: Event
    library: Library
    rules: Rules
    now: datetime
    language: Language
    me: Member
    communities: Communities
    members: Members
    places: Places
    questions: Questions
    items: Items
    meetings: Meetings
    digests: Digests
    judgements: Judgements
    find: Finder
    keep_file: Callable[[str, str], Awaitable[str]]  # (door, platform's file id) → sha256 in the file store
    keep: Callable[[bytes], Awaitable[str]]  # what we made ourselves → its sha256 in the file store
    commands: tuple[tuple[str, str], ...] = ()  # Indonesian and English names, in the order of the help
    drafter: Drafter | None = None
    arrived: bool = False  # first contact, or back after they had left: stored with the outcome
    opened: bool = False  # they could not be written to in private, and this event shows that they can
    words: Words = no_words  # for views

    @property
    def place(self) -> Place:
        """Where it happened. A LookupError for our own events, which happen nowhere."""
        if self.event.place is None:
            raise LookupError("this event has no place")
        return self.event.place

    @property
    def account(self) -> Account:
        if self.event.account is None:
            raise LookupError("this event has no account")
        return self.event.account

    @property
    def here(self) -> Address:
        """Back to the person alone, where they are."""
        return Whisper(self.place, self.account)

    def reply(self, template: str, data: Data | None = None, **more: object) -> Say:
        """A word to the person alone, in their language."""
        return Say(self.here, template, data or {}, self.language, **more)  # type: ignore[arg-type]

    async def sight(self, member: Member | None = None) -> Sight:
        """What this person (the one who acts) may see."""
        who = member or self.me
        mine = await self.members.memberships(member=who.id)
        return Sight(self.library.id, frozenset(m.community for m in mine), who.role in ("librarian", "operator"))

    async def leads(self, community: str | None) -> bool:
        """Whether this person may decide for the community: its steward, or the learning centre, or an operator."""
        if self.me.role in ("librarian", "operator"):
            return True
        mine = await self.members.memberships(member=self.me.id)
        return any(m.role == "steward" and community in (None, m.community) for m in mine)
