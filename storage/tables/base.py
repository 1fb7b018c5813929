"""What every table of nouns shares: its first columns, and the reader that its finders build on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Column, Integer, MetaData, Row, Select, Table, bindparam
from sqlalchemy.sql.schema import SchemaItem

from bot.model.base import Noun
from storage.engine import Engine
from storage.tables.types import Clean

T = TypeVar("T")
N = TypeVar("N", bound=Noun)
Record = dict[str, Any]
metadata = MetaData()
IS_MEMBER = {"member": "is"}  # for a column's `info`: it is a member's id
HOME: BindParameter[str] = bindparam("home", type_=Clean)  # the reader's library, in statements that are built once
HAS_MEMBER = {"member": "in"}  # its text, or its nested value, has members' ids in it


def noun_table(name: str, *columns: SchemaItem, after_member: bool = False) -> Table:
    """A table whose rows have a library, a name of their own in it, and a version.

    `after_member`: a member's id is in the name.
    """
    library = Column("library", Clean, primary_key=True)
    id_ = Column("id", Clean, primary_key=True, info=HAS_MEMBER if after_member else {})
    return Table(name, metadata, library, id_, Column("version", Integer, nullable=False), *columns)


def needed(name: str, type_: Any = Clean, **more: Any) -> Column[Any]:
    """A column that is never null."""
    return Column(name, type_, nullable=False, **more)


def own(noun: Noun, table: Table) -> Record:
    """The columns that bear the name of a field, as they stand in the noun."""
    return {c.key: getattr(noun, c.key) for c in table.c if hasattr(noun, c.key)}


def fields(row: Row[Any], *without: str) -> Record:
    """The row by column names, without some of them."""
    record = dict(row._mapping)
    for name in without:
        del record[name]
    return record


@dataclass(frozen=True, slots=True)
class Kind:
    """How nouns of one type are stored."""

    table: Table
    to_row: Callable[[Any], Record]


@cache
def _by_id(table: Table) -> Select[Any]:
    return table.select().where(table.c.library == HOME, table.c.id == bindparam("named")).limit(1)


class Reader:
    """Finders of one library. What every event asks for is built once: building a statement takes longer than running it."""

    def __init__(self, engine: Engine, library: str) -> None:
        self._engine, self._library = engine, library

    async def _all(self, query: Select[Any], from_row: Callable[[Row[Any]], T]) -> tuple[T, ...]:
        return await self._engine.read(lambda c: tuple(from_row(row) for row in c.execute(query)))

    async def _one(self, query: Select[Any], from_row: Callable[[Row[Any]], T]) -> T | None:
        """The first row, if there is one."""
        return next(iter(await self._all(query.limit(1), from_row)), None)

    async def _rows(self, built: Select[Any], from_row: Callable[[Row[Any]], T], **given: object) -> tuple[T, ...]:
        """Of a statement that was built before, with `HOME` for the library."""
        values = {"home": self._library, **given}
        return await self._engine.read(lambda c: tuple(from_row(row) for row in c.execute(built, values)))

    async def _row(self, built: Select[Any], from_row: Callable[[Row[Any]], T], **given: object) -> T | None:
        """The first of them, if there is one."""
        return next(iter(await self._rows(built, from_row, **given)), None)

    async def _named(self, table: Table, id: str, from_row: Callable[[Row[Any]], T]) -> T | None:
        return await self._row(_by_id(table), from_row, named=id)
