"""Drafts that came of a chat history: their reviewers hear of it once, and so does everybody whose words are in them."""

from __future__ import annotations

from bot.afterwards import FORM
from bot.desk import Desk
from bot.events import Happened, Pressed
from bot.flow.cards import name_data
from bot.flow.placing import centre
from bot.flow.reviewing import stewards
from bot.model.knowledge import Item
from bot.model.question import Answer
from bot.outcome import JSON, NOTHING, Button, Direct, Outcome, Say, Sheet
from bot.registry import Feature

feature = Feature("imported")

SHOWN = 5


@feature.watches("drafts.imported")
async def drafts_wait(happened: Happened, desk: Desk) -> Outcome:
    """The community's stewards, or the learning centre: so many drafts, no need to hurry."""
    community = await desk.communities.get(happened.subject)
    if community is None:
        return NOTHING
    data: dict[str, JSON] = {"community": name_data(community.name), "count": int(happened["count"])}
    button = Button(FORM, "tinjau", "imported.button_review", style="good")
    people = await stewards(community.id, desk) or await centre(desk)
    says = tuple(
        Say(Direct(m.id), "imported.waiting", data, m.language or desk.library.language, (button,), bulk=True) for m in people
    )
    return Outcome(say=says)


@feature.watches("answers.imported")
async def answers_wait(happened: Happened, desk: Desk) -> Outcome:
    """One message to the writer, however many answers; each can be taken out."""
    member = await desk.members.get(happened.subject)
    if member is None or member.gone:
        return NOTHING
    data: dict[str, JSON] = {"count": int(happened["count"])}
    button = Button("my_imports", "0", "imported.button_mine")
    say = Say(Direct(member.id), "imported.yours", data, member.language or desk.library.language, (button,), bulk=True)
    return Outcome(say=(say,))


@feature.presses("my_imports")
async def mine(press: Pressed, desk: Desk) -> Outcome:
    """My answers that stand in drafts, some at a time, each with a button to take it out."""
    first = int(press.value) if press.value.isdecimal() else 0
    found = await _my_answers(desk)
    shown = tuple(enumerate(found[first : first + SHOWN], first + 1))
    rows: list[JSON] = [{"number": n, "title": item.title, "text": answer.text} for n, (item, answer) in shown]
    buttons = tuple(Button("withhold", answer.id, "imported.button_withhold", {"number": n}) for n, (_, answer) in shown)
    if len(found) > first + SHOWN:
        buttons = (*buttons, Button("my_imports", str(first + SHOWN), "imported.button_more"))
    return Outcome(now=Sheet("imported.mine", {"answers": rows}, desk.language, buttons))


async def _my_answers(desk: Desk) -> list[tuple[Item, Answer]]:
    """Of drafts whose question was brought along, not asked here."""
    drafts = await desk.items.drafts(("", *(c.id for c in await desk.communities.all())))
    out: list[tuple[Item, Answer]] = []
    for item in drafts:
        if not any(c.member == desk.me.id and c.part == "answerer" for c in item.credits):
            continue
        q = await desk.questions.get(item.question or "")
        if q and q.trace and q.trace[0].what == "imported":
            answers = await desk.questions.answers(q.id)
            out += [(item, a) for a in answers if a.author == desk.me.id and not a.withheld]
    return out
