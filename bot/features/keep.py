"""Keeping: a solved thread becomes a draft, its writers see the exact text and may withhold theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.desk import Desk
from bot.errors import GuyubError, Kindly
from bot.events import CameDue, Happened, Pressed
from bot.flow.drafting import drafted
from bot.flow.people import link_to
from bot.flow.reviewing import before, closed, review_cards
from bot.model.attachment import Attachment
from bot.model.knowledge import Edition, Item
from bot.model.question import Answer, Question
from bot.outcome import NOTHING, Button, Direct, Later, Outcome, Say, Then, Toast
from bot.registry import Feature

feature = Feature("keep")

AGAIN = timedelta(minutes=10)  # between two tries to copy a file
PATIENCE = timedelta(days=7)


@feature.watches("question.solved")
async def draft(happened: Happened, desk: Desk) -> Outcome:
    """The draft of what the thread found out. Nothing is published: reviewers decide."""
    q = await desk.questions.get(happened.subject)
    if q is None or await desk.items.of_question(q.id):
        return NOTHING
    answers = await _kept(q, None, desk)
    if not answers:
        return NOTHING
    item = await _drafted(q, answers, await _home(q, answers, desk), desk)
    return Outcome(save=(item,), say=await _consents(item, answers, desk), then=_wanted(item))


@feature.watches("answer.accepted")
async def more(happened: Happened, desk: Desk) -> Outcome:
    """The asker pointed at one more answer: a draft still under review takes it in."""
    return await _redraft(happened.subject, desk)


def _wanted(item: Item) -> tuple[Then, ...]:
    files = (Then("files.wanted", item.id),) if any(not f.sha256 for f in item.files) else ()
    return (Then("item.drafted", item.id), *files)


async def _kept(q: Question, item: Item | None, desk: Desk) -> tuple[Answer, ...]:
    """Accepted, and their writers let them be kept: those of the thread, and of threads that were merged into the item."""
    own = await desk.questions.answers(q.id)
    known = {a.id for a in own}
    merged = [s.answer for s in (item.sources if item else ()) if s.answer and s.answer not in known]
    answers = (*own, *[await desk.questions.answer(id) for id in merged])
    return tuple(a for a in answers if a and a.accepted and not a.withheld and not a.deleted)


async def _home(q: Question, answers: Sequence[Answer], desk: Desk) -> str:
    """The community that reviews it: the question's, else the channel's, else the likeliest; "" where there is none at all."""
    if q.community:
        return q.community
    for ref in (q.origin, *(a.source for a in answers)):
        binding = await desk.places.binding(ref.door, ref.channel)
        if binding and binding.community:
            return binding.community
    guesses = q.guesses or (await desk.find.route(await desk.find.query(q.text))).guesses
    return guesses[0].id if guesses else ""


async def _drafted(q: Question, answers: Sequence[Answer], community: str, desk: Desk) -> Item:
    people = {m.id: m for m in await desk.members.many((q.asker, *(a.author for a in answers)))}
    return drafted(q, answers, people, community, desk.now, await _worded(q, answers, desk))


async def _worded(q: Question, answers: Sequence[Answer], desk: Desk) -> str:
    """The solution in a language model's words, where one is set and its draft cites its messages; "" otherwise."""
    if desk.drafter is None:
        return ""
    try:
        return await desk.drafter.draft(q.text, [(a.id, a.text) for a in answers], q.language)
    except GuyubError:
        return ""


async def _consents(item: Item, answers: Sequence[Answer], desk: Desk) -> tuple[Say, ...]:
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
    if withheld == answer.withheld:
        return Outcome(now=Toast("error.already", {}, desk.language))
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
    return await _redraft(happened.subject, desk, happened["changed"])


async def _redraft(question: str, desk: Desk, changed: str = "") -> Outcome:
    """`changed`: the answer whose writer corrected it, and so sees the exact text anew."""
    item = await desk.items.of_question(question)
    if item and item.merged_into:
        item = await desk.items.get(item.merged_into)
    q = await desk.questions.get(item.question or "") if item else None
    if q is None or item is None or not _may_change(item):
        return NOTHING
    answers = await _kept(q, item, desk)
    history = await _history(item, answers, desk)
    if not answers:
        item = replace(item, status="rejected", reason="withheld", solution="", steps=(), files=())
        return Outcome(save=(item, *history), say=(*await review_cards(item, desk), *await closed(item, desk)))
    anew = _rebuilt(item, await _drafted(q, answers, item.community, desk))
    if item.status != "rejected" and anew.text == item.text and anew.sources == item.sources:
        return NOTHING
    known = {s.answer for s in item.sources}
    fresh = [a for a in answers if a.id == changed or a.id not in known]
    says = (*await _consents(anew, fresh, desk), *await closed(anew, desk))
    return Outcome(save=(anew, *history), say=says, then=_wanted(anew))


async def _history(item: Item, answers: Sequence[Answer], desk: Desk) -> tuple[Edition, ...]:
    """One more edition. Where a writer's words go, older editions lose them too: that it changed stays, not what it said."""
    history = await before(item, "redrafted", desk)
    kept = {a.id for a in answers}
    if all(s.answer is None or s.answer in kept for s in item.sources):
        return (history,)
    older = await desk.items.editions(item.id)
    return tuple(replace(e, solution="", steps=()) for e in (*older, history))


def _may_change(item: Item) -> bool:
    return item.status in ("draft", "published") or (item.status == "rejected" and item.reason == "withheld")


def _rebuilt(item: Item, new: Item) -> Item:
    """The item with a new draft's words. Those who asked stay named, also where a second question was merged into it."""
    asked = tuple(s for s in item.sources if s.answer is None)
    askers = tuple(c for c in item.credits if c.part == "asker")
    kept = {(f.door, f.file): f for f in item.files if f.sha256}
    return replace(
        item,
        status="draft",
        reason="",
        solution=new.solution,
        steps=new.steps,
        sources=tuple(dict.fromkeys((*asked, *new.sources))),
        credits=tuple(dict.fromkeys((*askers, *new.credits))),
        files=tuple(kept.get((f.door, f.file), f) for f in new.files),
    )


@feature.watches("files.wanted")
async def copy_files(happened: Happened, desk: Desk) -> Outcome:
    """Attachments are copied into our file store: platforms forget them."""
    return await _copied(happened.subject, desk)


@feature.due("files.wanted")
async def copy_files_again(due: CameDue, desk: Desk) -> Outcome:
    return await _copied(due.subject, desk)


async def _copied(item: str, desk: Desk) -> Outcome:
    """What can be had now; the rest again later, for as long as a platform may be expected to hold it."""
    kept = await desk.items.get(item)
    if kept is None or all(f.sha256 for f in kept.files):
        return NOTHING
    files = tuple([await _copy(f, desk) for f in kept.files])
    missing = any(not f.sha256 for f in files) and desk.now - kept.created_at < PATIENCE
    later = (Later("files.wanted", kept.id, desk.now + AGAIN),) if missing else ()
    return Outcome(save=() if files == kept.files else (replace(kept, files=files),), later=later)


async def _copy(file: Attachment, desk: Desk) -> Attachment:
    if file.sha256:
        return file
    try:
        return replace(file, sha256=await desk.keep_file(file.door, file.file))
    except Exception:  # a platform is at the edge: whatever breaks there, the file is asked for again
        return file
