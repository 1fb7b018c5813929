"""What people say about a time, and what it is read as. The table is tests/rhythm/phrases.yaml."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.model.base import Language
from bot.rhythm import lexicon, tokens, words
from bot.rhythm.facts import Fact
from bot.rhythm.phrases import LONGEST, Doubt, Understood, understand
from bot.rhythm.readers import facts
from bot.rhythm.recurrence import check, upcoming
from bot.rhythm.zones import wall
from tests.rhythm.said import HOME, NOW, Row, rows

LANGUAGES: tuple[Language, ...] = ("id", "en")
ROWS = rows()
UNDERSTOOD = [row for row in ROWS if not row.doubt]
DOUBTED = [row for row in ROWS if row.doubt]
FIGURES = {"9", "14", "30", "2026", "10.30", "5/6", "2nd", "-", ",", "/", ":", ".", "00"}
WORDS = sorted({" ".join(phrase) for phrase in lexicon.phrases()} | FIGURES)
MIXED = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
PARTS = (  # when, how often, at what hour, until when, what else: a line of the test takes one of each, in any order
    """
    Kamis; Senin dan Rabu; Mondays; hari kerja; Jumat terakhir; first and third Tuesday; tgl 31; 29 Februari; 5/6; besok; ;
    lusa; Sabtu depan; the 5th; akhir bulan; minggu depan Selasa; next month; last Friday of May; Minggu kedua; weekend;
    in 3 weeks; habis Jumat; 1 January 2027; dua minggu lagi; malam ini; nanti""",
    """
    tiap; setiap; every; every other; every 3 weeks; tiap dua bulan; sebulan sekali; quarterly; tiap tahun; of the month; daily;
    ;""",
    """
    jam 2; jam 9-11; jam setengah tiga sore; pukul 00.15; 23:59; at noon; 1-3pm;
    jam 8 malam; quarter to 3; jam 10 sampai 2 siang;""",
    """
    sampai Juni; until 30 June; 6 kali; once; selama 6 minggu; for 3 months; mulai 3 Maret; starting next week;
    mulai Januari; ;""",
    """
    selama 90 menit; for an hour; WITA; Europe/Amsterdam; rapat; di ruang 2;
    America/New_York; ;""",
)
BUILT = st.tuples(*(st.sampled_from([one.strip() for one in listed.split(";")]) for listed in PARTS)).flatmap(
    lambda parts: st.permutations(parts).map(" ".join)
)
LINES = MIXED | BUILT


@pytest.mark.parametrize("row", UNDERSTOOD, ids=lambda row: row.say)
def test_it_is_understood(row: Row) -> None:
    got = row.read()
    assert isinstance(got, Understood), got
    assert got.start == datetime.strptime(row.start, "%Y-%m-%d %H:%M")
    assert (got.rule, got.minutes, got.zone, got.until, got.count) == (row.rule, row.minutes, row.zone, row.until, row.count)
    assert row.assumed is None or sorted(got.assumed) == sorted(row.assumed)
    assert row.leftover is None or got.leftover == row.leftover


@pytest.mark.parametrize("row", DOUBTED, ids=lambda row: row.say)
def test_it_is_doubted(row: Row) -> None:
    got = row.read()
    assert isinstance(got, Doubt), got
    assert got.about == row.doubt


def test_the_table_is_as_wide_as_it_claims() -> None:
    held = [row for row in ROWS if row.part == "held"]
    said = Counter(row.language for row in ROWS)
    assert len(ROWS) == len({row.say for row in ROWS}) >= 300
    assert len(held) >= 90 and len(DOUBTED) >= 80
    assert min(said.values()) >= 0.45 * len(ROWS)


def test_capitals_and_blanks_change_nothing() -> None:
    for row in ROWS:
        if "://" not in row.say:
            plain, loud = row.read(), understand(f"  {row.say.upper().replace(' ', '   ')} ", NOW, HOME)
            assert type(loud) is type(plain)
            if isinstance(plain, Understood) and isinstance(loud, Understood):
                assert (loud.start, loud.rule, loud.until, loud.assumed) == (
                    plain.start,
                    plain.rule,
                    plain.until,
                    plain.assumed,
                )


def test_a_doubt_names_the_words_it_hangs_on() -> None:
    assert understand("tiap Kamis jam 14 kecuali libur", NOW, HOME) == Doubt("unplaced", "kecuali libur")
    assert understand("seminggu dua kali jam 9", NOW, HOME) == Doubt("repeat", "seminggu dua kali")


def test_tomorrow_is_the_speakers_tomorrow() -> None:
    got = understand("tomorrow at 09:00 America/New_York", NOW, HOME)  # in New York it is still the 24th
    assert isinstance(got, Understood) and got.start == datetime(2026, 11, 26, 9)


@settings(max_examples=600, deadline=None)
@given(st.text(max_size=LONGEST + 20))
@example("0/0")
@example("İİİ 9")
@example("31 Desember 9999 jam 9")
@example("dalam 999999999 tahun jam 9")
@example("２０２６-12-03 ９:00")
@example("tiap 0 minggu hari Senin jam 9")
@example("Kamis ke-99 tiap bulan jam 9")
def test_no_line_is_too_odd(line: str) -> None:
    assert isinstance(understand(line, NOW, HOME), Understood | Doubt)


@settings(max_examples=1500, deadline=None)
@given(BUILT | LINES, st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)))
def test_whatever_is_understood_can_be_held_and_said(line: str, now: datetime) -> None:
    """Any mixture of the words that it knows: still to come, in step with its own rule, within its one end, and
    the same when its own words are read."""
    got = understand(line, now.replace(tzinfo=UTC), HOME)
    if isinstance(got, Doubt):
        return
    assert got.start > wall(now.replace(tzinfo=UTC), got.zone)
    assert got.until is None or got.until >= got.start.date()
    assert got.until is None or got.count is None
    assert got.rule or (got.until, got.count) == (None, None)
    if got.rule:
        check(got.rule, got.start)
    for language in LANGUAGES:
        said = understand(words.schedule(got, language), now.replace(tzinfo=UTC), got.zone)
        assert isinstance(said, Understood), (words.schedule(got, language), said)
        assert replace(said, assumed=(), leftover="") == replace(got, assumed=(), leftover="")
    first = upcoming(got.series("s"), now.replace(tzinfo=UTC), 1)
    assert [one.original for one in first] == [got.start]


@given(LINES)
@settings(deadline=None)
def test_every_word_is_read_once(line: str) -> None:
    """Linear: the tokens never outnumber the words, the facts never the tokens by more than what a part of the day implies."""
    tidy = tokens.tidy(line)
    read = tokens.read(tidy)
    assert [token.start for token in read] == sorted({token.start for token in read})
    assert len(read) <= len(lexicon.pieces(tidy.lower()))
    found: list[Fact] = facts(tidy)[0]
    assert len(found) <= 2 * len(read)


def test_a_long_line_is_not_read_at_all() -> None:
    assert understand("besok jam 9 " * 100, NOW, HOME) == Doubt("long")
    assert understand("besok jam 9" + " ya" * 90, NOW + timedelta(days=1), HOME) != Doubt("long")
