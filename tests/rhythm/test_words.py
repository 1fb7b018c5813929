"""Schedules in words, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.base import Language
from bot.rhythm import rule as rules
from bot.rhythm import words
from bot.rhythm.facts import DAYS
from bot.rhythm.phrases import Understood, understand
from bot.rhythm.recurrence import Series, upcoming
from bot.rhythm.rule import Rule, by_week
from bot.rhythm.zones import wall
from tests.rhythm.said import HOME, NOW, rows

LANGUAGES: tuple[Language, ...] = ("id", "en")
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "UTC")
TIMES = st.datetimes(datetime(2026, 11, 27), datetime(2030, 1, 1))
INTERVALS = st.integers(1, 6)
SOME_DAYS = st.sets(st.sampled_from(DAYS), min_size=1).map(lambda days: tuple(sorted(days, key=DAYS.index)))
NTH = st.lists(st.sampled_from((1, 2, 3, 4, -1)), min_size=1, max_size=2, unique=True).map(tuple)
DATES = st.sets(st.integers(1, 31), min_size=1, max_size=3)
DAY = st.integers(1, 28)
MONTHS = st.integers(1, 12)
RULES = st.one_of(
    st.builds(Rule, st.just("DAILY"), INTERVALS),
    st.builds(lambda n, days: Rule("WEEKLY", n, by_week(days)), INTERVALS, SOME_DAYS),
    st.builds(lambda n, days, nth: Rule("MONTHLY", n, by_week(days, nth)), INTERVALS, SOME_DAYS, NTH),
    st.builds(lambda n, days: Rule("MONTHLY", n, month_days=tuple(sorted(days))), INTERVALS, DATES),
    st.builds(lambda n: Rule("MONTHLY", n, month_days=(-1,)), INTERVALS),
    st.builds(lambda n, day, of: Rule("YEARLY", n, month_days=(day,), month=of), INTERVALS, DAY, MONTHS),
    st.builds(lambda n, day, nth, month: Rule("YEARLY", n, by_week((day,), (nth,)), month=month),
              INTERVALS, st.sampled_from(DAYS), st.sampled_from((1, 2, 3, 4, -1)), MONTHS),
)  # fmt: skip


def again(what: Understood, language: Language) -> Understood:
    """What its own words are understood as."""
    line = words.schedule(what, language)
    got = understand(line, NOW, "Asia/Tokyo")
    assert isinstance(got, Understood), (line, got)
    return got


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_in_the_table_survives_being_said_back(language: Language) -> None:
    understood = [one for one in (row.read() for row in rows()) if isinstance(one, Understood)]
    assert len(understood) > 200
    for one in understood:
        assert replace(again(one, language), assumed=(), leftover="") == replace(one, assumed=(), leftover="")


@settings(max_examples=400, deadline=None)
@given(
    RULES, st.datetimes(datetime(2026, 11, 27), datetime(2030, 1, 1)), st.sampled_from(ZONES), st.integers(0, 600), st.data()
)
def test_any_schedule_survives_being_said_back(rule: Rule, at: datetime, zone: str, minutes: int, data: st.DataObject) -> None:
    at = at.replace(second=0, microsecond=0)
    first = upcoming(Series("s", at, zone, replace(rule, interval=1).text), datetime(2026, 11, 26, tzinfo=UTC), 1)[0].original
    end = data.draw(st.sampled_from(("", "until", "count")))
    until = data.draw(st.dates(first.date(), date(2035, 1, 1))) if end == "until" else None
    what = Understood(
        first, zone, rule.text, minutes or None, until, data.draw(st.integers(1, 400)) if end == "count" else None
    )
    for language in LANGUAGES:
        assert replace(again(what, language), assumed=()) == what
    once = Understood(at, zone, "", minutes or None)
    for language in LANGUAGES:
        assert replace(again(once, language), assumed=()) == once


@given(RULES)
def test_a_rule_is_its_text(rule: Rule) -> None:
    assert rules.read(rule.text) == rule


@pytest.mark.parametrize(
    ("rule", "indonesian", "english"),
    [
        ("FREQ=MONTHLY;BYDAY=2TH", "setiap Kamis kedua", "every second Thursday of the month"),
        ("FREQ=WEEKLY;BYDAY=SU", "setiap hari Minggu", "every Sunday"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "setiap Senin, Rabu dan Jumat", "every Monday, Wednesday and Friday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "setiap 2 minggu, hari Rabu", "every 2 weeks on Wednesday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "setiap hari kerja", "every weekday"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,22", "setiap tanggal 1 dan 22", "on the 1st and 22nd of every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "setiap akhir bulan", "on the last day of every month"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "setiap 3 bulan, Jumat terakhir", "every 3 months on the last Friday"),
        ("FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=14", "setiap 14 September", "every 14 September"),
        ("FREQ=DAILY;INTERVAL=3", "setiap 3 hari", "every 3 days"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2", "menurut jadwal sendiri", "on a schedule of its own"),
        ("FREQ=MONTHLY;BYDAY=1MO,2TU", "menurut jadwal sendiri", "on a schedule of its own"),
    ],
)
def test_rules_in_words(rule: str, indonesian: str, english: str) -> None:
    assert (words.repeats(rule, "id"), words.repeats(rule, "en")) == (indonesian, english)


def test_a_moment_in_full_and_in_the_readers_own_zone() -> None:
    at = datetime(2026, 12, 3, 7, 0, tzinfo=UTC)
    assert words.moment(at, "id", HOME, "Asia/Makassar") == "Kamis, 3 Desember 2026, 14.00 WIB · 15.00 WITA"
    assert words.moment(at, "en", "Asia/Jayapura", HOME) == "Thursday, 3 December 2026, 16:00 WIT · 14:00 WIB"
    assert words.moment(at, "id", HOME, HOME, "Asia/Pontianak") == "Kamis, 3 Desember 2026, 14.00 WIB"
    late = datetime(2026, 12, 3, 16, 30, tzinfo=UTC)
    assert (
        words.moment(late, "id", HOME, "Asia/Jayapura")
        == "Kamis, 3 Desember 2026, 23.30 WIB · Jumat, 4 Desember 2026, 01.30 WIT"
    )
    assert wall(late, "Asia/Jayapura").day == 4


def test_lengths() -> None:
    assert [words.length(minutes, "en") for minutes in (45, 60, 121)] == ["45 minutes", "1 hour", "2 hours 1 minute"]
    assert [words.length(minutes, "id") for minutes in (45, 60, 90, 120)] == ["45 menit", "1 jam", "1 jam 30 menit", "2 jam"]


def test_a_whole_schedule() -> None:
    what = Series("s", datetime(2026, 12, 10, 14), HOME, "FREQ=MONTHLY;BYDAY=2TH", 90, until=date(2027, 6, 30))
    assert (
        words.schedule(what, "id")
        == "setiap Kamis kedua, 14.00 WIB, selama 1 jam 30 menit, mulai 10 Desember 2026, sampai 30 Juni 2027"
    )
    assert words.schedule(what, "en") == (
        "every second Thursday of the month, 14:00 WIB, for 1 hour 30 minutes, starting 10 December 2026, until 30 June 2027"
    )
