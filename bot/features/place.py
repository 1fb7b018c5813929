"""Finding the right community: the asker picks one, anyone may move a question, and a move teaches the router."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Pressed, Submitted
from bot.flow.cards import gone_posts, name_data
from bot.flow.placing import centre_told, place, teach
from bot.flow.settling import may_settle
from bot.flow.trusting import route_judged
from bot.model.community import Community
from bot.model.question import Question, State
from bot.outcome import Choice, Field, OpenForm, Outcome, Toast
from bot.registry import Feature

feature = Feature("place")

PLACEABLE = frozenset({State.ASKED_BACK, State.UNPLACED})


@feature.presses("place")
async def picked(press: Pressed, desk: Desk) -> Outcome:
    """The asker took one of the communities offered."""
    question, _, community = press.value.partition(":")
    q, target = await _open(question, desk), await desk.communities.get(community)
    if target is None or q.state not in PLACEABLE:
        return Outcome(now=Toast("error.already", {}, desk.language))
    if not may_settle(q, desk) and not await desk.leads(None):
        raise Kindly("error.only_asker")
    learned = (await teach(q, target, desk), *await route_judged(q, target.id, desk))
    return Outcome(save=learned) + await place(q, target, desk, "chosen")


@feature.presses("place_other", "move")
async def pick_form(press: Pressed, desk: Desk) -> Outcome:
    """All communities to choose from."""
    q = await _open(press.value, desk)
    choices = tuple(Choice(c.id, c.name.in_(desk.language)) for c in await desk.communities.all() if c.id != q.community)
    field = Field("community", "one", "place.field_community", required=True, choices=choices, hint="place.hint_community")
    intro = "place.move_intro" if q.community else "place.pick_intro"
    return Outcome(
        now=OpenForm(
            "place", q.id, "place.form_title", (field,), "place.form_submit", intro, {"text": q.text[:300]}, desk.language
        )
    )


@feature.submits("place")
async def placed(form: Submitted, desk: Desk) -> Outcome:
    """Placed or moved: the old posts say where it went, the new community is asked, the router learns."""
    q, target = await _open(form.subject, desk), await desk.communities.get(form["community"])
    if target is None:
        raise Kindly("place.which")
    if target.id == q.community:
        return Outcome(now=Toast("error.already", {}, desk.language))
    says = gone_posts(q, await desk.places.bindings(q.community), target) if q.community else ()
    if q.state is State.UNPLACED:
        says = await centre_told(q, target, desk)
    moved = "moved" if q.community else "chosen"
    learned = (await teach(q, target, desk), *await route_judged(q, target.id, desk))
    outcome = Outcome(save=learned, say=says) + await _place(q, target, desk, moved)
    return outcome + Outcome(now=Toast("place.done", {"community": name_data(target.name)}, desk.language))


async def _place(q: Question, target: Community, desk: Desk, how: str) -> Outcome:
    """Whoever was asked in the wrong community is no longer waited for."""
    asks = await desk.questions.asks(question=q.id)
    dropped = tuple(replace(a, state="passed") for a in asks if a.state == "waiting")
    q = q.noted(desk.now, "moved_by", who=desk.me.name)
    return Outcome(save=dropped) + await place(q, target, desk, how, dropped=dropped)


async def _open(question: str, desk: Desk) -> Question:
    q = await desk.questions.get(question)
    if q is None or q.state.ended or q.state is State.SUGGESTED:
        raise Kindly("error.closed")
    return q
