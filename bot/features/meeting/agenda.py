"""A session's agenda: its format step by step, topics that members propose and vote for, and what the bot has found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Pressed, Submitted
from bot.flow.meeting import by_votes, coming, facts, may_change, picture
from bot.flow.scheduling import FORMATS, shown
from bot.model.base import new_id
from bot.model.meeting import Meeting, Next, Topic
from bot.outcome import JSON, Button, Field, FieldErrors, OpenForm, Outcome, Sheet, Then, Toast
from bot.registry import Feature
from bot.triage.text import is_blank, shorten

feature = Feature("agenda")

MOST = 30  # topics
VOTED = 8  # with a button each
LONGEST = 200
QUESTIONS, ITEMS = 4, 2  # that the bot proposes
SOON = timedelta(days=30)  # a note that is to be reviewed again by then is due


@feature.presses("meeting_agenda")
async def agenda(press: Pressed, desk: Desk) -> Outcome:
    return Outcome(now=await _sheet(await coming(press.value, desk), desk))


async def _sheet(one: Next, desk: Desk) -> Sheet:
    """The topics, a vote for each, and for who hosts or leads what the bot would put on it."""
    topics = by_votes(one.session)
    data = facts(await picture(one.meeting, one.session, desk), desk.language, desk.now, one.meeting.zone)
    listed: list[JSON] = [{"text": t.text, "votes": len(set(t.votes)), "mine": desk.me.id in t.votes} for t in topics]
    votes = tuple(
        Button("meeting_vote", f"{one.session.id}/{t.id}", "meeting.button_vote", {"number": n, "title": t.text})
        for n, t in enumerate(topics[:VOTED], 1)
    )
    propose = Button("meeting_topic", one.session.id, "meeting.button_topic", style="good")
    leads = await may_change(one.meeting, one.session, desk)
    fill = (Button("meeting_fill", one.session.id, "meeting.button_fill"),) if leads and await _found(one, desk) else ()
    format = (Button("meeting_formats", one.session.id, "meeting.button_formats"),) if leads else ()
    return Sheet("meeting.agenda", {**data, "topics": listed}, desk.language, (propose, *fill, *format, *votes))


@feature.presses("meeting_vote")
async def vote(press: Pressed, desk: Desk) -> Outcome:
    """For it, or no longer."""
    id, _, topic = press.value.rpartition("/")
    one = await coming(id, desk)
    if not any(t.id == topic for t in one.session.agenda):
        raise Kindly("error.stale")
    session = replace(one.session, agenda=tuple(_voted(t, desk.me.id) if t.id == topic else t for t in one.session.agenda))
    sheet = await _sheet(replace(one, session=session), desk)
    return Outcome(save=(session,), now=sheet, then=(Then("meeting.changed", id),))


def _voted(topic: Topic, member: str) -> Topic:
    others = tuple(v for v in topic.votes if v != member)
    return replace(topic, votes=others if member in topic.votes else (*others, member))


@feature.presses("meeting_topic")
async def topic_form(press: Pressed, desk: Desk) -> Outcome:
    one = await coming(press.value, desk)
    field = Field("topic", "line", "meeting.field_topic", required=True, longest=LONGEST)
    return Outcome(
        now=OpenForm("topic", one.session.id, "meeting.topic_title", (field,), "meeting.topic_submit", language=desk.language)
    )


@feature.submits("topic")
async def proposed(form: Submitted, desk: Desk) -> Outcome:
    """Who proposes it is for it."""
    one = await coming(form.subject, desk)
    if is_blank(form["topic"]):
        return Outcome(now=FieldErrors((("topic", "error.required"),), {}, desk.language))
    topic = Topic(new_id(), desk.me.id, form["topic"][:LONGEST], votes=(desk.me.id,))
    return _added(one, (topic,), desk)


def _added(one: Next, topics: tuple[Topic, ...], desk: Desk) -> Outcome:
    if len(one.session.agenda) + len(topics) > MOST:
        raise Kindly("meeting.agenda_full")
    session = replace(one.session, agenda=(*one.session.agenda, *topics))
    return Outcome(
        save=(session,), now=Toast("meeting.topic_noted", {}, desk.language), then=(Then("meeting.changed", session.id),)
    )


@feature.presses("meeting_fill")
async def fill(press: Pressed, desk: Desk) -> Outcome:
    """What the community still asks, most wanted first, and notes that are due for another review."""
    one = await coming(press.value, desk)
    if not await may_change(one.meeting, one.session, desk):
        raise Kindly("meeting.not_yours")
    return _added(one, await _found(one, desk), desk)


async def _found(one: Next, desk: Desk) -> tuple[Topic, ...]:
    known = {t.question or t.item for t in one.session.agenda}
    asked = [q for q in await desk.questions.open_in((one.meeting.community,)) if q.text and q.id not in known]
    wanted = sorted(asked, key=lambda q: (-len(q.joined), q.asked_at))[:QUESTIONS]
    published = await desk.items.published(await desk.sight(), 500)
    due = [i for i in published if i.community == one.meeting.community and i.overdue(desk.now + SOON) and i.id not in known]
    topics = [Topic(new_id(), "", shorten(" ".join(q.text.split()), LONGEST), question=q.id) for q in wanted]
    return (*topics, *(Topic(new_id(), "", i.title[:LONGEST], item=i.id) for i in due[:ITEMS]))


# ---- how it goes -----------------------------------------------------------------------------------------------------


@feature.presses("meeting_formats")
async def formats(press: Pressed, desk: Desk) -> Outcome:
    """Every format in a line, with a button each."""
    await _chooses(press.value, desk)
    data: dict[str, JSON] = {
        "formats": [
            {"format": f"meeting.format_{one}", "guide": f"meeting.about_{one}"} for one in FORMATS if one != FORMATS[0]
        ]
    }
    buttons = tuple(Button("meeting_format", f"{press.value}/{one}", f"meeting.format_{one}") for one in FORMATS)
    return Outcome(now=Sheet("meeting.formats", data, desk.language, buttons))


@feature.presses("meeting_format")
async def chosen(press: Pressed, desk: Desk) -> Outcome:
    """A draft is shown with it anew; of a meeting that is held the agenda, step by step."""
    id, _, format = press.value.rpartition("/")
    found = await _chooses(id, desk)
    if format not in FORMATS:
        raise Kindly("error.stale")
    if isinstance(found, Meeting):
        return await shown(replace(found, format=format), (), (), desk)
    meeting = replace(found.meeting, format=format)
    sheet = await _sheet(replace(found, meeting=meeting), desk)
    return Outcome(save=(meeting,), now=sheet, then=(Then("meeting.changed", found.session.id),))


async def _chooses(id: str, desk: Desk) -> Meeting | Next:
    """The draft of the one who acts, or the session, of a series whose format they may choose."""
    meeting = await desk.meetings.get(id.partition("@")[0])
    if meeting and meeting.status == "draft" and meeting.made_by == desk.me.id:
        return meeting
    one = await coming(id, desk)
    if not await may_change(one.meeting, one.session, desk):
        raise Kindly("meeting.not_yours")
    return one
