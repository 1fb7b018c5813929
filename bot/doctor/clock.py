"""Is the time right? Reminders, order and dates rest on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from time import sleep
from zoneinfo import ZoneInfo

from bot.doctor.finding import Finding, fail, ok, warn
from bot.doctor.patient import Patient

OLDEST, NEWEST = 2026, 2100
SAMPLE = 0.2  # seconds over which the wall clock is held against the monotonic one
DRIFT = 0.1  # seconds by which they may differ over the sample
BEHIND = timedelta(minutes=5)

SET_CLOCK = (
    "Betulkan jam server (mis. sudo timedatectl set-ntp true), lalu jalankan ulang Guyub.",
    "Set the server's clock (e.g. sudo timedatectl set-ntp true), then restart Guyub.",
)


def year(patient: Patient) -> Iterator[Finding]:
    """A machine without a battery wakes up in 1970."""
    now = patient.now()
    if OLDEST <= now.year <= NEWEST:
        yield ok("clock.year", f"Tahun {now.year} masuk akal.", f"The year {now.year} is plausible.")
    else:
        yield fail("clock.year", (f"Jam server menunjuk tahun {now.year}.", f"The server's clock says {now.year}."), SET_CLOCK)


def zone(patient: Patient) -> Iterator[Finding]:
    """Settings has refused unknown zones; the offset is shown so that a person can judge it."""
    name = patient.settings.timezone
    local = patient.now().astimezone(ZoneInfo(name))
    yield ok("clock.zone", f"{name}: {_told(local)}.", f"{name}: {_told(local)}.")


def steady(patient: Patient) -> Iterator[Finding]:
    """A wall clock that jumps or runs off makes reminders come twice or late."""
    wall, steady_before = patient.now(), patient.monotonic()
    sleep(SAMPLE)
    passed, meant = (patient.now() - wall).total_seconds(), patient.monotonic() - steady_before
    if abs(passed - meant) <= DRIFT:
        yield ok("clock.steady", "Jam berjalan ajek.", "The clock runs steadily.")
    else:
        off = f"{passed - meant:+.1f} s"
        yield warn(
            "clock.steady",
            (f"Jam server melompat {off} dalam {meant:.1f} s.", f"The server's clock jumped {off} within {meant:.1f} s."),
            SET_CLOCK,
        )


def set_back(patient: Patient) -> Iterator[Finding]:
    """A database written in the future means that the clock was set back."""
    path = patient.settings.sqlite_path
    if path is None or not path.is_file():
        return
    ahead = datetime.fromtimestamp(path.stat().st_mtime, patient.now().tzinfo) - patient.now()
    if ahead > BEHIND:
        minutes = round(ahead.total_seconds() / 60)
        yield fail(
            "clock.set_back",
            (
                f"Basis data terakhir ditulis {minutes} menit di masa depan: jam server pernah mundur.",
                f"The database was last written {minutes} minutes in the future: the clock was set back.",
            ),
            SET_CLOCK,
        )
    else:
        yield ok("clock.set_back", "Jam tidak mundur sejak data terakhir.", "The clock is not behind the data.")


def _told(local: datetime) -> str:
    return f"{local:%Y-%m-%d %H:%M}, UTC{local:%z}"


CHECKS = (year, zone, steady, set_back)
