"""Who is in a group: asked of Telegram at most once in a while, and taken for no where it does not say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from telegram.error import TelegramError

from adapters.telegram.client import Api

HOLDS = 600.0  # seconds that an answer is taken for true
PATIENCE = 1.0
MOST = 10_000
IN = frozenset({"creator", "administrator", "member"})


class Inside:
    """`clock`: seconds. Not kept over a restart."""

    def __init__(self, api: Api, clock: Callable[[], float]) -> None:
        self._api, self._clock = api, clock
        self._known: dict[tuple[int, str], tuple[float, bool]] = {}

    async def has(self, chat: int, user: str) -> bool:
        """Whether this person is in the chat; of a private chat, whether it is theirs."""
        if chat > 0 or not user.isdigit():
            return str(chat) == user
        until, found = self._known.get((chat, user), (0.0, False))
        if until <= self._clock():
            found = await self._asked(chat, int(user))
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[chat, user] = self._clock() + HOLDS, found
        return found

    async def _asked(self, chat: int, user: int) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                member = await self._api.get_chat_member(chat, user)
        except (TelegramError, TimeoutError):
            return False
        return member.status in IN or bool(getattr(member, "is_member", False))
