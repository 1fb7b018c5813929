"""A question's first minute: asked already? answered before? and if not, which community?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import FileRef, Said
from bot.finder import Query
from bot.flow.cards import refreshed
from bot.flow.carrying import attached
from bot.flow.placing import place, to_centre
from bot.flow.trusting import earned
from bot.model.access import Sight
from bot.model.place import MessageRef
from bot.model.question import Guess, Question, State
from bot.outcome import JSON, Button, Later, Outcome, Say
from bot.triage.text import is_blank

SAME = "same"  # the trace's word for: somebody's open question asks it already
LONGEST = 40_000  # characters; longer ones are refused kindly, the message itself stays where it is


def new_question(text: str, origin: MessageRef, desk: Desk, asking: str = "", files: Iterable[FileRef] = ()) -> Question:
    """What was asked, as it was asked. `asking`: see `Question`. Kindly: there is nothing in it to answer."""
    text = text.strip()
    if is_blank(text):
        raise Kindly("ask.blank")
    if len(text) > LONGEST:
        raise Kindly("ask.too_long", longest=LONGEST)
    return Question(
        library=desk.library.id,
        asker=desk.me.id,
        text=text,
        language=desk.language,
        origin=origin,
        asked_at=desk.now,
        asking=asking,
        files=attached(files, origin.door),
    )


async def ask(q: Question, desk: Desk) -> Outcome:
    """The whole first minute. People are asked at once where nothing published fits."""
    query = await desk.find.query(q.text)
    return await _asked_already(q, query, desk) or await offer_or_send(q, desk, query)


async def offer_or_send(q: Question, desk: Desk, query: Query | None = None) -> Outcome:
    """What is published first, then people."""
    query = query or await desk.find.query(q.text)
    found = await desk.find.answered(query, await desk.sight(await desk.members.get(q.asker)))
    if found.decision != "none":
        fresh = await _fresh(q, ((found.best,) if found.decision == "sure" and found.best else found.several), desk)
        if fresh:
            trusted = await earned("note", desk.judgements)
            sure = trusted.holds(fresh[0].probability)
            how = "suggested" if found.decision == "sure" and not sure else found.decision
            bound = f"{trusted.wrong_at_most:.2f}" if how == "sure" else ""
            q = replace(q, state=State.OFFERED, offered=fresh)
            facts = {"items": str(len(fresh)), "sure": f"{fresh[0].probability:.2f}", "how": how, "wrong_at_most": bound}
            q = q.noted(desk.now, "offered", **facts)
            return Outcome(save=(q,), say=await refreshed(q, desk), later=_look_again(q, desk))
    return await send_to_people(q, desk, query)


async def send_to_people(q: Question, desk: Desk, query: Query | None = None) -> Outcome:
    """To the right community, or asked back, or honestly to nobody's."""
    query = query or await desk.find.query(q.text)
    if not query.terms.words:
        return await _ask_back(q, desk)
    routing = await desk.find.route(query)
    q = replace(q, guesses=routing.guesses[:3])
    best = routing.guesses[0] if routing.guesses else None
    community = await desk.communities.get(best.id) if best else None
    if routing.decision == "routed" and best and community:
        return await place(q, community, desk, "routed", best.probability)
    if routing.decision == "ask":
        return await _ask_back(q, desk)
    return await to_centre(q.noted(desk.now, "nothing_fits"), desk)


async def _ask_back(q: Question, desk: Desk) -> Outcome:
    q = replace(q, state=State.ASKED_BACK)
    if not q.guesses:
        q = replace(q, guesses=tuple(Guess(c.id, 0.0) for c in (await desk.communities.all())[:3]))
    q = q.noted(desk.now, "asked_back", sure=f"{q.guesses[0].probability:.2f}" if q.guesses else "")
    return Outcome(save=(q,), say=await refreshed(q, desk), later=_look_again(q, desk))


def _look_again(q: Question, desk: Desk) -> tuple[Later, ...]:
    """The asker was asked something: a day without a word, and the question goes on without them."""
    return (Later("question.wait", q.id, desk.now + desk.rules.nudge),)


async def _asked_already(q: Question, query: Query, desk: Desk) -> Outcome | None:
    """Somebody asked the same and it is still open: offer to join, without asking twice.

    Only a question that stands before a community is shown to others: what nobody's community has was perhaps asked in private.
    """
    waiting = [o for o in await desk.questions.open_in(None) if o.id != q.id and o.state in (State.OPEN, State.ANSWERED)]
    same = await desk.find.same(query, [o for o in waiting if o.community or o.asker == q.asker])
    if same is None:
        return None
    other = next(o for o in waiting if o.id == same.id)
    q = replace(q, state=State.SUGGESTED).noted(desk.now, "same", other=other.id, sure=f"{same.probability:.2f}")
    buttons = (
        Button("join_question", f"{q.id}:{other.id}", "ask.button_me_too", style="good"),
        Button("ask_anyway", q.id, "ask.button_different"),
    )
    asker = await desk.members.get(other.asker)
    data: dict[str, JSON] = {
        "text": other.text[:400],
        "asker": asker.name if asker else "",
        "mine": other.asker == q.asker,
        "card": f"guyub:card/ask:{other.id}",
    }
    say = Say(desk.here, "ask.same", data, q.language, buttons)
    return Outcome(save=(q,), say=(say,), later=(Later("question.forget", q.id, desk.now + desk.rules.next_wave),))


async def _fresh(q: Question, guesses: tuple[Guess, ...], desk: Desk) -> tuple[Guess, ...]:
    """Items overdue for review drop out of instant answers, and those that not everybody in the channel may read."""
    items = {i.id: i for i in await desk.items.many(tuple(g.id for g in guesses), await _shown_here(q, desk))}
    return tuple(g for g in guesses if g.id in items and not items[g.id].overdue(desk.now))


async def _shown_here(q: Question, desk: Desk) -> Sight:
    """What everybody who reads along may see: in private the asker alone, in a channel the members of its community."""
    if isinstance(desk.event.what, Said) and desk.event.what.direct:
        return await desk.sight()
    binding = await desk.places.binding(q.origin.door, q.origin.channel)
    return Sight(q.library, frozenset({binding.community} if binding and binding.community else ()))
