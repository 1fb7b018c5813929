"""Exports for the rehearsal's tests: a Telegram group in which the same things are asked again and again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
ASKED = "Bagaimana cara menghitung denda buku yang telat dikembalikan?"
AGAIN = "Kak, denda buku telat dikembalikan cara menghitungnya bagaimana ya?"
TOLD = "Denda seribu rupiah per hari kerja, hari libur tidak dihitung. Buka menu Sirkulasi, lalu klik Hitung Denda."
MOULD = "Buku lama kena jamur, cara membersihkannya bagaimana?"
BRUSHED = "Sikat dengan kuas lembut di luar ruangan, pakai masker, lalu simpan dengan kertas bebas asam."
THANKS = "Makasih Kak, berhasil!"


@dataclass(frozen=True)
class Line:
    """One message: hours after the start, who, what, and the number of the line that it replies to."""

    hours: float
    who: str
    text: str
    to: int | None = None


TALK = (
    Line(0, "Sari", "Selamat pagi semuanya, semangat!"),
    Line(1, "Sari", ASKED),
    Line(2, "Budi", TOLD, 1),
    Line(3, "Sari", THANKS, 1),
    Line(30, "Dewi", AGAIN),
    Line(31, "Budi", TOLD, 4),
    Line(32, "Dewi", THANKS, 4),
    Line(50, "Joko", MOULD),
    Line(51, "Rina", BRUSHED, 7),
    Line(100, "Wati", "Rapat jam dua siang di ruang baca."),
    Line(101, "Agus", "Kapan pelatihan katalogisasi untuk pustakawan baru diadakan lagi?"),
    Line(102, "Wati", AGAIN),
    Line(103, "Sari", BRUSHED, 11),
    Line(104, "Wati", THANKS, 11),
    Line(130, "Joko", MOULD),
    Line(131, "Rina", BRUSHED, 14),
)


def telegram(path: Path, talk: Sequence[Line] = TALK) -> Path:
    """A result.json as Telegram Desktop writes it."""
    people = {who: n for n, who in enumerate(dict.fromkeys(line.who for line in TALK), start=100)}
    messages = []
    for n, line in enumerate(talk):
        at = START + timedelta(hours=line.hours)
        one: dict[str, object] = {
            "id": n + 1,
            "type": "message",
            "date": at.replace(tzinfo=None).isoformat(timespec="seconds"),
            "date_unixtime": str(int(at.timestamp())),
            "from": line.who,
            "from_id": f"user{people[line.who]}",
            "text": line.text,
            "text_entities": [{"type": "plain", "text": line.text}],
        }
        messages.append(one | ({} if line.to is None else {"reply_to_message_id": line.to + 1}))
    whole = {"name": "Pustakawan", "type": "private_supergroup", "id": 4711, "messages": messages}
    path.write_text(json.dumps(whole), "utf-8")
    return path
