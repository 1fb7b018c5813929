"""Two members turn out to be one person: whatever names the one names the other from now on, and nothing counts twice."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, Text, and_, delete, exists, func, select, type_coerce, update

from bot.model.knowledge import Credit
from storage.tables.base import metadata
from storage.tables.knowledge import item, verdict
from storage.tables.member import membership
from storage.tables.place import posting
from storage.tables.question import ask, question
from storage.tables.queue import due, inbox, outbox

DONE = {inbox: inbox.c.done_at, outbox: outbox.c.sent_at}


def hand_over(c: Connection, library: str, old: str, new: str) -> None:
    """All of `old` becomes `new`'s, inside the caller's transaction. Done again it finds what came in between.

    Every row that changes gets a new version: whoever decides on what it was starts over. What queues have done with is left:
    it says nothing any more, and is swept.
    """
    _drop_doubles(c, library, old, new)
    for table, column in _columns():
        here = and_(_names(column, old), DONE[table].is_(None)) if table in DONE else _names(column, old)
        value: Any = new if column.info["member"] == "is" else func.replace(type_coerce(column, Text), old, new)
        changed = {column: value} | ({table.c.version: table.c.version + 1} if "version" in table.c else {})
        c.execute(update(table).where(table.c.library == library, here).values(changed))
    _mend(c, library, new)


@cache
def _columns() -> tuple[tuple[Table, Column[Any]], ...]:
    return tuple((table, column) for table in metadata.sorted_tables for column in table.c if column.info.get("member"))


def _names(column: Column[Any], member: str) -> ColumnElement[bool]:
    """Ids are letters and digits, and none is part of another."""
    return column == member if column.info["member"] == "is" else type_coerce(column, Text).contains(member)


def _drop_doubles(c: Connection, library: str, old: str, new: str) -> None:
    """Where both have the same and there may be one: the one's that stays."""
    twin = ask.alias()
    answered = exists().where(twin.c.library == library, twin.c.question == ask.c.question, twin.c.member == old)
    done = and_(ask.c.library == library, ask.c.member == new, answered.where(twin.c.state == "answered"))
    c.execute(update(ask).where(done).values(state="answered", version=ask.c.version + 1))
    for table, key, same in (
        (membership, membership.c.member, ("community",)),
        (verdict, verdict.c.member, ("item",)),
        (ask, ask.c.member, ("question",)),
        (due, due.c.subject, ("what",)),
    ):
        other = table.alias()
        alike = [table.c[name] == other.c[name] for name in ("library", *same)]
        both = exists().where(*alike, other.c[key.name] == new)
        c.execute(delete(table).where(table.c.library == library, key == old, both))
    other = posting.alias()
    both = exists().where(other.c.library == library, other.c.card == func.replace(posting.c.card, old, new))
    c.execute(delete(posting).where(posting.c.library == library, posting.c.card.contains(old), both))


def _mend(c: Connection, library: str, member: str) -> None:
    """Nobody waits twice, nor for what they asked themselves, nor is credited twice for the same part."""
    own = select(question.c.id).where(question.c.library == library, question.c.asker == member)
    c.execute(
        delete(ask).where(ask.c.library == library, ask.c.member == member, ask.c.question.in_(own), ask.c.state == "waiting")
    )
    q, i = question.c, item.c
    holds = (q.library == library, type_coerce(q.joined, Text).contains(member))
    for row in c.execute(select(q.id, q.asker, q.joined).where(*holds)).all():
        joined = tuple(one for one in dict.fromkeys(row.joined) if one != row.asker)
        if joined != row.joined:
            c.execute(update(question).where(q.library == library, q.id == row.id).values(joined=joined))
    holds = (i.library == library, type_coerce(i.credits, Text).contains(member))
    for found in c.execute(select(i.id, i.credits).where(*holds)).all():
        credits = once(found.credits)
        if credits != found.credits:
            c.execute(update(item).where(i.library == library, i.id == found.id).values(credits=credits))


def once(credits: tuple[Credit, ...]) -> tuple[Credit, ...]:
    """Each member's part once, under the name that they have had longest there."""
    first: dict[tuple[str, str], Credit] = {}
    for credit in credits:
        first.setdefault((credit.member, credit.part), credit)
    return tuple(first.values())
