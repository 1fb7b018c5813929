"""Wakes the open pages when something changed. What changed stands in the database, so a page that was away catches up."""

from __future__ import annotations

import asyncio


class Bell:
    """One bell, many sleepers."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.closed = False

    def ring(self) -> None:
        """Wake everybody who waits now."""
        self._event.set()
        self._event = asyncio.Event()

    def close(self) -> None:
        """Wake everybody for the last time."""
        self.closed = True
        self.ring()

    def listen(self) -> asyncio.Event:
        """Take it before you look; wait on it after you looked: nothing rung in between is missed."""
        return self._event
