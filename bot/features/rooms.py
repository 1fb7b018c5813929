"""What becomes of a channel itself: the bot was added or removed, it got another name, it moved; and what a door missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.desk import Desk
from bot.events import Happened, Missed, Room
from bot.flow.cards import name_data, refreshed
from bot.flow.onward import another_way
from bot.flow.placing import centre
from bot.flow.reviewing import stewards
from bot.flow.waiting import next_look
from bot.model.member import Member
from bot.model.place import Binding, MessageRef, Place
from bot.model.question import Question
from bot.outcome import JSON, NOTHING, At, Direct, Outcome, Say, Then
from bot.registry import Feature

feature = Feature("rooms")

MOST_OPEN = 2000  # questions not ended, newest first, that move with a channel


@feature.rooms()
async def changed(room: Room, desk: Desk) -> Outcome:
    binding = await desk.places.binding(desk.place.door, desk.place.channel)
    match room.change:
        case "opened" | "reopened":
            return await _opened(room, binding, desk)
        case "closed":
            served = [b for b in await _all(room, desk) if b.mode != "off"]
            return await _closed(served, desk, room.name)
        case "renamed" if binding and room.name and binding.name != room.name:
            return Outcome(save=(replace(binding, name=room.name),))
        case "moved" if room.to:
            return await _moved(binding, room.to, desk)
    return NOTHING


async def _all(room: Room, desk: Desk) -> list[Binding]:
    """The channels that it happened to, as far as they are bound."""
    channels = dict.fromkeys((desk.place.channel, *room.also))
    found = [await desk.places.binding(desk.place.door, channel) for channel in channels]
    return [b for b in found if b]


async def _opened(room: Room, binding: Binding | None, desk: Desk) -> Outcome:
    """What the platform had closed goes on as it was; a channel where people switched it off, or a new one, is greeted."""
    if shut := [b for b in await _all(room, desk) if b.resumes]:
        on = tuple(replace(b, mode=b.resumes, resumes="") for b in shut)
        return Outcome(save=on, say=await _told("rooms.open_again", on, desk, room.name))
    return await _greeted(binding, desk) if room.change == "opened" else NOTHING


async def _greeted(binding: Binding | None, desk: Desk) -> Outcome:
    """Once a channel: how to begin. For all where a member of ours added it, else to that person alone, else to nobody."""
    if desk.event.account is None or (binding and binding.mode != "off"):
        return NOTHING
    if binding:
        community = await desk.communities.get(binding.community) if binding.community else None
        return Outcome(say=(desk.reply("rooms.back", {"community": name_data(community.name) if community else None}),))
    card = f"room:{desk.place.door}:{desk.place.channel}"
    if await desk.places.posting(card):
        return NOTHING
    if desk.me.version == 0:
        return Outcome(say=(desk.reply("rooms.hello"),))
    return Outcome(say=(Say(At(Place(desk.place.door, desk.place.channel)), "rooms.hello", {}, desk.language, card=card),))


async def _moved(binding: Binding | None, to: str, desk: Desk) -> Outcome:
    """The new channel is served like the old one, and its open questions go on there.

    Messages of before do not exist in it (a Telegram group that grew keeps none of its ids). So each question stands there as
    if a command had asked it: its card is posted anew now, and threads grow under that. Other channels' posts stay as they are.
    """
    there = await desk.places.binding(desk.place.door, to)
    served = () if binding is None else (replace(binding, mode="off") if there else replace(binding, channel=to),)
    here = (desk.place.door, desk.place.channel)
    waiting = [q for q in await desk.questions.open_in(None, MOST_OPEN) if (q.origin.door, q.origin.channel) == here]
    there_now = MessageRef(desk.place.door, to, "")
    moved = tuple(replace(q, origin=there_now, asking="").noted(desk.now, "channel_moved") for q in waiting)
    return Outcome(save=(*served, *moved), then=tuple(Then("question.elsewhere", q.id) for q in moved))


@feature.watches("question.elsewhere")
async def posted_anew(happened: Happened, desk: Desk) -> Outcome:
    """Once the channel is served under its new name."""
    q = await desk.questions.get(happened.subject)
    return Outcome(say=await refreshed(q, desk)) if q and not q.state.ended else NOTHING


async def _closed(served: Sequence[Binding], desk: Desk, name: str = "") -> Outcome:
    """Nothing is heard there any more until the platform opens it again: whoever looks after it is told once."""
    off = tuple(replace(b, mode="off", resumes=b.mode) for b in served)
    communities = tuple({b.community for b in off if b.community})
    waiting = await desk.questions.open_in(communities, MOST_OPEN) if communities else ()
    awaited = [q for q in waiting if next_look(q, desk.rules)]
    unheard = tuple(_unheard(q, b.id) for b in off for q in awaited if q.community == b.community)
    return Outcome(save=off, say=await _told("rooms.closed", off, desk, name), then=unheard)


def _unheard(q: Question, binding: str, lasting: str = "") -> Then:
    return Then("question.unheard", q.id, (("binding", binding), ("lasting", lasting)))


@feature.watches("channel.refused")
async def refused(happened: Happened, desk: Desk) -> Outcome:
    """Something could not be posted in a channel, for good: the channel is dead (`dead`), or it did not take this card."""
    binding = await desk.places.binding(happened["door"], happened["channel"])
    if binding is None:
        return NOTHING
    dead, q = happened["dead"], await desk.questions.get(happened.subject)
    closed = await _closed((binding,), desk) if dead and binding.mode != "off" else NOTHING
    if q is None or (not dead and await desk.places.posting(happened["card"])):
        return closed
    return closed + Outcome(then=(_unheard(q, binding.id, "" if dead else "yes"),))


@feature.watches("question.unheard")
async def heard_another_way(happened: Happened, desk: Desk) -> Outcome:
    """Nobody hears it in this channel of its community."""
    q = await desk.questions.get(happened.subject)
    bindings = await desk.places.bindings(q.community) if q and q.community else ()
    binding = next((b for b in bindings if b.id == happened["binding"]), None)
    return await another_way(q, binding, desk, lasting=bool(happened["lasting"])) if q and binding else NOTHING


async def _told(template: str, bindings: Sequence[Binding], desk: Desk, name: str) -> tuple[Say, ...]:
    """One message to each of those who look after these channels. `name`: what the one that it happened in is called."""
    known = {c.id: name_data(c.name) for c in await desk.communities.all()}
    theirs: dict[str, tuple[Member, list[JSON]]] = {}
    for b in bindings:
        called = b.name or (name if desk.event.place and desk.event.place.channel == b.channel else "")
        room: JSON = {"channel": called.lstrip("#"), "door": b.door, "community": known.get(b.community or "")}
        for m in (await stewards(b.community, desk) if b.community in known else ()) or await centre(desk):
            theirs.setdefault(m.id, (m, []))[1].append(room)
    return tuple(
        Say(Direct(m.id), template, {"rooms": rooms}, m.language or desk.library.language) for m, rooms in theirs.values()
    )


@feature.misses()
async def missed(gap: Missed, desk: Desk) -> Outcome:
    """Something may be lost: the operators, or else the learning centre, are told between when, and what to do."""
    operators = [m for m in await desk.members.with_role("operator") if not m.gone]
    data: dict[str, JSON] = {"door": gap.door, "since": gap.since.isoformat(), "until": gap.until.isoformat()}
    people = operators or await centre(desk)
    return Outcome(say=tuple(Say(Direct(m.id), "rooms.missed", data, m.language or desk.library.language) for m in people))
