"""A member's private calendar of a community's meetings: an address that only they know, to subscribe to."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from bot.model.base import Noun
from bot.model.member import Membership

BYTES = 24  # of chance in an address: nobody guesses 192 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed(Noun):
    """One a member and community. `secret`: the unguessable part of its address; `key`: its SHA-256, by which it is looked up.

    `made_at`: an address opens only for the membership in which it was made."""

    member: str
    community: str
    secret: str
    key: str
    made_at: datetime

    def opens(self, membership: Membership | None) -> bool:
        """Whoever left the community, even to come back, needs a new address."""
        return membership is not None and membership.active and self.made_at >= membership.joined_at


def feed_id(member: str, community: str) -> str:
    """The same whoever makes it, so that there is one."""
    return f"{community}:{member}"


def new_secret() -> str:
    """Hexadecimal: no sign in it that a chat would take for markup, or cut an address at."""
    return secrets.token_hex(BYTES)


def key_of(secret: str) -> str:
    """What is compared is a digest, so that the time a look-up takes tells nothing of how near a guess came."""
    return sha256(secret.encode()).hexdigest()
