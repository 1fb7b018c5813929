"""Digests: who gets one and when, and what was news in a community meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal, Protocol

from bot.model.base import Language, Noun
from bot.model.knowledge import Item
from bot.model.meeting import Hours
from bot.model.member import Member
from bot.model.question import Answer, Question
from bot.rhythm.digests import Choice

Kind = Literal["member", "community", "centre"]
MORNING = 8  # o'clock
FURTHEST_WEEK, FURTHEST_MONTH = timedelta(days=9), timedelta(days=34)  # that a clock that is right looks ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(Noun):
    """One digest that comes again and again: a member's own, a community's in its channels, a librarian's of the month.

    `who`: the member, or the community. `day`: 0 (Monday) to 6, for the centre 1 to 28 of the month; `hour`: 0 to 23 on the
    clocks of `zone` ("": the reader's own, or the library's). `language` None: the reader's. `since`: when it was chosen.
    `next_at`: when to look at it next, None where it never comes due. `handled`: up to when all is decided, `until`: up to when
    the news was told; `quiet`: there was none the last time. `sent`: the weeks or months that are done with, as far as a clock
    that was wrong may bring them again.
    """

    kind: Kind
    who: str
    day: int = 0
    hour: int = MORNING
    zone: str = ""
    language: Language | None = None
    off: bool = False
    since: datetime
    next_at: datetime | None = None
    handled: datetime
    until: datetime | None = None
    quiet: bool = False
    sent: tuple[str, ...] = ()

    def choice(self, zone: str, language: Language) -> Choice:
        """In the words of bot/rhythm. `zone`, `language`: where it has none of its own."""
        period: Literal["week", "month"] = "month" if self.kind == "centre" else "week"
        at, zone = time(self.hour), self.zone or zone
        return Choice(self.who, self.day, at, zone, self.language or language, self.since, period, self.off)


def subscription_id(kind: Kind, who: str) -> str:
    """The same whoever makes it, so that there is one."""
    return f"digest.{kind}.{who}"


def first(kind: Kind, who: str, library: str, now: datetime) -> Subscription:
    """What nobody has chosen: Monday, or the first of the month, at eight."""
    day = 1 if kind == "centre" else 0
    return Subscription(id=subscription_id(kind, who), library=library, kind=kind, who=who, day=day, since=now, handled=now)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A digest and, of a member's, all that it takes to write to them. `communities`: those that they are in now."""

    subscription: Subscription
    member: Member | None = None
    communities: tuple[str, ...] = ()
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What happened in one community after `since` and up to `until`, whoever reads it: the rows, soonest first.

    `used`: notes that solved a question in that time. `asked`: in it; `solved`: ended so in it; `open`: not answered yet,
    asked up to then. `answers`: to those of them, in the order given. `joined`: members who joined in it and are here;
    `members`: how many belong. `names`: of everybody named who is here.
    """

    community: str
    since: datetime
    until: datetime
    items: tuple[Item, ...] = ()
    used: tuple[Item, ...] = ()
    asked: tuple[Question, ...] = ()
    solved: tuple[Question, ...] = ()
    open: tuple[Question, ...] = ()
    answers: tuple[Answer, ...] = ()
    joined: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    members: int = 0


class Digests(Protocol):
    """Reads digests and the rows that they are made of."""

    async def get(self, kind: Kind, who: str) -> Subscription | None: ...

    async def due(self, now: datetime, most: int) -> tuple[Subscriber, ...]:
        """Those to be looked at now, soonest first, each with the member, their communities and hours."""
        ...

    async def next_after(self, now: datetime) -> datetime | None:
        """When the next one is to be looked at."""
        ...

    async def having(self, kind: Kind) -> frozenset[str]:
        """Whoever has a digest of that kind: for communities and librarians, who are few."""
        ...

    async def lacking(self, most: int) -> tuple[str, ...]:
        """Members who are in a community and have no digest of their own yet."""
        ...

    async def astray(self, now: datetime, most: int) -> tuple[Subscription, ...]:
        """Those that are wanted and never come due: who was away is back. Or that come due or are decided further ahead than
        can be: a clock was wrong."""
        ...

    async def news(self, community: str, since: datetime, until: datetime) -> News: ...
