"""Second thoughts: a question or an answer that was edited or taken back on its platform."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.events import Deleted, Edited
from bot.flow.asking import LONGEST, offer_or_send
from bot.flow.cards import cards, picture, refreshed
from bot.flow.relaying import relays
from bot.flow.settling import close
from bot.model.question import Answer, Question, State
from bot.outcome import NOTHING, Later, Outcome, Then
from bot.registry import Feature
from bot.triage.text import is_blank
from bot.triage.words import terms

feature = Feature("changes")

UNDECIDED = frozenset({State.OFFERED, State.ASKED_BACK, State.UNPLACED})


@feature.edits()
async def edited(edit: Edited, desk: Desk) -> Outcome:
    """The cards and copies follow; what was decided stays. An emptied message counts as taken back."""
    ref = desk.event.ref
    if ref is None:
        return NOTHING
    answer = await desk.questions.answer_at(ref)
    q = None if answer else await desk.questions.asked_with(ref)
    changed = answer or q
    if changed is None or (q and _somebody_else(q, desk)):
        return NOTHING
    if is_blank(edit.text) and not (answer and answer.files):
        return NOTHING if _overtaken(changed, desk) else await deleted(Deleted(edit.message), desk)
    if answer:
        return await _answered_otherwise(answer, edit.text, desk)
    return await _asked_otherwise(q, edit.text.strip()[:LONGEST], desk) if q else NOTHING


def _overtaken(changed: Question | Answer, desk: Desk) -> bool:
    """A newer edit was here before this one."""
    return changed.edited_at is not None and desk.event.at < changed.edited_at


def _somebody_else(q: Question, desk: Desk) -> bool:
    """Some platforms do not say who edited: then it was its writer."""
    return desk.event.account is not None and desk.me.id != q.asker


async def _answered_otherwise(answer: Answer, text: str, desk: Desk) -> Outcome:
    """What was taken back stays empty."""
    if _overtaken(answer, desk):
        return NOTHING
    edited = replace(answer, text="" if answer.deleted else text, edited_at=desk.event.at)
    return Outcome(save=(edited,)) if answer.text == edited.text else await _answer_changed(edited, desk)


async def _asked_otherwise(q: Question, text: str, desk: Desk) -> Outcome:
    """Where nobody else is waiting on it yet, the new words are judged afresh."""
    if q.state.ended:
        return await _asked_otherwise_before_its_end(q, text, desk)
    if _overtaken(q, desk):
        return Outcome(save=(q.noted(desk.now, "edited"),))
    afresh = q.state in UNDECIDED and terms(q.text) != terms(text)
    same, q = q.text == text, replace(q, text=text, edited_at=desk.event.at)
    if same:
        return Outcome(save=(q,))
    q = q.noted(desk.now, "edited")
    indexed = Outcome(then=(Then("text.changed", q.id, (("kind", "question"),)),))
    if afresh:
        return await offer_or_send(replace(q, offered=()), desk) + indexed
    return Outcome(save=(q,), say=await refreshed(q, desk)) + indexed


async def _asked_otherwise_before_its_end(q: Question, text: str, desk: Desk) -> Outcome:
    """Changed, and taken back right after: the deletion was faster than the edit, and it holds."""
    if q.state is not State.WITHDRAWN or q.ended_at is None or q.ended_at < desk.event.at:
        return NOTHING
    *before, end = q.trace
    q = replace(q, trace=tuple(before)).noted(desk.now, "edited")
    q = replace(q, trace=(*q.trace, end))
    if not _overtaken(q, desk):
        q = replace(q, text=text, edited_at=desk.event.at)
    return Outcome(save=(q,), say=await refreshed(q, desk))


@feature.deletes()
async def deleted(delete: Deleted, desk: Desk) -> Outcome:
    """A question taken back is withdrawn, an answer taken back is blanked in its copies; others' words stay."""
    ref = desk.event.ref
    if ref is None:
        return NOTHING
    answer = await desk.questions.answer_at(ref)
    if answer:
        return NOTHING if answer.deleted else await _answer_gone(replace(answer, text="", deleted=True), desk)
    q = await desk.questions.asked_with(ref)
    if q is None or q.state.ended:
        return NOTHING
    if q.state is State.SUGGESTED:
        return await close(replace(q, text="", files=()), desk, State.REFUSED, "forgotten")
    return await close(q, desk, State.WITHDRAWN, "withdrawn")


async def _answer_gone(answer: Answer, desk: Desk) -> Outcome:
    """Without any other answer the question is waiting again."""
    changed = await _answer_changed(answer, desk)
    q = await desk.questions.get(answer.question)
    left = [a for a in await desk.questions.answers(answer.question) if a.id != answer.id and q and a.author != q.asker]
    if q is None or q.state is not State.ANSWERED or left:
        return changed
    q = replace(q, state=State.OPEN if q.community else State.UNPLACED).noted(desk.now, "answer_gone")
    later = (Later("question.wait", q.id, desk.now + desk.rules.next_wave), Later("question.nudge", q.id, None))
    gone = Outcome(save=(q,), later=later)
    seen = await picture(q, desk)
    return changed + gone + Outcome(say=cards(replace(seen, answers=(), helped=())))


async def _answer_changed(answer: Answer, desk: Desk) -> Outcome:
    q = await desk.questions.get(answer.question)
    if q is None:  # a message that was marked: what people reviewed of it stays as it is, until it is taken back
        return Outcome(save=(answer,), then=_redraft(answer)) if answer.deleted else NOTHING
    author = await desk.members.get(answer.author)
    says = await relays(q, answer, author.name if author else "", desk)
    return Outcome(save=(answer,), say=says, then=_redraft(answer))


def _redraft(answer: Answer) -> tuple[Then, ...]:
    """What is kept follows its writer's own correction, through the reviewers again."""
    return (Then("answer.consent", answer.question, (("changed", answer.id),)),) if answer.accepted else ()
