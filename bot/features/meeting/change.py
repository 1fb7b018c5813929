"""A session held at another time or called off, a series ended: those who said yes are told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Pressed, Submitted
from bot.flow.meeting import changed, coming, facts, may_change, meeting_of, own_zone, picture, retired, told
from bot.flow.scheduling import assumed_words, ends, read
from bot.model.meeting import STAMP, Meeting, Next
from bot.outcome import JSON, Button, Field, FieldErrors, OpenForm, Outcome, Sheet, Toast
from bot.registry import Feature
from bot.rhythm import holidays, words
from bot.rhythm.phrases import LONGEST, Doubt
from bot.rhythm.zones import instant, wall

feature = Feature("change")


async def _mine(session: str, desk: Desk) -> Next:
    one = await coming(session, desk)
    if not await may_change(one.meeting, one.session, desk):
        raise Kindly("meeting.not_yours")
    return one


@feature.presses("meeting_move")
async def move_form(press: Pressed, desk: Desk) -> Outcome:
    one = await _mine(press.value, desk)
    data: dict[str, JSON] = {"when": words.moment(one.when.starts, desk.language, one.meeting.zone)}
    field = Field("when", "line", "meeting.field_move", required=True, hint="meeting.hint_move", longest=LONGEST, data=data)
    return Outcome(
        now=OpenForm(
            "meeting_move", one.session.id, "meeting.move_title", (field,), "meeting.form_submit", language=desk.language
        )
    )


@feature.submits("meeting_move")
async def understood(form: Submitted, desk: Desk) -> Outcome:
    """The new time in full, to confirm."""
    one = await _mine(form.subject, desk)
    found = await read(form["when"], desk)
    if isinstance(found, Doubt) or found.rule:
        about = found.about if isinstance(found, Doubt) else "once"
        errors = (("when", f"meeting.doubt_{about}"),)
        return Outcome(now=FieldErrors(errors, {"words": getattr(found, "words", "")}, desk.language))
    starts = instant(found.start, found.zone)
    local = wall(starts, one.meeting.zone)
    data: dict[str, JSON] = {
        "was": words.moment(one.when.starts, desk.language, one.meeting.zone),
        "when": words.moment(starts, desk.language, await own_zone(desk), one.meeting.zone),
        "assumed": assumed_words(found.assumed),
        "free": [
            {"name": h.name, "joint": h.kind == "joint_leave", "estimated": h.estimated}
            for h in holidays.on(local.date(), desk.language)
        ],
    }
    value = f"{one.session.id}/{local:{STAMP}}/{found.minutes or 0}"
    button = Button("meeting_moved", value, "meeting.button_moved", style="good")
    return Outcome(now=Sheet("meeting.move_understood", data, desk.language, (button,)))


@feature.presses("meeting_moved")
async def moved(press: Pressed, desk: Desk) -> Outcome:
    id, _, rest = press.value.partition("/")
    stamp, _, minutes = rest.partition("/")
    one = await _mine(id, desk)
    start = datetime.strptime(stamp, STAMP)
    if start == (one.session.start or one.session.original):
        return Outcome(now=Toast("error.already", {}, desk.language))
    if instant(start, one.meeting.zone) <= desk.now:
        raise Kindly("meeting.too_late")
    session = replace(one.session, start=start, minutes=int(minutes), since=desk.now, sent=())
    says = (*await told(one.meeting, session, "meeting.moved", desk), *await retired(one.meeting, one.session, desk))
    return await changed(one.meeting, session, desk) + Outcome(say=says, now=Toast("meeting.saved", {}, desk.language))


@feature.presses("meeting_off", "meeting_stop")
async def really(press: Pressed, desk: Desk) -> Outcome:
    """Asked once more: people are told at once."""
    one = press.action == "meeting_off"
    if one:
        found = await _mine(press.value, desk)
        data = facts(await picture(found.meeting, found.session, desk), desk.language, desk.now, await own_zone(desk))
        button = Button("meeting_off_now", press.value, "meeting.button_off_now", style="danger")
        return Outcome(now=Sheet("meeting.off_really", data, desk.language, (button,)))
    meeting = await _whole(press.value, desk)
    told_of: dict[str, JSON] = {"schedule": words.schedule(meeting, desk.language)}
    button = Button("meeting_stop_now", press.value, "meeting.button_stop_now", style="danger")
    return Outcome(now=Sheet("meeting.stop_really", told_of, desk.language, (button,)))


async def _whole(id: str, desk: Desk) -> Meeting:
    meeting = await meeting_of(id, desk)
    if not (meeting.made_by == desk.me.id or await desk.leads(meeting.community)):
        raise Kindly("meeting.not_yours")
    return meeting


@feature.presses("meeting_off_now")
async def called_off(press: Pressed, desk: Desk) -> Outcome:
    one = await _mine(press.value, desk)
    says = (*await told(one.meeting, one.session, "meeting.cancelled", desk), *await retired(one.meeting, one.session, desk))
    session = replace(one.session, cancelled=True)
    return await changed(one.meeting, session, desk) + Outcome(say=says, now=Toast("meeting.off_done", {}, desk.language))


@feature.presses("meeting_stop_now")
async def stopped(press: Pressed, desk: Desk) -> Outcome:
    meeting = await _whole(press.value, desk)
    return await ends(meeting, desk) + Outcome(now=Toast("meeting.stop_done", {}, desk.language))
