"""A question ends: solved by people or by an item, or taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.desk import Desk
from bot.flow.cards import SHOWN, question_link, refreshed
from bot.flow.carrying import sent
from bot.flow.trusting import route_judged
from bot.model.question import Answer, Question, State
from bot.outcome import JSON, Direct, Later, Out, Outcome, React, Say, Then
from bot.triage.capture import Message
from bot.triage.capture import answers as read


def may_settle(q: Question, desk: Desk) -> bool:
    """The asker and whoever joined them."""
    return desk.me.id in (q.asker, *q.joined)


def best_answers(q: Question, answers: Iterable[Answer]) -> frozenset[str]:
    """Which messages of the thread are the answer, where nobody pointed at one.

    What the asker said did not help yet is left out, as long as somebody said something since. What the asker says in between
    tells which reply it was; their own words are part of the answer where they say how, beside somebody else's.
    """
    refused = max((step.at for step in q.trace if step.what == "not_yet"), default=None)
    whole = tuple(answers)
    since = [a for a in whole if a.accepted or refused is None or a.at > refused]
    kept = since if any(a.author != q.asker for a in since) else whole
    found = {m.id for m in read(q.text, [Message(a.id, a.author, a.text, a.accepted) for a in kept], q.asker)}
    of_others = [a.id for a in kept if a.author != q.asker]
    return frozenset(found if found.intersection(of_others) else found | {*of_others[-1:]})


async def solve(q: Question, desk: Desk, chosen: frozenset[str] = frozenset(), unseen: tuple[Answer, ...] = ()) -> Outcome:
    """Solved by people. `chosen` are the answers that the asker pointed at; none: the likeliest of the thread.

    `unseen`: answers of before the question was ours, kept with it.
    """
    if q.state is State.SOLVED and not chosen:
        return Outcome()
    answers = (*await desk.questions.answers(q.id), *unseen)
    accepted = chosen or best_answers(q, answers)
    marked = tuple(replace(a, accepted=True) for a in answers if a.id in accepted and not a.accepted)
    if q.state is State.SOLVED:
        return Outcome(save=marked, then=(Then("answer.accepted", q.id),) if marked else ())
    q = replace(q, state=State.SOLVED, solved_by="people", ended_at=desk.now)
    given = [a for a in answers if a.id in accepted or a.accepted]  # one may have been marked before
    q = q.noted(desk.now, "solved", answers=str(len(given)))
    says: tuple[Out, ...] = (*await refreshed(q, desk), *_tick(q), *await _joined_told(q, given, desk))
    judged = await route_judged(q, q.community, desk)
    return Outcome(save=(q, *marked, *judged), say=says, then=(Then("question.solved", q.id),), later=quiet(q))


def _tick(q: Question) -> tuple[React, ...]:
    return (React(q.own_message, "👀", remove=True), React(q.own_message, "✅")) if q.origin.message else ()


async def _joined_told(q: Question, answers: Iterable[Answer], desk: Desk) -> tuple[Say, ...]:
    """Whoever said "saya juga" gets the answer in private."""
    given = tuple(answers)
    people = {m.id: m for m in await desk.members.many((*q.joined, *(a.author for a in given)))} if q.joined else {}
    data: dict[str, JSON] = {
        "text": q.text[:SHOWN],
        "answers": [{"author": people[a.author].name, "text": a.text} for a in given if a.author in people],
        "link": question_link(q),
    }
    told = (people[id] for id in q.joined if id in people and id != desk.me.id and not people[id].gone)
    files, own = sent(f for a in given for f in a.files), desk.library.language
    return tuple(Say(Direct(m.id), "answer.for_you_too", data, m.language or own, subject=q.id, files=files) for m in told)


async def close(q: Question, desk: Desk, state: State, why: str) -> Outcome:
    """Taken back or refused."""
    q = replace(q, state=state, ended_at=desk.now).noted(desk.now, why)
    return Outcome(save=(q,), say=await refreshed(q, desk), later=quiet(q))


async def solve_by_item(q: Question, item: str, desk: Desk) -> Outcome:
    """The published item was the answer."""
    q = replace(q, state=State.SOLVED, solved_by="item", item=item, ended_at=desk.now)
    q = q.noted(desk.now, "solved_by_item", item=item)
    return Outcome(
        save=(q,),
        say=(*await refreshed(q, desk), *_tick(q)),
        then=(Then("item.helped", item, (("question", q.id),)),),
        later=quiet(q),
    )


def quiet(q: Question) -> tuple[Later, ...]:
    """Takes a question's clocks off."""
    return tuple(Later(what, q.id, None) for what in ("question.wait", "question.nudge", "question.forget"))
