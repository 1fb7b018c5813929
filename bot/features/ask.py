"""Asking: by command, by mention, in private, or simply in a channel that Guyub serves."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import CameDue, Commanded, Happened, Pressed, Said, Submitted
from bot.flow.asking import SAME, ask, new_question, send_to_people
from bot.flow.cards import refreshed
from bot.flow.settling import close, may_settle, solve_by_item
from bot.flow.trusting import note_judged
from bot.model.place import MessageRef
from bot.model.question import Question, State
from bot.outcome import JSON, NOTHING, Button, Direct, Field, Later, OpenForm, Outcome, React, Say, Toast
from bot.registry import Feature, Intent
from bot.triage.intent import question_probability
from bot.triage.lexicon import library_words, split
from bot.triage.text import is_blank

feature = Feature("ask")

FEW, UNLIKELY = 3, 0.2  # words, and the probability of a question, of what is taken for a greeting


@feature.command("tanya", "ask")
async def by_command(command: Commanded, desk: Desk) -> Outcome:
    """/tanya with the question behind it; alone, it opens a form."""
    if is_blank(command.args):
        field = Field("text", "text", "ask.field_text", required=True, longest=40_000, hint="ask.hint_text")
        return Outcome(now=OpenForm("ask", "", "ask.form_title", (field,), "ask.form_submit", language=desk.language))
    return await _by_command(command.args, desk)


@feature.submits("ask")
async def by_form(form: Submitted, desk: Desk) -> Outcome:
    return await _by_command(form["text"], desk)


async def _by_command(text: str, desk: Desk) -> Outcome:
    """A command is no message: our card, posted where it was typed, stands for it."""
    return await ask(new_question(text, MessageRef(desk.place.door, desk.place.channel, ""), desk), desk)


@feature.hears(Intent.ASK)
async def addressed(said: Said, desk: Desk) -> Outcome:
    """A mention or a message in private is a question; a greeting or an empty one gets a hand."""
    if is_greeting(said.text):
        return Outcome(say=(desk.reply("ask.hello"),))
    return await _heard(said, desk)


@feature.hears(Intent.MAYBE_ASK)
async def overheard(said: Said, desk: Desk) -> Outcome:
    """A question in a channel that Guyub serves: taken up at once, or offered to the asker alone."""
    binding = await desk.places.binding(desk.place.door, desk.place.channel)
    if binding and binding.mode == "auto":
        return await _heard(said, desk)
    q = replace(_asked(said, desk), state=State.SUGGESTED).noted(desk.now, "suggested")
    buttons = (Button("suggest_yes", q.id, "ask.button_yes", style="good"), Button("suggest_no", q.id, "ask.button_no"))
    say = desk.reply("ask.suggest", {"text": said.text[:300]}, buttons=buttons)
    return Outcome(save=(q,), say=(say,), later=(Later("question.forget", q.id, desk.now + desk.rules.nudge),))


async def _heard(said: Said, desk: Desk) -> Outcome:
    q = _asked(said, desk)
    return Outcome(say=(React(q.own_message, "👀"),)) + await ask(q, desk)


def is_greeting(text: str) -> bool:
    """A word or two that ask for nothing: "halo", "tes". A single term of the field is a question all the same."""
    few = len(text.split()) <= FEW
    return few and not is_blank(text) and question_probability(text) < UNLIKELY and not library_words() & set(split(text))


def _asked(said: Said, desk: Desk) -> Question:
    """Asked within a thread it stands under the thread's root, since that is where answers will be."""
    place = desk.place
    origin = MessageRef(place.door, place.channel, place.thread or said.message)
    return new_question(said.text, origin, desk, said.message if place.thread else "", said.files)


async def _mine(question: str, desk: Desk) -> Question:
    """The question behind a button that only its asker may press."""
    q = await desk.questions.get(question)
    if q is None:
        raise Kindly("error.stale")
    if not may_settle(q, desk):
        raise Kindly("error.only_asker")
    return q


@feature.presses("suggest_yes", "ask_anyway")
async def yes_ask(press: Pressed, desk: Desk) -> Outcome:
    """The asker wants it asked."""
    q = await _mine(press.value, desk)
    if q.state is not State.SUGGESTED:
        return Outcome(now=Toast("error.already", {}, desk.language))
    said = (React(q.own_message, "👀"),) if q.origin.message else ()
    off = Later("question.forget", q.id, None)
    step = await (send_to_people(q, desk) if press.action == "ask_anyway" else ask(q, desk))
    return Outcome(say=said, later=(off,)) + step


@feature.presses("suggest_no")
async def no_thanks(press: Pressed, desk: Desk) -> Outcome:
    """The asker does not want it asked: what was overheard is forgotten."""
    q = await _mine(press.value, desk)
    return _forget(q, desk) + Outcome(now=Toast("ask.left_alone", {}, desk.language))


