"""Our calendars, read back by icalendar."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bot.rhythm import calendar
from bot.rhythm.calendar import Entry
from bot.rhythm.recurrence import Moved, Series
from bot.rhythm.zones import wall
from tests.rhythm.test_recurrence import serieses

CHANGED = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
WEEKLY = Series(
    "7f", datetime(2026, 12, 3, 14), "Asia/Jakarta", "FREQ=WEEKLY;BYDAY=TH", 90, date(2027, 6, 30), None,
    frozenset({datetime(2026, 12, 24, 14)}), (Moved(datetime(2026, 12, 31, 14), datetime(2027, 1, 4, 9)),),
)  # fmt: skip


def entry(series: Series = WEEKLY, **more: str | int | bool) -> Entry:
    return Entry(series=series, title="Rapat Sirkulasi", changed=CHANGED, **more)  # type: ignore[arg-type]


def events(made: bytes) -> list[Event]:
    return list(Calendar.from_ical(made).walk("VEVENT"))


def read(made: bytes) -> Series:
    """The series in a calendar, by another way than it was written."""
    whole, *rest = events(made)
    start = whole["DTSTART"].dt
    zone = "UTC" if start.tzinfo is UTC else start.tzinfo.key
    rule = whole.get("RRULE")
    until = wall(rule.pop("UNTIL")[0], zone).date() if rule and "UNTIL" in rule else None
    count = rule.pop("COUNT")[0] if rule and "COUNT" in rule else None
    listed = whole.get("EXDATE", [])
    skipped = frozenset(
        at.dt.replace(tzinfo=None) for one in (listed if isinstance(listed, list) else [listed]) for at in one.dts
    )
    moved = tuple(
        Moved(one["RECURRENCE-ID"].dt.replace(tzinfo=None), one["DTSTART"].dt.replace(tzinfo=None), minutes(one))
        for one in rest
    )
    text = parts(rule.to_ical().decode()) if rule else ""
    return Series(
        str(whole["UID"]).removeprefix("guyub-"),
        start.replace(tzinfo=None),
        zone,
        text,
        minutes(whole),
        until,
        count,
        skipped,
        moved,
    )


def minutes(event: Event) -> int:
    return event.duration // timedelta(minutes=1)


def parts(rule: str) -> str:
    return ";".join(sorted(rule.split(";")))


@settings(max_examples=150, deadline=None)
@given(serieses())
def test_a_series_comes_back_as_it_was(series: Series) -> None:
    got = read(calendar.series(entry(series)))
    assert (got.id, got.start, got.zone, got.minutes) == (series.id, series.start, series.zone, series.minutes)
    assert (got.rule, got.until, got.count, got.skipped) == (parts(series.rule), series.until, series.count, series.skipped)
    want = {(one.original, one.start, one.minutes or series.minutes) for one in series.moved}
    assert {(one.original, one.start, one.minutes) for one in got.moved} == want


def test_it_brings_its_zone_along() -> None:
    made = Calendar.from_ical(calendar.series(entry()))
    assert [str(one["TZID"]) for one in made.walk("VTIMEZONE")] == ["Asia/Jakarta"]
    alone = Calendar.from_ical(calendar.series(entry(Series("u", datetime(2026, 12, 3, 14), "UTC"))))
    assert list(alone.walk("VTIMEZONE")) == []


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    first, second = (events(calendar.series(entry(revision=number)))[0] for number in (0, 4))
    assert first["UID"] == second["UID"] == "guyub-7f"
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 4)


def test_the_end_is_the_last_second_of_the_last_day_there() -> None:
    assert b"UNTIL=20270630T165959Z" in calendar.series(entry())


def test_what_was_moved_beyond_the_end_is_not_shown() -> None:
    series = replace(WEEKLY, until=date(2026, 12, 10))
    assert len(events(calendar.series(entry(series)))) == 1


def test_one_occurrence_moved_or_called_off() -> None:
    (moved,) = events(calendar.occurrence(entry(), datetime(2026, 12, 31, 14)))
    assert (moved["RECURRENCE-ID"].dt.day, moved["DTSTART"].dt.day, str(moved["STATUS"])) == (31, 4, "CONFIRMED")
    (gone,) = events(calendar.occurrence(entry(revision=2), datetime(2026, 12, 10, 14), cancelled=True))
    assert (gone["RECURRENCE-ID"].dt, str(gone["STATUS"]), gone["SEQUENCE"]) == (gone["DTSTART"].dt, "CANCELLED", 2)
    assert "RRULE" not in gone


def test_a_meeting_that_is_held_once_has_no_recurrence() -> None:
    once = entry(Series("o", datetime(2026, 12, 3, 14), "Asia/Makassar"))
    (event,) = events(calendar.occurrence(once, once.series.start, cancelled=True))
    assert "RECURRENCE-ID" not in event and str(event["STATUS"]) == "CANCELLED"


def test_a_single_meeting_that_was_moved_is_one_event() -> None:
    first, then = datetime(2026, 12, 3, 14), datetime(2026, 12, 4, 10)
    once = Series("o", first, "Asia/Makassar", moved=(Moved(first, then, 45),))
    (event,) = events(calendar.series(entry(once)))
    assert (event["DTSTART"].dt.replace(tzinfo=None), minutes(event)) == (then, 45) and "RECURRENCE-ID" not in event
    (event,) = events(calendar.feed("x", [entry(replace(once, moved=(), skipped=frozenset({first})))]))
    assert str(event["STATUS"]) == "CANCELLED"


def test_a_cancelled_series_says_so_everywhere() -> None:
    assert {str(one["STATUS"]) for one in events(calendar.series(entry(cancelled=True)))} == {"CANCELLED"}


def test_a_feed_holds_every_series_once() -> None:
    other = entry(Series("9c", datetime(2026, 12, 5, 9), "Asia/Jayapura", "FREQ=MONTHLY;BYDAY=1SA"))
    made = Calendar.from_ical(calendar.feed("Komunitas Sirkulasi", [entry(), other]))
    assert str(made["X-WR-CALNAME"]) == str(made["NAME"]) == "Komunitas Sirkulasi"
    assert [str(one["UID"]) for one in made.walk("VEVENT")] == ["guyub-7f", "guyub-7f", "guyub-9c"]
    assert {str(one["TZID"]) for one in made.walk("VTIMEZONE")} == {"Asia/Jakarta", "Asia/Jayapura"}
    assert list(Calendar.from_ical(calendar.feed("Kosong", [])).walk("VEVENT")) == []


@pytest.mark.parametrize("contact", ["Sari", "Sari <sari@perpus.go.id>", "mailto:sari@perpus.go.id Sari", "sari@perpus.go.id"])
def test_no_address_of_the_host_leaks(contact: str) -> None:
    made = calendar.series(entry(contact=contact))
    assert b"@" not in made and b"ORGANIZER" not in made and b"mailto" not in made.lower()
    assert str(events(made)[0].get("CONTACT", "")) in ("Sari", "")


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=120)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_no_text_breaks_out_of_its_line(title: str, description: str, place: str) -> None:
    """Commas, semicolons, backslashes, line breaks of all kinds and long words come back, and no property of theirs is made."""
    told = f"{description}\nEND:VEVENT\nATTENDEE:mailto:x"
    made = calendar.series(Entry(series=WEEKLY, title=title, changed=CHANGED, description=told, place=place))
    whole, moved = events(made)
    assert (str(whole["SUMMARY"]), str(whole["DESCRIPTION"]), str(whole.get("LOCATION", ""))) == (title, told, place)
    assert "ATTENDEE" not in whole and "ATTENDEE" not in moved
    assert max(len(line) for line in re.split(rb"\r\n", made)) <= 75
