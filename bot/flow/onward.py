"""An open question goes on: the next who know, then the stewards; and another way where its channel is dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.desk import Desk
from bot.flow.calling import turns
from bot.flow.cards import QUOTED, question_link, refreshed, whole
from bot.flow.carrying import files_wanted, sent
from bot.flow.heard import heard_in_channel, unheard
from bot.flow.placing import Picked, asks_for, centre, choose, nobody_there
from bot.flow.reviewing import stewards
from bot.model.place import Binding
from bot.model.question import Ask, Question, State
from bot.outcome import NOTHING, Direct, Later, Outcome, Say

STEWARD_WAVE = 3  # the third look at an unanswered question goes to the stewards


async def ask_next(q: Question, desk: Desk, changed: tuple[Ask, ...] = ()) -> Outcome:
    """The next who know: on the same card, and called in its thread, since an edited card calls nobody."""
    already = await desk.questions.asks(question=q.id)
    chosen = await choose(q, q.community or "", desk, already)
    return await _ask(q, chosen[:1] if changed else chosen, desk, changed)


async def _ask(q: Question, chosen: Sequence[Picked], desk: Desk, changed: tuple[Ask, ...] = ()) -> Outcome:
    asks = asks_for(q, chosen, desk)
    q = q.noted(desk.now, "asked_more", asked=str(len(asks)))
    wait = Later("question.wait", q.id, desk.now + (desk.rules.next_wave if asks else desk.rules.to_steward))
    says = (*await refreshed(q, desk, (*changed, *asks)), *await turns(q, asks, desk))
    save = (q, *changed, *asks, *(c.member for c in chosen))
    return Outcome(save=save, say=says, then=files_wanted(q) if asks else (), later=(wait,))


async def to_stewards(q: Question, desk: Desk) -> Outcome:
    """Once a question: the community's stewards, or else the learning centre, are told that nobody has answered."""
    if q.wave >= STEWARD_WAVE:
        return NOTHING
    those = (await stewards(q.community, desk) if q.community else ()) or await centre(desk)
    q = replace(q, wave=STEWARD_WAVE).noted(desk.now, "to_steward", stewards=str(len(those)))
    data, button = {"text": q.text[:600], "link": question_link(q)}, whole(q, QUOTED)
    files, own = sent(q.files), desk.library.language
    told = tuple(
        Say(Direct(s.id), "helpers.steward", data, s.language or own, button, subject=q.id, files=files) for s in those
    )
    return Outcome(save=(q,), say=(*await refreshed(q, desk), *told))


async def another_way(q: Question, binding: Binding, desk: Desk, *, lasting: bool) -> Outcome:
    """A channel of its community does not take it: the others do, or those who know in private, the stewards, the centre.

    `lasting`: the channel is not closed, but this question will never get there. Once a question and channel.
    """
    community = await desk.communities.get(q.community or "")
    if q.state is not State.OPEN or community is None or binding.id in unheard(q):
        return NOTHING
    facts = {"binding": binding.id, "channel": binding.name.lstrip("#"), "lasting": "yes" if lasting else ""}
    elsewhere = q.noted(desk.now, "unheard", **facts, private="")
    if heard_in_channel(elsewhere, await desk.places.bindings(community.id)):
        return Outcome(save=(elsewhere,), say=await refreshed(elsewhere, desk))
    q = q.noted(desk.now, "unheard", **facts, private="yes")
    already = await desk.questions.asks(question=q.id)
    if q.wave >= STEWARD_WAVE or any(a.state == "waiting" for a in already):
        return Outcome(save=(q,), say=await refreshed(q, desk), then=files_wanted(q))
    if chosen := await choose(q, community.id, desk, already):
        return await _ask(q, chosen, desk)
    if await stewards(community.id, desk):
        return await to_stewards(q, desk)
    return await nobody_there(q, community, desk)
