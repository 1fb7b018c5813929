"""Meetings, shared by their features: finding one, who may decide, when what comes due, and the cards in the channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.errors import Kindly
from bot.flow.cards import name_data
from bot.flow.people import person
from bot.model.base import Language
from bot.model.community import Community
from bot.model.meeting import Hours, Meeting, Next, Rsvp, Session, Topic, original_of
from bot.model.member import Member
from bot.model.place import Place
from bot.outcome import JSON, At, Button, Direct, Later, Outcome, Say
from bot.rhythm import words
from bot.rhythm.due import DAY, Plan, expected
from bot.rhythm.recurrence import Occurrence, held
from bot.rhythm.zones import instant

AHEAD = 15  # sessions that are looked at: what is reminded of long before comes due while others are still to be held
SHOWN = 6  # topics on a card
NAMES = 30  # names on a card
NOT_YET = timedelta(0)

# ---- finding ---------------------------------------------------------------------------------------------------------


async def meeting_of(session: str, desk: Desk) -> Meeting:
    """The meeting that a session's id names. Kindly: it binds no more."""
    found = await desk.meetings.get(session.partition("@")[0])
    if found is None or found.status != "held":
        raise Kindly("meeting.gone")
    return found


async def session_of(id: str, meeting: Meeting, desk: Desk) -> Session:
    return await desk.meetings.session(id) or meeting.session(original_of(id))


def occurrence(meeting: Meeting, session: Session) -> Occurrence | None:
    """When it is held; None where it was called off, or the series has no such date."""
    if session.cancelled or not held(meeting.series(), session.original):
        return None
    starts = instant(session.start or session.original, meeting.zone)
    return Occurrence(starts, starts + timedelta(minutes=session.minutes or meeting.minutes), meeting.id, session.original)


async def coming(session: str, desk: Desk) -> Next:
    """A session that has not ended. Kindly: it was called off, or is over."""
    meeting = await meeting_of(session, desk)
    found = await session_of(session, meeting, desk)
    when = occurrence(meeting, found)
    if when is None or when.ends <= desk.now:
        raise Kindly("meeting.over")
    return Next(meeting, found, when)


# ---- who -------------------------------------------------------------------------------------------------------------


async def may_confirm(community: str, desk: Desk) -> bool:
    """Its steward, the learning centre; where nobody leads, any member of it."""
    if await desk.leads(community):
        return True
    members = await desk.members.memberships(community=community)
    return not any(m.role == "steward" for m in members) and any(m.member == desk.me.id for m in members)


async def may_change(meeting: Meeting, session: Session, desk: Desk) -> bool:
    """Who made it, who hosts this time, and whoever may decide for the community."""
    return desk.me.id in (meeting.made_by, session.turn(meeting.hosts)) or await desk.leads(meeting.community)


async def hours_of(members: Iterable[str], desk: Desk) -> dict[str, Hours]:
    return {one.member: one for one in await desk.meetings.hours(tuple(members))}


async def zones_of(community: str, desk: Desk) -> tuple[str, ...]:
    """The zones that its members told us of."""
    members = await desk.members.memberships(community=community)
    known = await hours_of((m.member for m in members), desk)
    return tuple(sorted({one.zone for one in known.values() if one.zone}))


async def own_zone(desk: Desk) -> str:
    """The zone of the one who acts, as far as is known."""
    mine = (await hours_of((desk.me.id,), desk)).get(desk.me.id)
    return (mine and mine.zone) or desk.library.timezone


# ---- when ------------------------------------------------------------------------------------------------------------


def plan(meeting: Meeting, sessions: tuple[Session, ...], now: datetime, anew: timedelta = NOT_YET) -> tuple[Later, ...]:
    """The end of the next session, and every reminder that comes due until then; said again it moves them.

    The few microseconds (`anew`) differ with every change of the meeting: a time that was taken back and set again comes
    again. What was sent is remembered in the session, so that none is sent twice.
    """
    ahead = meeting.next(sessions, now, AHEAD)
    if not ahead:
        return (Later("meeting.turn", meeting.id, None),)
    anew, turn = anew or timedelta(microseconds=1 + meeting.version % 1000), ahead[0].when.ends
    due = [
        Later("meeting.remind", f"{one.session.id}/{reminder.lead}", reminder.due + anew)
        for one in ahead
        for reminder in expected(plan_of(one))
        if reminder.due <= turn
    ]
    return (*due, Later("meeting.turn", meeting.id, turn + anew))


