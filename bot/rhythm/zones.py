"""IANA zones by name, and the short names that Indonesia knows them by."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

SHORT = {
    "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT", "UTC": "UTC",
}  # fmt: skip


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name}


def spelt(name: str) -> str | None:
    """The zone's name as IANA writes it, or None if there is no such zone."""
    return _known().get(name.lower())


def label(zone: str) -> str:
    """WIB, WITA, WIT, UTC, or the IANA name."""
    return SHORT.get(zone, zone)


def instant(wall: datetime, zone: str) -> datetime:
    """The moment (UTC) at which clocks in the zone show `wall` (naive).

    An hour that clocks skip is shifted forward by the gap; of an hour shown twice the first is meant (RFC 5545, 3.3.5)."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def wall(moment: datetime, zone: str) -> datetime:
    """What clocks in the zone show at that moment, naive."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
