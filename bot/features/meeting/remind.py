"""What comes due: reminders in the channels and to those who said yes, and the turn from one session to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog

from bot.desk import Desk
from bot.events import CameDue, Pressed
from bot.flow.meeting import (
    Picture,
    cards,
    facts,
    hours_of,
    kept,
    lead_data,
    occurrence,
    picture,
    plan,
    plan_of,
    reminder_card,
    retired,
    session_of,
)
from bot.flow.reviewing import stewards
from bot.flow.scheduling import DATES
from bot.model.meeting import Hours, Meeting, Next, Session, original_of
from bot.model.member import Member
from bot.model.place import Place
from bot.outcome import JSON, NOTHING, At, Button, Direct, Later, Outcome, Say, Toast
from bot.registry import Feature
from bot.rhythm import holidays, recurrence
from bot.rhythm.due import Plan, Reminder, apart, expected, reminders
from bot.rhythm.zones import wall

feature = Feature("remind")
log = structlog.get_logger(__name__)

MOMENT = timedelta(microseconds=1)
PATIENCE = timedelta(days=3)  # minutes asked for later than this help nobody
ASLEEP = "/asleep"  # behind what was not sent, as its quiet hours last until the session is over
NEAR = 10  # minutes that a reminder may be late and still be told with its lead


@dataclass(frozen=True, slots=True)
class Owed:
    """A reminder and who gets it: a member, or the channels (None)."""

    plan: Plan
    reminder: Reminder
    member: Member | None = None
    hours: Hours | None = None

    @property
    def key(self) -> str:
        return f"{self.reminder.lead}/{self.plan.to}"

    def told(self, sent: tuple[str, ...]) -> bool:
        """This one, or one that is nearer to the session: "in an hour" is not followed by "in a day"."""
        leads = (int(lead) for lead, _, to in (key.partition("/") for key in sent) if to == self.plan.to)
        return f"{self.key}{ASLEEP}" in sent or any(lead <= self.reminder.lead for lead in leads)

    def never(self, now: datetime, elsewhere: datetime | None) -> bool:
        """Quiet hours outlast the session, its reader is on leave or cannot be reached, or a copy elsewhere has sent it."""
        gone = self.member is not None and (self.member.away(now) or not self.member.reachable)
        return self.reminder.muted or gone or (elsewhere is not None and self.reminder.due <= elsewhere)

    def rings(self, now: datetime) -> datetime:
        """When it may be sent: on time, or late; in neither case in quiet hours, unless they outlast the session."""
        if self.plan.quiet is None or self.reminder.muted:
            return self.reminder.due
        return self.plan.quiet.after(max(now, self.reminder.due))


@feature.due("meeting.remind")
async def remind(due: CameDue, desk: Desk) -> Outcome:
    """One session at one lead time: whoever is owed it gets it now, who has quiet hours behind them.

    A clock that was set back since it came due owes it all the same.
    """
    id, _, lead = due.subject.rpartition("/")
    desk = replace(desk, now=max(desk.now, desk.event.at))
    one = await _still(id, int(lead), desk)
    if one is None:
        return NOTHING
    seen = await picture(one.meeting, one.session, desk)
    owed = [o for o in await _owed(one, seen, int(lead), desk) if not o.told(one.session.sent)]
    waits = [at for o in owed if (at := o.rings(desk.now)) > desk.now]
    ripe = [o for o in owed if o.rings(desk.now) <= desk.now]
    elsewhere = desk.rules.elsewhere
    never = [o for o in ripe if o.never(desk.now, elsewhere)]
    now = [o for o in ripe if _helps(o, desk.now, elsewhere) and o not in never]
    says = [say for o in now for say in await _said(o, seen, desk)]
    again = (Later("meeting.remind", due.subject, min(waits) + MOMENT),) if waits else ()
    keys = tuple(dict.fromkeys(f"{o.key}{ASLEEP}" if o.reminder.muted else o.key for o in (*now, *never)))
    sent = (replace(one.session, sent=(*one.session.sent, *keys)),) if keys else ()
    return Outcome(save=sent, say=tuple(says), later=again)


async def _still(id: str, lead: int, desk: Desk) -> Next | None:
    """None: it was called off, or nobody wants this lead any more."""
    meeting = await desk.meetings.get(id.partition("@")[0])
    if meeting is None or meeting.status != "held" or lead not in meeting.leads:
        return None
    session = await desk.meetings.session(id) or meeting.session(original_of(id))
    when = occurrence(meeting, session)
    return Next(meeting, session, when) if when else None


async def _owed(one: Next, seen: Picture, lead: int, desk: Desk) -> list[Owed]:
    """The channels', and that of each who said yes."""
    sure = {m.id: (m, r) for m, r in seen.coming if r.coming == "yes"}
    known = await hours_of(sure, desk)
    plans = [(plan_of(one), None, None), *((plan_of(one, r, known.get(m.id)), m, known.get(m.id)) for m, r in sure.values())]
    found = [(plan_, next((r for r in expected(plan_) if r.lead == lead), None), m, h) for plan_, m, h in plans]
    return [Owed(plan_, reminder, m, h) for plan_, reminder, m, h in found if reminder]


