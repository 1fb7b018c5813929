"""Questions, answers, and who was asked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Index, Integer, Row, Select, and_, or_, select

from bot.model.attachment import Attachment
from bot.model.place import MessageRef
from bot.model.question import ENDS, Answer, Ask, Guess, Question, State, Step
from storage.tables.base import HAS_MEMBER, IS_MEMBER, Kind, Reader, Record, fields, needed, noun_table, own
from storage.tables.place import posting
from storage.tables.types import Clean, Moment, Nested

GOING = tuple(state.value for state in State if state not in ENDS)

question = noun_table(
    "question",
    needed("asker", info=IS_MEMBER),
    needed("text"),
    needed("language"),
    needed("door"),
    needed("channel"),
    needed("message"),
    needed("asked_at", Moment),
    needed("state"),
    Column("community", Clean),
    needed("guesses", Nested(tuple[Guess, ...])),
    needed("offered", Nested(tuple[Guess, ...])),
    needed("joined", Nested(tuple[str, ...]), info=HAS_MEMBER),
    needed("solved_by"),
    Column("item", Clean),
    Column("ended_at", Moment),
    needed("wave", Integer),
    needed("files", Nested(tuple[Attachment, ...])),
    needed("trace", Nested(tuple[Step, ...])),
    needed("asking"),
    Column("edited_at", Moment),
    Index("question_origin", "library", "door", "channel", "message"),
    Index("question_asking", "library", "door", "channel", "asking"),
    Index("question_asker", "library", "asker", "asked_at"),
    Index("question_state", "library", "state", "asked_at"),
    Index("question_asked", "library", "asked_at"),
    Index("question_community", "library", "community"),
)
answer = noun_table(
    "answer",
    needed("question"),
    needed("author", info=IS_MEMBER),
    needed("text"),
    needed("language"),
    needed("at", Moment),
    needed("door"),
    needed("channel"),
    needed("message"),
    needed("files", Nested(tuple[Attachment, ...])),
    needed("accepted", Boolean),
    needed("withheld", Boolean),
    needed("deleted", Boolean),
    Column("edited_at", Moment),
    Index("answer_question", "library", "question", "at"),
    Index("answer_author", "library", "author"),
    Index("answer_source", "library", "door", "channel", "message"),
    Index("answer_accepted", "library", "accepted", "at"),
)
ask = noun_table(
    "ask",
    needed("question"),
    needed("member", info=IS_MEMBER),
    needed("at", Moment),
    needed("why"),
    needed("state"),
    Index("ask_question", "library", "question"),
    Index("ask_member", "library", "member", "at"),
)
REF = ("door", "channel", "message")


def ref_columns(ref: MessageRef) -> Record:
    return {"door": ref.door, "channel": ref.channel, "message": ref.message}


def ref_of(row: Row[Any]) -> MessageRef:
    return MessageRef(row.door, row.channel, row.message)


def to_row(q: Question) -> Record:
    return own(q, question) | ref_columns(q.origin) | {"state": q.state.value}


def from_row(row: Row[Any]) -> Question:
    return Question(**fields(row, *REF) | {"state": State(row.state)}, origin=ref_of(row))


def answer_to_row(a: Answer) -> Record:
    return own(a, answer) | ref_columns(a.source)


def answer_from_row(row: Row[Any]) -> Answer:
    return Answer(**fields(row, *REF), source=ref_of(row))


def _going(library: str) -> Select[tuple[str]]:
    """The ids of what has not ended."""
    return select(question.c.id).where(question.c.library == library, question.c.state.in_(GOING))


def ask_from_row(row: Row[Any]) -> Ask:
    return Ask(**fields(row))


KINDS = {
    Question: Kind(question, to_row),
    Answer: Kind(answer, answer_to_row),
    Ask: Kind(ask, lambda a: own(a, ask)),
}


class StoredQuestions(Reader):
    """`bot.model.question.Questions`."""

    async def get(self, id: str) -> Question | None:
        return await self._named(question, id, from_row)

    async def at(self, ref: MessageRef) -> Question | None:
        if not ref.message:
            return None
        q, p = question.c, posting.c
        if found := await self._asked(ref, or_(q.message == ref.message, q.asking == ref.message)):
            return found
        card = (p.library == self._library, p.door == ref.door, p.channel == ref.channel, p.message == ref.message)
        query = question.select().where(q.library == self._library, q.text != "", q.id.in_(select(p.subject).where(*card)))
        return await self._one(query, from_row)

    async def asked_with(self, ref: MessageRef) -> Question | None:
        q = question.c
        own = or_(q.asking == ref.message, and_(q.asking == "", q.message == ref.message))
        return await self._asked(ref, own) if ref.message else None

    async def _asked(self, ref: MessageRef, where: ColumnElement[bool]) -> Question | None:
        """In that channel: one that has not ended, else the newest."""
        q = question.c
        known = (q.library == self._library, q.text != "", q.door == ref.door, q.channel == ref.channel)
        query = question.select().where(*known, where)
        return await self._one(query.order_by(q.ended_at.is_not(None), q.id.desc()), from_row)

    async def open_in(self, communities: tuple[str, ...] | None, limit: int = 200) -> tuple[Question, ...]:
        q = question.c
        query = question.select().where(q.library == self._library, q.state.in_(GOING))
        if communities is not None:
            query = query.where(q.community.in_(communities))
        return await self._all(query.order_by(q.asked_at.desc(), q.id.desc()).limit(limit), from_row)

    async def recent(self, limit: int) -> tuple[Question, ...]:
        q = question.c
        query = question.select().where(q.library == self._library).order_by(q.asked_at.desc(), q.id.desc())
        return await self._all(query.limit(limit), from_row)

    async def of(self, asker: str, limit: int = 20) -> tuple[Question, ...]:
        q = question.c
        query = question.select().where(q.library == self._library, q.asker == asker)
        return await self._all(query.order_by(q.asked_at.desc(), q.id.desc()).limit(limit), from_row)

    async def answers(self, question: str) -> tuple[Answer, ...]:
        a = answer.c
        query = answer.select().where(a.library == self._library, a.question == question, ~a.deleted)
        return await self._all(query.order_by(a.at, a.id), answer_from_row)

    async def answer(self, id: str) -> Answer | None:
        return await self._named(answer, id, answer_from_row)

    async def answer_at(self, ref: MessageRef) -> Answer | None:
        a = answer.c
        here = (a.door == ref.door, a.channel == ref.channel, a.message == ref.message)
        query = answer.select().where(a.library == self._library, *here)
        return await self._one(query.order_by(a.id), answer_from_row) if ref.message else None

    async def asks(self, *, question: str | None = None, member: str | None = None, going: bool = False) -> tuple[Ask, ...]:
        """In the order they were made."""
        query = ask.select().where(ask.c.library == self._library)
        if going:
            query = query.where(ask.c.question.in_(_going(self._library)))
        if question is not None:
            query = query.where(ask.c.question == question)
        if member is not None:
            query = query.where(ask.c.member == member)
        return await self._all(query.order_by(ask.c.at, ask.c.id), ask_from_row)

    async def accepted(self, community: str, limit: int = 300) -> tuple[Answer, ...]:
        a, q = answer.c, question.c
        query = answer.select().join(question, (q.library == a.library) & (q.id == a.question))
        query = query.where(a.library == self._library, a.accepted, ~a.deleted, q.community == community)
        return await self._all(query.order_by(a.at.desc(), a.id.desc()).limit(limit), answer_from_row)
