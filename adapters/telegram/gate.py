"""Telegram's published limits for what the door sends by itself, beside the outbox, which keeps its own for all workers.

A form's next step or a long text's further parts wait for their turn here; a delivery is sent back to the outbox where one of
those has taken its place. After a 429 a chat is left alone until its time is over.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from adapters.telegram.client import Flood
from bot.doors import Limit

#: (most, seconds): the published ones are 30/1 s, 1/1 s and 20/60 s; a little more time, so that jitter breaks none.
ALL, CHAT, GROUP = (30, 1.01), (1, 1.01), (20, 60.5)
SOON = 2.0  # seconds that a delivery waits in hand


def limits_of(chat: int, *, new: bool) -> tuple[Limit, ...]:
    """What one call counts against. `new`: it is a new message, not an edit or a reaction."""
    found = [Limit("all", *ALL)]
    if new:
        found.append(Limit(f"chat:{chat}", *CHAT))
        if chat < 0:
            found.append(Limit(f"group:{chat}", *GROUP))
    return tuple(found)


class Gate:
    """Remembers the last minute's sends of this process. `now`: seconds that only grow."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._sent: deque[tuple[float, int, bool]] = deque()  # when, chat, by the door itself
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

    async def own(self, chat: int) -> None:
        """Wait until the door itself may send one more message there."""
        wait = 1.0
        while wait > 0:
            wait = max(self._wait(chat, *rule) for rule in self._rules(chat))
            await asyncio.sleep(max(wait, 0.0))
        self._sent.append((self._now(), chat, True))

    async def delivery(self, chat: int) -> None:
        """The outbox kept its limits; here only what the door sent by itself is in the way. `Flood`: it takes longer."""
        wait = 0.0
        for one, most, seconds in self._rules(chat):
            if self._count(chat, one, seconds, own=True):
                wait = max(wait, self._wait(chat, one, most, seconds))
        if wait > SOON:
            raise Flood(wait)
        await asyncio.sleep(wait)
        self._sent.append((self._now(), chat, False))

    @staticmethod
    def _rules(chat: int) -> tuple[tuple[bool, int, float], ...]:
        """(only this chat?, most, seconds)"""
        group = ((True, *GROUP),) if chat < 0 else ()
        return (False, *ALL), (True, *CHAT), *group

    def _times(self, chat: int, one: bool, seconds: float, own: bool = False) -> list[float]:
        now = self._now()
        while self._sent and now - self._sent[0][0] > GROUP[1]:
            self._sent.popleft()
        since = now - seconds
        return [at for at, where, mine in self._sent if at > since and (where == chat or not one) and (mine or not own)]

    def _count(self, chat: int, one: bool, seconds: float, own: bool) -> int:
        return len(self._times(chat, one, seconds, own))

    def _wait(self, chat: int, one: bool, most: int, seconds: float) -> float:
        times = self._times(chat, one, seconds)
        return times[-most] + seconds - self._now() if len(times) >= most else 0.0
