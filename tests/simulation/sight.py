"""Who may see what: notes that only a community may read hold a secret, and another library does; nobody else hears it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from bot.doors import Delivery

if TYPE_CHECKING:
    from tests.simulation.judge import Judge

SECRET = re.compile(r"rahasia(\d+)")
ELSEWHERE = "kenari"  # stands in all that another library has
MAY = """SELECT 1 FROM account a JOIN member m ON m.library=a.library AND m.id=a.member
LEFT JOIN membership s ON s.library=m.library AND s.member=m.id AND s.community=:community
WHERE a.library=:l AND a.door=:door AND a.user=:user AND (m.role IN ('librarian', 'operator')
OR (s.id IS NOT NULL AND (s.left_at IS NULL OR s.left_at >= :at)))"""
CLOSED = "SELECT id, community, solution FROM item WHERE library=:l AND visibility='community'"


class Sights:
    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.since: dict[str, datetime] = {}  # item → since when only its community may read it
        self.home: dict[str, str] = {}
        self.of: dict[str, str] = {}  # secret → item

    def look(self) -> None:
        """Which notes are for a community alone by now."""
        closed = {row.id: row for row in self.judge.find(CLOSED)}
        for id in self.since.keys() - closed.keys():
            del self.since[id]
        for id, row in closed.items():
            self.since.setdefault(id, self.judge.fate())
            self.home[id] = row.community
            for secret in SECRET.findall(row.solution):
                self.of[secret] = id

    def delivered(self, delivery: Delivery, written: datetime) -> None:
        """`written`: when the message was decided on."""
        to, place = delivery.only_for or delivery.private_to, delivery.place
        if to:
            self.read(delivery.text, [(to.door, to.user)], written)
        elif place and place.channel.startswith("@"):
            self.read(delivery.text, [(place.door, place.channel[1:])], written)
        elif ELSEWHERE in delivery.text:
            self.judge.fail("another library's words", delivery.text)
        else:
            self._in_public(delivery, written)

    def read(self, text: str, accounts: Iterable[tuple[str, str]], at: datetime) -> None:
        """These people read it."""
        from tests.simulation.judge import sql_time

        if ELSEWHERE in text:
            self.judge.fail("another library's words", text)
        for secret in self._secrets(text, at):
            for door, user in accounts:
                community = self.home[self.of[secret]]
                if not self.judge.find(MAY, community=community, door=door, user=user, at=sql_time(at)):
                    self.judge.fail("read what is not for them", door, user, text)

    def _secrets(self, text: str, at: datetime) -> list[str]:
        found = [s for s in SECRET.findall(text) if s in self.of]
        return [s for s in found if self.of[s] in self.since and self.since[self.of[s]] <= at]

    def _in_public(self, delivery: Delivery, at: datetime) -> None:
        for secret in self._secrets(delivery.text, at):
            item, place = self.of[secret], delivery.place
            serves = place and self.judge.find(
                "SELECT community FROM binding WHERE library=:l AND door=:door AND channel=:channel",
                door=place.door,
                channel=place.channel,
            )
            if not serves or serves[0].community != self.home[item]:
                self.judge.fail("said before people who may not read it", place, delivery.text)
