"""What an open store can tell: events and messages that wait or were set aside, and texts without a vector."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bot.doctor.database import head, schema
from bot.doctor.finding import Finding, fail, ok, warn
from bot.doctor.patient import Patient
from bot.flow.trusting import told
from bot.model.judgement import About
from bot.ports import Refusal
from bot.triage.trust import ENOUGH, Trust

NAMES = {
    "note": ("Catatan yang ditunjukkan", "Notes that were offered"),
    "route": ("Komunitas yang dipilih", "Communities that were chosen"),
    "draft": ("Draf dari utas", "Drafts of threads"),
}
SLOW = 300.0  # seconds that a row may wait before somebody should look


def store(patient: Patient) -> Iterator[Finding]:
    """Only where the schema is ours: an older one cannot be read, a missing one has nothing to tell."""
    if schema(patient) != head():
        return
    try:
        vitals = asyncio.run(patient.vitals())
    except Exception as error:  # whatever keeps the store from opening is a finding, not a crash
        yield fail(
            "store.opens",
            (f"Penyimpanan tidak dapat dibuka: {error}.", f"The store does not open: {error}."),
            ("Lihat temuan database.* di atas.", "See the database.* findings above."),
        )
        return
    health = vitals.health
    yield parked("inbox.parked", health.inbox_parked, "peristiwa", "events")
    yield parked("outbox.parked", health.outbox_parked, "pesan keluar", "outgoing messages")
    yield from (refused(one) for one in vitals.refusals)
    yield late("inbox.lag", health.inbox_waiting, health.inbox_lag)
    yield late("outbox.lag", health.outbox_waiting, health.outbox_lag)
    yield embedded(vitals.unembedded)
    yield from (trusted(about, found) for about, found in vitals.trust)


def parked(id: str, count: int, what_id: str, what_en: str) -> Finding:
    """Rows that failed too often and were set aside."""
    if not count:
        return ok(id, f"Tidak ada {what_id} yang tersisih.", f"No {what_en} are set aside.")
    return warn(
        id,
        (f"{count} {what_id} gagal berkali-kali dan disisihkan.", f"{count} {what_en} failed repeatedly and were set aside."),
        (
            "Sebabnya ada di log: cari event.failed, outbox.failed atau outbox.refused. Tidak ada yang hilang.",
            "The log says why: look for event.failed, outbox.failed or outbox.refused. Nothing is lost.",
        ),
    )


def refused(one: Refusal) -> Finding:
    """What a platform will not deliver: left the channel, blocked, no such person."""
    when = one.last.strftime("%Y-%m-%d %H:%M UTC")
    return warn(
        "outbox.refused",
        (
            f"{one.count} pesan tidak terkirim: {one.why} (terakhir {when}).",
            f"{one.count} messages undelivered: {one.why} (last {when}).",
        ),
        (
            "Kalau bot dikeluarkan dari kanal: undang lagi. Kalau orangnya memblokir bot: sapa lewat jalan lain.",
            "If the bot was removed from a channel, invite it again. If a person blocked it, reach them another way.",
        ),
    )


def late(id: str, waiting: int, lag: float) -> Finding:
    """Rows that wait longer than they should."""
    if lag <= SLOW:
        return ok(id, f"{waiting} menunggu, tertua {lag:.0f} s.", f"{waiting} waiting, the oldest for {lag:.0f} s.")
    minutes = round(lag / 60)
    return warn(
        id,
        (f"{waiting} menunggu, yang tertua {minutes} menit.", f"{waiting} are waiting, the oldest for {minutes} minutes."),
        ("Pastikan guyub run sedang berjalan.", "Make sure that guyub run is running."),
    )


def embedded(missing: int) -> Finding:
    """After a change of model the texts are embedded anew, in the background."""
    if not missing:
        return ok("model.database", "Semua teks punya vektor model ini.", "Every text has a vector of this model.")
    count = f"{missing}+" if missing >= 1000 else str(missing)
    return warn(
        "model.database",
        (f"{count} teks belum punya vektor dari model ini.", f"{count} texts have no vector of this model yet."),
        (
            "Biarkan guyub run berjalan: vektornya dibuat di latar; sementara itu pencarian kata tetap jalan.",
            "Leave guyub run running: they are made in the background; meanwhile search by words works.",
        ),
    )


def trusted(about: About, found: Trust) -> Finding:
    """What people said of the bot's own decisions; a bar is given where there is one."""
    name_id, name_en = NAMES[about]
    said_id, said_en = told(found)
    if about == "note" and found.bar is not None:
        said_id += f" Dijawab langsung mulai keyakinan {found.bar:.0%}: {found.covered:.0%} dari semuanya."
        said_en += f" Given as answers from {found.bar:.0%} sure: {found.covered:.0%} of all."
    elif about == "note":
        said_id += f" Baru disarankan saja: perlu {ENOUGH} penilaian dan yang keliru paling banyak 10%."
        said_en += f" Only suggested: it takes {ENOUGH} judgements, with at most 10% wrong."
    return ok(f"trust.{about}", f"{name_id}: {said_id}", f"{name_en}: {said_en}")


CHECKS = (store,)
