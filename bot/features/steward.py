"""A steward's tools, in chat: create and edit communities, bind a channel to one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from bot.desk import Desk
from bot.errors import Kindly
from bot.events import Commanded, Submitted
from bot.flow.cards import name_data
from bot.flow.naming import match
from bot.model.base import Words, new_id
from bot.model.community import Community
from bot.model.member import Membership
from bot.model.place import Binding
from bot.outcome import Choice, Field, FieldErrors, OpenForm, Outcome, Toast
from bot.registry import Feature
from bot.triage.text import is_blank

feature = Feature("steward")

MODES = ("off", "suggest", "auto")
ANY = "any"  # a channel of the whole library: questions go where they belong
LONGEST_NAME, LONGEST_ABOUT = 60, 3000


@feature.command("kelola", "manage")
async def manage(command: Commanded, desk: Desk) -> Outcome:
    """/kelola: a new community; /kelola sirkulasi: that one, to edit."""
    typed, everything = command.args.strip(), await desk.communities.all()
    community = match(typed, everything) if typed else None
    if typed and community is None:
        raise Kindly("steward.no_such", typed=typed[:60], keys=", ".join(c.key for c in everything))
    await _may_manage(community, desk)
    name, about = (community.name, community.description) if community else (Words("", ""), Words("", ""))
    fields = (
        Field("name_id", "line", "steward.field_name_id", name.id, required=True, longest=LONGEST_NAME),
        Field("name_en", "line", "steward.field_name_en", name.en, longest=LONGEST_NAME),
        Field("about_id", "text", "steward.field_about_id", about.id, required=True, hint="steward.hint_about"),
        Field("about_en", "text", "steward.field_about_en", about.en),
    )
    title = "steward.edit_title" if community else "steward.new_title"
    subject = f"{community.id}:{community.version}" if community else ""
    return Outcome(now=OpenForm("community", subject, title, fields, "steward.form_submit", language=desk.language))


async def _may_manage(community: Community | None, desk: Desk) -> None:
    """A steward (of any community, for a new one), the learning centre, an operator; anybody where nobody leads yet."""
    if await desk.leads(community.id if community else None):
        return
    everybody = await desk.members.memberships()
    if any(m.role == "steward" for m in everybody) or await desk.members.with_role("operator"):
        raise Kindly("steward.only")


@feature.submits("community")
async def saved(form: Submitted, desk: Desk) -> Outcome:
    id, _, version = form.subject.partition(":")
    old = await desk.communities.get(id) if id else None
    await _may_manage(old, desk)
    empty = tuple((n, "error.required") for n in ("name_id", "about_id") if is_blank(form[n]))
    if empty:
        return Outcome(now=FieldErrors(empty, {}, desk.language))
    if old and str(old.version) != version:
        return Outcome(now=FieldErrors((("name_id", "review.changed_meanwhile"),), {}, desk.language))
    name = Words(form["name_id"][:LONGEST_NAME], form["name_en"][:LONGEST_NAME])
    about = Words(form["about_id"][:LONGEST_ABOUT], form["about_en"][:LONGEST_ABOUT])
    toast = Toast("steward.saved", {"name": name_data(name)}, desk.language)
    if old:
        return Outcome(save=(replace(old, name=name, description=about),), now=toast)
    return await _created(name, about, desk) + Outcome(now=toast)


async def _created(name: Words, about: Words, desk: Desk) -> Outcome:
    """The new community, with its founder as steward."""
    key = slug(name.id)
    if await desk.communities.by_key(key):
        return Outcome(now=FieldErrors((("name_id", "steward.name_taken"),), {}, desk.language))
    community = Community(id=new_id(), library=desk.library.id, key=key, name=name, description=about)
    founder = Membership(
        id=new_id(), library=desk.library.id, member=desk.me.id, community=community.id, role="steward", joined_at=desk.now
    )
    return Outcome(save=(community, founder))


def slug(name: str) -> str:
    """A short key made of a name: ASCII letters, digits and dashes, never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or f"komunitas-{new_id()[-6:]}"


def _in_the_open(desk: Desk) -> None:
    """A private chat serves no community: what is posted there, nobody else would read."""
    if desk.event.private:
        raise Kindly("steward.not_in_private")


@feature.command("kanal", "channel")
async def channel(command: Commanded, desk: Desk) -> Outcome:
    """Which community this channel serves, and whether Guyub listens here."""
    _in_the_open(desk)
    old = await desk.places.binding(desk.place.door, desk.place.channel)
    await _may_manage(await desk.communities.get(old.community) if old and old.community else None, desk)
    named = tuple(Choice(c.id, c.name.in_(desk.language)) for c in await desk.communities.all())
    choices = (Choice(ANY, key="steward.any_community"), *named)
    modes = tuple(Choice(m, key=f"steward.mode_{m}") for m in MODES)
    fields = (
        Field(
            "community", "one", "steward.field_community", (old.community or ANY) if old else "", required=True, choices=choices
        ),
        Field("mode", "one", "steward.field_mode", old.mode if old else "suggest", required=True, choices=modes),
    )
    return Outcome(
        now=OpenForm(
            "channel", desk.place.channel, "steward.channel_title", fields, "steward.form_submit", language=desk.language
        )
    )


@feature.submits("channel")
async def bound(form: Submitted, desk: Desk) -> Outcome:
    _in_the_open(desk)
    everything = form["community"] == ANY
    community = await desk.communities.get(form["community"])
    if community is None and not everything:
        return Outcome(now=FieldErrors((("community", "error.required"),), {}, desk.language))
    channel = form.subject or desk.place.channel
    old = await desk.places.binding(desk.place.door, channel)
    await _may_manage(community, desk)
    await _may_manage(await desk.communities.get(old.community) if old and old.community else None, desk)
    mode = form["mode"] if form["mode"] in MODES else "suggest"
    serves = community.id if community else None
    fresh = Binding(id=new_id(), library=desk.library.id, door=desk.place.door, channel=channel, name="", community=serves)
    words = name_data(community.name) if community else None
    toast = Toast(f"steward.bound_{mode}", {"name": words}, desk.language)
    return Outcome(save=(replace(old or fresh, community=serves, mode=mode, resumes=""),), now=toast)
