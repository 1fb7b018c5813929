"""Drafts that came of a chat history: their reviewers hear of it once, and so does everybody whose words are in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.afterwards import FORM
from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Happened, Pressed
from bot.flow.cards import name_data
from bot.flow.placing import centre
from bot.flow.reviewing import stewards
from bot.importing.keeping import known_there, namesake_id
from bot.model.base import Noun
from bot.model.knowledge import Item
from bot.model.member import Member
from bot.model.place import MessageRef
from bot.model.question import Answer, Question
from bot.outcome import JSON, NOTHING, Button, Direct, Outcome, Say, Sheet, Toast
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
    if found:
        buttons = (*buttons, Button("not_me", "", "imported.button_not_me"))
    return Outcome(now=Sheet("imported.mine", {"answers": rows}, desk.language, buttons))


@feature.presses("not_me")
async def not_me(press: Pressed, desk: Desk) -> Outcome:
    """Somebody else of my name wrote these: they are that other one's now, who is only a name, in later exports, too."""
    # where an account of mine is known, it was no guess by the name
    found = [
        one for one in await _my_drafts(desk) if not known_there(desk.me, one.question.origin.door, one.question.origin.channel)
    ]
    if not found:
        raise Kindly("imported.yours_by_account")
    others = {source: await _namesake(source, desk) for source in {one.source for one in found}}
    saved: list[Noun] = [other for other in others.values() if other.version == 0]
    for one in found:
        saved += of_another(one, desk.me.id, others[one.source])
    data: dict[str, JSON] = {"count": len(found), "name": desk.me.name}
    return Outcome(save=tuple(saved), now=Toast("imported.not_you", data, desk.language))


@dataclass(frozen=True, slots=True)
class Draft:
    """One that came of a history and credits me: its question, and all its answers."""

    item: Item
    question: Question
    answers: tuple[Answer, ...]

    @property
    def source(self) -> str:
        """The kind of export: "whatsapp-export" …"""
        return next((value for key, value in self.question.trace[0].facts if key == "from"), "")


def of_another(draft: Draft, me: str, other: Member) -> list[Noun]:
    """The draft, its question and its answers, with `other` wherever `me` stood."""
    credits = tuple(replace(c, member=other.id) if c.member == me else c for c in draft.item.credits)
    nouns: list[Noun] = [replace(draft.item, credits=credits)]
    nouns += [replace(a, author=other.id) for a in draft.answers if a.author == me]
    if draft.question.asker == me:
        nouns.append(replace(draft.question, asker=other.id))
    return nouns


def _by_account(origin: MessageRef, me: Member) -> bool:
    """An account of mine is known there, so that it was no guess by the name."""
    return known_there(me, origin.door, origin.channel)


async def _namesake(source: str, desk: Desk) -> Member:
    id = namesake_id(desk.library.id, source, desk.me.name)
    return await desk.members.get(id) or Member(id=id, library=desk.library.id, name=desk.me.name, gone=True)


async def _my_answers(desk: Desk) -> list[tuple[Item, Answer]]:
    """Those that are not taken out."""
    drafts = await _my_drafts(desk)
    return [(d.item, a) for d in drafts for a in d.answers if a.author == desk.me.id and not a.withheld]


async def _my_drafts(desk: Desk) -> list[Draft]:
    """Drafts that credit me and whose question was brought along, not asked here."""
    out: list[Draft] = []
    for item in await desk.items.drafts(("", *(c.id for c in await desk.communities.all()))):
        if not any(c.member == desk.me.id for c in item.credits):
            continue
        q = await desk.questions.get(item.question or "")
        if q and q.trace and q.trace[0].what == "imported":
            out.append(Draft(item, q, tuple(await desk.questions.answers(q.id))))
    return out
