"""A member's own settings: what I know, may I be asked, how often, when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

from bot.desk import Desk
from bot.events import Commanded, Pressed, Submitted
from bot.flow import digest_choice
from bot.flow.meeting import own_zone
from bot.model.base import Language
from bot.model.member import Membership
from bot.outcome import Choice, Data, Field, FieldErrors, OpenForm, Outcome, Toast
from bot.registry import Feature

feature = Feature("profile")

CAPS = ("1", "3", "5", "10")
AWAY = {"no": 0, "week": 7, "fortnight": 14, "month": 30}
LONGEST = 300


@feature.command("profil", "profile")
async def by_command(command: Commanded, desk: Desk) -> Outcome:
    return await _form(desk)


@feature.presses("profile")
async def by_button(press: Pressed, desk: Desk) -> Outcome:
    return await _form(desk)


async def _form(desk: Desk) -> Outcome:
    """A line and a tick for each community, then how often, away, and the language."""
    mine = await desk.members.memberships(member=desk.me.id)
    names = {c.id: c.name.in_(desk.language) for c in await desk.communities.all()}
    fields: list[Field] = []
    consented = "\n".join(m.community for m in mine if m.may_ask)
    for m in mine:
        if m.community in names:
            name: Data = {"community": names[m.community]}
            fields.append(Field(f"knows:{m.community}", "line", "profile.field_knows", m.knows, longest=LONGEST, data=name))
    topics = tuple(Choice(m.community, names[m.community]) for m in mine if m.community in names)
    if topics:
        fields.append(Field("may_ask", "many", "profile.field_may_ask", consented, choices=topics, hint="profile.hint_may_ask"))
    fields += (*_common(desk), *digest_choice.fields(await digest_choice.of_member(desk.me.id, desk), desk.language))
    intro = "profile.intro" if mine else "profile.intro_alone"
    return Outcome(
        now=OpenForm("profile", "", "profile.form_title", tuple(fields), "profile.form_submit", intro, language=desk.language)
    )


def _common(desk: Desk) -> list[Field]:
    caps = tuple(Choice(c, c) for c in CAPS)
    away = tuple(Choice(key, key=f"profile.away_{key}") for key in AWAY)
    languages = (Choice("id", "Bahasa Indonesia"), Choice("en", "English"))
    now = "keep" if desk.me.away(desk.now) else "no"
    kept = (Choice("keep", key="profile.away_keep"), *away) if now == "keep" else away
    return [
        Field("cap", "one", "profile.field_cap", str(desk.me.cap), choices=caps),
        Field("away", "one", "profile.field_away", now, choices=kept),
        Field("language", "one", "profile.field_language", desk.me.language or desk.language, choices=languages),
    ]


@feature.submits("profile")
async def save(form: Submitted, desk: Desk) -> Outcome:
    agreed = set(form["may_ask"].split("\n"))
    mine = await desk.members.memberships(member=desk.me.id)
    shown = {name for name, _ in form.fields}  # joined since the form was opened: as it was
    changed = tuple(_answered(m, form, agreed) for m in mine if f"knows:{m.community}" in shown)
    language = form["language"] if form["language"] in ("id", "en") else desk.me.language
    if form["cap"] and form["cap"] not in CAPS:
        return Outcome(now=FieldErrors((("cap", "profile.cap"),), {}, desk.language))
    me = replace(desk.me, language=cast("Language", language), cap=int(form["cap"] or desk.me.cap))
    if form["away"] in AWAY:
        days = AWAY[form["away"]]
        me = replace(me, away_until=desk.now + timedelta(days=days) if days else None)
    digest = digest_choice.chosen(await digest_choice.of_member(me.id, desk), form, await own_zone(desk), desk)
    return Outcome(save=(me, *changed), now=Toast("profile.saved", {}, me.language or desk.language)) + digest


def _answered(m: Membership, form: Submitted, agreed: set[str]) -> Membership:
    return replace(m, knows=form[f"knows:{m.community}"][:LONGEST], may_ask=m.community in agreed)
