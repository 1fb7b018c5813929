"""Who cannot be written to in private yet: asked once in their community's channel, kindly, to open that chat."""

from __future__ import annotations

from datetime import datetime

from bot.desk import Desk
from bot.events import Happened, Pressed, Reached
from bot.flow.people import person
from bot.model.member import Member
from bot.model.place import Account, Binding, Place
from bot.outcome import JSON, NOTHING, At, Button, Outcome, Say, Sheet
from bot.registry import Feature

feature = Feature("reach")

MOST = 20  # named in one message


@feature.reaches()
async def reached(what: Reached, desk: Desk) -> Outcome:
    """They opened it. That it was shut is forgotten with what is stored of them."""
    return Outcome(save=(desk.me,)) if desk.opened else NOTHING


@feature.watches("member.shut")
async def asked(happened: Happened, desk: Desk) -> Outcome:
    """A card a channel and week: whoever else is found meanwhile is added to it, quietly."""
    member = await desk.members.get(happened.subject)
    account = member.on(happened["door"]) if member else None
    if member is None or member.gone or account is None or account.shut is None or account.blocked:
        return NOTHING
    binding = await _home(member, account.door, desk)
    return Outcome(say=(await _card(binding, _week(account.shut), desk),)) if binding else NOTHING


@feature.watches("member.opened")
async def opened(happened: Happened, desk: Desk) -> Outcome:
    """Whoever opened it is asked no more: the newest cards are drawn anew."""
    member = await desk.members.get(happened.subject)
    binding = await _home(member, happened["door"], desk) if member else None
    if binding is None:
        return NOTHING
    posted = [p for p in await desk.places.postings(binding.id) if p.card.startswith(_PREFIX)]
    return Outcome(say=tuple([await _card(binding, p.card.rpartition(":")[2], desk) for p in posted[-2:]]))


@feature.presses("reach_me")
async def me(press: Pressed, desk: Desk) -> Outcome:
    """What is shown to one alone opens the private chat, where a platform wants it opened."""
    return Outcome(now=Sheet("reach.welcome", {}, desk.language))


# ---- which channel, and what stands there ------------------------------------------------------------------------------

_PREFIX = "reach:"


async def _home(member: Member, door: str, desk: Desk) -> Binding | None:
    """A channel at that door of a community of theirs, the longest-standing first; one, so that they are asked once."""
    for one in sorted(await desk.members.memberships(member=member.id), key=lambda m: m.joined_at):
        for binding in await desk.places.bindings(one.community):
            if binding.door == door and binding.mode != "off":
                return binding
    return None


def _week(at: datetime) -> str:
    return f"{at:%G-W%V}"


async def _card(binding: Binding, week: str, desk: Desk) -> Say:
    """Those who were found in that week and have not opened it since; a word of thanks where there is nobody left."""
    ids = tuple(m.member for m in await desk.members.memberships(community=binding.community))
    found = [m for m in await desk.members.many(ids) if _waits(m.on(binding.door), week) and not m.gone]
    here = [m for m in found if (home := await _home(m, binding.door, desk)) and home.id == binding.id][:MOST]
    people: list[JSON] = [person(m) for m in sorted(here, key=lambda m: m.name)]
    buttons = (Button("reach_me", "", "reach.button_open", style="good"),) if people else ()
    template = "reach.please" if people else "reach.all_here"
    language = desk.library.language
    at = At(Place(binding.door, binding.channel))
    return Say(
        at, template, {"people": people} if people else {}, language, buttons, f"{_PREFIX}{binding.id}:{week}", binding.id
    )


def _waits(account: Account | None, week: str) -> bool:
    return account is not None and account.shut is not None and not account.blocked and _week(account.shut) == week
