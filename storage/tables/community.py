"""Communities and their examples."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Index, Row

from bot.model.base import Words
from bot.model.community import Community, Example
from storage.tables.base import HOME, Kind, Reader, Record, fields, needed, noun_table, own
from storage.tables.types import Clean

community = noun_table(
    "community",
    needed("key"),
    needed("name_id"),
    needed("name_en"),
    needed("description_id"),
    needed("description_en"),
    needed("archived", Boolean),
    Index("community_key", "library", "key", unique=True),
)
example = noun_table(
    "example",
    needed("community"),
    needed("text"),
    needed("language"),
    needed("source"),
    Column("question", Clean),
    Index("example_community", "library", "community"),
    Index("example_question", "library", "question"),
)
WORDS = ("name_id", "name_en", "description_id", "description_en")


def to_row(c: Community) -> Record:
    words = (c.name.id, c.name.en, c.description.id, c.description.en)
    return own(c, community) | dict(zip(WORDS, words, strict=True))


def from_row(row: Row[Any]) -> Community:
    name, description = Words(row.name_id, row.name_en), Words(row.description_id, row.description_en)
    return Community(**fields(row, *WORDS), name=name, description=description)


def example_from_row(row: Row[Any]) -> Example:
    return Example(**fields(row))


KINDS = {Community: Kind(community, to_row), Example: Kind(example, lambda e: own(e, example))}


_ALL = community.select().where(community.c.library == HOME, ~community.c.archived).order_by(community.c.key)


class StoredCommunities(Reader):
    """`bot.model.community.Communities`."""

    async def get(self, id: str) -> Community | None:
        return await self._named(community, id, from_row)

    async def all(self) -> tuple[Community, ...]:
        return await self._rows(_ALL, from_row)

    async def by_key(self, key: str) -> Community | None:
        query = community.select().where(community.c.library == self._library, community.c.key == key)
        return await self._one(query, from_row)

    async def examples(self, community: str | None = None) -> tuple[Example, ...]:
        query = example.select().where(example.c.library == self._library)
        if community is not None:
            query = query.where(example.c.community == community)
        return await self._all(query.order_by(example.c.community, example.c.id), example_from_row)

    async def example(self, id: str) -> Example | None:
        return await self._named(example, id, example_from_row)

    async def example_of(self, question: str) -> Example | None:
        query = example.select().where(example.c.library == self._library, example.c.question == question)
        return await self._one(query.order_by(example.c.id), example_from_row)
