"""After a session: its minutes become a draft for review, questions settled there are solved, actions are followed up once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import CameDue, Pressed, Submitted
from bot.flow.keeping import wanted
from bot.flow.meeting import Picture, occurrence, picture, session_of
from bot.flow.reviewing import credited
from bot.flow.settling import solve
from bot.model.base import new_id
from bot.model.knowledge import Item
from bot.model.meeting import Action, Meeting, Session
from bot.model.question import Question
from bot.outcome import JSON, NOTHING, Button, Choice, Direct, Field, FieldErrors, Later, OpenForm, Outcome, Say, Toast
from bot.registry import Feature
from bot.rhythm import words
from bot.rhythm.phrases import Understood, understand
from bot.rhythm.zones import instant
from bot.triage.text import is_blank, shorten

feature = Feature("minutes")

LONGEST, MOST_ACTIONS, MOST_QUESTIONS = 20_000, 20, 10
AT = time(9)  # when an action that is due is asked after, on the meeting's clocks


async def _session(id: str, desk: Desk) -> tuple[Meeting, Session]:
    """A session that has begun, for who hosted it or may decide; also of a series that has ended since."""
    meeting = await desk.meetings.get(id.partition("@")[0])
    if meeting is None:
        raise Kindly("meeting.gone")
    session = await session_of(id, meeting, desk)
    if desk.me.id not in (session.host, meeting.made_by, session.turn(meeting.hosts)) and not await desk.leads(
        meeting.community
    ):
        raise Kindly("meeting.not_yours")
    when = occurrence(meeting, session)
    if when is None or when.starts > desk.now:
        raise Kindly("meeting.not_yet")
    if session.item:
        raise Kindly("meeting.minutes_there")
    return meeting, session


@feature.presses("meeting_minutes")
async def form(press: Pressed, desk: Desk) -> Outcome:
    """Notes, decisions, actions; and which of the community's questions were settled, those on the agenda first."""
    meeting, session = await _session(press.value, desk)
    questions = await _questions(meeting, session, desk)
    choices = tuple(Choice(q.id, shorten(" ".join(q.text.split()), 70)) for q in questions)
    fields = (
        Field("notes", "text", "meeting.field_notes", required=True, longest=LONGEST),
        Field("decisions", "text", "meeting.field_decisions", hint="meeting.hint_lines", longest=LONGEST),
        Field("actions", "text", "meeting.field_actions", hint="meeting.hint_actions", longest=LONGEST),
        *((Field("solved", "many", "meeting.field_solved", choices=choices),) if choices else ()),
    )
    files: dict[str, JSON] = {"files": [f.name for f in session.files]}
    intro = "meeting.minutes_intro" if session.files else ""
    title, submit = "meeting.minutes_title", "meeting.minutes_submit"
    return Outcome(now=OpenForm("minutes", session.id, title, fields, submit, intro, files, desk.language))


async def _questions(meeting: Meeting, session: Session, desk: Desk) -> list[Question]:
    listed = {t.question for t in session.agenda if t.question}
    asked = await desk.questions.open_in((meeting.community,))
    return sorted((q for q in asked if q.text), key=lambda q: q.id not in listed)[:MOST_QUESTIONS]


@feature.submits("minutes")
async def written(form: Submitted, desk: Desk) -> Outcome:
    """A draft like any other: reviewers decide; host and those who came are credited."""
    meeting, session = await _session(form.subject, desk)
    if is_blank(form["notes"]):
        return Outcome(now=FieldErrors((("notes", "error.required"),), {}, desk.language))
    seen = await picture(meeting, session, desk)
    actions = tuple(_action(line, seen, desk) for line in _lines(form["actions"])[:MOST_ACTIONS])
    item = _item(seen, form, desk)
    asked = {a.id: _follow_up(a, meeting) for a in actions if a.due}
    outcome = Outcome(
        save=(item, replace(session, item=item.id, host=session.host or desk.me.id), *actions),
        now=Toast("meeting.minutes_noted", {}, desk.language),
        then=wanted(item),
        later=tuple(Later("meeting.action", id, at) for id, at in asked.items()),
    )
    open_ = {q.id: q for q in await _questions(meeting, session, desk)}
    for id in dict.fromkeys(form["solved"].split("\n")):
        outcome += await solve(open_[id], desk) if id in open_ else NOTHING
    return outcome


