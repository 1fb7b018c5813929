"""A library's first communities, read from the communities file at the first start; never touched again."""

from __future__ import annotations

from bot.communities_file import SeedCommunity
from bot.events import Event, Happened
from bot.features.index import follow_ups
from bot.model.base import Noun, new_id
from bot.model.community import Community, Example
from bot.ports import Clock, Store, Unit


async def seed(store: Store, library: str, communities: tuple[SeedCommunity, ...], clock: Clock) -> bool:
    """Stores them where the library has none; whether it did."""
    if await store.communities.all():
        return False
    nouns = tuple(noun for found in communities for noun in _nouns(found, library))
    thens = follow_ups(nouns)
    events = tuple(Event(f"seed:{new_id()}", library, clock(), Happened(then.what, then.subject, then.facts)) for then in thens)
    await store.commit(Unit(library, save=nouns, events=events))
    return True


def _nouns(found: SeedCommunity, library: str) -> list[Noun]:
    community = Community(id=new_id(), library=library, key=found.key, name=found.name, description=found.description)
    examples = [
        Example(id=new_id(), library=library, community=community.id, text=text, language=language)
        for text, language in found.examples
    ]
    return [community, *examples]
