"""Keeping: a solved thread becomes a draft, its writers see the exact text and may withhold theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.desk import Desk
from bot.errors import GuyubError, Kindly
from bot.events import Happened, Pressed
from bot.flow.people import link_to
from bot.flow.reviewing import before, credited, review_cards
from bot.model.knowledge import Attachment, Item, Source
from bot.model.member import Member
from bot.model.question import Answer, Question
from bot.outcome import NOTHING, Button, Direct, Outcome, Say, Then, Toast
from bot.registry import Feature
from bot.triage.capture import Message, capture

feature = Feature("keep")


@feature.watches("question.solved")
async def draft(happened: Happened, desk: Desk) -> Outcome:
    """The draft of what the thread found out. Nothing is published: reviewers decide."""
    q = await desk.questions.get(happened.subject)
    if q is None or await desk.items.of_question(q.id):
        return NOTHING
    answers = await _kept(q, desk)
    if not answers:
        return NOTHING
    item = await _drafted(q, answers, desk)
    return Outcome(save=(item,), say=await _consents(item, q, answers, desk), then=_wanted(item))


@feature.watches("answer.accepted")
async def more(happened: Happened, desk: Desk) -> Outcome:
    """The asker pointed at one more answer: a draft still under review takes it in."""
    return await _redraft(happened.subject, desk)


def _wanted(item: Item) -> tuple[Then, ...]:
    files = (Then("files.wanted", item.id),) if any(not f.sha256 for f in item.files) else ()
    return (Then("item.drafted", item.id), *files)


async def _kept(q: Question, desk: Desk) -> tuple[Answer, ...]:
    return tuple(a for a in await desk.questions.answers(q.id) if a.accepted and not a.withheld)


async def _drafted(q: Question, answers: Sequence[Answer], desk: Desk) -> Item:
    """Extractive: the asker's words for the problem, the accepted answers' for the solution, unless a model words it."""
    found = capture(q.text, [Message(a.id, a.author, a.text, True) for a in answers])
    worded = await _worded(q, answers, desk)
    people = {m.id: m for m in await desk.members.many((q.asker, *(a.author for a in answers)))}
    item = Item(
        library=q.library,
        community=q.community or "",
        title=found.title,
        problem=found.problem,
        solution=worded or found.solution,
        steps=() if worded else tuple(found.steps),
        language=answers[0].language,
        question=q.id,
        created_at=desk.now,
        sources=(Source(q.origin, _name(people, q.asker)), *(Source(a.source, _name(people, a.author), a.id) for a in answers)),
        files=tuple(_attachment(f) for a in answers for f in a.files),
    )
    item = credited(item, people[q.asker], "asker") if q.asker in people else item
    for answer in answers:
        if answer.author in people:
            item = credited(item, people[answer.author], "answerer")
    return item


async def _worded(q: Question, answers: Sequence[Answer], desk: Desk) -> str:
    """The solution in a language model's words, where one is set and its draft cites its messages; "" otherwise."""
    if desk.drafter is None:
        return ""
    try:
        return await desk.drafter.draft(q.text, [(a.id, a.text) for a in answers], q.language)
    except GuyubError:
        return ""


def _name(people: dict[str, Member], id: str) -> str:
    return people[id].name if id in people else ""


def _attachment(packed: str) -> Attachment:
    door, file, media_type, size, name = packed.split("\n", 4)
    return Attachment(name, media_type, int(size), "", door, file)


async def _consents(item: Item, q: Question, answers: Sequence[Answer], desk: Desk) -> tuple[Say, ...]:
    """Each writer sees, in private, exactly what would be kept of theirs."""
    members = {m.id: m for m in await desk.members.many(tuple({a.author for a in answers}))}
    return tuple(
        Say(
            Direct(a.author, a.source.door),
            "keep.consent",
            {
                "title": item.title,
                "text": a.text,
                "asker": item.credits[0].name if item.credits else "",
                "link": link_to(a.source),
            },
            members[a.author].language or desk.library.language,
            (Button("withhold", a.id, "keep.button_withhold"),),
            card=f"consent:{a.id}",
            subject=item.id,
        )
        for a in answers
        if a.author in members and not members[a.author].gone
    )


@feature.presses("withhold", "allow")
async def consent(press: Pressed, desk: Desk) -> Outcome:
    """The writer takes their words out of what is kept, or gives them back."""
    answer = await desk.questions.answer(press.value)
    if answer is None:
        raise Kindly("error.stale")
    if answer.author != desk.me.id:
        raise Kindly("keep.only_writer")
    withheld = press.action == "withhold"
    changed = replace(answer, withheld=withheld)
    back = Button("allow" if withheld else "withhold", answer.id, "keep.button_allow" if withheld else "keep.button_withhold")
    template = "keep.withheld" if withheld else "keep.allowed"
    card = Say(
        Direct(desk.me.id, desk.place.door), template, {"text": answer.text}, desk.language, (back,), f"consent:{answer.id}"
    )
    toast = Toast("keep.noted", {}, desk.language)
    return Outcome(save=(changed,), say=(card,), now=toast, then=(Then("answer.consent", answer.question),))


@feature.watches("answer.consent")
async def consented(happened: Happened, desk: Desk) -> Outcome:
    """Drafted anew from what may be kept; a published item goes back to its reviewers."""
    return await _redraft(happened.subject, desk)


async def _redraft(question: str, desk: Desk) -> Outcome:
    q = await desk.questions.get(question)
    item = await desk.items.of_question(question)
    if q is None or item is None or item.status not in ("draft", "published"):
        return NOTHING
    answers = await _kept(q, desk)
    history = await before(item, "redrafted", desk)
    if not answers:
        item = replace(item, status="rejected", reason="withheld", solution="", steps=(), files=())
        return Outcome(save=(item, history), say=await review_cards(item, desk))
    new = await _drafted(q, answers, desk)
    item = replace(
        item, status="draft", solution=new.solution, steps=new.steps, sources=new.sources, credits=new.credits, files=new.files
    )
    return Outcome(save=(item, history), then=_wanted(item))


@feature.watches("files.wanted")
async def copy_files(happened: Happened, desk: Desk) -> Outcome:
    """Attachments are copied into our file store: platforms forget them."""
    item = await desk.items.get(happened.subject)
    if item is None or all(f.sha256 for f in item.files):
        return NOTHING
    files = tuple([f if f.sha256 else replace(f, sha256=await desk.keep_file(f.door, f.file)) for f in item.files])
    return Outcome(save=(replace(item, files=files),))