def _lines(text: str) -> list[str]:
    return [line.strip(" -•*\t") for line in text.splitlines() if line.strip(" -•*\t")]


def _item(seen: Picture, form: Submitted, desk: Desk) -> Item:
    """Notes as they were written; what was decided and what is to be done as its steps."""
    meeting, session, community = seen.meeting, seen.session, seen.community
    day = words.plain_day((session.start or session.original).date(), desk.language)
    name = meeting.title or (community.name.in_(desk.language) if community else desk.library.name)
    topics = "\n".join(f"- {topic.text}" for topic in session.agenda)
    item = Item(
        id=new_id(),
        library=desk.library.id,
        community=meeting.community,
        title=f"{name}, {day}",
        problem=topics or f"{name}, {day}",
        solution=form["notes"],
        steps=(*_lines(form["decisions"]), *_lines(form["actions"])),
        language=desk.language,
        created_at=desk.now,
        files=session.files,
    )
    item = credited(item, desk.me, "answerer")
    for member, rsvp in seen.coming:
        item = credited(item, member, "answerer") if rsvp.coming == "yes" else item
    return item


def _action(line: str, seen: Picture, desk: Desk) -> Action:
    """ "Budi: kirim daftar, 20 Desember" → who, what, until when; what cannot be told apart stays in the text."""
    name, colon, rest = line.partition(":")
    text, comma, last = rest.rpartition(",") if colon else line.rpartition(",")
    due = _day(last, seen.meeting, desk) if comma else None
    owner = next(
        (m for m, _ in seen.coming if colon and name.strip().lower() in (m.name.lower(), m.name.split()[0].lower())), None
    )
    return Action(
        library=desk.library.id,
        meeting=seen.meeting.id,
        session=seen.session.id,
        text=((text if due else rest) if colon else (text if due else line)).strip(),
        owner=owner.id if owner else None,
        owner_name=name.strip()[:100] if colon else "",
        due=due,
    )


def _day(said: str, meeting: Meeting, desk: Desk) -> date | None:
    found = understand(f"{said} 23.59", desk.now, meeting.zone)
    return found.start.date() if isinstance(found, Understood) and not found.rule else None


def _follow_up(action: Action, meeting: Meeting) -> datetime:
    assert action.due is not None
    return instant(datetime.combine(action.due, AT), meeting.zone)


@feature.due("meeting.action")
async def follow_up(due: CameDue, desk: Desk) -> Outcome:
    """Once: whose it is, or who hosted where only a name was written."""
    action = await desk.meetings.action(due.subject)
    session = await desk.meetings.session(action.session) if action else None
    if action is None or action.done_at or action.asked_at or session is None:
        return NOTHING
    to = await desk.members.get(action.owner or session.host or "")
    if to is None or to.gone:
        return NOTHING
    language = to.language or desk.library.language
    data: dict[str, JSON] = {"text": action.text, "owner": "" if action.owner else action.owner_name}
    button = Button("meeting_done", action.id, "meeting.button_done", style="good")
    say = Say(Direct(to.id), "meeting.action_due", data, language, (button,), f"meeting-action:{action.id}")
    return Outcome(save=(replace(action, asked_at=desk.now),), say=(say,))


@feature.presses("meeting_done")
async def done(press: Pressed, desk: Desk) -> Outcome:
    action = await desk.meetings.action(press.value)
    if action is None:
        raise Kindly("error.stale")
    if action.done_at:
        return Outcome(now=Toast("error.already", {}, desk.language))
    return Outcome(save=(replace(action, done_at=desk.now),), now=Toast("meeting.done_noted", {}, desk.language))
