"""A person's accounts at several doors are joined by a code that is made at one of them and given at another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.base import Noun
from bot.model.place import Account

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking(Noun):
    """What an account has to do with codes; named after it (`linking_id`), and so there is one code an account at most.

    `code`: a digest of the code that was made here last, "" where it was used up; it opens nothing after `until`.
    `taken_door`, `taken_user`: the account that gave it, and that alone may go on with it. `wrong`: when wrong codes were given
    here, the last hour's.
    """

    door: str
    user: str
    code: str = ""
    until: datetime | None = None
    taken_door: str = ""
    taken_user: str = ""
    wrong: tuple[datetime, ...] = ()

    def taken_by(self, account: Account) -> bool:
        return (self.taken_door, self.taken_user) == (account.door, account.user)

    def over(self, now: datetime) -> bool:
        return self.until is None or self.until <= now

    def guesses(self, now: datetime) -> tuple[datetime, ...]:
        """Wrong codes of the last hour."""
        return tuple(at for at in self.wrong if at > now - HOUR)


def linking_id(account: Account) -> str:
    return f"{account.door}:{account.user}"
