"""Telegram's published limits, once more in this process: for what the door sends by itself, and against jitter.

The outbox keeps the limits for all workers, by when it hands a message over. When Telegram counts it lies between the start
and the end of the call; so a place is free again a second after the *end* of the call that took it. After a 429 a chat is left
alone until its time is over.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from adapters.telegram.client import Flood
from bot.doors import Limit

#: (most, seconds) as published for the whole bot, a chat, and a group
ALL, CHAT, GROUP = (30, 1.0), (1, 1.0), (20, 60.0)
MARGIN, MARGIN_GROUP = 0.01, 0.5  # seconds more for the outbox, so that jitter breaks none
SOON = 2.0  # seconds that a delivery waits in hand; what takes longer goes back to the outbox
MOST_CHATS = 5_000  # remembered at a time
PAUSES = 1_000  # of one wait, should the clock stand still


def limits_of(chat: int, *, new: bool) -> tuple[Limit, ...]:
    """What one call counts against. `new`: it is a new message, not an edit or a reaction."""
    found = [Limit("all", ALL[0], ALL[1] + MARGIN)]
    if new:
        found.append(Limit(f"chat:{chat}", CHAT[0], CHAT[1] + MARGIN))
        if chat < 0:
            found.append(Limit(f"group:{chat}", GROUP[0], GROUP[1] + MARGIN_GROUP))
    return tuple(found)


@dataclass(slots=True)
class Call:
    """`end` is None while Telegram has not answered."""

    start: float
    end: float | None = None


class Gate:
    """Remembers the last minute's calls of this process. `now`: seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._calls: dict[Hashable, list[Call]] = {}
        self._held: dict[int, float] = {}

    def hold(self, chat: int, seconds: float) -> None:
        """Telegram asked for quiet in this chat."""
        self._held[chat] = max(self._held.get(chat, 0.0), self._now() + seconds)

    def check(self, chat: int) -> None:
        """`Flood`: the chat is to be left alone yet."""
        left = self._held.get(chat, 0.0) - self._now()
        if left > 0:
            raise Flood(left)
        self._held.pop(chat, None)

    async def turn(self, chat: int, *, new: bool, patient: bool) -> Call:
        """Wait for a place under every limit and take it; `end` is to be set. `Flood`: not soon, and not `patient`."""
        rules = self._rules(chat, new)
        for _ in range(PAUSES):
            wait = max(self._wait(key, most, seconds) for key, most, seconds in rules)
            if wait <= 0:
                break
            if wait > SOON and not patient:
                raise Flood(wait)
            await asyncio.sleep(wait)
        self.check(chat)
        call = Call(self._now())
        for key, most, _ in rules:
            calls = self._calls.setdefault(key, [])
            if len(calls) >= most:
                calls.remove(min(calls, key=lambda one: one.end if one.end is not None else math.inf))
            calls.append(call)
        return call

    def done(self, call: Call) -> None:
        call.end = self._now()

    def _rules(self, chat: int, new: bool) -> tuple[tuple[Hashable, int, float], ...]:
        if len(self._calls) > MOST_CHATS:
            self._tidy()
        alone = (((chat, "chat"), *CHAT),) if new else ()
        group = (((chat, "group"), *GROUP),) if new and chat < 0 else ()
        return ("all", *ALL), *alone, *group

    def _wait(self, key: Hashable, most: int, seconds: float) -> float:
        """Seconds until there is a place; a call without an answer holds its place."""
        calls = self._calls.get(key, ())
        if len(calls) < most:
            return 0.0
        now = self._now()
        ends = sorted(one.end for one in calls if one.end is not None)
        if len(calls) - len(ends) >= most:
            return 0.05
        return min(ends[0] + seconds - now, seconds)

    def _tidy(self) -> None:
        """Forgets calls that no limit counts any more."""
        since = self._now() - GROUP[1]
        for key, calls in list(self._calls.items()):
            if all(one.end is not None and one.end < since for one in calls):
                del self._calls[key]
