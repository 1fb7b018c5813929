"""When a series meets. Judges: dateutil and zoneinfo asked directly, and recurring-ical-events on our own export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from dateutil.rrule import rrule, rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bot.rhythm import calendar, recurrence
from bot.rhythm.calendar import Entry
from bot.rhythm.recurrence import BadRule, Moved, Series, between, check, held, originals, upcoming
from bot.rhythm.zones import instant, wall
from tests.rhythm.test_words import RULES

ZONES = st.sampled_from(
    ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe")
)
STARTS = st.datetimes(datetime(2020, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(second=0, microsecond=0))
FAR = datetime(2035, 1, 1, tzinfo=UTC)


@st.composite
def serieses(draw: st.DrawFn, exceptions: bool = True) -> Series:
    """A series that begins with its rule's first time, perhaps with an end, left-out and moved occurrences."""
    rule, start = draw(RULES).text, draw(STARTS)
    first = rrulestr(rule, dtstart=start).after(start, inc=True)
    assert first is not None
    end = draw(st.sampled_from(("", "until", "count")))
    until = first.date() + timedelta(days=draw(st.integers(0, 900))) if end == "until" else None
    count = draw(st.integers(1, 60)) if end == "count" else None
    plain = Series("s", first, draw(ZONES), rule, draw(st.integers(15, 300)), until, count)
    times = list(originals(plain, first, first + timedelta(days=700)))
    if not exceptions or len(times) < 3:
        return plain
    out = draw(st.sets(st.sampled_from(times[1:]), max_size=3))
    moves = draw(st.dictionaries(st.sampled_from(times), st.integers(-3000, 3000), max_size=3))
    moved = tuple(
        Moved(at, at + timedelta(minutes=by), draw(st.sampled_from((0, 45)))) for at, by in moves.items() if at not in out
    )
    return Series("s", first, plain.zone, rule, plain.minutes, until, count, frozenset(out), moved)


def judged(series: Series, since: datetime, before: datetime) -> list[tuple[datetime, datetime]]:
    """Starts and ends (UTC), worked out the long way: every time of the rule from the very first."""
    zone = ZoneInfo(series.zone)
    found = []
    moved = {one.original: one for one in series.moved}
    for number, at in enumerate(rrulestr(series.rule, dtstart=series.start)):
        if number == series.count or (series.until and at.date() > series.until) or at.year > 2031:
            break
        one = moved.get(at)
        real = (one.start if one else at).replace(tzinfo=zone).astimezone(UTC)
        if at not in series.skipped and since <= real < before:
            found.append((real, real + timedelta(minutes=(one.minutes if one else 0) or series.minutes)))
    return sorted(found)


@settings(max_examples=200, deadline=None)
@given(serieses(), st.integers(-2, 1200))
def test_what_is_cut_keeps_all_that_had_begun_and_nothing_later(series: Series, days: int) -> None:
    at = instant(series.start, series.zone) + timedelta(days=days, minutes=1)
    always = datetime(2100, 1, 1, tzinfo=UTC)
    before = [one for one in between(series, datetime(2000, 1, 1, tzinfo=UTC), at) if one.original < wall(at, series.zone)]
    kept = recurrence.cut(series, at)
    assert (between(kept, datetime(2000, 1, 1, tzinfo=UTC), always) if kept else []) == before


@settings(max_examples=300, deadline=None)
@given(serieses(), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.integers(1, 400))
def test_occurrences_are_those_of_dateutil_and_zoneinfo(series: Series, since: datetime, days: int) -> None:
    begin = since.replace(tzinfo=UTC)
    end = begin + timedelta(days=days)
    assert [(one.starts, one.ends) for one in between(series, begin, end)] == judged(series, begin, end)


@settings(max_examples=150, deadline=None)
@given(serieses())
def test_another_library_reads_the_same_from_our_calendar(series: Series) -> None:
    begin, end = series.start - timedelta(days=30), series.start + timedelta(days=400)
    read = Calendar.from_ical(calendar.series(Entry(series=series, title="Rapat", changed=FAR)))
    theirs = {
        (event["DTSTART"].dt.astimezone(UTC), (event["DTSTART"].dt.astimezone(UTC) + event.duration))
        for event in recurring_ical_events.of(read).between(begin, end)
    }
    window = (begin.replace(tzinfo=UTC) + timedelta(days=2), end.replace(tzinfo=UTC) - timedelta(days=2))
    ours = {(one.starts, one.ends) for one in between(series, *window)}
    assert ours == {one for one in theirs if window[0] <= one[0] < window[1]}


