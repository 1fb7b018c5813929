"""A member's quiet hours: what falls into them waits for their end. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.rhythm.zones import instant, wall


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `start` up to but without `end`, every day, on the clocks of the member's own zone; over midnight if start is later.

    Equal times: no quiet hours."""

    start: time
    end: time
    zone: str

    def after(self, at: datetime) -> datetime:
        """That moment (aware), or the end of the quiet hours that it falls into (UTC)."""
        local = wall(at, self.zone)
        clock, day = local.time(), local.date()
        if self.start < self.end:
            quiet = self.start <= clock < self.end
        else:
            quiet = self.start != self.end and (clock >= self.start or clock < self.end)
            day += timedelta(days=clock >= self.start)
        return max(at, instant(datetime.combine(day, self.end), self.zone)) if quiet else at
