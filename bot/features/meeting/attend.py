"""Coming to a session: yes, maybe, no; whose turn it is to host; the session as a calendar file; a member's own clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Happened, Pressed, Submitted
from bot.flow.feed import entry_of
from bot.flow.meeting import cards, coming, facts, may_change, meeting_of, name_of, own_zone, picture, session_of
from bot.model.meeting import Coming, Hours, Rsvp, original_of
from bot.outcome import JSON, NOTHING, Button, Choice, Field, FieldErrors, OpenForm, Outcome, Sheet, Then, Toast
from bot.registry import Feature
from bot.rhythm import words
from bot.rhythm.calendar import occurrence
from bot.rhythm.zones import SHORT, spelt

feature = Feature("attend")

ANSWERS: dict[str, Coming] = {"meeting_yes": "yes", "meeting_maybe": "maybe", "meeting_no": "no"}
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
NIGHTS = ("", "20-6", "21-6", "22-5", "17-8")


@feature.presses(*ANSWERS)
async def answer(press: Pressed, desk: Desk) -> Outcome:
    """The card follows once it is stored, so that two at once both stand on it."""
    one = await coming(press.value, desk)
    said, id = ANSWERS[press.action], f"{one.session.id}:{desk.me.id}"
    before = next((r for r in await desk.meetings.rsvps(one.session.id) if r.member == desk.me.id), None)
    fresh = Rsvp(id=id, library=desk.library.id, session=one.session.id, member=desk.me.id, coming=said, at=desk.now)
    rsvp = replace(before, coming=said, at=desk.now) if before else fresh
    if before and before.coming == said:
        return Outcome(now=Toast("error.already", {}, desk.language))
    data: dict[str, JSON] = {"when": words.moment(one.when.starts, desk.language, await own_zone(desk))}
    toast = Toast(f"meeting.said_{said}", data, desk.language)
    return Outcome(save=(rsvp,), now=toast, then=(Then("meeting.changed", one.session.id),))


@feature.watches("meeting.changed")
async def redraw(happened: Happened, desk: Desk) -> Outcome:
    """The session's card as it is now."""
    meeting = await desk.meetings.get(happened.subject.partition("@")[0])
    if meeting is None or meeting.status != "held":
        return NOTHING
    return Outcome(say=await cards(meeting, await session_of(happened.subject, meeting, desk), desk))


# ---- what else can be done -------------------------------------------------------------------------------------------


@feature.presses("meeting_more")
async def more(press: Pressed, desk: Desk) -> Outcome:
    """What this person can do about the session: host or pass, change, call off; their own clock."""
    one = await coming(press.value, desk)
    data = facts(await picture(one.meeting, one.session, desk), desk.language, desk.now, await own_zone(desk))
    hosts, id = one.meeting.hosts, one.session.id
    turn = one.session.turn(hosts) == desk.me.id
    host = Button("meeting_pass", id, "meeting.button_pass") if turn else Button("meeting_host", id, "meeting.button_host")
    buttons = () if desk.me.id in hosts and not turn else (host,)
    if await may_change(one.meeting, one.session, desk):
        buttons = (
            *buttons,
            Button("meeting_move", id, "meeting.button_move"),
            Button("meeting_off", id, "meeting.button_off", style="danger"),
        )
    if one.meeting.made_by == desk.me.id or await desk.leads(one.meeting.community):
        whole = one.meeting.id
        buttons = (
            *buttons,
            Button("meeting_series", whole, "meeting.button_series"),
            Button("meeting_stop", whole, "meeting.button_stop", style="danger"),
        )
    mine = (_feed(one.meeting.community), Button("meeting_hours", "", "meeting.button_hours"))
    return Outcome(now=Sheet("meeting.more", data, desk.language, (*buttons, *mine)))


