"""Saving nouns under their versions, so that nobody overwrites what they did not see."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, Table, Update, bindparam

from bot.errors import Conflict
from bot.model.base import Noun
from bot.model.knowledge import Item
from bot.model.member import Member
from storage.joining import hand_over
from storage.search.shelves import reshelve
from storage.tables import KINDS
from storage.tables.base import Record
from storage.tables.member import add_accounts, forget_accounts

_KEY = ("library", "id", "version")


def save(c: Connection, nouns: Sequence[Noun]) -> None:
    """Insert those of version 0, update the others. `Conflict`: a version moved, or a name or account is taken."""
    for noun in nouns:
        kind = KINDS[type(noun)]
        record = kind.to_row(noun)
        if noun.version:
            _update(c, kind.table, record)
        else:
            c.execute(kind.table.insert(), record | {"version": 1})
    _save_accounts(c, [noun for noun in nouns if isinstance(noun, Member)])
    for noun in nouns:  # last, so that rows are always locked in the order items, index
        if isinstance(noun, Item):
            reshelve(c, noun)


def _save_accounts(c: Connection, members: Sequence[Member]) -> None:
    """An account may go from one to another; whoever turned out to be another hands everything over."""
    for member in members:
        forget_accounts(c, member)
    for member in members:
        add_accounts(c, member)
    for member in members:
        if member.merged_into:
            hand_over(c, member.library, member.id, member.merged_into)


def _update(c: Connection, table: Table, record: Record) -> None:
    changed = {name: value for name, value in record.items() if name not in _KEY}
    key = {f"old_{name}": record[name] for name in _KEY}
    if not c.execute(_statement(table), changed | {"version": record["version"] + 1} | key).rowcount:
        raise Conflict


@cache
def _statement(table: Table) -> Update:
    return table.update().where(*(table.c[name] == bindparam(f"old_{name}") for name in _KEY))