def plan_of(one: Next, rsvp: Rsvp | None = None, hours: Hours | None = None) -> Plan:
    """The session's reminders in the channels, or for a member who comes."""
    meeting = one.meeting
    since = max(at for at in (meeting.since, one.session.since, rsvp.at if rsvp else None) if at)
    quiet = hours.quiet(meeting.zone) if hours else None
    return Plan((one.when,), meeting.zone, meeting.leads, since, rsvp.member if rsvp else "", quiet)


# ---- what is shown ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """What the card of a session shows. `when` None: it is called off. `zones`: of members elsewhere."""

    meeting: Meeting
    session: Session
    when: Occurrence | None
    community: Community | None
    host: Member | None
    coming: tuple[tuple[Member, Rsvp], ...]
    zones: tuple[str, ...]


async def picture(meeting: Meeting, session: Session, desk: Desk) -> Picture:
    rsvps = await desk.meetings.rsvps(session.id)
    people = {m.id: m for m in await desk.members.many((*meeting.hosts, *(r.member for r in rsvps), session.host or ""))}
    able = tuple(id for id in meeting.hosts if id in people and not people[id].away(desk.now))
    return Picture(
        meeting,
        session,
        occurrence(meeting, session),
        await desk.communities.get(meeting.community),
        people.get(session.host or session.turn(able) or ""),
        tuple((people[r.member], r) for r in rsvps if r.member in people and not people[r.member].gone),
        await zones_of(meeting.community, desk),
    )


def name_of(meeting: Meeting, community: Community | None) -> dict[str, JSON]:
    """For the template `meeting.name`."""
    return {"title": meeting.title, "community": name_data(community.name) if community else None}


def facts(seen: Picture, language: Language, now: datetime, zone: str = "") -> dict[str, JSON]:
    """The session in words. `zone`: the reader's own; without one the meeting's, and beside it those of all members."""
    meeting, session, when = seen.meeting, seen.session, seen.when
    others = (meeting.zone,) if zone else seen.zones
    starts = when.starts if when else instant(session.start or session.original, meeting.zone)
    was = words.moment(instant(session.original, meeting.zone), language, zone or meeting.zone) if session.start else ""
    return {
        **name_of(meeting, seen.community),
        "state": "cancelled" if when is None else "over" if when.ends <= now else "on",
        "when": words.moment(starts, language, zone or meeting.zone, *others),
        "length": words.length(session.minutes or meeting.minutes, language),
        "was": was,
        "repeats": words.repeats(meeting.rule, language) if meeting.rule else "",
        "host": person(seen.host) if seen.host else None,
        "place": meeting.place,
        "online": meeting.link,
        **format_words(meeting),
        "yes": _names(seen, "yes"),
        "maybe": _names(seen, "maybe"),
        "no": _names(seen, "no"),
        "topics": [{"text": t.text, "votes": len(set(t.votes))} for t in by_votes(session)[:SHOWN]],
        "more_topics": max(0, len(session.agenda) - SHOWN),
    }


def format_words(meeting: Meeting) -> dict[str, JSON]:
    """The templates that name its format, say in a line how it goes, and step by step; open talk needs no words."""
    named = meeting.format if meeting.format != "open" else ""
    return {
        "format": named and f"meeting.format_{named}",
        "guide": named and f"meeting.about_{named}",
        "way": named and f"meetings.{named}",
    }


def _names(seen: Picture, coming: str) -> JSON:
    return [m.name for m, r in seen.coming if r.coming == coming][:NAMES]


def by_votes(session: Session) -> list[Topic]:
    """Most wanted first, then in the order in which they were proposed."""
    return sorted(session.agenda, key=lambda topic: -len(set(topic.votes)))


def card_of(session: str, binding: str) -> str:
    return f"meeting:{session}:{binding}"


