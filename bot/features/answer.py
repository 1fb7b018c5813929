"""Answering: every reply in a question's thread, whichever channel or door the thread is in."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import CameDue, Pressed, Reacted, Said
from bot.flow.asking import SAME, send_to_people
from bot.flow.cards import question_link, refreshed
from bot.flow.carrying import attached
from bot.flow.relaying import relays
from bot.flow.settling import close, may_settle, solve
from bot.model.place import MessageRef
from bot.model.question import Answer, Question, State
from bot.outcome import NOTHING, Button, Direct, Later, Outcome, Say, Then, Toast
from bot.registry import Feature, Intent
from bot.triage.intent import is_thanks
from bot.triage.language import language_of
from bot.triage.text import is_blank

feature = Feature("answer")

HANDLED = frozenset("✅☑✔")
POLITE = 6  # words: a thank-you that is nothing else


@feature.hears(Intent.REPLY)
async def reply(said: Said, desk: Desk) -> Outcome:
    """An answer, a follow-up of the asker's, or a thank-you."""
    q = await desk.questions.at(MessageRef(desk.place.door, desk.place.channel, desk.place.thread))
    if q is None or _only_suggested(q) or (is_blank(said.text) and not said.files):
        return NOTHING
    if may_settle(q, desk) and is_thanks(said.text) and not said.files:
        return await _thanked(q, desk)
    answer = _answer(q, said, desk)
    says = await relays(q, answer, desk.me.name, desk)
    to = " ".join(say.card for say in says)
    told = Outcome(save=(answer,), say=says, then=(Then("reply.files", answer.id, (("to", to),)),) if said.files else ())
    if desk.me.id == q.asker or _only_polite(said):
        return told
    if q.state.ended:
        return told + Outcome(say=(desk.reply("answer.kept_late"),))
    return told + await _answered(q, desk)


def _only_suggested(q: Question) -> bool:
    """Overheard, and nobody asked for it yet; one whose twin was shown to its asker was asked on purpose."""
    return q.state is State.SUGGESTED and not any(s.what == SAME for s in q.trace)


async def _answered(q: Question, desk: Desk) -> Outcome:
    """The question has an answer now: the cards say so, and after a quiet day the asker is asked once."""
    q = replace(q, state=State.ANSWERED).noted(desk.now, "answered", who=desk.me.name)
    mine = await desk.questions.asks(question=q.id, member=desk.me.id)
    done = tuple(replace(a, state="answered") for a in mine if a.state == "waiting")
    later = (Later("question.wait", q.id, None), Later("question.nudge", q.id, desk.now + desk.rules.nudge))
    cards = await refreshed(q, desk, done)
    return Outcome(save=(q, *done), say=cards, later=later)


def _only_polite(said: Said) -> bool:
    """A colleague's short thank-you is no answer; a longer message that begins kindly is one."""
    return is_thanks(said.text) and not said.files and len(said.text.split()) <= POLITE


def _answer(q: Question, said: Said, desk: Desk) -> Answer:
    return Answer(
        library=q.library,
        question=q.id,
        author=desk.me.id,
        text=said.text,
        language=language_of(said.text, desk.language),
        at=desk.now,
        source=MessageRef(desk.place.door, desk.place.channel, said.message),
        files=attached(said.files, desk.place.door),
    )


async def _thanked(q: Question, desk: Desk) -> Outcome:
    """A thank-you: did this solve it? Said where they thanked, to them alone."""
    if q.state is not State.ANSWERED:
        return NOTHING
    return Outcome(say=(desk.reply("answer.did_it_help", {}, buttons=_verdict(q)),))


def _verdict(q: Question) -> tuple[Button, ...]:
    return (Button("solved", q.id, "card.button_solved", style="good"), Button("not_yet", q.id, "card.button_not_yet"))


@feature.hears(Intent.THANKS)
async def thanked_in_private(said: Said, desk: Desk) -> Outcome:
    """Outside any thread: the newest answered question of theirs is meant."""
    mine = [q for q in await desk.questions.of(desk.me.id) if q.state is State.ANSWERED]
    return await _thanked(mine[0], desk) if mine else Outcome(say=(desk.reply("answer.welcome"),))


@feature.presses("solved")
async def solved(press: Pressed, desk: Desk) -> Outcome:
    """The asker says that it helped."""
    q = await desk.questions.get(press.value)
    if q is None:
        raise Kindly("error.stale")
    if not may_settle(q, desk):
        raise Kindly("error.only_asker")
    if q.state.ended:
        return Outcome(now=Toast("error.already", {}, desk.language))
    return await solve(q, desk) + Outcome(now=Toast("answer.glad", {}, desk.language))


@feature.presses("not_yet")
async def not_yet(press: Pressed, desk: Desk) -> Outcome:
    """Not solved yet: it is open again, and the next who know are asked soon."""
    q = await desk.questions.get(press.value)
    if q is None or q.state.ended:
        raise Kindly("error.closed")
    if not may_settle(q, desk):
        raise Kindly("error.only_asker")
    q = replace(q, state=State.OPEN, wave=min(q.wave, 1)).noted(desk.now, "not_yet")
    done = Outcome(now=Toast("answer.asking_on", {}, desk.language), later=(Later("question.nudge", q.id, None),))
    if q.community is None:
        return done + await send_to_people(q, desk)
    return done + Outcome(save=(q,), say=await refreshed(q, desk), later=(Later("question.wait", q.id, desk.now),))


@feature.reactions()
async def reacted(reaction: Reacted, desk: Desk) -> Outcome:
    """✅ by the asker on an answer (or its copy) accepts it; on the question or its card it ends the whole."""
    ref = desk.event.ref
    if ref is None or reaction.removed or reaction.emoji[:1] not in HANDLED:
        return NOTHING
    posting = await desk.places.posting_at(ref)
    answer = await desk.questions.answer_at(ref) or (await desk.questions.answer(posting.subject) if posting else None)
    q = await desk.questions.get(answer.question) if answer else await _question_on(ref, desk)
    if q is None or not may_settle(q, desk) or q.state in (State.WITHDRAWN, State.REFUSED, State.SUGGESTED):
        return NOTHING
    own = q.asker == desk.me.id
    if answer:
        return await solve(q, desk, frozenset({answer.id})) if own or answer.author != desk.me.id else NOTHING
    if q.state is State.ANSWERED:
        return await solve(q, desk)
    return await close(q, desk, State.WITHDRAWN, "withdrawn") if own and not q.state.ended else NOTHING


async def _question_on(ref: MessageRef, desk: Desk) -> Question | None:
    """The question that was asked with this message, or whose card it is."""
    q = await desk.questions.asked_with(ref) or await desk.questions.at(ref)
    return None if q and q.origin == ref != q.own_message else q


@feature.due("question.nudge")
async def nudge(due: CameDue, desk: Desk) -> Outcome:
    """Answered, and quiet since: one question to the asker, ten seconds' work."""
    q = await desk.questions.get(due.subject)
    if q is None or q.state is not State.ANSWERED:
        return NOTHING
    data = {"text": q.text[:300], "link": question_link(q)}
    return Outcome(
        save=(q.noted(desk.now, "nudged"),),
        say=(Say(Direct(q.asker, q.origin.door), "answer.nudge", data, q.language, _verdict(q), subject=q.id),),
    )
