"""A channel's messages in order of time, each once, with a bounded memory."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import count

from bot.importing.told import Told

WINDOW = 2_000  # messages: exports are in order but for a few


def in_order(messages: Iterable[Told], window: int = WINDOW) -> Iterator[Told]:
    """Sorted as far as `window` messages reach; of neighbours with the same id the first."""
    waiting: list[tuple[float, int, Told]] = []
    number = count()
    last = ""
    for one in messages:
        heapq.heappush(waiting, (one.at.timestamp(), next(number), one))
        if len(waiting) > window:
            told = heapq.heappop(waiting)[2]
            if told.id != last:
                yield told
            last = told.id
    while waiting:
        told = heapq.heappop(waiting)[2]
        if told.id != last:
            yield told
        last = told.id
