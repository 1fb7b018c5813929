"""Two members turn out to be one person: whatever names the one names the other from now on, and nothing counts twice."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from bot.model.knowledge import Credit
from storage.tables.base import metadata
from storage.tables.digest import digest
from storage.tables.knowledge import item, verdict
from storage.tables.meeting import feed, hours, rsvp
from storage.tables.member import membership
from storage.tables.place import posting
from storage.tables.question import ask, question
from storage.tables.queue import due, inbox, outbox

_INSIDE: dict[str, Any] = {"sqlite": func.instr, "postgresql": func.strpos}
BY_HAND = (question.c.joined, item.c.credits)
DONE = {inbox: inbox.c.done_at, outbox: outbox.c.sent_at}


def hand_over(c: Connection, library: str, old: str, new: str) -> None:
    """All of `old` becomes `new`'s, inside the caller's transaction. Done again it finds what came in between.

    Every row that changes gets a new version: whoever decides on what it was starts over. What queues have done with is left:
    it says nothing any more, and is swept.
    """
    _drop_doubles(c, library, old, new)
    _mend_nested(c, library, old, new)
    for table, column in _columns():
        here = and_(_names(c, column, old), DONE[table].is_(None)) if table in DONE else _names(c, column, old)
        value: Any = new if column.info["member"] == "is" else func.replace(type_coerce(column, Text), old, new)
        c.execute(update(table).where(table.c.library == library, here).values({column: value} | _anew(table)))
    own = select(question.c.id).where(question.c.library == library, question.c.asker == new)
    waits = (ask.c.library == library, ask.c.member == new, ask.c.state == "waiting")
    c.execute(delete(ask).where(*waits, ask.c.question.in_(own)))


@cache
def _columns() -> tuple[tuple[Table, Column[Any]], ...]:
    return tuple(
        (table, column)
        for table in metadata.sorted_tables
        for column in table.c
        if column.info.get("member") and not any(column is one for one in BY_HAND)
    )


def _anew(table: Table) -> dict[Any, Any]:
    return {table.c.version: table.c.version + 1} if "version" in table.c else {}


def _names(c: Connection, column: Column[Any], member: str) -> ColumnElement[bool]:
    """Ids are letters and digits, and none is part of another."""
    if column.info["member"] == "is":
        return column == member
    place: ColumnElement[int] = _INSIDE[c.dialect.name](type_coerce(column, Text), member)
    return place > 0


def _drop_doubles(c: Connection, library: str, old: str, new: str) -> None:
    """Where both have the same and there may be one: the one's that stays."""
    twin = ask.alias()
    answered = exists().where(twin.c.library == library, twin.c.question == ask.c.question, twin.c.member == old)
    done = and_(ask.c.library == library, ask.c.member == new, answered.where(twin.c.state == "answered"))
    c.execute(update(ask).where(done).values({ask.c.state: "answered"} | _anew(ask)))
    for table, key, same in (
        (membership, membership.c.member, ("community",)),
        (verdict, verdict.c.member, ("item",)),
        (ask, ask.c.member, ("question",)),
        (rsvp, rsvp.c.member, ("session",)),
        (hours, hours.c.member, ()),
        (feed, feed.c.member, ("community",)),
        (digest, digest.c.who, ("kind",)),
        (due, due.c.subject, ("what",)),
    ):
        other = table.alias()
        alike = [table.c[name] == other.c[name] for name in ("library", *same)]
        both = exists().where(*alike, other.c[key.name] == new)
        c.execute(delete(table).where(table.c.library == library, key == old, both))
    other = posting.alias()
    both = exists().where(other.c.library == library, other.c.card == func.replace(posting.c.card, old, new))
    c.execute(delete(posting).where(posting.c.library == library, _names(c, posting.c.card, old), both))


def _mend_nested(c: Connection, library: str, old: str, new: str) -> None:
    """Nobody waits twice, nor for what they asked themselves, nor is credited twice for the same part."""
    q, i = question.c, item.c
    waiting = or_(_names(c, q.joined, old), and_(q.asker == old, _names(c, q.joined, new)))
    for row in c.execute(select(q.id, q.asker, q.joined).where(q.library == library, waiting)).all():
        asker = new if row.asker == old else row.asker
        renamed = dict.fromkeys(new if one == old else one for one in row.joined)
        joined = {q.joined: tuple(one for one in renamed if one != asker)}
        c.execute(update(question).where(q.library == library, q.id == row.id).values(joined | _anew(question)))
    credited = (i.library == library, _names(c, i.credits, old))
    for found in c.execute(select(i.id, i.credits).where(*credited)).all():
        credits = once(tuple(replace(one, member=new) if one.member == old else one for one in found.credits))
        c.execute(update(item).where(i.library == library, i.id == found.id).values({i.credits: credits} | _anew(item)))


def once(credits: tuple[Credit, ...]) -> tuple[Credit, ...]:
    """Each member's part once, under the name that they have had longest there."""
    first: dict[tuple[str, str], Credit] = {}
    for credit in credits:
        first.setdefault((credit.member, credit.part), credit)
    return tuple(first.values())
