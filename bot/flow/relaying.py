"""Each side of a question sees the other sides' replies, with the author's name."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk import Desk
from bot.flow.cards import ask_card, asker_place, centre_card, direct_card, post_card
from bot.flow.heard import elsewhere, heard_in_channel, went_private
from bot.flow.people import link_to
from bot.model.place import Binding, MessageRef
from bot.model.question import Answer, Question
from bot.outcome import JSON, Address, Say, Under


async def relays(q: Question, answer: Answer, author: str, desk: Desk) -> tuple[Say, ...]:
    """The answer as each other side sees it. Said again (after an edit) each changes in place."""
    bindings = await desk.places.bindings(q.community) if q.community else ()
    sides: list[tuple[str, Address]] = [("own", asker_place(q))]
    sides += [(b.id, Under(post_card(q.id, b.id))) for b in elsewhere(q, bindings)]
    sides += [(card, Under(card)) for card in await _private_cards(q, bindings, desk)]
    heard = await _side_of(q, answer.source, desk)
    data: dict[str, JSON] = {
        "author": {"id": answer.author, "name": author},
        "text": answer.text,
        "source": link_to(answer.source),
        "files": len(answer.files),
        "deleted": answer.deleted,
    }
    return tuple(
        Say(to, "answer.relay", data, q.language, card=f"relay:{answer.id}:{side}", subject=answer.id)
        for side, to in sides
        if side not in heard
    )


async def _private_cards(q: Question, bindings: Sequence[Binding], desk: Desk) -> list[str]:
    """Where no channel hears it, or none did at some time: the cards of those who were asked in private, and of the centre's
    who answered there."""
    if heard_in_channel(q, bindings) and not went_private(q, bindings):
        return []
    asked = [a.member for a in await desk.questions.asks(question=q.id) if a.state in ("waiting", "answered")]
    answered = () if q.community else dict.fromkeys(a.author for a in await desk.questions.answers(q.id) if a.author != q.asker)
    cards = [*(direct_card(q.id, m) for m in asked), *(centre_card(q.id, m) for m in answered)]
    return [card for card in cards if await desk.places.posting(card)]


async def _side_of(q: Question, source: MessageRef, desk: Desk) -> tuple[str, ...]:
    """The side an answer was given on (it needs no copy there): the asker's own, a binding's id, or a private card."""
    root = desk.event.place.thread if desk.event.place else ""
    if q.origin.message and (source.door, source.channel) == (q.origin.door, q.origin.channel):
        return ("own",)
    posting = await desk.places.posting_at(MessageRef(source.door, source.channel, root)) if root else None
    if posting and posting.card == ask_card(q.id):
        return ("own",)
    if posting and posting.card.startswith("post:"):
        return (posting.card.rsplit(":", 1)[1],)
    if posting:
        return (posting.card,)
    bindings = await desk.places.bindings(q.community) if q.community else ()
    return tuple(b.id for b in bindings if (b.door, b.channel) == (source.door, source.channel))
