"""A library's first communities, read from the communities file at the first start; never touched again."""

from __future__ import annotations

import asyncio

from bot.communities_file import SeedCommunity
from bot.errors import Conflict
from bot.finder import Finder, description_texts
from bot.model.base import Noun, new_id
from bot.model.community import Community, Example
from bot.ports import Store, Unit


async def seed(store: Store, finder: Finder, communities: tuple[SeedCommunity, ...]) -> bool:
    """Stores them where the library has none; whether it did. Their words are searchable at once, vectors follow."""
    if await store.communities.all():
        return False
    nouns = tuple(noun for found in communities for noun in _nouns(found, finder.library))
    texts = [one for noun in nouns for one in _texts(noun)]
    await asyncio.gather(*(finder.put_words("example", id, text) for id, text in texts))
    try:
        await store.commit(Unit(finder.library, save=nouns))
    except Conflict:  # another process that began at the same moment was faster: theirs are the library's
        await asyncio.gather(*(finder.drop("example", id) for id, _ in texts))
        if not await store.communities.all():
            raise
        return False
    return True


def _texts(noun: Noun) -> tuple[tuple[str, str], ...]:
    match noun:
        case Community():
            return tuple(description_texts(noun).items())
        case Example():
            return ((noun.id, noun.text),)
        case _:
            return ()


def _nouns(found: SeedCommunity, library: str) -> list[Noun]:
    community = Community(id=new_id(), library=library, key=found.key, name=found.name, description=found.description)
    examples = [
        Example(id=new_id(), library=library, community=community.id, text=text, language=language)
        for text, language in found.examples
    ]
    return [community, *examples]
