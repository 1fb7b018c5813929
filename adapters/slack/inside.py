"""Who can open a channel: everybody in the workspace a public one, its members a private one. Asked at most once in a while."""

from __future__ import annotations

import asyncio

from adapters.slack.errors import SlackRefused
from adapters.slack.payload import obj, text, texts
from adapters.slack.workspace import Workspace
from bot.errors import GuyubError
from bot.ports import Clock

HOLDS = 600.0  # seconds that an answer is taken for true
PATIENCE = 1.0
MOST = 10_000
PAGES = 5  # of a thousand members


class Inside:
    """Not kept over a restart."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, frozenset[str] | None]] = {}

    async def opens(self, space: Workspace, channel: str, user: str) -> bool:
        """`user`: the one who reads, "" where anybody of the workspace does. False where Slack does not say."""
        try:
            async with asyncio.timeout(PATIENCE):
                if channel.startswith("D"):
                    return bool(user) and await space.direct_with(user) == channel
                members = await self._members(space, channel)
        except (GuyubError, SlackRefused, TimeoutError):
            return False
        return members is None or user in members

    async def _members(self, space: Workspace, channel: str) -> frozenset[str] | None:
        """None: the channel is public."""
        now, key = self._clock().timestamp(), (space.team, channel)
        until, known = self._known.get(key, (0.0, None))
        if until <= now:
            info = obj(await space.api.read("conversations.info", channel=channel), "channel")
            known = None if info.get("is_private") is False else await self._listed(space, channel)
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[key] = now + HOLDS, known
        return known

    async def _listed(self, space: Workspace, channel: str) -> frozenset[str]:
        found: list[str] = []
        cursor: str | None = None
        for _ in range(PAGES):
            answer = await space.api.read("conversations.members", channel=channel, limit=1000, cursor=cursor)
            found += texts(answer, "members")
            cursor = text(obj(answer, "response_metadata"), "next_cursor") or None
            if cursor is None:
                break
        return frozenset(found)
