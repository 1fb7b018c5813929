"""Second thoughts: a question or an answer that was edited or taken back on its platform."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.events import Deleted, Edited
from bot.flow.cards import refreshed
from bot.flow.relaying import relays
from bot.flow.settling import close
from bot.model.question import Answer, Question, State
from bot.outcome import NOTHING, Outcome, Then
from bot.registry import Feature
from bot.triage.text import is_blank

feature = Feature("changes")


@feature.edits()
async def edited(edit: Edited, desk: Desk) -> Outcome:
    """The cards and copies follow; what was decided stays. An emptied message counts as taken back."""
    ref = desk.event.ref
    if ref is None:
        return NOTHING
    if is_blank(edit.text):
        return await deleted(Deleted(edit.message), desk)
    answer = await desk.questions.answer_at(ref)
    if answer:
        return await _answer_changed(replace(answer, text=edit.text), desk)
    q = await desk.questions.at(ref)
    if q is None or q.origin != ref or q.state.ended or q.text == edit.text:
        return NOTHING
    q = replace(q, text=edit.text.strip()).noted(desk.now, "edited")
    return Outcome(save=(q,), say=await refreshed(q, desk), then=(Then("text.changed", q.id, (("kind", "question"),)),))


@feature.deletes()
async def deleted(delete: Deleted, desk: Desk) -> Outcome:
    """A question taken back is withdrawn, an answer taken back is blanked in its copies; others' words stay."""
    ref = desk.event.ref
    if ref is None:
        return NOTHING
    answer = await desk.questions.answer_at(ref)
    if answer:
        return await _answer_changed(replace(answer, text="", deleted=True), desk)
    q = await desk.questions.at(ref)
    if q is None or q.origin != ref or q.state.ended:
        return NOTHING
    if q.state is State.SUGGESTED:
        return await close(replace(q, text=""), desk, State.REFUSED, "forgotten")
    return await close(q, desk, State.WITHDRAWN, "withdrawn")


async def _answer_changed(answer: Answer, desk: Desk) -> Outcome:
    q = await desk.questions.get(answer.question)
    if q is None:
        return NOTHING
    author = await desk.members.get(answer.author)
    says = await relays(q, answer, author.name if author else "", desk)
    return Outcome(save=(answer,), say=says, then=_redraft(q, answer))


def _redraft(q: Question, answer: Answer) -> tuple[Then, ...]:
    """What is kept follows its writer's own correction, through the reviewers again."""
    return (Then("answer.consent", q.id),) if answer.accepted else ()
