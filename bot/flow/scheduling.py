"""A meeting understood from somebody's words, shown before it binds, and what makes it bind."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.desk import Desk
from bot.errors import Kindly
from bot.flow.meeting import cards, format_words, hours_of, lead_data, may_confirm, name_of, own_zone, plan, told, zones_of
from bot.flow.placing import centre
from bot.flow.reviewing import stewards
from bot.model.base import Language
from bot.model.meeting import Hours, Meeting
from bot.model.member import Member
from bot.outcome import JSON, Button, Direct, Later, Outcome, Say
from bot.rhythm import holidays, recurrence, words
from bot.rhythm.phrases import Doubt, Understood, understand
from bot.rhythm.zones import wall

DATES = 3  # shown in full before it binds
PATIENCE = timedelta(days=1)  # a draft that nobody confirms is forgotten
PROPOSED = timedelta(days=14)
LONGEST_NAME, LONGEST_PLACE = 100, 300
FORMATS = ("open", "clinic", "story", "tools", "review", "book")
_LINK = re.compile(r"https?://\S+")
_AT = re.compile(r"(?:\bdi|\bat|\bin|@)\s*$", re.IGNORECASE)


async def read(line: str, desk: Desk) -> Understood | Doubt:
    """A line about a time, heard on the speaker's own clock; a rule that no series may have is a doubt as well."""
    found = understand(line, desk.now, await own_zone(desk))
    if isinstance(found, Understood) and found.rule:
        try:
            recurrence.check(found.rule, found.start)
        except recurrence.BadRule:
            return Doubt("repeat", "", found.leftover)
    return found


def where(text: str) -> tuple[str, str]:
    """(place, link) of what somebody wrote about where."""
    link = _LINK.search(text)
    place = _LINK.sub(" ", text)
    return " ".join(place.split())[:LONGEST_PLACE], link[0][:LONGEST_PLACE] if link else ""


def left_over(line: str, leftover: str) -> tuple[str, str]:
    """(title, where) in the words that say nothing of the time: behind "di" or "at" stands a place, other words are a title."""
    title: list[str] = []
    spot: list[str] = []
    for part in filter(None, leftover.split(" … ")):
        before = line[: max(0, line.find(part))]
        (spot if _AT.search(before) or _LINK.search(part) else title).append(part)
    return " ".join(title)[:LONGEST_NAME], " ".join(spot)


def timed(draft: Meeting, found: Understood, minutes: int) -> Meeting:
    """The draft at the time that was understood. `minutes`: where no length was said."""
    return replace(
        draft,
        start=found.start,
        zone=found.zone,
        rule=found.rule,
        minutes=found.minutes or minutes,
        until=found.until,
        count=found.count,
    )


async def shown(draft: Meeting, assumed: tuple[str, ...], off: tuple[str, ...], desk: Desk) -> Outcome:
    """The draft saved, and everything that was understood of it, to the person alone. Nothing binds before the button.

    `off`: sessions already left out, by id.
    """
    may = await may_confirm(draft.community, desk)
    data = await told_of(draft, desk, desk.language, await own_zone(desk), off) | {
        "may": may,
        "assumed": assumed_words(assumed),
    }
    say = desk.reply("meeting.understood", data, buttons=_buttons(draft, data, may), card=f"meeting-draft:{draft.id}")
    return Outcome(save=(draft,), say=(say,), later=(Later("meeting.forget", draft.id, desk.now + PATIENCE),))


async def told_of(draft: Meeting, desk: Desk, language: Language, zone: str, off: tuple[str, ...] = ()) -> dict[str, JSON]:
    """The schedule, the next dates in full on the reader's clock, and what public holidays fall on them."""
    sessions = await desk.meetings.sessions(draft.id)
    others = (draft.zone, *await zones_of(draft.community, desk))
    dates: list[JSON] = []
    for one in recurrence.upcoming(draft.series(), desk.now, DATES):
        id = draft.session(one.original).id
        days = holidays.on(wall(one.starts, draft.zone).date(), language)
        free: list[JSON] = [{"name": h.name, "joint": h.kind == "joint_leave", "estimated": h.estimated} for h in days]
        skipped = id in off or any(s.id == id and s.cancelled for s in sessions)
        dates.append({"id": id, "when": words.moment(one.starts, language, zone, *others), "free": free, "off": skipped})
    return {
        **name_of(draft, await desk.communities.get(draft.community)),
        "schedule": words.schedule(draft, language),
        "dates": dates,
        "place": draft.place,
        "online": draft.link,
        "format": format_words(draft)["format"],
        "leads": [lead_data(lead, language) for lead in sorted(set(draft.leads), reverse=True)],
        "replaces": draft.replaces is not None,
    }


