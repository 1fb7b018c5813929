"""Data of the digests' templates, as the features give it."""

from __future__ import annotations

from itertools import product
from typing import Any

Pairs = list[tuple[str, dict[str, Any]]]

NAME, OTHER = {"id": "Sirkulasi", "en": "Circulation"}, {"id": "Pengolahan", "en": "Cataloguing"}
MEETING = {"title": "Bedah denda", "community": NAME, "when": "Kamis, 10 Desember 2026, 14.00 WIB"}
WHOLE: dict[str, Any] = {
    "communities": [NAME, OTHER], "helped": 3, "more_items": 2, "more_solved": 1, "more_open": 4, "more_joined": 1,
    "items": [{"title": "Denda buku hilang", "by": ["Budi", "Dewi"], "community": NAME}],
    "solved": [{"text": "Bagaimana memperpanjang buku?", "by": ["Budi"], "community": NAME}],
    "open": [{"text": "Boleh meminjam lebih dari lima buku? " * 6, "community": NAME}, {"text": "Subjek?", "community": OTHER}],
    "joined": ["Wulan", "Tono"], "thanks": ["Budi"], "meeting": MEETING, "elsewhere": ["Merawat buku", "Bebas pustaka"],
}  # fmt: skip
ONE: dict[str, Any] = WHOLE | {
    "communities": [NAME], "helped": 1, "more_items": 0, "more_solved": 0, "more_open": 1, "more_joined": 0,
    "items": [{"title": "Denda buku hilang", "by": [], "community": None}],
    "solved": [{"text": "Bagaimana memperpanjang buku?", "by": [], "community": None}],
    "open": [{"text": "Subjek?", "community": None}], "thanks": [], "meeting": MEETING | {"title": ""}, "elsewhere": [],
}  # fmt: skip
LITTLE: dict[str, Any] = ONE | {
    "helped": 0, "items": [], "solved": [], "open": [], "more_open": 0, "joined": ["Wulan"], "meeting": None,
}  # fmt: skip
COMMUNITY: dict[str, Any] = {
    "name": NAME, "asked": 12, "answered": 10, "wait": "2 jam 5 menit", "open": 2, "notes": 4, "gini": 0.42,
    "carried": [{"name": "Budi", "answers": 7}, {"name": "Bu Dewi", "answers": 2}],
}  # fmt: skip
SILENT: dict[str, Any] = COMMUNITY | {
    "asked": 1, "answered": 0, "wait": "", "open": 1, "notes": 1, "gini": None, "carried": [],
}  # fmt: skip
MONTH: dict[str, Any] = {
    "since": "2026-11-01T01:00:00+00:00", "until": "2026-12-01T01:00:00+00:00", "asked": 13, "answered": 10, "items": 5,
    "communities": [COMMUNITY, COMMUNITY | {"gini": 0.71}, COMMUNITY | {"gini": 0.1}, SILENT], "quiet": 2,
    "nobody": [{"text": "Boleh meminjam lebih dari lima buku?", "community": NAME}], "more_nobody": 3,
}  # fmt: skip
EMPTY: dict[str, Any] = MONTH | {
    "asked": 0, "answered": 0, "items": 0, "communities": [], "quiet": 0, "nobody": [], "more_nobody": 0,
}  # fmt: skip


ACTIVITY = [
    {"what": "asked", "bars": "▃▅▂█", "counts": [3, 5, 2, 8]},
    {"what": "solved", "bars": "▃▅▁▇", "counts": [3, 5, 0, 7]},
    {"what": "noted", "bars": "▁▂▂▂", "counts": [0, 1, 1, 2]},
]


def digests() -> Pairs:
    """Each template with each set of data that it meets."""
    told = (WHOLE, ONE, LITTLE)
    asked = {"text": "Boleh meminjam\nlebih dari lima buku?", "link": "guyub:message/web/umum/m1"}
    people, places = ({"id": "sari1", "name": "Sari"}, None), (NAME, None)
    return [
        *((key, data) for key, data in product(("digest.yours", "digest.body"), told)),
        *(("digest.community", data | {"activity": weeks}) for data, weeks in product(told, (ACTIVITY, []))),
        *(("digest.quiet", data) for data in (WHOLE, ONE, LITTLE)),
        *(("digest.centre", data) for data in (MONTH, EMPTY)),
        *(("digest.load", {"gini": gini}) for gini in (0.0, 0.42, 0.9)),
        ("digest.button_read", {"title": "Denda buku hilang"}),
        ("digest.button_answer", {"number": 2}),
        *(("digest.answer", asked | {"asker": who, "community": place}) for who, place in product(people, places)),
    ]
