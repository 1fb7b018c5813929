"""Gathers a community's news once for all who read them: ten thousand members share a few looks at the store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from bot.desk import Desk
from bot.flow.digest import Gathered
from bot.model.access import Sight
from bot.model.digest import Digests
from bot.model.knowledge import Item

FRESH = timedelta(seconds=60)  # how long what was gathered is shared
MOST = 500  # communities and times together
MOST_ITEMS = 50  # new notes of the whole library that are looked at


@dataclass
class _Shelf:
    """What was gathered lately, by community and time. The lock: one looks, the others wait for what it finds."""

    at: datetime
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    found: dict[tuple[str, datetime, datetime], Gathered] = field(default_factory=dict)
    items: dict[tuple[datetime, datetime], tuple[Item, ...]] = field(default_factory=dict)


_SHELVES: WeakKeyDictionary[Digests, _Shelf] = WeakKeyDictionary()


def _shelf(desk: Desk) -> _Shelf:
    """This store's, emptied once it is stale."""
    shelf = _SHELVES.setdefault(desk.digests, _Shelf(desk.now))
    if abs(desk.now - shelf.at) > FRESH or len(shelf.found) + len(shelf.items) > MOST:
        shelf.found, shelf.items, shelf.at = {}, {}, desk.now
    return shelf


async def gathered(communities: tuple[str, ...], since: datetime, until: datetime, desk: Desk) -> tuple[Gathered, ...]:
    """The news of those of them that are still there, in their order."""
    shelf = _shelf(desk)
    found = shelf.found  # ours to the end, also where another empties the shelf meanwhile
    keys = [(one, since, until) for one in communities]
    if any(key not in found for key in keys):
        async with shelf.lock:
            alive = {c.id: c for c in await desk.communities.all()}
            for key in keys:
                if key[0] in alive and key not in found:
                    news = await desk.digests.news(*key)
                    ahead = await desk.meetings.upcoming((key[0],), desk.now, 1)
                    found[key] = Gathered(alive[key[0]], news, ahead)
    return tuple(found[key] for key in keys if key in found)


async def everywhere(since: datetime, until: datetime, desk: Desk) -> tuple[Item, ...]:
    """New notes that the whole library may see, newest first."""
    items = _shelf(desk).items
    if (since, until) not in items:
        found = await desk.items.published(Sight(desk.library.id, frozenset()), MOST_ITEMS)
        items[since, until] = tuple(i for i in found if i.published_at and since < i.published_at <= until)
    return items[since, until]
