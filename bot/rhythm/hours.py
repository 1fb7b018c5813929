"""Which hour of the day a spoken hour means, and how long a meeting lasts. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time

from bot.rhythm.facts import About, Clock, Times

LONGEST = 12 * 60  # minutes of a meeting; more is a slip
ACROSS_NOON = 9 * 60  # "jam 8 sampai jam 4": so long may a meeting be whose end is not said to be of the afternoon
# part of the day: the hours on a twelve-hour dial that are its morning half, those that are its evening half
_HALVES: dict[str, tuple[range, range]] = {
    "am": (range(1, 12), range(0)), "pm": (range(0), range(1, 12)),
    "morning": (range(1, 12), range(0)), "midday": (range(10, 12), range(1, 5)), "afternoon": (range(0), range(2, 7)),
    "evening": (range(0), range(4, 12)), "night": (range(0), range(6, 12)),
}  # fmt: skip
_NOON = {"midday", "pm"}  # parts of the day in which twelve is noon


class Unclear(Exception):
    """The line says too little or contradicts itself: what to ask about, and the words it hangs on."""

    def __init__(self, about: About, words: str = "") -> None:
        super().__init__(about)
        self.about: About = about
        self.words = words


@dataclass(frozen=True, slots=True)
class Hours:
    """When on the day, how long (None: not said), and what was assumed."""

    at: time
    minutes: int | None = None
    assumed: tuple[str, ...] = ()


def settle(times: Times, part: str) -> Hours:
    """part: of the day, said elsewhere in the line, or "". Raises Unclear (clock, hour, end)."""
    start = times.start if times.start.part or times.around else replace(times.start, part=part)
    for clock in (start, times.end or start):
        if clock.hour > 23 or clock.minute > 59:
            raise Unclear("clock")
    if times.end is None:
        at, assumed = _sure(start)
        return Hours(at, None, ("around",) if times.around else assumed)
    if not start.part and times.end.part and not start.exact:
        end, _ = _sure(times.end)
        return _span(_before(start, end), end, ())
    at, assumed = _sure(start)
    return _span(at, _after(times.end, at), assumed)


def _span(start: time, end: time, assumed: tuple[str, ...]) -> Hours:
    minutes = _minutes(end) - _minutes(start)
    if not 0 < minutes <= LONGEST:
        raise Unclear("end")
    return Hours(start, minutes, assumed)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _sure(clock: Clock) -> tuple[time, tuple[str, ...]]:
    """The hour by itself. Without a part of the day 1 to 5 are of the afternoon, 7 is of the morning, 6 is asked about."""
    hour = clock.hour
    if clock.part:
        return time(_in_part(clock), clock.minute), ()
    if clock.exact or hour in range(8, 13):
        return time(hour, clock.minute), ("night",) if hour < 6 else ()
    if 1 <= hour <= 5:
        return time(hour + 12, clock.minute), ("afternoon",)
    if hour == 7:
        return time(hour, clock.minute), ("morning",)
    raise Unclear("hour")


def _in_part(clock: Clock) -> int:
    morning, evening = _HALVES[clock.part]
    if clock.hour == 12 and clock.part in _NOON:
        return 12
    if clock.hour in morning or (clock.hour == 0 and clock.part == "morning"):
        return clock.hour
    if clock.hour in evening:
        return clock.hour + 12
    if clock.hour - 12 in evening:
        return clock.hour
    raise Unclear("hour")


def _readings(clock: Clock) -> tuple[time, ...]:
    """Every hour that the clock may mean."""
    if clock.part:
        return (time(_in_part(clock), clock.minute),)
    hours = (clock.hour,) if clock.exact or clock.hour >= 12 else (clock.hour, clock.hour + 12)
    return tuple(time(hour, clock.minute) for hour in hours)


def _after(clock: Clock, start: time) -> time:
    later = [one for one in _readings(clock) if one > start]
    if not later:
        raise Unclear("end")
    end = min(later)
    guessed = not clock.part and not clock.exact and end.hour != clock.hour
    if guessed and _minutes(end) - _minutes(start) > ACROSS_NOON:
        raise Unclear("end")
    return end


def _before(clock: Clock, end: time) -> time:
    """ "9-11 malam", "10 sampai 2 siang": the nearest reading before the end."""
    earlier = [one for one in _readings(clock) if one < end]
    if not earlier:
        raise Unclear("end")
    return max(earlier)
