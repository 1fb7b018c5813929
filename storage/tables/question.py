"""Questions, answers, and who was asked."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, Row, Select, and_, bindparam, or_, select

from bot.model.attachment import Attachment
from bot.model.place import MessageRef
from bot.model.question import ENDS, Answer, Ask, Guess, Question, State, Step
from storage.tables.base import HAS_MEMBER, HOME, IS_MEMBER, Kind, Reader, Record, fields, needed, noun_table, own
from storage.tables.place import REF, is_at, posting, ref_columns
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


def ask_from_row(row: Row[Any]) -> Ask:
    return Ask(**fields(row))


KINDS = {
    Question: Kind(question, to_row),
    Answer: Kind(answer, answer_to_row),
    Ask: Kind(ask, lambda a: own(a, ask)),
}


_q, _a = question.c, answer.c
_ASKED = question.select().where(_q.library == HOME, _q.text != "", *is_at(question)[:2])
_ASKED = _ASKED.order_by(_q.ended_at.is_not(None), _q.id.desc()).limit(1)
_ASKED_AT = _ASKED.where(or_(_q.message == bindparam("message"), _q.asking == bindparam("message")))
_ASKED_WITH = _ASKED.where(or_(_q.asking == bindparam("message"), and_(_q.asking == "", _q.message == bindparam("message"))))
_ON_CARD = (
    question.select()
    .where(
        _q.library == HOME,
        _q.text != "",
        _q.id.in_(select(posting.c.subject).where(posting.c.library == HOME, *is_at(posting))),
    )
    .limit(1)
)
_ANSWERS = answer.select().where(_a.library == HOME, _a.question == bindparam("question"), ~_a.deleted).order_by(_a.at, _a.id)
_ANSWER_AT = answer.select().where(_a.library == HOME, *is_at(answer)).order_by(_a.id).limit(1)


@lru_cache
def _asks(going: bool, *of: str) -> Select[Any]:
    query = ask.select().where(ask.c.library == HOME, *(ask.c[name] == bindparam(name) for name in of))
    if going:
        query = query.where(ask.c.question.in_(select(_q.id).where(_q.library == HOME, _q.state.in_(GOING))))
    return query.order_by(ask.c.at, ask.c.id)


class StoredQuestions(Reader):
    """`bot.model.question.Questions`."""

    async def get(self, id: str) -> Question | None:
        return await self._named(question, id, from_row)

    async def at(self, ref: MessageRef) -> Question | None:
        if not ref.message:
            return None
        where = ref_columns(ref)
        return await self._row(_ASKED_AT, from_row, **where) or await self._row(_ON_CARD, from_row, **where)

    async def asked_with(self, ref: MessageRef) -> Question | None:
        return await self._row(_ASKED_WITH, from_row, **ref_columns(ref)) if ref.message else None

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
        return await self._rows(_ANSWERS, answer_from_row, question=question)

    async def answer(self, id: str) -> Answer | None:
        return await self._named(answer, id, answer_from_row)

    async def answer_at(self, ref: MessageRef) -> Answer | None:
        return await self._row(_ANSWER_AT, answer_from_row, **ref_columns(ref)) if ref.message else None

    async def asks(self, *, question: str | None = None, member: str | None = None, going: bool = False) -> tuple[Ask, ...]:
        """In the order they were made."""
        of = {name: value for name, value in (("question", question), ("member", member)) if value is not None}
        return await self._rows(_asks(going, *of), ask_from_row, **of)

    async def accepted(self, community: str, limit: int = 300) -> tuple[Answer, ...]:
        a, q = answer.c, question.c
        query = answer.select().join(question, (q.library == a.library) & (q.id == a.question))
        query = query.where(a.library == self._library, a.accepted, ~a.deleted, q.community == community)
        return await self._all(query.order_by(a.at.desc(), a.id.desc()).limit(limit), answer_from_row)
