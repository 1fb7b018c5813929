"""When digests are due, and what becomes of those that were missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rhythm.digests import Choice, Digest, digest, dues
from bot.rhythm.zones import instant, wall

WIB = "Asia/Jakarta"
SINCE = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
FRIDAY = Choice("sari", 4, time(15), WIB, "id", SINCE)
FIRST = instant(datetime(2026, 11, 27, 15), WIB)
WEEK = timedelta(weeks=1)


def ids(found: list[Digest]) -> list[str]:
    return [one.id for one in found]


def test_weekly_at_the_members_own_hour() -> None:
    found = list(islice(dues(FRIDAY, SINCE), 3))
    assert [one.due for one in found] == [FIRST, FIRST + WEEK, FIRST + 2 * WEEK]
    assert ids(found) == ["digest/sari/2026-W48", "digest/sari/2026-W49", "digest/sari/2026-W50"]


def test_monthly_for_a_learning_centre() -> None:
    found = list(islice(dues(replace(FRIDAY, who="pusat", day=1, period="month"), SINCE), 3))
    assert [wall(one.due, WIB) for one in found] == [
        datetime(2026, 12, 1, 15),
        datetime(2027, 1, 1, 15),
        datetime(2027, 2, 1, 15),
    ]
    assert ids(found)[0] == "digest/pusat/2026-12"


def test_off_is_off() -> None:
    assert list(dues(replace(FRIDAY, off=True), SINCE)) == []
    assert digest(replace(FRIDAY, off=True), SINCE, FIRST + WEEK).send is None


def test_a_new_choice_owes_nothing_of_before() -> None:
    late = replace(FRIDAY, since=FIRST + timedelta(minutes=1))
    assert digest(late, SINCE, FIRST + timedelta(hours=1)).send is None
    assert next(dues(late, SINCE)).due == FIRST + WEEK


def test_a_change_of_the_day_brings_no_second_one_in_a_week() -> None:
    (first,) = islice(dues(FRIDAY, SINCE), 1)
    (again,) = islice(dues(replace(FRIDAY, day=6, since=FIRST + timedelta(hours=1)), SINCE), 1)
    assert again.id == first.id and again.due > first.due


def test_a_missed_one_is_sent_once_while_it_is_news() -> None:
    back = FIRST + WEEK / 2 - timedelta(minutes=1)
    verdict = digest(FRIDAY, SINCE, back)
    assert verdict.send is not None and verdict.send.due == FIRST
    assert digest(FRIDAY, verdict.handled, back + timedelta(days=1)).send is None


def test_one_that_is_too_late_goes_into_the_next() -> None:
    verdict = digest(FRIDAY, SINCE, FIRST + WEEK / 2)
    assert verdict.send is None
    assert [(one.due, why) for one, why in verdict.drop] == [(FIRST, "folded")]
    following = digest(FRIDAY, verdict.handled, FIRST + WEEK)
    assert following.send is not None and following.send.due == FIRST + WEEK


def test_after_three_weeks_one_comes_not_three() -> None:
    verdict = digest(FRIDAY, SINCE, FIRST + 2 * WEEK + timedelta(hours=1))
    assert verdict.send is not None and verdict.send.due == FIRST + 2 * WEEK
    assert [why for _, why in verdict.drop] == ["folded", "folded"]


def test_a_clock_set_back_and_a_restored_backup() -> None:
    back = digest(FRIDAY, FIRST, FIRST - timedelta(hours=3))
    assert (back.send, back.drop, back.handled) == (None, (), FIRST)
    assert digest(FRIDAY, FIRST + 90 * WEEK, FIRST).handled == FIRST
    assert digest(FRIDAY, SINCE, FIRST, elsewhere=FIRST).send is None
    restored = digest(FRIDAY, SINCE, FIRST + timedelta(hours=1), elsewhere=FIRST + timedelta(minutes=1))
    assert restored.send is None and [why for _, why in restored.drop] == ["elsewhere"]


CHOICES = st.builds(
    Choice, st.just("sari"), st.integers(0, 6), st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from((WIB, "Asia/Jayapura", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe")), st.just("id"),
    st.just(SINCE),
)  # fmt: skip
STEPS = st.lists(st.integers(1, 40 * 24), min_size=1, max_size=40)


def by_the_minute(choice: Choice) -> list[datetime]:
    """The moments at which the clocks there first show the day and hour; a skipped hour is shifted forward by the gap."""
    found, day = [], (SINCE - timedelta(days=2)).date()
    for _ in range(200):
        day += timedelta(days=1)
        if day.weekday() != choice.day:
            continue
        wanted, begin = (
            datetime.combine(day, choice.at),
            datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16),
        )
        shown = [(at, wall(at, choice.zone)) for at in (begin + timedelta(minutes=minute) for minute in range(48 * 60))]
        exact = [at for at, clock in shown if clock == wanted]
        before = max((at, clock) for at, clock in shown if clock < wanted)
        found.append(exact[0] if exact else before[0] + (wanted - before[1]))
    return [at for at in found if at > SINCE]


@settings(max_examples=12, deadline=None)
@given(CHOICES)
def test_the_hours_are_those_that_the_clocks_show(choice: Choice) -> None:
    want = by_the_minute(choice)
    assert [one.due for one in islice(dues(choice, SINCE), 20)] == want[:20]


@settings(max_examples=300, deadline=None)
@given(CHOICES, STEPS)
def test_every_digest_is_sent_or_folded_into_a_later_one_and_never_both(choice: Choice, steps: list[int]) -> None:
    handled = now = SINCE
    sent, folded = [], []
    for hours in steps:
        now += timedelta(hours=hours)
        verdict = digest(choice, handled, now)
        sent += [(verdict.send, now)] if verdict.send else []
        folded += [one for one, _ in verdict.drop]
        handled = verdict.handled
    owed = [one for one in islice(dues(choice, SINCE), 600) if one.due <= now]
    told = [one for one, _ in sent]
    assert sorted(ids(told + folded)) == ids(owed)
    for one, at in sent:
        later = next(dues(choice, one.due)).due
        assert at - one.due < (later - one.due) / 2