@settings(max_examples=200, deadline=None)
@given(serieses(), st.datetimes(datetime(2020, 1, 1), datetime(2029, 1, 1)), st.integers(1, 5))
def test_the_next_ones_are_the_first_of_all_later_ones(series: Series, after: datetime, most: int) -> None:
    moment = after.replace(tzinfo=UTC)
    got = upcoming(series, moment, most)
    assert len(got) <= most and all(one.starts > moment for one in got)
    if got:
        assert [one for one in between(series, moment, got[-1].starts + timedelta(seconds=1)) if one.starts > moment] == got


@settings(max_examples=200, deadline=None)
@given(serieses(exceptions=False), st.integers(0, 2000), st.integers(0, 120), st.integers(0, 120))
def test_two_spans_side_by_side_are_one(series: Series, offset: int, first: int, second: int) -> None:
    begin = instant(series.start, series.zone) + timedelta(days=offset)
    middle, end = begin + timedelta(days=first), begin + timedelta(days=first + second)
    assert between(series, begin, middle) + between(series, middle, end) == between(series, begin, end)


def test_two_in_the_afternoon_stays_two_in_the_afternoon() -> None:
    series = Series("s", datetime(2026, 3, 26, 14), "Europe/Amsterdam", "FREQ=WEEKLY;BYDAY=TH")
    first, second = between(series, datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 4, tzinfo=UTC))
    assert (first.starts.hour, second.starts.hour) == (13, 12)
    assert {wall(one.starts, series.zone).time() for one in (first, second)} == {time(14)}


@pytest.mark.parametrize(
    ("zone", "skipped", "shown"),
    [
        ("Europe/Amsterdam", datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 3, 30)),
        ("America/New_York", datetime(2026, 3, 8, 2, 30), datetime(2026, 3, 8, 3, 30)),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 15), datetime(2026, 10, 4, 2, 45)),  # half an hour only
    ],
)
def test_an_hour_that_clocks_skip_is_shifted_forward(zone: str, skipped: datetime, shown: datetime) -> None:
    series = Series("s", skipped - timedelta(days=1), zone, "FREQ=DAILY")
    second = upcoming(series, instant(series.start, zone), 1)[0]
    assert second.original == skipped
    assert wall(second.starts, zone) == shown


@pytest.mark.parametrize(
    ("zone", "twice", "hours"),
    [("Europe/Amsterdam", datetime(2026, 10, 25, 2, 30), 2), ("Australia/Lord_Howe", datetime(2026, 4, 5, 1, 45), 11)],
)
def test_of_an_hour_shown_twice_the_first_counts(zone: str, twice: datetime, hours: int) -> None:
    only = between(Series("s", twice, zone), FAR - timedelta(days=4000), FAR)
    assert [one.starts for one in only] == [twice.replace(tzinfo=UTC) - timedelta(hours=hours)]


def test_moved_and_left_out() -> None:
    series = Series(
        "s", datetime(2026, 12, 3, 14), "Asia/Jakarta", "FREQ=WEEKLY;BYDAY=TH", 60, None, 4,
        frozenset({datetime(2026, 12, 10, 14)}), (Moved(datetime(2026, 12, 17, 14), datetime(2026, 12, 1, 9), 30),),
    )  # fmt: skip
    got = between(series, datetime(2026, 1, 1, tzinfo=UTC), FAR)
    assert [(one.original.day, wall(one.starts, "Asia/Jakarta").day) for one in got] == [(17, 1), (3, 3), (24, 24)]
    assert got[0].ends - got[0].starts == timedelta(minutes=30)
    assert held(series, datetime(2026, 12, 17, 14)) and not held(series, datetime(2026, 12, 10, 14))
    assert not held(series, datetime(2026, 12, 31, 14)) and not held(series, datetime(2026, 12, 4, 14))


