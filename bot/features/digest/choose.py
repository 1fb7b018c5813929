"""Choosing: day, hour, language and off, by a button under each digest; and answering what it says is still open."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Pressed, Submitted
from bot.flow.cards import name_data, post_card, question_link
from bot.flow.digest_choice import chosen, fields, language_field
from bot.flow.meeting import own_zone
from bot.flow.people import person
from bot.model.digest import Kind, Subscription, first
from bot.model.question import Question
from bot.outcome import JSON, OpenForm, Outcome, Sheet, Toast
from bot.registry import Feature

feature = Feature("digest_choose")

FORM = "digest"


async def _of(value: str, desk: Desk) -> Subscription:
    """The digest that a button or form names: one's own, or a community's that one leads. Kindly: neither."""
    kind, _, community = value.partition(":")
    if kind == "community" and not (community and await desk.leads(community)):
        raise Kindly("digest.stewards_only")
    if kind not in ("member", "community", "centre") or (kind == "centre" and desk.me.role == "member"):
        raise Kindly("error.stale")
    who = community if kind == "community" else desk.me.id
    found: Kind = "community" if kind == "community" else "centre" if kind == "centre" else "member"
    return await desk.digests.get(found, who) or first(found, who, desk.library.id, desk.now)


@feature.presses("digest_settings")
async def settings(press: Pressed, desk: Desk) -> Outcome:
    one = await _of(press.value, desk)
    asked = (*fields(one, desk.language), language_field(one))
    form = OpenForm(FORM, press.value, "digest.form_title", asked, "digest.form_submit", "digest.intro", language=desk.language)
    return Outcome(now=form)


@feature.submits(FORM)
async def save(form: Submitted, desk: Desk) -> Outcome:
    one = await _of(form.subject, desk)
    zone = desk.library.timezone if one.kind == "community" else await own_zone(desk)
    return chosen(one, form, zone, desk) + Outcome(now=Toast("digest.saved", {}, desk.language))


@feature.presses("digest_stop")
async def stop(press: Pressed, desk: Desk) -> Outcome:
    """One tap, and it comes no more."""
    one = replace(await _of(press.value, desk), off=True, next_at=None)
    return Outcome(save=(one,), now=Toast("digest.stopped", {}, desk.language))


# ---- what is still open ----------------------------------------------------------------------------------------------


@feature.presses("digest_answer")
async def answer(press: Pressed, desk: Desk) -> Outcome:
    """The question in full and the way to its thread, at the door where one is if it stands there."""
    q = await desk.questions.get(press.value)
    if q is None or not q.text or q.community is None:
        raise Kindly("error.stale")
    if q.state.ended:
        raise Kindly("digest.ended")
    mine = await desk.members.memberships(member=desk.me.id)
    if not any(m.community == q.community for m in mine) and not await desk.leads(q.community):
        raise Kindly("digest.members_only")
    return Outcome(now=Sheet("digest.answer", await _shown(q, desk), desk.language))


async def _shown(q: Question, desk: Desk) -> dict[str, JSON]:
    asker = await desk.members.get(q.asker)
    place = await desk.communities.get(q.community or "")
    return {
        "text": q.text,
        "asker": person(asker) if asker and not asker.gone else None,
        "community": name_data(place.name) if place else None,
        "link": await _way(q, desk),
    }


async def _way(q: Question, desk: Desk) -> str:
    """To its post at this door, else to where it was asked."""
    if q.origin.door == desk.place.door:
        return question_link(q)
    for binding in await desk.places.bindings(q.community or ""):
        card = post_card(q.id, binding.id)
        if binding.door == desk.place.door and await desk.places.posting(card):
            return f"guyub:card/{card}"
    return question_link(q)
