"""Exports of any length, made the way the platforms make them: questions, answers, thanks, small talk; written as a stream."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

TALK = (
    "Kak, buku nomor {n} yang hilang dendanya dihitung dari harga beli atau harga sekarang ya?",
    "Di tempat saya nomor {n} pakai harga sekarang, ditambah biaya pengolahan. Caranya: cek katalog, lalu catat di SLiMS.",
    "Makasih Kak, nomor {n} sudah berhasil!",
    "Selamat pagi, semangat semuanya untuk hari ke-{n}.",
    "Rapat nomor {n} jadi jam dua siang di ruang baca.",
)
PEOPLE = ("Sari", "Budi", "Dewi", "Joko", "Rina", "Agus", "Wati")
START = datetime(2020, 1, 1, 1, 0, tzinfo=UTC)


def talk() -> Iterator[tuple[int, int, str, datetime]]:
    """Number, person, words, time: four minutes apart, a question in every five messages."""
    n = 0
    while True:
        yield (
            n,
            (n // 5 + (0 if n % 5 in (0, 2) else n % 5)) % len(PEOPLE),
            TALK[n % 5].format(n=n // 5),
            START + timedelta(minutes=4 * n),
        )
        n += 1


def slack(path: Path, messages: int) -> Path:
    """A ZIP of one public channel, a file a day; each question has a thread."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        users = [{"id": f"U{n}", "name": who.lower(), "profile": {"display_name": who}} for n, who in enumerate(PEOPLE)]
        zipped.writestr("users.json", json.dumps(users))
        zipped.writestr("channels.json", json.dumps([{"id": "C1", "name": "umum"}]))
        day: list[dict[str, object]] = []
        root = before = ""
        for n, who, words, at in islice(talk(), messages):
            if before and before != at.date().isoformat():
                zipped.writestr(f"umum/{before}.json", json.dumps(day))
                day = []
            before, ts = at.date().isoformat(), f"{int(at.timestamp())}.{n % 1000000:06d}"
            root = ts if n % 5 == 0 else root
            inner = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
            blocks = [{"type": "rich_text", "block_id": "b", "elements": [inner]}]
            day.append({"type": "message", "user": f"U{who}", "ts": ts, "text": words, "blocks": blocks})
            if n % 5 < 3:
                day[-1]["thread_ts"] = root
        zipped.writestr(f"umum/{before}.json", json.dumps(day))
    return path


def telegram(path: Path, messages: int) -> Path:
    """A result.json of one group, indented as Telegram Desktop does it; answers and thanks are replies."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{\n "name": "Pustakawan",\n "type": "private_supergroup",\n "id": 15,\n "messages": [')
        for n, who, words, at in islice(talk(), messages):
            one: dict[str, object] = {"id": n + 1, "type": "message", "date": at.isoformat()[:19]}
            one |= {"date_unixtime": str(int(at.timestamp())), "from": PEOPLE[who], "from_id": f"user{who + 1}"}
            if n % 5 in (1, 2):
                one["reply_to_message_id"] = n
            one |= {"text": words, "text_entities": [{"type": "plain", "text": words}]}
            file.write(("," if n else "") + "\n  " + json.dumps(one, ensure_ascii=False, indent=1))
        file.write("\n ]\n}")
    return path


def whatsapp(path: Path, messages: int) -> Path:
    """A TXT as an Indonesian Android phone writes it."""
    with path.open("w", encoding="utf-8") as file:
        for _, who, words, at in islice(talk(), messages):
            file.write(f"{at:%d/%m/%y %H.%M} - {PEOPLE[who]}: {words}\n")
    return path


KINDS: dict[str, tuple[str, Callable[[Path, int], Path]]] = {
    "slack": ("slack.zip", slack),
    "telegram": ("result.json", telegram),
    "whatsapp": ("Chat WhatsApp dengan Pustakawan.txt", whatsapp),
}
