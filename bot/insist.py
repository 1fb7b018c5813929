"""What has happened already must be written down: again and again while the store is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.errors import Unavailable

PAUSE = 0.5  # seconds between two tries
TRIES = 120  # as long as a hold lasts: afterwards another worker may have the row


async def insist(write: Callable[[], Awaitable[None]]) -> None:
    """Until the store has taken it. `Unavailable`: it stayed away for a minute."""
    for _ in range(TRIES):
        try:
            return await write()
        except Unavailable:
            await asyncio.sleep(PAUSE)
    return await write()
