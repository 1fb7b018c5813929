"""/rapat: a meeting in words or by a form, shown as it was understood, and held once somebody who may has confirmed it."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import CameDue, Commanded, Pressed, Submitted
from bot.flow.meeting import changed, may_confirm, meeting_of, name_of
from bot.flow.scheduling import (
    FORMATS,
    LONGEST_NAME,
    LONGEST_PLACE,
    binds,
    decided,
    left_over,
    proposed,
    read,
    shown,
    timed,
    where,
)
from bot.model.base import new_id
from bot.model.community import Community
from bot.model.meeting import Meeting, original_of
from bot.outcome import JSON, NOTHING, Choice, Direct, Field, FieldErrors, OpenForm, Outcome, Say, Toast
from bot.registry import Feature
from bot.rhythm import words
from bot.rhythm.due import LEADS
from bot.rhythm.phrases import LONGEST, Doubt, Understood

feature = Feature("meeting")

MINUTES = (30, 45, 60, 90, 120, 180, 240)
LEAD_CHOICES = (7 * 1440, 2 * 1440, 1440, 180, 60, 15)
WAITING = ("draft", "proposed")


@feature.command("rapat", "meeting")
async def meet(command: Commanded, desk: Desk) -> Outcome:
    """With words: what was understood of them. Alone, or where they leave a doubt: the form, with the words in it."""
    line = command.args.strip()
    community = await _community(desk)
    if not line:
        return await _form(_fresh(community, desk), "", desk)
    found = await read(line, desk)
    if isinstance(found, Doubt) or community is None:
        intro = f"meeting.doubt_{found.about}" if isinstance(found, Doubt) else ""
        return await _form(_fresh(community, desk), line, desk, intro, found)
    title, spot = left_over(line, found.leftover)
    place, link = where(spot)
    draft = replace(timed(_fresh(community, desk), found, 60), title=title, place=place, link=link)
    await _belongs(community, desk)
    return await shown(draft, found.assumed, (), desk)


async def _community(desk: Desk) -> Community | None:
    """The channel's; in private the only one that the person belongs to. None: they are to say which."""
    binding = await desk.places.binding(desk.place.door, desk.place.channel)
    if binding and binding.community:
        return await desk.communities.get(binding.community)
    mine = await desk.members.memberships(member=desk.me.id)
    return await desk.communities.get(mine[0].community) if len(mine) == 1 else None


async def _belongs(community: Community, desk: Desk) -> None:
    mine = await desk.members.membership(desk.me.id, community.id)
    if not (mine and mine.active) and not await desk.leads(community.id):
        raise Kindly("meeting.join_first", name=community.name.in_(desk.language))


def _fresh(community: Community | None, desk: Desk) -> Meeting:
    """A meeting of which nothing is known but where; `start` is filled in before it is saved."""
    return Meeting(
        id=new_id(),
        library=desk.library.id,
        community=community.id if community else "",
        start=desk.now.replace(tzinfo=None),
        zone=desk.library.timezone,
        made_by=desk.me.id,
        since=desk.now,
        changed_at=desk.now,
    )


# ---- the form --------------------------------------------------------------------------------------------------------


async def _form(draft: Meeting, when: str, desk: Desk, intro: str = "", found: Understood | Doubt | None = None) -> Outcome:
    """`intro`: the template that says which part of the words is in doubt."""
    if isinstance(found, Understood):
        title, spot = left_over(when, found.leftover)
        draft = replace(draft, title=title, place=spot)
    which = () if draft.community else (await _which(desk),)
    data: dict[str, JSON] = {"words": found.words if isinstance(found, Doubt) else ""}
    fields = (*which, *_fields(draft, when[:LONGEST], desk))
    subject = f"{draft.community}:{draft.id if draft.version else ''}:{draft.replaces or ''}"
    title = "meeting.form_title" if not draft.replaces else "meeting.edit_title"
    return Outcome(now=OpenForm("meeting", subject, title, fields, "meeting.form_submit", intro, data, desk.language))


