"""What people said of the bot's decisions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Float, Index, Row

from bot.model.base import Noun
from bot.model.judgement import About, Judgement, judgement_id
from storage.tables.base import Kind, Reader, fields, needed, noun_table, own
from storage.tables.types import Moment

judgement = noun_table(
    "judgement",
    needed("about"),
    needed("question"),
    needed("sure", Float),
    needed("right", Boolean),
    needed("at", Moment),
    Index("judgement_newest", "library", "about", "at"),
)


def from_row(row: Row[Any]) -> Judgement:
    return Judgement(**fields(row))


KINDS: dict[type[Noun], Kind] = {Judgement: Kind(judgement, lambda one: own(one, judgement))}


class StoredJudgements(Reader):
    """`bot.model.judgement.Judgements`."""

    async def get(self, about: About, question: str) -> Judgement | None:
        return await self._named(judgement, judgement_id(about, question), from_row)

    async def newest(self, about: About, most: int) -> tuple[Judgement, ...]:
        j = judgement.c
        ours = judgement.select().where(j.library == self._library, j.about == about)
        return await self._all(ours.order_by(j.at.desc(), j.id.desc()).limit(most), from_row)
