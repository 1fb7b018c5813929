"""Puts a question before a community: who is asked, what is posted, and when somebody looks again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.desk import Desk
from bot.flow.calling import called_anew
from bot.flow.cards import SHOWN, centre_card, name_data, question_link, refreshed, whole
from bot.flow.carrying import files_wanted
from bot.flow.heard import heard_in_channel
from bot.model.base import new_id
from bot.model.community import Community, Example
from bot.model.member import Member
from bot.model.question import Ask, Guess, Question, State
from bot.outcome import JSON, Button, Direct, Later, Outcome, Say
from bot.triage.who import WEEK, Chosen, practitioners, who_knows
from bot.triage.words import terms

MOST_ANSWERS = 300  # accepted answers looked at for who has shown that they know
MEMORY = timedelta(days=84)  # asks looked back at for whose turn it is


@dataclass(frozen=True, slots=True)
class Picked:
    """`member` in the version in which their asks were counted: saved unchanged with the new ask, so that of two questions
    at once only one gets somebody's last free turn."""

    chosen: Chosen
    member: Member


async def choose(q: Question, community: str, desk: Desk, already: Sequence[Ask] = ()) -> tuple[Picked, ...]:
    """Two or three members who know, agreed, are here, and were not asked too often."""
    askable = await desk.members.askable(community, since=desk.now - MEMORY, counted=desk.now - WEEK)
    given = await desk.questions.accepted(community, MOST_ANSWERS)
    people = practitioners(askable, given, desk.now)
    chosen = who_knows(terms(q.text), people, asker=q.asker, asked={*q.joined, *(a.member for a in already)})
    counted = {one.member: one.version for one in askable}
    members = await desk.members.many(tuple(c.member for c in chosen))
    return tuple(Picked(c, replace(m, version=counted[m.id])) for c, m in zip(chosen, members, strict=True))


def asks_for(q: Question, chosen: Sequence[Picked], desk: Desk) -> tuple[Ask, ...]:
    return tuple(
        Ask(
            library=q.library,
            question=q.id,
            member=c.member.id,
            at=desk.now,
            why=":".join((c.chosen.why, ", ".join(c.chosen.words))).rstrip(":"),
        )
        for c in chosen
    )


async def place(
    q: Question, community: Community, desk: Desk, how: str, probability: float | None = None, dropped: Sequence[Ask] = ()
) -> Outcome:
    """The question goes to this community. `how` is the trace's word for it: routed, chosen, moved.

    `dropped`: those who were asked where it stood until now, and are waited for no more.
    """
    chosen = await choose(q, community.id, desk)
    asks = asks_for(q, chosen, desk)
    bindings = await desk.places.bindings(community.id)
    sure = "" if probability is None else f"{probability:.2f}"
    q = replace(q, state=State.OPEN, community=community.id, wave=1)
    q = q.noted(desk.now, how, community=community.key, sure=sure, asked=str(len(asks)))
    if not chosen and not heard_in_channel(q, bindings):
        return await nobody_there(q, community, desk)
    later = Later("question.wait", q.id, desk.now + desk.rules.next_wave)
    says = (*await refreshed(q, desk, (*dropped, *asks)), *await called_anew(q, asks, desk))
    return Outcome(save=(q, *asks, *(c.member for c in chosen)), say=says, then=files_wanted(q), later=(later,))


async def nobody_there(q: Question, community: Community, desk: Desk) -> Outcome:
    """The right community has no channel and nobody who may be asked: said so, and the learning centre is told."""
    q = replace(q, community=None, wave=0, guesses=q.guesses or (Guess(community.id, 0.5),))
    return await to_centre(q.noted(desk.now, "nobody", community=community.key), desk)


async def to_centre(q: Question, desk: Desk) -> Outcome:
    """Nothing fits: the asker is told so, the learning centre's librarians get the question to place."""
    q = replace(q, state=State.UNPLACED)
    librarians = await centre(desk)
    asker = await desk.members.get(q.asker)
    data: dict[str, JSON] = {
        "text": q.text[:SHOWN],
        "cut": len(q.text) > SHOWN,
        "asker": {"id": q.asker, "name": asker.name if asker else desk.me.name},
        "origin": question_link(q),
    }
    pick = (Button("place_other", q.id, "card.button_pick"), *whole(q))
    told = tuple(
        Say(Direct(m.id), "card.centre", data, m.language or desk.library.language, pick, centre_card(q.id, m.id), q.id)
        for m in librarians
    )
    q = q.noted(desk.now, "to_centre", librarians=str(len(told)))
    later = Later("question.wait", q.id, desk.now + desk.rules.to_steward)
    return Outcome(save=(q,), say=(*await refreshed(q, desk), *told), then=files_wanted(q), later=(later,))


async def centre(desk: Desk) -> tuple[Member, ...]:
    """The learning centre's librarians and the operators who are here."""
    everybody = (*await desk.members.with_role("librarian"), *await desk.members.with_role("operator"))
    return tuple(m for m in everybody if not m.gone)


async def centre_told(q: Question, to: Community, desk: Desk) -> tuple[Say, ...]:
    """The centre's cards, once the question has a community: there is nothing left to place."""
    data: dict[str, JSON] = {"text": q.text[:SHOWN], "community": name_data(to.name)}
    return tuple(
        Say(Direct(m.id), "card.moved", data, m.language or desk.library.language, (), centre_card(q.id, m.id), q.id)
        for m in await centre(desk)
    )


async def teach(q: Question, community: Community, desk: Desk) -> Example:
    """A move makes the question an example of the right community; a second move of the same question replaces it."""
    old = await desk.communities.example_of(q.id)
    if old:
        return replace(old, community=community.id, text=q.text, language=q.language)
    return Example(
        id=new_id(), library=q.library, community=community.id, text=q.text, language=q.language, source="move", question=q.id
    )