async def _which(desk: Desk) -> Field:
    mine = {m.community for m in await desk.members.memberships(member=desk.me.id)}
    leads = desk.me.role in ("librarian", "operator")
    found = [c for c in await desk.communities.all() if leads or c.id in mine]
    if not found:
        raise Kindly("meeting.join_any")
    choices = tuple(Choice(c.id, c.name.in_(desk.language)) for c in found)
    return Field("community", "one", "meeting.field_community", required=True, choices=choices)


def _fields(draft: Meeting, when: str, desk: Desk) -> tuple[Field, ...]:
    lengths = tuple(Choice(str(n), words.length(n, desk.language)) for n in sorted({*MINUTES, draft.minutes}))
    leads = tuple(
        Choice(str(n), words.length(n, desk.language)) if n % 1440 else Choice(str(n), key=f"meeting.lead_{n}")
        for n in LEAD_CHOICES
    )
    formats = tuple(Choice(one, key=f"meeting.format_{one}") for one in FORMATS)
    where_now = " ".join(filter(None, (draft.place, draft.link)))
    return (
        Field("when", "line", "meeting.field_when", when, required=True, hint="meeting.hint_when", longest=LONGEST),
        Field("title", "line", "meeting.field_title", draft.title, longest=LONGEST_NAME),
        Field("where", "line", "meeting.field_where", where_now, hint="meeting.hint_where", longest=LONGEST_PLACE),
        Field("minutes", "one", "meeting.field_minutes", str(draft.minutes), choices=lengths),
        Field("format", "one", "meeting.field_format", draft.format or FORMATS[0], choices=formats),
        Field("leads", "many", "meeting.field_leads", "\n".join(map(str, draft.leads)), choices=leads),
    )


@feature.submits("meeting")
async def filled(form: Submitted, desk: Desk) -> Outcome:
    """What was understood, to confirm; of a series whose time stays as it is, the change at once."""
    community, _, rest = form.subject.partition(":")
    draft_id, _, old_id = rest.partition(":")
    found_in = await desk.communities.get(community or form["community"])
    if found_in is None:
        return Outcome(now=FieldErrors((("community", "error.required"),), {}, desk.language))
    await _belongs(found_in, desk)
    old = await desk.meetings.get(old_id) if old_id else None
    if old and form["when"] == words.schedule(old, desk.language):
        return await _detailed(old, form, desk)
    found = await read(form["when"], desk)
    if isinstance(found, Doubt):
        errors = (("when", f"meeting.doubt_{found.about}"),)
        return Outcome(now=FieldErrors(errors, {"words": found.words}, desk.language))
    before = await desk.meetings.get(draft_id) if draft_id else None
    if before and before.status not in WAITING:
        raise Kindly("error.stale")
    draft = _filled_in(before or replace(_fresh(found_in, desk), replaces=old_id or None, hosts=old.hosts if old else ()), form)
    return await shown(timed(draft, found, draft.minutes), found.assumed, (), desk)


def _filled_in(draft: Meeting, form: Submitted) -> Meeting:
    place, link = where(form["where"])
    leads = tuple(int(n) for n in form["leads"].split("\n") if n.isdigit() and int(n) in LEAD_CHOICES)
    given = {name for name, _ in form.fields}
    return replace(
        draft,
        title=form["title"][:LONGEST_NAME],
        place=place,
        link=link,
        minutes=int(form["minutes"]) if form["minutes"].isdigit() and 0 < int(form["minutes"]) <= 1440 else draft.minutes,
        format=form["format"] if form["format"] in FORMATS else draft.format,
        leads=leads if "leads" in given else LEADS,
    )


async def _detailed(old: Meeting, form: Submitted, desk: Desk) -> Outcome:
    meeting = await meeting_of(old.id, desk)
    if not (desk.me.id == meeting.made_by or await desk.leads(meeting.community)):
        raise Kindly("meeting.not_yours")
    meeting = _filled_in(meeting, form)
    ahead = meeting.next(await desk.meetings.sessions(meeting.id), desk.now, 1)
    toast = Outcome(now=Toast("meeting.saved", {}, desk.language))
    return (await changed(meeting, ahead[0].session, desk) if ahead else Outcome(save=(meeting.changed(desk.now),))) + toast


# ---- before it binds -------------------------------------------------------------------------------------------------


