"""Which question's thread a message stands in. Where a platform has replies but no threads, people reply to anything in it."""

from __future__ import annotations

from dataclasses import replace

from bot.events import Event, Said
from bot.flow.cards import ask_card, direct_card
from bot.model.place import MessageRef, Place, Posting
from bot.model.question import Ask, Question
from bot.ports import Store
from bot.reading import Asks
from bot.triage.intent import LIKELY, is_thanks

STILL = ("waiting", "answered")  # what somebody who was asked may have to add to
ROOTS = ("ask:", "post:", "direct:", "centre:")  # cards that a thread grows under


async def question_around(ref: MessageRef, store: Store) -> Question | None:
    """The question whose thread this message begins or stands in: its origin, what asked, a card, an answer, a copy of one."""
    if found := await store.questions.at(ref):
        return found
    answer = await store.questions.answer_at(ref)
    if answer is None and (posting := await store.places.posting_at(ref)):
        answer = await store.questions.answer(posting.subject)
    return await store.questions.get(answer.question) if answer else None


async def rooted(event: Event, store: Store, q: Question | None = None) -> Event:
    """The event in the thread under its root, whichever message of it was replied to. `q`: its question, where known."""
    place = event.place
    if place is None or not place.thread:
        return event
    ref = MessageRef(place.door, place.channel, place.thread)
    q = q or await question_around(ref, store)
    root = await _root(ref, q, store) if q else ref.message
    return event if root == ref.message else replace(event, place=replace(place, thread=root))


async def _root(ref: MessageRef, q: Question, store: Store) -> str:
    """Where this side's thread of the question begins; the message itself where it has none."""
    if (q.origin.door, q.origin.channel) == (ref.door, ref.channel) and q.origin.message:
        return (await _own_root(q, store)).message
    here = [p for p in await store.places.postings(q.id) if (p.ref.door, p.ref.channel) == (ref.door, ref.channel)]
    return next((p.ref.message for p in sorted(here, key=lambda p: _rank(p, q, ref)) if p.card.startswith(ROOTS)), ref.message)


async def _own_root(q: Question, store: Store) -> MessageRef:
    """The root of the thread that it was asked in; its own message where by now another question is talked about there."""
    meant = await store.questions.at(q.origin) if q.asking else q
    return q.origin if meant and meant.id == q.id else q.own_message


def _rank(posting: Posting, q: Question, ref: MessageRef) -> tuple[bool, bool]:
    """The very message first, then the asker's own card."""
    return posting.ref != ref, posting.card != ask_card(q.id)


async def answering(event: Event, store: Store, asks: Asks) -> Event:
    """Whoever was asked in private, and simply writes back without "reply", answers; where it can only be one question."""
    what, place, who = event.what, event.place, event.account
    if not isinstance(what, Said) or not what.direct or place is None or who is None:
        return event
    me = await store.members.by_account(who.door, who.user)
    cards = [await _asked_here(ask, place, store) for ask in await store.questions.asks(member=me.id, going=True)] if me else []
    found = {card for card in cards if card}
    if len(found) != 1 or is_thanks(what.text) or await asks(what.text) >= LIKELY:
        return event
    return replace(event, place=replace(place, thread=found.pop()))


async def _asked_here(ask: Ask, place: Place, store: Store) -> str:
    """The message in this private chat that asked somebody; "" where there is none, or they passed it on."""
    posting = await store.places.posting(direct_card(ask.question, ask.member)) if ask.state in STILL else None
    here = posting and (posting.ref.door, posting.ref.channel) == (place.door, place.channel)
    return posting.ref.message if posting and here else ""


async def threads_of(q: Question, store: Store) -> tuple[MessageRef, ...]:
    """Every message that a thread of this question grows under."""
    cards = [p.ref for p in await store.places.postings(q.id) if p.card.startswith(ROOTS)]
    return (*([q.origin] if q.origin.message else []), *cards)