@feature.due("question.forget")
async def forget(due: CameDue, desk: Desk) -> Outcome:
    """An offer nobody took up is forgotten; what was asked on purpose is asked, even where its twin was shown."""
    q = await desk.questions.get(due.subject)
    if q is None or q.state is not State.SUGGESTED:
        return NOTHING
    twin = next((dict(s.facts)["other"] for s in reversed(q.trace) if s.what == SAME), "")
    other = await desk.questions.get(twin) if twin else None
    if other and other.asker == q.asker and not other.state.ended:
        return Outcome(save=(_folded(q, other, desk),))
    return await send_to_people(q, desk) if twin else _forget(q, desk)


def _folded(q: Question, into: Question, desk: Desk) -> Question:
    return replace(q, state=State.REFUSED, ended_at=desk.now).noted(desk.now, "folded", into=into.id)


def _forget(q: Question, desk: Desk) -> Outcome:
    if q.state is not State.SUGGESTED:
        return NOTHING
    gone = replace(q, state=State.REFUSED, text="", files=(), ended_at=desk.now).noted(desk.now, "forgotten")
    return Outcome(save=(gone,), later=(Later("question.forget", q.id, None),))


@feature.presses("fits")
async def item_fits(press: Pressed, desk: Desk) -> Outcome:
    """The published item solved it."""
    question, _, item = press.value.partition(":")
    q = await _mine(question, desk)
    if q.state.ended:
        return Outcome(now=Toast("error.already", {}, desk.language))
    judged = Outcome(save=await note_judged(q, item, desk))
    return judged + await solve_by_item(q, item, desk) + Outcome(now=Toast("ask.glad", {}, desk.language))


@feature.presses("ask_people")
async def item_does_not_fit(press: Pressed, desk: Desk) -> Outcome:
    """Not quite: people are asked."""
    q = await _mine(press.value, desk)
    if q.state is not State.OFFERED:
        return Outcome(now=Toast("error.already", {}, desk.language))
    judged = Outcome(save=await note_judged(q, "", desk))
    return judged + await send_to_people(q.noted(desk.now, "not_quite"), desk)


@feature.presses("join_question")
async def join_instead(press: Pressed, desk: Desk) -> Outcome:
    """The same question is open: the asker joins it, their own is folded into it."""
    mine, _, other = press.value.partition(":")
    q, target = await _mine(mine, desk), await desk.questions.get(other)
    if target is None or target.state.ended or q.state is not State.SUGGESTED:
        return Outcome(now=Toast("error.already", {}, desk.language))
    off = Later("question.forget", q.id, None)
    return Outcome(save=(_folded(q, target, desk),), later=(off,)) + await _join(target, desk)


@feature.presses("withdraw")
async def withdraw(press: Pressed, desk: Desk) -> Outcome:
    """The asker needs no answer any more; who asked by a message may simply delete it."""
    q = await _mine(press.value, desk)
    if q.state.ended:
        return Outcome(now=Toast("error.already", {}, desk.language))
    if q.asker != desk.me.id:
        raise Kindly("error.only_asker")
    return await close(q, desk, State.WITHDRAWN, "withdrawn") + Outcome(now=Toast("ask.withdrawn", {}, desk.language))


@feature.presses("me_too")
async def me_too(press: Pressed, desk: Desk) -> Outcome:
    """Saya juga: told of the answer, and may settle it too."""
    q = await desk.questions.get(press.value)
    if q is None or q.state.ended or q.state is State.SUGGESTED:
        raise Kindly("error.closed")
    return await _join(q, desk)


async def _join(q: Question, desk: Desk) -> Outcome:
    if desk.me.id in (q.asker, *q.joined):
        return Outcome(now=Toast("ask.joined_already", {}, desk.language))
    q = replace(q, joined=(*q.joined, desk.me.id)).noted(desk.now, "joined", who=desk.me.name)
    return Outcome(save=(q,), say=await refreshed(q, desk), now=Toast("ask.joined", {}, desk.language))


@feature.watches("item.helped")
async def thank(happened: Happened, desk: Desk) -> Outcome:
    """An old answer solved a new question: the item counts it, its contributors hear of it."""
    item = await desk.items.get(happened.subject)
    if item is None:
        return NOTHING
    helped = tuple(dict.fromkeys(c.member for c in item.credits if c.part == "answerer"))
    members = await desk.members.many(helped)
    data: dict[str, JSON] = {"title": item.title, "times": item.thanks + 1}
    says = tuple(
        Say(Direct(m.id), "ask.thanks_contributor", data, m.language or desk.library.language, card=f"thanks:{item.id}:{m.id}")
        for m in members
        if not m.gone
    )
    return Outcome(save=(replace(item, thanks=item.thanks + 1),), say=says)