async def _waiting(id: str, desk: Desk) -> Meeting:
    draft = await desk.meetings.get(id)
    if draft is None or draft.status == "dropped":
        raise Kindly("meeting.forgotten")
    if draft.status not in WAITING:
        raise Kindly("error.already")
    return draft


@feature.presses("meeting_confirm")
async def confirm(press: Pressed, desk: Desk) -> Outcome:
    """Held from now on; a member's goes to the stewards for one tap."""
    draft = await _waiting(press.value, desk)
    if not await may_confirm(draft.community, desk):
        if draft.status == "proposed":
            raise Kindly("error.already")
        return await proposed(draft, desk) + Outcome(now=Toast("meeting.sent_on", {}, desk.language))
    held = await binds(draft, desk) + await decided(draft, desk)
    channels = [b for b in await desk.places.bindings(draft.community) if b.mode != "off"]
    toast = Toast("meeting.held" if channels else "meeting.held_nowhere", {}, desk.language)
    return held + await _answered(draft, "meeting.accepted", desk) + Outcome(now=toast)


@feature.presses("meeting_decline")
async def decline(press: Pressed, desk: Desk) -> Outcome:
    draft = await _waiting(press.value, desk)
    if not await may_confirm(draft.community, desk):
        raise Kindly("meeting.not_yours")
    told = await _answered(draft, "meeting.declined", desk)
    return _dropped(draft) + told + await decided(draft, desk) + Outcome(now=Toast("meeting.declined_now", {}, desk.language))


async def _answered(draft: Meeting, template: str, desk: Desk) -> Outcome:
    """Who proposed it is told, where somebody else decided."""
    maker = await desk.members.get(draft.made_by)
    if maker is None or maker.id == desk.me.id or draft.status != "proposed":
        return NOTHING
    language = maker.language or desk.library.language
    named = name_of(draft, await desk.communities.get(draft.community))
    data: dict[str, JSON] = {**named, "schedule": words.schedule(draft, language), "by": desk.me.name}
    return Outcome(say=(Say(Direct(maker.id), template, data, language),))


def _dropped(draft: Meeting) -> Outcome:
    """Nothing of what it said is kept."""
    return Outcome(save=(replace(draft, status="dropped", title="", place="", link=""),))


@feature.presses("meeting_drop")
async def drop(press: Pressed, desk: Desk) -> Outcome:
    draft = await _waiting(press.value, desk)
    if draft.made_by != desk.me.id:
        raise Kindly("meeting.not_yours")
    return _dropped(draft) + Outcome(now=Toast("meeting.dropped", {}, desk.language))


@feature.presses("meeting_edit")
async def edit(press: Pressed, desk: Desk) -> Outcome:
    draft = await _waiting(press.value, desk)
    if draft.made_by != desk.me.id:
        raise Kindly("meeting.not_yours")
    return await _form(draft, words.schedule(draft, desk.language), desk)


@feature.presses("meeting_skip")
async def skip(press: Pressed, desk: Desk) -> Outcome:
    """A date on a public holiday is left out; the draft is shown again without it."""
    draft = await _waiting(press.value.partition("@")[0], desk)
    if draft.made_by != desk.me.id:
        raise Kindly("meeting.not_yours")
    old = await desk.meetings.session(press.value) or draft.session(original_of(press.value))
    return Outcome(save=(replace(old, cancelled=True),)) + await shown(draft, (), (old.id,), desk)


@feature.due("meeting.forget")
async def forget(due: CameDue, desk: Desk) -> Outcome:
    """Never confirmed."""
    draft = await desk.meetings.get(due.subject)
    return _dropped(draft) if draft and draft.status in WAITING else NOTHING


# ---- a series' own form ----------------------------------------------------------------------------------------------


@feature.presses("meeting_series")
async def series_form(press: Pressed, desk: Desk) -> Outcome:
    """The whole series, to change."""
    meeting = await meeting_of(press.value, desk)
    if not (desk.me.id == meeting.made_by or await desk.leads(meeting.community)):
        raise Kindly("meeting.not_yours")
    return await _form(replace(meeting, replaces=meeting.id, version=0), words.schedule(meeting, desk.language), desk)