def _helps(owed: Owed, now: datetime, elsewhere: datetime | None) -> bool:
    """Not once the session has begun, nor beside one that is nearer to it; what is dropped is logged."""
    verdict = reminders([owed.plan], owed.reminder.due - MOMENT, now, elsewhere)
    for dropped in verdict.drop:
        if dropped.reminder.id == owed.reminder.id:
            log.info("reminder.dropped", reminder=dropped.reminder.id, why=dropped.why)
    return any(one.id == owed.reminder.id for one in verdict.send)


async def _said(owed: Owed, seen: Picture, desk: Desk) -> tuple[Say, ...]:
    """A new message, as an edit does not ring; in the channels the earlier one is one line from now on."""
    meeting, session = seen.meeting, seen.session
    left = round((owed.reminder.occurrence.starts - desk.now).total_seconds() / 60)
    lead = owed.reminder.lead if abs(left - owed.reminder.lead) <= NEAR else max(0, left)
    if owed.member:
        language, zone = owed.member.language or desk.library.language, (owed.hours and owed.hours.zone) or meeting.zone
        data = facts(seen, language, desk.now, zone) | {"lead": lead_data(lead, language)}
        return (Say(Direct(owed.member.id), "meeting.remind_you", data, language, subject=meeting.id),)
    data = facts(seen, desk.library.language, desk.now) | {"lead": lead_data(lead, desk.library.language)}
    return await retired(meeting, session, desk) + tuple(
        Say(
            At(Place(b.door, b.channel)),
            "meeting.remind",
            data,
            desk.library.language,
            card=reminder_card(session.id, owed.reminder.lead, b.id),
        )
        for b in await desk.places.bindings(meeting.community)
        if b.mode != "off"
    )


# ---- from one session to the next --------------------------------------------------------------------------------------


@feature.due("meeting.plan")
async def again(due: CameDue, desk: Desk) -> Outcome:
    """Every hour: what is still to come of the next sessions is set anew, and a series that stands elsewhere has its turn.

    A clock that was weeks ahead used up times that are still to come. What was sent then is not sent again. A clock that was
    set back before the series was agreed on is itself wrong, and moves nothing.
    """
    outcome, anew = NOTHING, apart(desk.now)
    for meeting in await desk.meetings.held():
        sessions = await desk.meetings.sessions(meeting.id)
        ahead = meeting.next(sessions, desk.now, 1) if meeting.since <= desk.now else ()
        if ahead and ahead[0].session.original != meeting.shown:
            outcome += Outcome(later=(Later("meeting.turn", meeting.id, desk.now),))
        elif ahead:
            outcome += Outcome(
                later=tuple([o for o in plan(meeting, sessions, desk.now, anew) if await _open(o, sessions, desk)])
            )
    return outcome


async def _open(time: Later, sessions: tuple[Session, ...], desk: Desk) -> bool:
    """Whether anybody may still be owed what is set for that time."""
    id, _, lead = time.subject.rpartition("/")
    session = next((one for one in sessions if one.id == id), None)
    if time.at is None or session is None or f"{lead}/" not in session.sent:
        return True
    came = [r for r in await desk.meetings.rsvps(id) if r.coming == "yes" and r.at < time.at]
    return any({f"{lead}/{r.member}", f"{lead}/{r.member}{ASLEEP}"}.isdisjoint(session.sent) for r in came)