def test_a_moved_occurrence_beyond_the_end_of_its_series_is_gone() -> None:
    moved = (Moved(datetime(2026, 12, 17, 14), datetime(2026, 12, 18, 14)),)
    series = Series(
        "s", datetime(2026, 12, 3, 14), "Asia/Jakarta", "FREQ=WEEKLY;BYDAY=TH", until=date(2026, 12, 10), moved=moved
    )
    assert [one.original.day for one in between(series, datetime(2026, 1, 1, tzinfo=UTC), FAR)] == [3, 10]


@pytest.mark.parametrize(
    "rule", ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4", "FREQ=WEEKLY;BYDAY=FR"]
)
def test_a_series_starts_with_its_rules_own_first_time(rule: str) -> None:
    with pytest.raises(BadRule):
        check(rule, datetime(2026, 1, 1, 9))


def test_an_old_series_is_as_good_as_a_new_one() -> None:
    old = Series("s", datetime(1996, 1, 4, 14), "Asia/Jakarta", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TH")
    plain = rrulestr(old.rule, dtstart=old.start).between(datetime(2026, 1, 1), datetime(2027, 1, 1))
    got = between(old, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert [one.original for one in got] == plain


@pytest.mark.parametrize(
    ("start", "rule"),
    [
        (datetime(2016, 1, 31, 9), "FREQ=MONTHLY"),
        (datetime(2016, 1, 5, 9), "FREQ=MONTHLY;INTERVAL=5"),
        (datetime(2016, 2, 29, 9), "FREQ=YEARLY"),
        (datetime(2016, 5, 1, 9), "FREQ=YEARLY;BYDAY=1SU"),
        (datetime(2016, 1, 3, 9), "FREQ=YEARLY;BYDAY=1SU;INTERVAL=2"),
        (datetime(2016, 1, 1, 9), "FREQ=DAILY;INTERVAL=17"),
        (datetime(2016, 1, 1, 9), "FREQ=DAILY;BYDAY=FR"),
        (datetime(2016, 3, 11, 9), "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=9"),
    ],
)
def test_an_old_series_that_takes_its_day_from_the_start(start: datetime, rule: str) -> None:
    got = between(Series("s", start, "UTC", rule), datetime(2026, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC))
    plain = rrulestr(rule, dtstart=start).between(datetime(2026, 1, 1), datetime(2033, 1, 1), inc=True)
    assert [one.original for one in got] == plain


@pytest.mark.parametrize(
    "rule",
    [
        "", "nonsense", "FREQ=HOURLY", "FREQ=SECONDLY", "FREQ=WEEKLY;COUNT=3", "FREQ=DAILY;BYHOUR=9,10",
        "FREQ=WEEKLY;UNTIL=20270101T000000Z", "RRULE:FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY\nDTSTART:20260101T000000", "BYDAY=MO", "FREQ=WEEKLY;INTERVAL=x",
    ],
)  # fmt: skip
def test_what_no_series_of_meetings_may_have_is_refused(rule: str) -> None:
    with pytest.raises(BadRule):
        check(rule, datetime(2026, 1, 1))


@given(serieses())
def test_our_own_rules_are_not_refused(series: Series) -> None:
    check(series.rule, series.start)


def test_a_year_of_fifty_communities_is_little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: of a ten years old series hardly more times are worked out than are asked for."""
    looked: list[datetime] = []
    parsed = recurrence._parsed
    monkeypatch.setattr(recurrence, "_parsed", lambda rule, start: Counted(parsed(rule, start), looked))
    year = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    for rule in (
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=2",
        "FREQ=MONTHLY;BYDAY=2TH",
        "FREQ=DAILY",
        "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=14",
    ):
        start = rrulestr(rule, dtstart=datetime(2016, 1, 7, 14))[0]
        looked.clear()
        found = between(Series("s", start, "Asia/Jakarta", rule), *year)
        assert found and len(looked) <= len(found) + 8


class Counted:
    """A rule that keeps count of the times that it was asked for."""

    def __init__(self, rule: rrule, looked: list[datetime]) -> None:
        self.rule, self.looked = rule, looked
        self._freq, self._interval = rule._freq, rule._interval

    def __iter__(self) -> Iterator[datetime]:
        for at in self.rule:
            self.looked.append(at)
            yield at
