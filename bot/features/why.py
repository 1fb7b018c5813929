"""Why? A question's trace in words: what happened when, and how sure Guyub was."""

from __future__ import annotations

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Commanded, Pressed
from bot.flow.cards import name_data
from bot.model.community import Community
from bot.model.place import MessageRef
from bot.model.question import Question
from bot.outcome import JSON, Outcome, Sheet
from bot.registry import Feature

feature = Feature("why")


@feature.command("mengapa", "why")
async def why(command: Commanded, desk: Desk) -> Outcome:
    """In a question's thread, that question; elsewhere the person's newest."""
    place = desk.place
    q = await desk.questions.at(MessageRef(place.door, place.channel, place.thread)) if place.thread else None
    if q is None:
        mine = await desk.questions.of(desk.me.id, 1)
        q = mine[0] if mine else None
    if q is None:
        raise Kindly("why.nothing")
    return await _trace(q, desk)


@feature.presses("why")
async def why_button(press: Pressed, desk: Desk) -> Outcome:
    q = await desk.questions.get(press.value)
    if q is None:
        raise Kindly("error.stale")
    return await _trace(q, desk)


@feature.presses("whole")
async def whole(press: Pressed, desk: Desk) -> Outcome:
    """The question in its full length, for whoever stands before its card."""
    q = await desk.questions.get(press.value)
    if q is None or not q.text:
        raise Kindly("error.stale")
    return Outcome(now=Sheet("card.whole", {"text": q.text}, desk.language))


async def _trace(q: Question, desk: Desk) -> Outcome:
    communities = {c.id: c for c in await desk.communities.all()}
    by_key = {c.key: c for c in communities.values()}
    steps: list[JSON] = [
        {"at": s.at.isoformat(), "what": s.what, "facts": _facts(dict(s.facts), by_key, desk)} for s in q.trace
    ]
    guesses: list[JSON] = [
        {"name": name_data(communities[g.id].name), "sure": g.probability} for g in q.guesses if g.id in communities
    ]
    data: dict[str, JSON] = {"text": q.text[:300], "state": q.state.value, "steps": steps, "guesses": guesses}
    return Outcome(now=Sheet("why.trace", data, desk.language))


def _facts(facts: dict[str, str], by_key: dict[str, Community], desk: Desk) -> dict[str, JSON]:
    community = by_key.get(facts.get("community", ""))
    name = community.name.in_(desk.language) if community else facts.get("community", "")
    return {**facts, "community": name}
