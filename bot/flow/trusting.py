"""The bot's own error rate: what people press is kept as a judgement, and judgements say how far it may be trusted."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.model.judgement import About, Judgement, Judgements, judgement_id
from bot.model.question import Question
from bot.outcome import JSON
from bot.triage.trust import ENOUGH, Trust, Verdict, trust

ABOUT: tuple[About, ...] = ("note", "route", "draft")
MOST = 1_000  # judgements looked at, the newest: people and notes change


async def earned(about: About, judgements: Judgements) -> Trust:
    """How far the bot's decisions of a kind may be trusted in this library."""
    newest = await judgements.newest(about, MOST)
    return trust([Verdict(one.sure, one.right) for one in newest])


def told(found: Trust) -> tuple[str, str]:
    """Both languages: how many judgements, the share that was wrong, its bound, and what follows from it."""
    if not found.verdicts:
        return "belum ada penilaian.", "nobody has judged any yet."
    wrong, most = f"{found.curve[-1][1]:.0%}", f"{found.most_wrong:.0%}"
    return (
        f"{found.verdicts} penilaian, {wrong} keliru (paling banyak {most}).",
        f"{found.verdicts} judgements, {wrong} wrong (at most {most}).",
    )


def trust_data(about: About, found: Trust) -> dict[str, JSON]:
    """What `home.trust_told` says."""
    return {
        "about": about,
        "judged": found.verdicts,
        "wrong": found.curve[-1][1] if found.curve else 0.0,
        "most": found.most_wrong,
        "bar": found.bar,
        "enough": ENOUGH,
    }


async def note_judged(q: Question, fits: str, desk: Desk) -> tuple[Judgement, ...]:
    """The asker says which note fits ("": none): the one that was thought the likeliest, or not."""
    if not q.offered:
        return ()
    return (await _judged("note", q, q.offered[0].probability, q.offered[0].id == fits, desk),)


async def route_judged(q: Question, community: str | None, desk: Desk) -> tuple[Judgement, ...]:
    """Somebody placed or moved the question, or it was solved where it is: that is where it belongs."""
    if not q.guesses or community is None:
        return ()
    return (await _judged("route", q, q.guesses[0].probability, q.guesses[0].id == community, desk),)


async def draft_judged(question: str | None, right: bool, desk: Desk) -> tuple[Judgement, ...]:
    """A reviewer publishes or rejects what was drafted of a thread. Notes that somebody marked are nobody's draft."""
    q = await desk.questions.get(question) if question else None
    return (await _judged("draft", q, 1.0, right, desk),) if q else ()


async def _judged(about: About, q: Question, sure: float, right: bool, desk: Desk) -> Judgement:
    old = await desk.judgements.get(about, q.id)
    if old:
        return replace(old, sure=sure, right=right, at=desk.now)
    id = judgement_id(about, q.id)
    return Judgement(id=id, library=q.library, about=about, question=q.id, sure=sure, right=right, at=desk.now)
