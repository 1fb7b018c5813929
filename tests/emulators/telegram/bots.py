"""A bot as Telegram knows it: token, privacy, the updates that wait for it, how it wants them, what it set."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.emulators.telegram.errors import Refused
from tests.emulators.telegram.model import User

KEPT = timedelta(hours=24)
ONLY_WHEN_ASKED = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True)
class Queued:
    id: int
    kind: str
    at: datetime
    body: dict[str, Any]

    def shape(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.body}


@dataclass
class Hook:
    """`failed`: how often the update at the head was refused; `error`: as getWebhookInfo tells it."""

    url: str
    secret: str = ""
    max_connections: int = 40
    failed: int = 0
    error: str = ""
    error_at: datetime | None = None
    task: asyncio.Task[None] | None = None


@dataclass(eq=False, repr=False)
class Bot(User):
    """`waiting` holds the updates that the bot has not confirmed; `lost` those that Telegram dropped after 24 hours."""

    token: str = ""
    privacy: bool = True
    revoked: bool = False
    started: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    met: set[int] = field(default_factory=set)  # people whose id it has seen
    wanted: set[str] | None = None  # allowed_updates; None: the default
    waiting: deque[Queued] = field(default_factory=deque)
    lost: list[Queued] = field(default_factory=list)
    next_update: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    poll: asyncio.Future[Refused] | None = None  # set: the poll that waits ends with it
    polls: int = 0
    hook: Hook | None = None
    delivered: int = 0  # updates confirmed by offset or taken by the webhook
    logged_out_until: datetime | None = None
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int, dict[str, Any]] = field(default_factory=dict)  # 0: the default

    def wants(self, kind: str) -> bool:
        return kind not in ONLY_WHEN_ASKED if self.wanted is None else kind in self.wanted

    def push(self, kind: str, body: dict[str, Any], at: datetime) -> None:
        if not self.wants(kind):
            return
        self.next_update = self.next_update or 7_000_000 + self.id % 1000
        self.waiting.append(Queued(self.next_update, kind, at, body))
        self.next_update += 1
        self.news.set()

    def forget(self, now: datetime) -> None:
        """Telegram keeps updates no longer than 24 hours."""
        while self.waiting and now - self.waiting[0].at > KEPT:
            self.lost.append(self.waiting.popleft())

    def confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popleft()
                self.delivered += 1
        while offset > 0 and self.waiting and self.waiting[0].id < offset:
            self.waiting.popleft()
            self.delivered += 1