@feature.presses("meeting_host", "meeting_pass")
async def host(press: Pressed, desk: Desk) -> Outcome:
    """Hosting is passed round among those who said they would; who cannot this time passes it on, and is next again."""
    one = await coming(press.value, desk)
    meeting, session = one.meeting, one.session
    if press.action == "meeting_host":
        back = replace(session, passed=tuple(id for id in session.passed if id != desk.me.id))
        hosts = meeting.hosts if desk.me.id in meeting.hosts else (*meeting.hosts, desk.me.id)
        saved = (replace(meeting, hosts=hosts), back)
    elif session.turn(meeting.hosts) != desk.me.id:
        raise Kindly("meeting.not_your_turn")
    else:
        saved = (meeting, replace(session, passed=(*session.passed, desk.me.id)))
    toast = Toast(f"meeting.{press.action.removeprefix('meeting_')}_noted", {}, desk.language)
    return Outcome(save=saved, now=toast, then=(Then("meeting.changed", session.id),))


@feature.presses("meeting_file")
async def file(press: Pressed, desk: Desk) -> Outcome:
    """The session for one's own calendar, to the person alone."""
    meeting = await meeting_of(press.value, desk)
    session = await session_of(press.value, meeting, desk)
    seen = await picture(meeting, session, desk)
    named = name_of(meeting, seen.community)
    name = seen.community.name.in_(desk.language) if seen.community else desk.library.name
    series = meeting.series(await desk.meetings.sessions(meeting.id))
    entry = entry_of(meeting, series, name, seen.host.name if seen.host else "")
    kept = await desk.keep(occurrence(entry, original_of(session.id), cancelled=seen.when is None))
    day = (session.start or session.original).date()
    mine = await desk.members.membership(desk.me.id, meeting.community)
    all_ = (_feed(meeting.community),) if mine and mine.active else ()
    return Outcome(say=(desk.reply("meeting.file", named, files=((f"guyub-{day}.ics", kept),), buttons=all_),))


def _feed(community: str) -> Button:
    return Button("meeting_feed", community, "meeting.button_feed")


# ---- one's own clock -------------------------------------------------------------------------------------------------


@feature.presses("meeting_hours")
async def hours_form(press: Pressed, desk: Desk) -> Outcome:
    mine = await _mine(desk)
    zone = mine.zone or desk.library.timezone
    zones = tuple(Choice(one, f"{SHORT.get(one, '')} {one}".strip()) for one in dict.fromkeys((*ZONES, zone)))
    now = f"{mine.quiet_from.hour}-{mine.quiet_to.hour}" if mine.quiet_from != mine.quiet_to else ""
    nights = tuple(
        Choice(n or "none", _span(n) if n else "", "" if n else "meeting.quiet_none") for n in dict.fromkeys((*NIGHTS, now))
    )
    fields = (
        Field("zone", "one", "meeting.field_zone", zone, required=True, choices=zones),
        Field("quiet", "one", "meeting.field_quiet", now or "none", choices=nights, hint="meeting.hint_quiet"),
    )
    return Outcome(now=OpenForm("hours", "", "meeting.hours_title", fields, "meeting.hours_submit", language=desk.language))


def _span(night: str) -> str:
    first, _, last = night.partition("-")
    return f"{int(first):02}.00–{int(last):02}.00"


async def _mine(desk: Desk) -> Hours:
    found = await desk.meetings.hours((desk.me.id,))
    return found[0] if found else Hours(id=f"hours:{desk.me.id}", library=desk.library.id, member=desk.me.id)


@feature.submits("hours")
async def hours_saved(form: Submitted, desk: Desk) -> Outcome:
    zone, quiet = spelt(form["zone"]), form["quiet"] or "none"
    if zone is None:
        return Outcome(now=FieldErrors((("zone", "error.required"),), {}, desk.language))
    first, _, last = ("0-0" if quiet == "none" else quiet).partition("-")
    if not (first.isdigit() and last.isdigit() and max(int(first), int(last)) < 24):
        return Outcome(now=FieldErrors((("quiet", "error.required"),), {}, desk.language))
    mine = replace(await _mine(desk), zone=zone, quiet_from=time(int(first)), quiet_to=time(int(last)))
    return Outcome(save=(mine,), now=Toast("meeting.hours_saved", {}, desk.language))
