"""Belonging: which communities there are, joining, leaving, and taking the lead where nobody does."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import CameDue, Commanded, Left, Pressed
from bot.flow.cards import name_data, refreshed
from bot.flow.naming import match
from bot.flow.settling import close
from bot.model.base import new_id
from bot.model.community import Community
from bot.model.member import Membership
from bot.model.question import Question, State
from bot.outcome import JSON, NOTHING, Button, Later, Outcome, Then, Toast
from bot.registry import Feature

feature = Feature("belong")

MOST_BUTTONS = 20
UNDER_WAY = timedelta(minutes=1)  # longer than an event in hand takes


@feature.command("komunitas", "communities")
async def communities(command: Commanded, desk: Desk) -> Outcome:
    """All communities, with how many belong and whether I do."""
    everybody = await desk.members.memberships()
    mine = {m.community for m in everybody if m.member == desk.me.id}
    members = Counter(m.community for m in everybody)
    found = await desk.communities.all()
    rows: list[JSON] = [
        {
            "name": name_data(c.name),
            "about": name_data(c.description),
            "key": c.key,
            "members": members[c.id],
            "mine": c.id in mine,
        }
        for c in found
    ]
    buttons = tuple(Button("join", c.id, "belong.button_join", {"name": name_data(c.name)}) for c in found if c.id not in mine)
    return Outcome(say=(desk.reply("belong.list", {"communities": rows}, buttons=buttons[:MOST_BUTTONS]),))


@feature.command("gabung", "join")
async def join_by_name(command: Commanded, desk: Desk) -> Outcome:
    if not command.args.strip():
        return await communities(command, desk)
    return await _join(await _named(command.args, desk), desk)


@feature.presses("join")
async def join_by_button(press: Pressed, desk: Desk) -> Outcome:
    community = await desk.communities.get(press.value)
    if community is None:
        raise Kindly("error.stale")
    return await _join(community, desk)


async def _join(community: Community, desk: Desk) -> Outcome:
    old = await desk.members.membership(desk.me.id, community.id)
    if old and old.active:
        return Outcome(now=Toast("belong.joined_already", {"name": name_data(community.name)}, desk.language))
    fresh = Membership(id=new_id(), library=desk.library.id, member=desk.me.id, community=community.id, joined_at=desk.now)
    membership = replace(old, left_at=None, joined_at=desk.now) if old else fresh
    others = await desk.members.memberships(community=community.id)
    led = any(m.role == "steward" for m in others)
    lead = () if led else (Button("take_lead", community.id, "belong.button_lead"),)
    buttons = (Button("profile", "", "belong.button_profile", style="good"), *lead)
    data: dict[str, JSON] = {"name": name_data(community.name), "members": len(others) + 1, "led": led}
    return Outcome(save=(membership,), say=(desk.reply("belong.joined", data, buttons=buttons),))


@feature.presses("take_lead")
async def take_lead(press: Pressed, desk: Desk) -> Outcome:
    """Members choose their own leadership: where there is none, a member may take it."""
    mine = await desk.members.membership(desk.me.id, press.value)
    community = await desk.communities.get(press.value)
    if mine is None or not mine.active or community is None:
        raise Kindly("belong.join_first")
    if any(m.role == "steward" for m in await desk.members.memberships(community=community.id)):
        raise Kindly("belong.led_already")
    # The community is saved unchanged: of two who step forward at once, one meets a conflict and is told.
    toast = Toast("belong.leads_now", {"name": name_data(community.name)}, desk.language)
    shown = (Then("steward.came", community.id),)
    return Outcome(save=(replace(mine, role="steward"), community), now=toast, then=shown)


@feature.command("keluar", "leave")
async def leave(command: Commanded, desk: Desk) -> Outcome:
    """Out of a community; what was contributed keeps its credit."""
    mine = await desk.members.memberships(member=desk.me.id)
    if not command.args.strip():
        by_id = {c.id: c for c in await desk.communities.all()}
        names: list[JSON] = [name_data(by_id[m.community].name) for m in mine if m.community in by_id]
        return Outcome(say=(desk.reply("belong.leave_which", {"communities": names}),))
    community = await _named(command.args, desk)
    membership = next((m for m in mine if m.community == community.id), None)
    if membership is None:
        raise Kindly("belong.not_in", name=community.name.in_(desk.language))
    data: dict[str, JSON] = {"name": name_data(community.name)}
    gone = (Then("steward.left", community.id),) if membership.role == "steward" else ()
    return Outcome(save=(membership.left(desk.now),), say=(desk.reply("belong.left", data),), then=gone)


async def _named(typed: str, desk: Desk) -> Community:
    everything = await desk.communities.all()
    found = match(typed, everything)
    if found is None:
        raise Kindly("belong.no_such", typed=typed.strip()[:60], names=", ".join(c.name.in_(desk.language) for c in everything))
    return found


@feature.leavings()
async def person_left(left: Left, desk: Desk) -> Outcome:
    """Gone from the platform: asked no more; their open questions pass to whoever joined them, or are taken back."""
    if desk.me.version == 0 or desk.me.gone:
        return NOTHING
    here = desk.account
    if others := tuple(a for a in desk.me.accounts if (a.door, a.user) != (here.door, here.user)):
        return Outcome(save=(replace(desk.me, accounts=others),))  # still here, at another door
    again = Later("member.left", desk.me.id, desk.now + UNDER_WAY)
    return Outcome(save=(replace(desk.me, gone=True),), later=(again,)) + await _without(desk.me.id, desk)


@feature.due("member.left")
async def left_a_while_ago(due: CameDue, desk: Desk) -> Outcome:
    """What was under way in other lanes when they left is settled too."""
    member = await desk.members.get(due.subject)
    return await _without(member.id, desk) if member and member.gone and not member.merged_into else NOTHING


async def _without(who: str, desk: Desk) -> Outcome:
    """In no community, waited for by nobody, asking nothing."""
    mine = await desk.members.memberships(member=who)
    asks = [a for a in await desk.questions.asks(member=who) if a.state == "waiting"]
    outcome = Outcome(
        save=(*(m.left(desk.now) for m in mine), *(replace(a, state="passed") for a in asks)),
        later=tuple(Later("question.wait", a.question, desk.now) for a in asks),
    )
    for q in await desk.questions.of(who, 100):
        if not q.state.ended:
            outcome += await _without_asker(q, desk)
    return outcome + Outcome(then=tuple(Then("steward.left", m.community) for m in mine if m.role == "steward"))


async def _without_asker(q: Question, desk: Desk) -> Outcome:
    if q.state is State.SUGGESTED:
        return Outcome(save=(replace(q, state=State.REFUSED, text="", ended_at=desk.now).noted(desk.now, "forgotten"),))
    heirs = [m.id for m in await desk.members.many(q.joined) if not m.gone]
    if not heirs:
        return await close(q, desk, State.WITHDRAWN, "asker_left")
    q = replace(q, asker=heirs[0], joined=tuple(id for id in q.joined if id != heirs[0])).noted(desk.now, "asker_left")
    return Outcome(save=(q,), say=await refreshed(q, desk))
