"""When somebody wants a digest: the fields of a form, and what they change."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import cast

from bot.desk import Desk
from bot.events import Submitted
from bot.flow.digest_turn import look, planned
from bot.model.base import Language
from bot.model.digest import Subscription, first
from bot.outcome import NOTHING, Choice, Field, Outcome
from bot.rhythm.words import clock

OFF = "off"
WEEK = tuple(str(day) for day in range(7))
MONTH = ("1", "8", "15", "22")
HOURS = tuple(str(hour) for hour in range(6, 22))
READERS = "reader"  # the language of whoever reads


async def of_member(who: str, desk: Desk) -> Subscription:
    """As it stands, or as it would be."""
    return await desk.digests.get("member", who) or first("member", who, desk.library.id, desk.now)


def fields(one: Subscription, language: Language) -> tuple[Field, ...]:
    """The day or off, and the hour."""
    days = MONTH if one.kind == "centre" else WEEK
    keys = {day: f"digest.date_{day}" if one.kind == "centre" else f"digest.day_{day}" for day in days}
    choices = (*(Choice(day, key=key) for day, key in keys.items()), Choice(OFF, key="digest.day_off"))
    hours = tuple(Choice(hour, clock(time(int(hour)), language)) for hour in HOURS)
    now = OFF if one.off else str(one.day)
    return (
        Field("digest_day", "one", f"digest.field_{one.kind}", now, choices=choices),
        Field("digest_hour", "one", "digest.field_hour", str(one.hour), choices=hours),
    )


def language_field(one: Subscription) -> Field:
    choices = (Choice(READERS, key="digest.language_reader"), Choice("id", "Bahasa Indonesia"), Choice("en", "English"))
    return Field("digest_language", "one", "digest.field_language", one.language or READERS, choices=choices)


def chosen(one: Subscription, form: Submitted, zone: str, desk: Desk) -> Outcome:
    """What the form changes of it. Nothing it offers is nonsense; nonsense changes nothing."""
    days = MONTH if one.kind == "centre" else WEEK
    day, hour, language = form["digest_day"], form["digest_hour"], form["digest_language"]
    new = replace(one, off=True) if day == OFF else replace(one, off=False, day=int(day)) if day in days else one
    new = replace(new, hour=int(hour)) if hour in HOURS else new
    if language in (READERS, "id", "en"):
        new = replace(new, language=None if language == READERS else cast("Language", language))
    if new == one:
        return NOTHING
    if (new.day, new.hour, new.off) != (one.day, one.hour, one.off):
        new = replace(new, since=desk.now, handled=max(desk.now, one.handled))
    new = planned(new, new.choice(zone, desk.library.language), desk.now)
    return Outcome(save=(new,), later=look(new))
