"""A member, their doors, and what they chose in each community."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from bot.model.base import Language, Noun
from bot.model.linking import Linking
from bot.model.place import Account

Role = Literal["member", "librarian", "operator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Noun):
    """A person. `role` "librarian" means the learning centre's. `cap` is how many questions a week they may be asked.

    `merged_into`: this turned out to be that member; whatever named it names that one since.
    """

    name: str
    accounts: tuple[Account, ...] = ()
    language: Language | None = None
    role: Role = "member"
    away_until: datetime | None = None
    cap: int = 3
    gone: bool = False
    merged_into: str | None = None

    def on(self, door: str) -> Account | None:
        """Their account at a door."""
        return next((a for a in self.accounts if a.door == door), None)

    @property
    def reachable(self) -> bool:
        """Whether there is a door at which they may be written to in private, as far as is known."""
        return any(a.shut is None for a in self.accounts)

    def away(self, now: datetime) -> bool:
        """Away or gone: not to be asked."""
        return self.gone or (self.away_until is not None and now < self.away_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Noun):
    """A member in a community: what they say they know, and whether they agreed to be asked about it."""

    member: str
    community: str
    role: Literal["member", "steward"] = "member"
    knows: str = ""
    may_ask: bool = False
    joined_at: datetime
    left_at: datetime | None = None

    @property
    def active(self) -> bool:
        return self.left_at is None

    def left(self, now: datetime) -> Membership:
        """Gone from the community: no steward, not to be asked."""
        return replace(self, left_at=now, may_ask=False, role="member")


@dataclass(frozen=True, slots=True)
class Askable:
    """Somebody of a community who agreed to be asked there, and how often they were asked anywhere.

    `version`: of the member as they stood when their asks were counted. `asked`: how many times since a moment that the
    caller named; `last_asked`: None for never, as far as was looked back.
    """

    member: str
    version: int
    knows: str
    cap: int
    away_until: datetime | None
    asked: int
    last_asked: datetime | None


class Members(Protocol):
    """Reads members, memberships, and the codes that join accounts."""

    async def get(self, id: str) -> Member | None: ...

    async def many(self, ids: tuple[str, ...]) -> tuple[Member, ...]: ...

    async def by_account(self, door: str, user: str) -> Member | None: ...

    async def named(self, name: str) -> tuple[Member, ...]:
        """Members with exactly this display name, whatever the case."""
        ...

    async def with_role(self, role: Role) -> tuple[Member, ...]: ...

    async def membership(self, member: str, community: str) -> Membership | None:
        """Also one that ended."""
        ...

    async def memberships(self, *, member: str | None = None, community: str | None = None) -> tuple[Membership, ...]:
        """The active ones of a member, of a community, or all."""
        ...

    async def askable(self, community: str, *, since: datetime, counted: datetime) -> tuple[Askable, ...]:
        """Those of a community who agreed to be asked and are not gone, in the order of their memberships.

        Asks from `since` on are looked at; those after `counted` are counted.
        """
        ...

    async def merged(self, into: str) -> tuple[Member, ...]:
        """Those who turned out to be this member."""
        ...

    async def linking(self, id: str) -> Linking | None: ...

    async def linking_by(self, code: str) -> Linking | None:
        """The one whose code has this digest."""
        ...
