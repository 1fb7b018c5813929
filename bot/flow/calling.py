"""Calls those whose turn it is. A card that is edited in place mentions them, but no platform tells them so."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk import Desk
from bot.flow.cards import ask_card, asker_place, post_card
from bot.flow.heard import asked_here, elsewhere
from bot.flow.people import person
from bot.model.question import Ask, Question
from bot.outcome import JSON, Address, Say, Under


async def turns(q: Question, asks: Sequence[Ask], desk: Desk) -> tuple[Say, ...]:
    """One line in the thread that they are asked in. Who is asked in private gets a card of their own instead."""
    bindings = await desk.places.bindings(q.community) if q.community else ()
    members = {m.id: m for m in await desk.members.many(tuple(a.member for a in asks))} if asks else {}
    called: list[JSON] = [{"who": person(members[a.member]), "why": a.why} for a in asks if a.member in members]
    if not called:
        return ()
    to: list[Address] = [Under(post_card(q.id, b.id)) for b in elsewhere(q, bindings)[:1]]
    if asked_here(q, bindings):
        to = [asker_place(q)]
    return tuple(Say(place, "helpers.turn", {"asked": called}, q.language, subject=q.id) for place in to)


async def called_anew(q: Question, asks: Sequence[Ask], desk: Desk) -> tuple[Say, ...]:
    """The same where the card that mentions them stood there before, so that it is edited, not posted."""
    bindings = await desk.places.bindings(q.community) if q.community else ()
    first = ask_card(q.id) if asked_here(q, bindings) else next((post_card(q.id, b.id) for b in elsewhere(q, bindings)), "")
    return await turns(q, asks, desk) if first and await desk.places.posting(first) else ()
