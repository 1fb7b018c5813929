"""Telegram's published rates in sliding windows on the emulator's clock: 30 messages a second over all chats, one a second
in a chat, 20 a minute in a group, supergroup or channel. Edits, deletions, reactions and actions count over all only."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from tests.emulators.telegram.errors import too_many

OVERALL, A_CHAT, A_GROUP = (30, 1.0), (1, 1.0), (20, 60.0)


@dataclass
class Rates:
    """`early`: calls made before a `retry_after` that the bot had been told in that chat was over, as (method, chat id, seconds
    too early). It is kept with the rates off, too."""

    on: bool = True
    early: list[tuple[str, int, float]] = field(default_factory=list)
    windows: dict[tuple[object, ...], deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    until: dict[tuple[int, int], datetime] = field(default_factory=dict)

    def count(self, bot_id: int, chat_id: int, group: bool, messages: int, now: datetime) -> None:
        """Count `messages` (0: a call that is no message). Raises 429 and counts nothing where a window is full."""
        if not self.on:
            return
        rules: list[tuple[tuple[object, ...], tuple[int, float], int]] = [((bot_id,), OVERALL, max(messages, 1))]
        if messages:
            rules.append(((bot_id, chat_id), A_CHAT, 1))
            if group:
                rules.append(((bot_id, chat_id, "minute"), A_GROUP, messages))
        wait = max(self._wait(key, rule, count, now) for key, rule, count in rules)
        if wait > 0:
            seconds = ceil(wait)
            raise too_many(seconds)
        for key, _, count in rules:
            self.windows[key].extend([now] * count)

    def told(self, bot_id: int, chat_id: int, retry_after: object, now: datetime) -> None:
        """The bot was told to wait in this chat."""
        if isinstance(retry_after, int) and retry_after > 0:
            self.until[bot_id, chat_id] = now + timedelta(seconds=min(retry_after, 10**8))

    def heed(self, method: str, bot_id: int, chat_id: int, now: datetime) -> None:
        """A call in this chat: is it too early?"""
        until = self.until.pop((bot_id, chat_id), None)
        if until is not None and now < until:
            self.early.append((method, chat_id, (until - now).total_seconds()))

    def _wait(self, key: tuple[object, ...], rule: tuple[int, float], count: int, now: datetime) -> float:
        """Seconds until `count` more fit."""
        most, seconds = rule
        window = self.windows[key]
        while window and (now - window[0]).total_seconds() >= seconds:
            window.popleft()
        over = len(window) + count - most
        if over <= 0 or not window:
            return 0.0
        return seconds - (now - window[min(over, len(window)) - 1]).total_seconds()
