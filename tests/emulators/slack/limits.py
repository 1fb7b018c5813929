"""Slack's published rate limits, per method and workspace, over sliding windows of the emulator's clock."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable

from tests.emulators.slack.errors import RateLimited

# "A small amount of burst behavior is tolerated" in tier 1; the other tiers are held at the number that is promised.
TIERS = {1: 1 + 3, 2: 20, 3: 50, 4: 100}
MINUTE = 60.0


class Limits:
    """`special` holds what is not a tier: method → calls a minute. `on=False` for load tests.

    Beside one message a second a channel Slack allows chat.postMessage "several hundred" a minute in a workspace: 300 here.
    """

    def __init__(self, clock: Callable[[], float], on: bool = True) -> None:
        self.clock, self.on = clock, on
        self.special = {"auth.test": 300, "chat.getPermalink": 300, "chat.postMessage": 300, "assistant.threads.setStatus": 600}
        self.refused: list[tuple[float, str, str]] = []
        self._seen: dict[tuple[str, ...], deque[float]] = defaultdict(deque)

    def check(self, team: str, method: str, tier: int, channel: str = "") -> None:
        """Count a call, or raise RateLimited with the seconds to wait; a refused call is not counted."""
        if not self.on:
            return
        windows: list[tuple[tuple[str, ...], int, float]] = [((team, method), self.special.get(method, TIERS[tier]), MINUTE)]
        if method == "chat.postMessage" and channel:
            windows.append(((team, method, channel), 1, 1.0))
        wait = max(self._wait(key, most, span) for key, most, span in windows)
        if wait > 0:
            self.refused.append((self.clock(), method, channel))
            raise RateLimited(max(1, math.ceil(wait)))
        for key, _, _ in windows:
            self._seen[key].append(self.clock())

    def _wait(self, key: tuple[str, ...], most: int, span: float) -> float:
        seen, now = self._seen[key], self.clock()
        while seen and seen[0] <= now - span + 1e-6:
            seen.popleft()
        return seen[0] + span - now if len(seen) >= most else 0.0
