"""Meetings and digests as the walk does not show them: every format, every reading assumed, states, holidays, busy weeks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.flow.scheduling import FORMATS
from bot.model.base import Language
from bot.outcome import Button, Say, Sheet
from tests.gallery.scene import Kind, Remembering, said
from tests.words_digest import digests
from tests.words_meeting import BARE, FACE, FEAST, FEED, FREE, PLAIN, UNDERSTOOD

COME = ("yes", "maybe", "no", "agenda", "file", "more")
ENGLISH: dict[str, Any] = {
    "when": "Thursday, 10 December 2026, 14:00 WIB",
    "schedule": "every second Thursday, 14:00 WIB, for 90 minutes, starting 10 December 2026",
    "length": "1 hour 30 minutes",
    "repeats": "every second Thursday",
    "title": "Fines reviewed",
    "place": "Reading room",
    "topics": [{"text": "Fines for lost books", "votes": 3}, {"text": "SLiMS", "votes": 0}],
}


def told(data: dict[str, Any], language: Language) -> dict[str, Any]:
    """The same in English where it has words of its own."""
    own = {key: value for key, value in ENGLISH.items() if data.get(key)} if language == "en" else {}
    made = data | own
    if language == "en" and "dates" in made:
        made["dates"] = [one | {"when": ENGLISH["when"]} for one in made["dates"]]
    return made


def buttons(*names: str, good: str = "") -> tuple[Button, ...]:
    return tuple(Button(f"meeting_{n}", "s1", f"meeting.button_{n}", style="good" if n == good else "plain") for n in names)


def form(name: str) -> dict[str, str]:
    """The templates of a format."""
    if name == "open":
        return {"format": "", "guide": "", "way": ""}
    return {"format": f"meeting.format_{name}", "guide": f"meeting.about_{name}", "way": f"meetings.{name}"}


def meeting_says(language: Language, voice: Remembering) -> Iterator[tuple[str, Say]]:
    yield from digest_says(language)
    for name in FORMATS[:2]:  # the others differ in one line, and their agenda is shown
        card = told(FACE | form(name), language)
        yield f"meeting.card, {name}", said("meeting.card", card, language, *buttons(*COME, good="yes"), kind="channel")
    for state in ("over", "cancelled"):
        face = told(FACE | {"state": state}, language)
        yield f"meeting.card, {state}", said("meeting.card", face, language, kind="channel")
    bare = said("meeting.card", told(BARE, language), language, *buttons(*COME, good="yes"), kind="channel")
    yield "meeting.card, moved, nobody yet", bare
    assumed = sorted(key for tongue, key in voice.sources if tongue == language and key.startswith("meeting.assumed_"))
    every = told(UNDERSTOOD | {"assumed": assumed}, language)
    yield (
        "meeting.understood, everything assumed",
        said("meeting.understood", every, language, *buttons("confirm", "edit", "drop", good="confirm")),
    )
    other = told(PLAIN, language)
    yield (
        "meeting.understood, a new schedule",
        said("meeting.understood", other, language, *buttons("propose", "edit", "drop", good="propose")),
    )
    feast = told(FACE | {"free": [FEAST, FREE]}, language)
    yield "meeting.holiday", said("meeting.holiday", feast, language, *buttons("move", "keep", "off"), kind="direct")


def digest_says(language: Language) -> Iterator[tuple[str, Say]]:
    change = Button("digest_settings", "member", "digest.button_settings")
    stop = Button("digest_stop", "member", "digest.button_stop")
    for key, more in (("yours", (change, stop)), ("community", (change,)), ("centre", (change, stop))):
        data = next(data for name, data in digests() if name == f"digest.{key}")
        kind: Kind = "channel" if key == "community" else "direct"
        yield f"digest.{key}, a busy time", said(f"digest.{key}", data, language, *more, kind=kind)


def meeting_sheets(language: Language) -> Iterator[tuple[str, Sheet]]:
    for name in FORMATS[1:]:
        agenda = told(FACE | form(name), language)
        topics = [topic | {"mine": not number} for number, topic in enumerate(agenda["topics"])]
        lines = buttons("topic", "formats", good="topic")
        yield f"meeting.agenda, {name}", Sheet("meeting.agenda", agenda | {"topics": topics}, language, lines)
    yield "meeting.more, my turn", Sheet("meeting.more", told(FACE, language), language, buttons("pass", "feed", "hours"))
    yield "meeting.feed", Sheet("meeting.feed", FEED | {"near": False}, language, buttons("feed_new"))
    near = FEED | {"address": f"http://127.0.0.1:8765/calendar/{'7f' * 24}.ics", "near": True}
    yield "meeting.feed, without a public address", Sheet("meeting.feed", near, language, buttons("feed_new"))
    yield "meeting.feed_renewed", Sheet("meeting.feed_renewed", FEED | {"near": False}, language, buttons("feed_new"))
