"""What is due, on time and after a time away, against an oracle that goes through the minutes one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rhythm.due import LATE, Dropped, Plan, Reminder, expected, next_due, reminders
from bot.rhythm.quiet import Quiet
from bot.rhythm.recurrence import Occurrence, Series, between
from bot.rhythm.zones import instant, wall

MINUTE = timedelta(minutes=1)
BASE = datetime(2026, 12, 3, 0, 0, tzinfo=UTC)
WIB = "Asia/Jakarta"


def meeting(starts: datetime, minutes: int = 60, series: str = "s") -> Occurrence:
    return Occurrence(starts, starts + timedelta(minutes=minutes), series, wall(starts, WIB))


NOON = meeting(datetime(2026, 12, 5, 5, 0, tzinfo=UTC))  # Saturday 12.00 WIB
PLAN = Plan((NOON,), WIB)
DAY_BEFORE, HOUR_BEFORE = NOON.starts - timedelta(days=1), NOON.starts - timedelta(hours=1)


def sent(handled: datetime, now: datetime, plan: Plan = PLAN) -> list[int]:
    return [one.lead for one in reminders([plan], handled, now).send]


def dropped(handled: datetime, now: datetime, plan: Plan = PLAN) -> list[tuple[int, str]]:
    return [(one.reminder.lead, one.why) for one in reminders([plan], handled, now).drop]


# ---- on time ---------------------------------------------------------------------------------------------------------


def test_a_day_and_an_hour_before() -> None:
    assert [(one.lead, one.due) for one in expected(PLAN)] == [(1440, DAY_BEFORE), (60, HOUR_BEFORE)]
    assert sent(DAY_BEFORE - MINUTE, DAY_BEFORE) == [1440]
    assert sent(DAY_BEFORE, HOUR_BEFORE - MINUTE) == []
    assert sent(HOUR_BEFORE - MINUTE, HOUR_BEFORE) == [60]
    assert next_due([PLAN], DAY_BEFORE) == HOUR_BEFORE and next_due([PLAN], HOUR_BEFORE) is None


def test_nothing_is_sent_twice_whatever_the_steps() -> None:
    marks = [BASE + timedelta(minutes=17 * step) for step in range(300)]
    told = [one.id for before, now in pairwise(marks) for one in reminders([PLAN], before, now).send]
    assert told == [one.id for one in expected(PLAN)]


def test_a_day_before_is_the_same_hour_when_the_clocks_change_between() -> None:
    sunday = Series("s", datetime(2026, 3, 29, 14), "Europe/Amsterdam")
    plan = Plan(tuple(between(sunday, BASE - timedelta(days=365), BASE)), "Europe/Amsterdam")
    day_before, hour_before = expected(plan)
    assert wall(day_before.due, plan.zone) == datetime(2026, 3, 28, 14)
    assert hour_before.occurrence.starts - day_before.due == timedelta(hours=23)


def test_an_id_is_one_of_a_kind_and_stays() -> None:
    moved = replace(NOON, starts=NOON.starts + timedelta(hours=3))
    other = replace(NOON, series="t")
    plans = [PLAN, replace(PLAN, to="sari"), replace(PLAN, occurrences=(moved,)), replace(PLAN, occurrences=(other,))]
    ids = [one.id for plan in plans for one in expected(plan)]
    assert len(set(ids)) == len(ids) == 8
    assert ids == [one.id for plan in plans for one in expected(plan)]
    assert ids[0] == "reminder/s/20261205T120000/20261205T050000Z/1440"


# ---- after a time away -----------------------------------------------------------------------------------------------


def test_down_for_an_hour() -> None:
    assert sent(HOUR_BEFORE - timedelta(minutes=30), HOUR_BEFORE + timedelta(minutes=30)) == [60]


def test_down_for_two_days_sends_the_nearer_one_only() -> None:
    back = NOON.starts - timedelta(minutes=5)
    assert sent(BASE, back) == [60]
    assert dropped(BASE, back) == [(1440, "nearer")]


def test_down_for_a_week_over_the_meeting() -> None:
    week = NOON.starts + timedelta(days=5)
    assert sent(BASE, week) == []
    assert dropped(BASE, week) == [(1440, "begun"), (60, "begun")]


def test_a_meeting_that_has_just_begun() -> None:
    assert sent(BASE, NOON.starts + LATE - MINUTE) == [60]
    assert sent(BASE, NOON.starts + LATE) == []


def test_a_clock_set_back_owes_nothing_twice() -> None:
    now = HOUR_BEFORE
    back = reminders([PLAN], now, now - timedelta(hours=2))
    assert (back.send, back.drop, back.handled) == ((), (), now)
    assert sent(back.handled, now) == []


def test_the_mark_of_a_clock_that_was_years_ahead_is_given_up() -> None:
    verdict = reminders([PLAN], datetime(2031, 1, 1, tzinfo=UTC), BASE)
    assert (verdict.send, verdict.handled) == ((), BASE)
    assert sent(verdict.handled, DAY_BEFORE) == [1440]


def test_a_restored_backup_does_not_send_what_the_original_may_have_sent() -> None:
    verdict = reminders([PLAN], BASE, HOUR_BEFORE + MINUTE, elsewhere=DAY_BEFORE + timedelta(hours=1))
    assert [one.lead for one in verdict.send] == [60]
    assert verdict.drop == (Dropped(expected(PLAN)[0], "elsewhere"),)
    assert reminders([PLAN], BASE, HOUR_BEFORE, elsewhere=HOUR_BEFORE).send == ()


def test_a_meeting_made_late_owes_only_what_is_still_to_come() -> None:
    plan = replace(PLAN, since=HOUR_BEFORE - timedelta(hours=2))
    assert sent(BASE, HOUR_BEFORE, plan) == [60]
    assert expected(replace(PLAN, since=HOUR_BEFORE)) == []


# ---- quiet hours -----------------------------------------------------------------------------------------------------

NIGHT = Quiet(time(21), time(6, 30), WIB)


def early(clock: str, minutes: int = 60) -> Plan:
    hour, minute = map(int, clock.split("."))
    starts = instant(datetime(2026, 12, 5, hour, minute), WIB)
    return Plan((meeting(starts, minutes),), WIB, (60,), to="sari", quiet=NIGHT)


def test_a_reminder_waits_for_the_end_of_quiet_hours() -> None:
    (one,) = expected(early("07.00"))
    assert wall(one.due, WIB).time() == time(6, 30)


def test_who_says_yes_after_its_time_is_not_owed_it_though_quiet_hours_put_it_off() -> None:
    plan = early("07.00")
    (one,) = expected(plan)
    assert wall(one.due, WIB).time() == time(6, 30)
    assert expected(replace(plan, since=one.occurrence.starts - timedelta(minutes=59))) == []
    assert expected(replace(plan, since=one.occurrence.starts - timedelta(minutes=61))) == [one]


def test_it_still_comes_while_the_meeting_lasts() -> None:
    plan = early("05.30", minutes=120)
    (one,) = expected(plan)
    assert sent(one.due - MINUTE, one.due, plan) == [60]
    assert sent(one.due - MINUTE, one.last, plan) == [] and one.last - one.due == LATE


def test_a_short_meeting_leaves_the_ten_minutes_as_they_are() -> None:
    plan = early("06.25", minutes=7)
    (one,) = expected(plan)
    assert (wall(one.due, WIB).time(), one.last) == (time(6, 30), one.occurrence.starts + LATE)


def test_it_is_dropped_when_the_meeting_would_be_over() -> None:
    plan = early("05.30", minutes=60)
    assert sent(BASE, NOON.starts, plan) == [] and dropped(BASE, NOON.starts, plan) == [(60, "quiet")]


def test_quiet_hours_of_every_kind() -> None:
    at = instant(datetime(2026, 12, 4, 13, 15), WIB)
    assert Quiet(time(13), time(14), WIB).after(at) == instant(datetime(2026, 12, 4, 14), WIB)
    assert Quiet(time(14), time(13), WIB).after(at) == at
    assert Quiet(time(13, 15), time(13), WIB).after(at) == instant(datetime(2026, 12, 5, 13), WIB)
    assert Quiet(time(13, 15), time(13, 15), WIB).after(at) == at
    assert Quiet(time(22), time(14), WIB).after(at) == instant(datetime(2026, 12, 4, 14), WIB)
    assert Quiet(time(13), time(1), "Asia/Jayapura").after(at) == instant(datetime(2026, 12, 5, 1), "Asia/Jayapura")


@settings(deadline=None)
@given(
    st.builds(Quiet, st.times(), st.times(), st.sampled_from((WIB, "Europe/Amsterdam", "Australia/Lord_Howe"))),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
)
def test_after_quiet_hours_it_is_no_longer_quiet(quiet: Quiet, at: datetime) -> None:
    moment = at.replace(tzinfo=UTC)
    later = quiet.after(moment)
    assert moment <= later <= moment + timedelta(hours=25)
    assert later == moment or wall(later, quiet.zone).time() >= quiet.end or quiet.after(later) == later


# ---- against an oracle -----------------------------------------------------------------------------------------------

MEETINGS = st.lists(
    st.tuples(st.integers(0, 2800), st.integers(5, 200)), min_size=1, max_size=4, unique_by=lambda one: one[0]
).map(lambda rows: tuple(meeting(BASE + timedelta(minutes=at), length, f"s{at}") for at, length in rows))
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
QUIETS = st.none() | st.builds(Quiet, CLOCKS, CLOCKS, st.just(WIB))
PLANS = st.builds(
    Plan, MEETINGS, st.just(WIB), st.lists(st.integers(0, 1500), max_size=3).map(tuple), st.none(), st.just("sari"), QUIETS
)
AWAY = st.lists(st.tuples(st.integers(-1600, 3000), st.integers(1, 2000)), max_size=4)


def by_the_minute(plan: Plan, up: list[datetime]) -> tuple[dict[str, datetime], set[str]]:
    """When each reminder goes out, and which do not: at every minute that the bot is up, what is owed and not yet decided."""
    out: dict[str, datetime] = {}
    gone: set[str] = set()
    owed = expected(plan)
    for now in up:
        for one in plan.occurrences:
            open = [r for r in owed if r.occurrence == one and r.due <= now and r.id not in out and r.id not in gone]
            useful = [r for r in open if not r.muted and now < r.last]
            best = min(useful, key=lambda r: r.lead, default=None)
            if best:
                out[best.id] = now
            gone |= {r.id for r in open if r is not best}
    return out, gone


@settings(max_examples=120, deadline=None)
@given(PLANS, AWAY)
def test_every_reminder_is_decided_once_as_the_oracle_does(plan: Plan, away: list[tuple[int, int]]) -> None:
    minutes = [BASE + timedelta(minutes=at) for at in range(-1700, 4600, 5)]
    holes = [(BASE + timedelta(minutes=at), BASE + timedelta(minutes=at + size)) for at, size in away]
    up = [now for now in minutes if not any(first <= now < last for first, last in holes)] + [BASE + timedelta(days=9)]
    handled, told, gone = up[0] - timedelta(days=2), dict[str, datetime](), list[Reminder]()
    for now in up:
        verdict = reminders([plan], handled, now)
        assert not {one.id for one in verdict.send} & set(told)
        told |= {one.id: now for one in verdict.send}
        gone += [one.reminder for one in verdict.drop]
        handled = verdict.handled
    want, lost = by_the_minute(plan, up)
    assert told == want
    assert {one.id for one in gone} == lost and len(gone) == len(lost)
    assert len(told) + len(gone) == len({one.id for one in expected(plan)})


@settings(max_examples=60, deadline=None)
@given(PLANS)
def test_each_is_due_at_its_lead_or_at_the_first_minute_that_is_not_quiet(plan: Plan) -> None:
    for one in expected(plan):
        at = one.occurrence.starts - timedelta(minutes=one.lead)
        first = at
        while plan.quiet and _quiet(plan.quiet, wall(first, WIB).time()):
            first += MINUTE
        over = first > at and first >= one.occurrence.ends
        assert (one.due, one.muted) == ((at, True) if over else (first, False))
        assert one.last >= one.occurrence.starts + LATE
        assert one.muted or one.due >= one.occurrence.starts + LATE or one.due < one.last


def _quiet(quiet: Quiet, clock: time) -> bool:
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


@settings(max_examples=100, deadline=None)
@given(PLANS)
def test_a_bot_that_is_always_up_misses_nothing_but_what_quiet_hours_forbid(plan: Plan) -> None:
    for one in expected(plan):
        verdict = reminders([plan], one.due - MINUTE, one.due)
        told = {other.id for other in verdict.send}
        beside = [other for other in expected(plan) if (other.due, other.occurrence) == (one.due, one.occurrence)]
        nearest = min((other.lead for other in beside if not other.muted), default=None)
        assert (one.id in told) == (not one.muted and one.lead == nearest)
