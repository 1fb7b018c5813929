"""Keeping: a solved thread becomes a draft, its writers see the exact text and may withhold theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.desk import Desk
from bot.errors import GuyubError, Kindly
from bot.events import CameDue, Happened, Pressed
from bot.flow.carrying import copies, tried_again
from bot.flow.drafting import drafted
from bot.flow.keeping import consents, of_messages, wanted
from bot.flow.reviewing import before, closed, credited, review_cards
from bot.model.knowledge import Edition, Item
from bot.model.member import Member
from bot.model.question import Answer, Question
from bot.outcome import NOTHING, Button, Direct, Outcome, Say, Then, Toast
from bot.registry import Feature
from bot.triage.capture import title_of

feature = Feature("keep")


@feature.watches("question.solved")
@feature.watches("answer.marked")
async def draft(happened: Happened, desk: Desk) -> Outcome:
    """The draft of what the thread found out. Nothing is published: reviewers decide. `by`: who marked an answer of it."""
    q = await desk.questions.get(happened.subject)
    item = await desk.items.of_question(q.id) if q else None
    answers = await _kept(q.id, item, desk) if q else ()
    if q is None or not answers:
        return NOTHING
    marker = await desk.members.get(happened["by"]) if happened["by"] else None
    if item:
        known = {s.answer for s in item.sources}
        return await _redraft(q.id, desk, by=marker) if any(a.id not in known for a in answers) else NOTHING
    people = await _people(q, answers, desk)
    item = drafted(q, answers, people, await _home(q, answers, desk), desk.now, await _worded(q, answers, desk))
    item = credited(item, marker, "marker") if marker else item
    return Outcome(save=(item,), say=consents(item, answers, people, desk), then=wanted(item))


@feature.watches("answer.accepted")
async def more(happened: Happened, desk: Desk) -> Outcome:
    """The asker pointed at one more answer: a draft still under review takes it in."""
    return await _redraft(happened.subject, desk)


async def _kept(subject: str, item: Item | None, desk: Desk) -> tuple[Answer, ...]:
    """Accepted, and their writers let them be kept: those of the thread, and of threads that were merged into the item."""
    own = await desk.questions.answers(subject)
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


async def _people(q: Question | None, answers: Sequence[Answer], desk: Desk) -> dict[str, Member]:
    asker = (q.asker,) if q else ()
    return {m.id: m for m in await desk.members.many((*asker, *(a.author for a in answers)))}


async def _worded(q: Question, answers: Sequence[Answer], desk: Desk) -> str:
    """The solution in a language model's words, where one is set and its draft cites its messages; "" otherwise."""
    if desk.drafter is None:
        return ""
    try:
        return await desk.drafter.draft(q.text, [(a.id, a.text) for a in answers], q.language)
    except GuyubError:
        return ""


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


async def _redraft(subject: str, desk: Desk, changed: str = "", by: Member | None = None) -> Outcome:
    """`subject`: the question, or the note where no question stands behind it. `changed`: the answer whose writer corrected it,
    and so sees the exact text anew."""
    item = await desk.items.of_question(subject) or await desk.items.get(subject)
    if item and item.merged_into:
        item = await desk.items.get(item.merged_into)
    if item is None or not _may_change(item):
        return NOTHING
    answers = await _kept(item.question or item.id, item, desk)
    history = await _history(item, answers, desk)
    if not answers:
        item = replace(
            item, status="rejected", reason="withheld", solution="", steps=(), files=(), title=_title(item, item.title)
        )
        return Outcome(save=(item, *history), say=(*await review_cards(item, desk), *await closed(item, desk)))
    q = await desk.questions.get(item.question or "")
    people = await _people(q, answers, desk)
    anew = _rebuilt(item, await _new(item, q, answers, people, desk))
    if item.status != "rejected" and anew.text == item.text and anew.sources == item.sources:
        return NOTHING
    anew = credited(anew, by, "marker") if by else anew
    known = {s.answer for s in item.sources}
    fresh = [a for a in answers if a.id == changed or a.id not in known]
    says = (*consents(anew, fresh, people, desk), *await closed(anew, desk))
    return Outcome(save=(anew, *history), say=says, then=wanted(anew))


async def _new(item: Item, q: Question | None, answers: Sequence[Answer], people: dict[str, Member], desk: Desk) -> Item:
    if q is None:
        return of_messages(item, answers, people)
    return drafted(q, answers, people, item.community, desk.now, await _worded(q, answers, desk))


def _title(item: Item, title: str) -> str:
    """Of a note without its writer's words: where no question stands behind it, the title was made of them as well."""
    return title if item.question else title_of(item.problem)


async def _history(item: Item, answers: Sequence[Answer], desk: Desk) -> tuple[Edition, ...]:
    """One more edition. Where a writer's words go, older editions lose them too: that it changed stays, not what it said."""
    history = await before(item, "redrafted", desk)
    kept = {a.id for a in answers}
    if all(s.answer is None or s.answer in kept for s in item.sources):
        return (history,)
    older = await desk.items.editions(item.id)
    return tuple(replace(e, solution="", steps=(), title=_title(item, e.title)) for e in (*older, history))


def _may_change(item: Item) -> bool:
    return item.status in ("draft", "published") or (item.status == "rejected" and item.reason == "withheld")


def _rebuilt(item: Item, new: Item) -> Item:
    """The item with a new draft's words. Those who asked stay named, also where a second question was merged into it."""
    asked = tuple(s for s in item.sources if s.answer is None)
    askers = tuple(c for c in item.credits if c.part in ("asker", "marker"))
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
    files = await copies(kept.files, desk)
    later = tried_again("files.wanted", kept.id, files, kept.created_at, desk.now)
    return Outcome(save=() if files == kept.files else (replace(kept, files=files),), later=later)
