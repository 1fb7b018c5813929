"""What becomes of a channel itself: the bot was added or removed, it got another name, it moved; and what a door missed."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.events import Happened, Missed, Room
from bot.flow.cards import name_data, refreshed
from bot.flow.placing import centre
from bot.flow.reviewing import stewards
from bot.model.place import Binding, MessageRef, Place
from bot.outcome import JSON, NOTHING, At, Direct, Outcome, Say, Then
from bot.registry import Feature

feature = Feature("rooms")

MOST_OPEN = 2000  # questions not ended, newest first, that move with a channel


@feature.rooms()
async def changed(room: Room, desk: Desk) -> Outcome:
    binding = await desk.places.binding(desk.place.door, desk.place.channel)
    match room.change:
        case "opened":
            return await _opened(binding, desk)
        case "renamed" if binding and room.name and binding.name != room.name:
            return Outcome(save=(replace(binding, name=room.name),))
        case "moved" if room.to:
            return await _moved(binding, room.to, desk)
        case "closed" if binding and binding.mode != "off":
            return await _closed(binding, room, desk)
    return NOTHING


async def _opened(binding: Binding | None, desk: Desk) -> Outcome:
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


async def _closed(binding: Binding, room: Room, desk: Desk) -> Outcome:
    """Nothing is heard there any more: whoever looks after it is told once, with the way back."""
    community = await desk.communities.get(binding.community) if binding.community else None
    people = (await stewards(community.id, desk) if community else ()) or await centre(desk)
    data: dict[str, JSON] = {
        "channel": (binding.name or room.name).lstrip("#"),
        "door": binding.door,
        "community": name_data(community.name) if community else None,
    }
    told = tuple(Say(Direct(m.id), "rooms.closed", data, m.language or desk.library.language) for m in people)
    return Outcome(save=(replace(binding, mode="off"),), say=told)


@feature.misses()
async def missed(gap: Missed, desk: Desk) -> Outcome:
    """Something may be lost: the operators, or else the learning centre, are told between when, and what to do."""
    operators = [m for m in await desk.members.with_role("operator") if not m.gone]
    data: dict[str, JSON] = {"door": gap.door, "since": gap.since.isoformat(), "until": gap.until.isoformat()}
    people = operators or await centre(desk)
    return Outcome(say=tuple(Say(Direct(m.id), "rooms.missed", data, m.language or desk.library.language) for m in people))
