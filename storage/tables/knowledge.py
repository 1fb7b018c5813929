"""Knowledge items, their history and their reviewers' verdicts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Index, Integer, Row, and_, or_, true

from bot.model.access import Sight
from bot.model.attachment import Attachment
from bot.model.knowledge import Credit, Edition, Item, Source, Verdict
from storage.tables.base import HAS_MEMBER, IS_MEMBER, Kind, Reader, fields, needed, noun_table, own
from storage.tables.types import Clean, Moment, Nested

item = noun_table(
    "item",
    needed("community"),
    needed("title"),
    needed("problem"),
    needed("solution"),
    needed("steps", Nested(tuple[str, ...])),
    needed("language"),
    needed("status"),
    needed("visibility"),
    Column("question", Clean),
    needed("credits", Nested(tuple[Credit, ...]), info=HAS_MEMBER),
    needed("sources", Nested(tuple[Source, ...])),
    needed("files", Nested(tuple[Attachment, ...])),
    needed("created_at", Moment),
    Column("published_at", Moment),
    Column("review_by", Moment),
    Column("merged_into", Clean),
    needed("reason"),
    needed("thanks", Integer),
    Index("item_question", "library", "question"),
    Index("item_drafts", "library", "status", "community"),
    Index("item_published", "status", "published_at"),
)
edition = noun_table(
    "edition",
    needed("item"),
    needed("item_version", Integer),
    needed("editor", info=IS_MEMBER),
    needed("at", Moment),
    needed("what"),
    needed("title"),
    needed("problem"),
    needed("solution"),
    needed("steps", Nested(tuple[str, ...])),
    Index("edition_item", "library", "item", "item_version"),
)
verdict = noun_table(
    "verdict",
    needed("item"),
    needed("member", info=IS_MEMBER),
    needed("approve", Boolean),
    needed("reason"),
    needed("at", Moment),
    Index("verdict_item", "library", "item"),
    after_member=True,
)


def from_row(row: Row[Any]) -> Item:
    return Item(**fields(row))


def edition_from_row(row: Row[Any]) -> Edition:
    return Edition(**fields(row))


def verdict_from_row(row: Row[Any]) -> Verdict:
    return Verdict(**fields(row))


KINDS = {
    Item: Kind(item, lambda i: own(i, item)),
    Edition: Kind(edition, lambda e: own(e, edition)),
    Verdict: Kind(verdict, lambda v: own(v, verdict)),
}


def in_sight(sight: Sight) -> ColumnElement[bool]:
    """`Sight.sees` in SQL, for published items. A test proves that they agree."""
    i = item.c
    open_ = true() if sight.everything else or_(i.visibility != "community", i.community.in_(sorted(sight.communities)))
    home, abroad = i.library == sight.library, i.library != sight.library
    return and_(i.status == "published", or_(and_(home, open_), and_(abroad, i.visibility == "public")))


class StoredItems(Reader):
    """`bot.model.knowledge.Items`."""

    async def get(self, id: str) -> Item | None:
        return await self._named(item, id, from_row)

    async def of_question(self, question: str) -> Item | None:
        """The newest one made of this question."""
        query = item.select().where(item.c.library == self._library, item.c.question == question)
        return await self._one(query.order_by(item.c.created_at.desc(), item.c.id.desc()), from_row)

    async def many(self, ids: tuple[str, ...], sight: Sight) -> tuple[Item, ...]:
        """The published ones in sight, in the order asked for."""
        found = await self._all(item.select().where(item.c.id.in_(ids), in_sight(sight)), from_row)
        by_id = {i.id: i for i in found}
        return tuple(by_id[id] for id in ids if id in by_id)

    async def drafts(
        self, communities: tuple[str, ...], after: Item | None = None, limit: int | None = None
    ) -> tuple[Item, ...]:
        i = item.c
        query = item.select().where(i.library == self._library, i.status == "draft", i.community.in_(communities))
        if after:
            same = and_(i.created_at == after.created_at, i.id > after.id)
            query = query.where(or_(i.created_at > after.created_at, same))
        return await self._all(query.order_by(i.created_at, i.id).limit(limit), from_row)

    async def published(self, sight: Sight, limit: int = 50) -> tuple[Item, ...]:
        query = item.select().where(in_sight(sight))
        return await self._all(query.order_by(item.c.published_at.desc().nulls_last(), item.c.id.desc()).limit(limit), from_row)

    async def editions(self, item: str) -> tuple[Edition, ...]:
        query = edition.select().where(edition.c.library == self._library, edition.c.item == item)
        return await self._all(query.order_by(edition.c.item_version, edition.c.id), edition_from_row)

    async def verdicts(self, item: str) -> tuple[Verdict, ...]:
        query = verdict.select().where(verdict.c.library == self._library, verdict.c.item == item)
        return await self._all(query.order_by(verdict.c.at, verdict.c.id), verdict_from_row)
