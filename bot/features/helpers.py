"""Those who were asked: pass it on in one tap; unanswered, the next who know, then the steward."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import CameDue, Pressed, Submitted
from bot.flow.asking import send_to_people
from bot.flow.calling import turns
from bot.flow.cards import refreshed
from bot.flow.carrying import files_wanted
from bot.flow.onward import STEWARD_WAVE, ask_next, to_stewards
from bot.flow.placing import to_centre
from bot.model.member import Member
from bot.model.question import Ask, Question, State
from bot.outcome import NOTHING, Choice, Field, OpenForm, Outcome, Toast
from bot.registry import Feature

feature = Feature("helpers")


@feature.presses("pass")
async def pass_on(press: Pressed, desk: Desk) -> Outcome:
    """Not now: no reason needed, the next who know is asked, unless somebody has answered meanwhile."""
    q, mine = await _asked(press.value, desk)
    passed = replace(mine, state="passed")
    if q.state is not State.OPEN:
        says = await refreshed(q, desk, (passed,))
        return Outcome(save=(passed,), say=says, now=Toast("helpers.passed_answered", {}, desk.language))
    toast = Toast("helpers.passed", {}, desk.language)
    return await ask_next(q.noted(desk.now, "passed"), desk, (passed,)) + Outcome(now=toast)


@feature.presses("refer")
async def refer_form(press: Pressed, desk: Desk) -> Outcome:
    """Somebody else knows better: who?"""
    q, _ = await _asked(press.value, desk)
    choices = tuple(Choice(m.id, m.name) for m in await _askable(q, desk))
    if not choices:
        return Outcome(now=Toast("helpers.nobody_else", {}, desk.language))
    field = Field("member", "one", "helpers.field_member", required=True, choices=choices)
    return Outcome(now=OpenForm("refer", q.id, "helpers.form_title", (field,), "helpers.form_submit", language=desk.language))


@feature.submits("refer")
async def refer(form: Submitted, desk: Desk) -> Outcome:
    q, mine = await _asked(form.subject, desk)
    other = await desk.members.get(form["member"])
    if other and any(a.member == other.id for a in await desk.questions.asks(question=q.id)):
        raise Kindly("helpers.asked_already", name=other.name)
    if other is None or other.id not in {m.id for m in await _askable(q, desk)}:
        raise Kindly("helpers.away")
    ask = Ask(library=q.library, question=q.id, member=other.id, at=desk.now, why=f"referred:{desk.me.name}")
    referred = replace(mine, state="referred")
    q = q.noted(desk.now, "referred", by=desk.me.name, to=other.name)
    toast = Toast("helpers.referred", {"name": other.name}, desk.language)
    says = (*await refreshed(q, desk, (referred, ask)), *await turns(q, (ask,), desk))
    return Outcome(save=(q, referred, ask), say=says, now=toast, then=files_wanted(q))


async def _askable(q: Question, desk: Desk) -> tuple[Member, ...]:
    """The community's others who agreed to be asked, are here, and were not asked yet."""
    asked = {a.member for a in await desk.questions.asks(question=q.id)}
    willing = [m.member for m in await desk.members.memberships(community=q.community) if m.may_ask]
    out = {desk.me.id, q.asker, *asked}
    return tuple(m for m in await desk.members.many(tuple(willing)) if m.id not in out and not m.away(desk.now))


@feature.due("question.wait")
async def unanswered(due: CameDue, desk: Desk) -> Outcome:
    """Nobody answered in time: the next who know, then the steward, then it stays on the list of the open ones."""
    q = await desk.questions.get(due.subject)
    if q is not None and q.state in (State.OFFERED, State.ASKED_BACK):
        return await _no_word(q, desk)
    if q is None or q.state not in (State.OPEN, State.UNPLACED):
        return NOTHING
    if q.wave + 1 >= STEWARD_WAVE or q.community is None:
        return await to_stewards(q, desk)
    return await ask_next(replace(q, wave=q.wave + 1).noted(desk.now, "next_wave"), desk)


async def _no_word(q: Question, desk: Desk) -> Outcome:
    """The asker was asked something and says nothing: an offered note is taken not to fit, a choice is the centre's."""
    q = q.noted(desk.now, "no_word")
    return await (send_to_people(q, desk) if q.state is State.OFFERED else to_centre(q, desk))


async def _asked(question: str, desk: Desk) -> tuple[Question, Ask]:
    """The question and this person's own open ask; kindly where they were not asked."""
    q = await desk.questions.get(question)
    if q is None or q.state.ended:
        raise Kindly("error.closed")
    mine = [a for a in await desk.questions.asks(question=question, member=desk.me.id) if a.state == "waiting"]
    if not mine:
        raise Kindly("helpers.not_asked")
    return q, mine[0]
