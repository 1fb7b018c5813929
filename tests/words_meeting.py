"""Data of the templates about meetings, as the features give it."""

from __future__ import annotations

from itertools import product
from typing import Any

Pairs = list[tuple[str, dict[str, Any]]]

NAME = {"id": "Sirkulasi", "en": "Circulation"}
WHEN = "Kamis, 10 Desember 2026, 14.00 WIB"
SCHEDULE = "setiap Kamis kedua, 14.00 WIB, selama 90 menit, mulai 10 Desember 2026"
NAMED = {"title": "Bedah denda", "community": NAME}
FREE = {"name": "Hari Raya Natal", "joint": False, "estimated": False}
FEAST = {"name": "Hari Raya Idulfitri", "joint": True, "estimated": True}
SARI = {"id": "sari1", "name": "Sari"}
FACE: dict[str, Any] = {
    **NAMED, "state": "on", "when": WHEN, "length": "1 jam 30 menit", "was": "", "repeats": "setiap Kamis kedua", "host": SARI,
    "place": "Ruang baca", "online": "https://meet.example.org/abc", "format": "meeting.format_clinic",
    "guide": "meeting.about_clinic", "way": "meetings.clinic", "yes": ["Sari", "Budi"], "maybe": ["Dewi"],
    "no": ["Tono"], "topics": [{"text": "Denda buku hilang", "votes": 3}, {"text": "SLiMS", "votes": 0}], "more_topics": 2,
}  # fmt: skip
BARE: dict[str, Any] = FACE | {
    "title": "", "was": "Rabu, 9 Desember 2026, 14.00 WIB", "repeats": "", "host": None, "place": "", "online": "",
    "format": "",
    "guide": "", "way": "", "yes": [], "maybe": [], "no": [], "topics": [], "more_topics": 0,
}  # fmt: skip
UNDERSTOOD: dict[str, Any] = {
    **NAMED, "schedule": SCHEDULE, "place": "Ruang baca", "online": "", "format": "meeting.format_story",
    "replaces": False, "may": True,
    "assumed": ["meeting.assumed_afternoon", "meeting.assumed_first"],
    "leads": [{"days": 1, "length": "24 jam"}, {"days": 0, "length": "1 jam"}],
    "dates": [
        {"id": "s1", "when": WHEN, "free": [], "off": False},
        {"id": "s2", "when": WHEN, "free": [FREE, FEAST], "off": False},
        {"id": "s3", "when": WHEN, "free": [FREE], "off": True},
    ],
}  # fmt: skip
PLAIN: dict[str, Any] = UNDERSTOOD | {
    "title": "", "place": "", "format": "", "replaces": True, "may": False, "assumed": [], "leads": [],
    "dates": UNDERSTOOD["dates"][:1],
}  # fmt: skip
LEADS = (
    {"days": 1, "length": "24 jam"},
    {"days": 7, "length": ""},
    {"days": 0, "length": "1 jam"},
    {"days": 0, "length": "0 menit"},
)
FEED: dict[str, Any] = {"name": NAME, "address": f"https://guyub.example.org/calendar/{'7f' * 24}.ics"}
FORMATS: dict[str, Any] = {
    "formats": [
        {"format": f"meeting.format_{one}", "guide": f"meeting.about_{one}"}
        for one in ("clinic", "story", "tools", "review", "book")
    ]
}
ABOUT = ("hour", "date", "clock", "weekday", "repeat", "zone", "end", "two", "unplaced")
TOPICS = [
    {"text": "Denda", "votes": 2, "mine": True},
    {"text": "SLiMS", "votes": 1, "mine": False},
    {"text": "Baru", "votes": 0, "mine": False},
]


def meetings() -> Pairs:
    """Each template with each set of data that it meets."""
    faces = (FACE, BARE)
    moved = {"was": WHEN, "when": WHEN}
    return [
        *(("meeting.name", named) for named in (NAMED, NAMED | {"title": ""}, {"title": "", "community": None})),
        *(("meeting.lead", lead) for lead in LEADS),
        *(("meeting.free", day) for day in (FREE, FEAST)),
        *((f"meeting.doubt_{about}", {"words": said}) for about, said in product(ABOUT, ("jam 8", ""))),
        *((f"meeting.{key}", shown) for key in ("understood", "what", "dates") for shown in (UNDERSTOOD, PLAIN)),
        *(("meeting.proposal", shown | {"by": "Budi"}) for shown in (UNDERSTOOD, PLAIN | {"community": None})),
        *((f"meeting.{key}", {**NAMED, "by": "Sari", "schedule": SCHEDULE}) for key in ("accepted", "declined", "decided")),
        ("meeting.button_skip", {"title": WHEN}),
        ("meeting.join_first", {"name": "Sirkulasi"}),
        *(("meeting.card", face | {"state": state}) for face, state in product(faces, ("on", "over", "cancelled"))),
        *(
            (f"meeting.{key}", face)
            for key in ("face", "more", "off_really", "moved", "cancelled", "stopped")
            for face in faces
        ),
        *((f"meeting.said_{said}", {"when": WHEN}) for said in ("yes", "maybe")),
        ("meeting.file", NAMED),
        *((f"meeting.{key}", FEED | {"near": near}) for key, near in product(("feed", "feed_renewed"), (True, False))),
        ("meeting.feed_members", {"name": "Sirkulasi"}),
        ("meeting.field_move", {"when": WHEN}),
        ("meeting.move_understood", {**moved, "assumed": ["meeting.assumed_afternoon"], "free": [FREE, FEAST]}),
        ("meeting.move_understood", {**moved, "assumed": [], "free": []}),
        ("meeting.stop_really", {"schedule": SCHEDULE}),
        ("meeting.replaced", FACE | {"schedule": SCHEDULE}),
        *(("meeting.soon", FACE | {"lead": lead}) for lead in LEADS),
        *((f"meeting.{key}", face | {"lead": LEADS[2]}) for key in ("remind", "remind_you") for face in faces),
        ("meeting.reminded", NAMED),
        ("meeting.holiday", FACE | {"free": [FEAST, FREE]}),
        ("meeting.minutes_please", FACE),
        *(("meeting.minutes_intro", {"files": files}) for files in (["foto-1.jpg"], ["foto-1.jpg", "bahan.pdf"])),
        ("meeting.formats", FORMATS),
        *(("meeting.agenda", FACE | {"topics": topics}) for topics in (TOPICS, [])),
        ("meeting.button_vote", {"number": 1, "title": "Denda buku hilang"}),
        *(("meeting.action_due", {"text": "Kirim daftar buku", "owner": owner}) for owner in ("Budi", "")),
        *(("home.meeting", face) for face in faces),
    ]