@feature.due("meeting.turn")
async def turn(due: CameDue, desk: Desk) -> Outcome:
    """A session is over: its host is asked for the minutes, the next in turn is shown, the next card is posted."""
    desk = replace(desk, now=max(desk.now, desk.event.at))
    meeting = await desk.meetings.get(due.subject)
    if meeting is None or meeting.status != "held":
        return NOTHING
    meeting, outcome = await _over(replace(meeting, turned_at=meeting.over(desk.now)), desk)
    sessions = await desk.meetings.sessions(meeting.id)
    for one in outcome.save:
        sessions = kept(sessions, one) if isinstance(one, Session) else sessions
    ahead = meeting.next(sessions, desk.now, 1)
    if not ahead:
        return outcome + Outcome(save=(meeting,))
    new = meeting.shown != ahead[0].session.original
    meeting = replace(meeting, shown=ahead[0].session.original)
    says = (*await cards(meeting, ahead[0].session, desk), *(await _holiday(ahead[0], desk) if new else ()))
    return outcome + Outcome(save=(meeting,), say=says, later=plan(meeting, sessions, desk.now))


async def _over(meeting: Meeting, desk: Desk) -> tuple[Meeting, Outcome]:
    """The session whose card stands in the channels, if it has ended: who hosted goes to the end of the queue."""
    if meeting.shown is None:
        return meeting, NOTHING
    session = await session_of(meeting.session(meeting.shown).id, meeting, desk)
    when = occurrence(meeting, session)
    if when is None or when.ends > desk.now or session.asked_at:
        return meeting, NOTHING
    seen = await picture(meeting, session, desk)
    host = seen.host.id if seen.host else None
    others = tuple(id for id in meeting.hosts if id != host)
    meeting = replace(meeting, hosts=(*others, host) if host else meeting.hosts)
    elsewhere = desk.rules.elsewhere  # where another copy has asked for them
    late = desk.now - when.ends > PATIENCE or (elsewhere is not None and when.ends <= elsewhere)
    if late:
        log.info("minutes.not_asked", session=session.id, ended=when.ends.isoformat())
    says = () if late or session.item else await _minutes(seen, desk)
    session = replace(session, host=host or meeting.made_by, asked_at=desk.now)
    return meeting, Outcome(save=(session,), say=(*await cards(meeting, session, desk), *says))


async def _minutes(seen: Picture, desk: Desk) -> tuple[Say, ...]:
    """The host is asked for them, or whoever made the meeting where nobody hosts."""
    host = seen.host or await desk.members.get(seen.meeting.made_by)
    if host is None or host.gone:
        return ()
    language = host.language or desk.library.language
    button = Button("meeting_minutes", seen.session.id, "meeting.button_minutes", style="good")
    data = facts(seen, language, desk.now, seen.meeting.zone)
    return (Say(Direct(host.id), "meeting.minutes_please", data, language, (button,), f"meeting-minutes:{seen.session.id}"),)


async def _holiday(one: Next, desk: Desk) -> tuple[Say, ...]:
    """The next session falls on a public holiday: its stewards are asked, unless they saw that date before it was confirmed."""
    meeting, seen_before = one.meeting, recurrence.upcoming(one.meeting.series(), one.meeting.since, DATES)
    day = wall(one.when.starts, meeting.zone).date()
    if any(o.original == one.session.original for o in seen_before) or not holidays.on(day, "id"):
        return ()
    people = await stewards(meeting.community, desk) or await desk.members.many((meeting.made_by,))
    seen = await picture(meeting, one.session, desk)
    return tuple(_asked(seen, member, day, desk) for member in people if not member.gone)


def _asked(seen: Picture, to: Member, day: date, desk: Desk) -> Say:
    language = to.language or desk.library.language
    free: list[JSON] = [
        {"name": h.name, "joint": h.kind == "joint_leave", "estimated": h.estimated} for h in holidays.on(day, language)
    ]
    data = facts(seen, language, desk.now, seen.meeting.zone) | {"free": free}
    off = Button("meeting_off", seen.session.id, "meeting.button_off", style="danger")
    move, keep = (
        Button("meeting_move", seen.session.id, "meeting.button_move"),
        Button("meeting_keep", "", "meeting.button_keep"),
    )
    return Say(
        Direct(to.id), "meeting.holiday", data, language, (keep, move, off), f"meeting-holiday:{seen.session.id}:{to.id}"
    )


@feature.presses("meeting_keep")
async def keep(press: Pressed, desk: Desk) -> Outcome:
    """It is held although it is a holiday."""
    return Outcome(now=Toast("meeting.kept", {}, desk.language))