def _buttons(draft: Meeting, data: dict[str, JSON], may: bool) -> tuple[Button, ...]:
    dates = data["dates"]
    assert isinstance(dates, list)
    free = tuple(
        Button("meeting_skip", d["id"], "meeting.button_skip", {"title": d["when"]})
        for d in dates
        if d["free"] and not d["off"]
    )
    confirm = Button("meeting_confirm", draft.id, "meeting.button_confirm" if may else "meeting.button_propose", style="good")
    others = (("formats", "formats"), ("edit", "edit"), ("drop", "drop"))
    return (confirm, *free, *(Button(f"meeting_{act}", draft.id, f"meeting.button_{label}") for act, label in others))


async def proposed(draft: Meeting, desk: Desk) -> Outcome:
    """To the stewards, else the learning centre, for one tap."""
    people = await stewards(draft.community, desk) or await centre(desk)
    if not people:
        raise Kindly("meeting.nobody")
    known = await hours_of((m.id for m in people), desk)
    yes = Button("meeting_confirm", draft.id, "meeting.button_confirm", style="good")
    no = Button("meeting_decline", draft.id, "meeting.button_decline")
    says = [await _asked(m, known.get(m.id), (yes, no), draft, desk) for m in people]
    later = (Later("meeting.forget", draft.id, desk.now + PROPOSED),)
    return Outcome(save=(replace(draft, status="proposed"),), say=tuple(says), later=later)


async def _asked(to: Member, hours: Hours | None, buttons: tuple[Button, ...], draft: Meeting, desk: Desk) -> Say:
    language = to.language or desk.library.language
    zone = (hours and hours.zone) or desk.library.timezone
    data = await told_of(draft, desk, language, zone) | {"by": desk.me.name}
    return Say(Direct(to.id), "meeting.proposal", data, language, buttons, _proposal(draft, to))


def assumed_words(assumed: tuple[str, ...]) -> JSON:
    """The templates that say what was assumed."""
    return [f"meeting.assumed_{one}" for one in assumed]


async def decided(draft: Meeting, desk: Desk) -> Outcome:
    """The other stewards' cards of a proposal: it is decided, and by whom."""
    people = await stewards(draft.community, desk) or await centre(desk)
    data: dict[str, JSON] = {**name_of(draft, await desk.communities.get(draft.community)), "by": desk.me.name}
    says = [
        Say(Direct(m.id), "meeting.decided", data, m.language or desk.library.language, card=_proposal(draft, m))
        for m in people
        if await desk.places.posting(_proposal(draft, m))
    ]
    return Outcome(say=tuple(says))


def _proposal(draft: Meeting, to: Member) -> str:
    return f"meeting-proposal:{draft.id}:{to.id}"


async def binds(draft: Meeting, desk: Desk) -> Outcome:
    """It holds from now on: its first card stands in the channels, and what comes due is set."""
    sessions = await desk.meetings.sessions(draft.id)
    meeting = replace(draft, status="held", since=desk.now, changed_at=desk.now)
    ahead = meeting.next(sessions, desk.now, 1)
    if not ahead:
        raise Kindly("meeting.too_late")
    meeting = replace(meeting, shown=ahead[0].session.original)
    outcome = Outcome(
        save=(meeting,),
        say=await cards(meeting, ahead[0].session, desk),
        later=(Later("meeting.forget", draft.id, None), *plan(meeting, sessions, desk.now)),
    )
    old = await desk.meetings.get(draft.replaces) if draft.replaces else None
    return outcome + await ends(old, desk, meeting) if old and old.status == "held" else outcome


async def ends(meeting: Meeting, desk: Desk, after: Meeting | None = None) -> Outcome:
    """The whole series is called off, or another takes its place: its card says so, those who said yes are told once."""
    sessions = await desk.meetings.sessions(meeting.id)
    ahead = meeting.next(sessions, desk.now, 1)
    over = replace(meeting, status="ended").changed(desk.now)
    outcome = Outcome(save=(over,), later=(Later("meeting.turn", meeting.id, None),))
    if not ahead:
        return outcome
    off = replace(ahead[0].session, cancelled=True)
    schedule = words.schedule(after, desk.library.language) if after else ""
    template = "meeting.replaced" if after else "meeting.stopped"
    says = (*await cards(over, off, desk), *await told(meeting, ahead[0].session, template, desk, schedule=schedule))
    return outcome + Outcome(save=(off,), say=says)
