"""Meetings as iCalendar (RFC 5545): one occurrence, a series, or a community's feed. Pure; no platform's ids, no addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur

from bot.rhythm.recurrence import Moved, Series, held
from bot.rhythm.zones import instant

PRODUCT = "-//Guyub//Guyub//ID"
REFRESH = timedelta(hours=1)
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A meeting as a calendar shows it. changed: aware, when anything last changed; revision: how often it did (SEQUENCE).

    contact: the host's name; an address in it is left out. cancelled: the whole series."""

    series: Series
    title: str
    changed: datetime
    revision: int = 0
    description: str = ""
    place: str = ""
    link: str = ""
    contact: str = ""
    cancelled: bool = False


def uid(series: str) -> str:
    """The same for as long as the series lives; no "@", so that nobody takes it for an address."""
    return f"guyub-{series}"


def feed(name: str, entries: Iterable[Entry]) -> bytes:
    """A calendar to subscribe to: every series with its moved and left-out occurrences."""
    calendar = _calendar()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        _series(calendar, entry)
    return _bytes(calendar)


def series(entry: Entry) -> bytes:
    """The file for "add to my calendar"."""
    calendar = _calendar()
    _series(calendar, entry)
    return _bytes(calendar)


def occurrence(entry: Entry, original: datetime, *, cancelled: bool = False) -> bytes:
    """One occurrence, where it was moved or called off. original: as the rule gave it (RECURRENCE-ID), naive."""
    calendar = _calendar()
    moved = next((one for one in entry.series.moved if one.original == original), Moved(original, original))
    calendar.add_component(_single(entry, moved, cancelled=cancelled))
    return _bytes(calendar)


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    return calendar


def _bytes(calendar: Calendar) -> bytes:
    calendar.add_missing_timezones()
    made: bytes = calendar.to_ical()
    return made


def _series(calendar: Calendar, entry: Entry) -> None:
    one = entry.series
    if not one.rule:  # nothing recurs: there is no other event that it could be an exception of
        moved = next((m for m in one.moved if m.original == one.start), Moved(one.start, one.start))
        calendar.add_component(_single(entry, moved, cancelled=one.start in one.skipped))
        return
    event = _event(entry, one.start, one.minutes)
    event.add("rrule", vRecur.from_ical(_rule(one)))
    for skipped in sorted(one.skipped):
        event.add("exdate", _local(skipped, one.zone))
    calendar.add_component(event)
    for moved in one.moved:
        if held(one, moved.original):
            calendar.add_component(_single(entry, moved))


def _rule(one: Series) -> str:
    """With its end, which RFC 5545 wants in UTC: the last second of the last day in the series' zone."""
    if one.count is not None:
        return f"{one.rule};COUNT={one.count}"
    if one.until is None:
        return one.rule
    last = instant(datetime.combine(one.until, time(23, 59, 59)), one.zone)
    return f"{one.rule};UNTIL={last:%Y%m%dT%H%M%SZ}"


def _single(entry: Entry, moved: Moved, *, cancelled: bool = False) -> Event:
    event = _event(entry, moved.start, moved.minutes or entry.series.minutes, cancelled=cancelled)
    if entry.series.rule:
        event.add("recurrence-id", _local(moved.original, entry.series.zone))
    return event


def _event(entry: Entry, start: datetime, minutes: int, *, cancelled: bool = False) -> Event:
    event = Event()
    event.add("uid", uid(entry.series.id))
    event.add("dtstamp", entry.changed.astimezone(UTC))
    event.add("last-modified", entry.changed.astimezone(UTC))
    event.add("sequence", entry.revision)
    event.add("dtstart", _local(start, entry.series.zone))
    event.add("duration", timedelta(minutes=minutes))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if cancelled or entry.cancelled else "CONFIRMED")
    for name, text in (("description", entry.description), ("location", entry.place), ("contact", _named(entry.contact))):
        if text:
            event.add(name, text)
    if entry.link:
        event.add("url", entry.link)
    return event


def _named(contact: str) -> str:
    """A CONTACT is text; an ORGANIZER would have to be an address."""
    return " ".join(_ADDRESS.sub("", contact).replace("<", " ").replace(">", " ").replace("mailto:", " ").split())


def _local(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=UTC if zone == "UTC" else ZoneInfo(zone))