def session_card(card: str) -> str:
    """The session whose card that is, or that it reminds of, or whose minutes it asks for; "": none."""
    kind, _, rest = card.partition(":")
    return rest.partition(":")[0] if kind in ("meeting", "meeting-remind", "meeting-minutes") else ""


async def cards(meeting: Meeting, session: Session, desk: Desk) -> tuple[Say, ...]:
    """The session's card in each of the community's channels, as it stands now."""
    seen = await picture(meeting, session, desk)
    language = desk.library.language
    data = facts(seen, language, desk.now)
    buttons = _buttons(session.id) if data["state"] == "on" else ()
    return tuple(
        Say(At(Place(b.door, b.channel)), "meeting.card", data, language, buttons, card_of(session.id, b.id), meeting.id)
        for b in await desk.places.bindings(meeting.community)
        if b.mode != "off"
    )


def reminder_card(session: str, lead: int, binding: str) -> str:
    return f"meeting-remind:{session}:{lead}:{binding}"


async def retired(meeting: Meeting, session: Session, desk: Desk) -> tuple[Say, ...]:
    """The session's reminders that stand in the channels, each in one line from now on."""
    language, says = desk.library.language, []
    named: dict[str, JSON] = name_of(meeting, await desk.communities.get(meeting.community))
    for b in await desk.places.bindings(meeting.community):
        for lead in meeting.leads:
            card = reminder_card(session.id, lead, b.id)
            if f"{lead}/" in session.sent and await desk.places.posting(card):
                says.append(Say(At(Place(b.door, b.channel)), "meeting.reminded", named, language, card=card))
    return tuple(says)


def _buttons(session: str) -> tuple[Button, ...]:
    return (
        Button("meeting_yes", session, "meeting.button_yes", style="good"),
        Button("meeting_maybe", session, "meeting.button_maybe"),
        Button("meeting_no", session, "meeting.button_no"),
        Button("meeting_agenda", session, "meeting.button_agenda"),
        Button("meeting_file", session, "meeting.button_file"),
        Button("meeting_more", session, "meeting.button_more"),
    )


async def told(meeting: Meeting, session: Session, template: str, desk: Desk, **more: JSON) -> tuple[Say, ...]:
    """A word to everybody who said that they come, each once, in their own language and zone; not to who does it."""
    seen = await picture(meeting, session, desk)
    sure = [m for m, r in seen.coming if r.coming == "yes" and m.id != desk.me.id]
    known = await hours_of((m.id for m in sure), desk)
    return tuple(_word(seen, member, known.get(member.id), template, desk, more) for member in sure)


def _word(seen: Picture, to: Member, hours: Hours | None, template: str, desk: Desk, more: dict[str, JSON]) -> Say:
    language = to.language or desk.library.language
    data = facts(seen, language, desk.now, (hours and hours.zone) or seen.meeting.zone) | more
    return Say(Direct(to.id), template, data, language, subject=seen.meeting.id)


def lead_data(lead: int, language: Language) -> dict[str, JSON]:
    """For the template `meeting.lead`: whole days, or a length in words."""
    return {"days": 0 if lead % DAY else lead // DAY, "length": words.length(lead, language)}


def kept(sessions: tuple[Session, ...], changed: Session) -> tuple[Session, ...]:
    """The sessions with this one as it is now."""
    return (*(one for one in sessions if one.id != changed.id), changed)


# ---- when one changes ------------------------------------------------------------------------------------------------


async def changed(meeting: Meeting, session: Session, desk: Desk) -> Outcome:
    """A session is held at another time, or no more: its card says so, and the next one's stands in the channels."""
    sessions = kept(await desk.meetings.sessions(meeting.id), session)
    ahead = meeting.next(sessions, desk.now, 1)
    meeting = replace(meeting, shown=ahead[0].session.original if ahead else meeting.shown).changed(desk.now)
    says = await cards(meeting, session, desk)
    if ahead and ahead[0].session.id != session.id:
        says = (*says, *await cards(meeting, ahead[0].session, desk))
    return Outcome(save=(meeting, session), say=says, later=plan(meeting, sessions, desk.now))
