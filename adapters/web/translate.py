"""What the messenger tells its bot, and its translation into the core's neutral events. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, TypedDict

from bot.events import Commanded, Deleted, Edited, Event, FileRef, Left, Pressed, Reacted, Said, Submitted, What
from bot.model.base import Language
from bot.model.place import Account, Place

DOOR = "web"
COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:\s+(.*))?\s*", re.DOTALL)
MENTION = re.compile(r"(?<![\w@./-])@guyub\b[,:]?[ \t]*", re.IGNORECASE)


class FilePart(TypedDict):
    """A file on a message; `size` in bytes."""

    file: str
    name: str
    media_type: str
    size: int


class Payload(TypedDict, total=False):
    """One thing a person did here, as JSON keeps it. `at` is ISO 8601 in UTC; `thread` the root, "" on top level."""

    id: str
    type: Literal["said", "edited", "deleted", "reacted", "commanded", "pressed", "submitted", "left"]
    at: str
    user: str
    name: str
    language: Language
    channel: str
    direct: bool
    thread: str
    message: str
    text: str
    files: list[FilePart]
    emoji: str
    removed: bool
    command: str
    args: str
    action: str
    value: str
    form: str
    subject: str
    fields: list[tuple[str, str]]


def to_event(payload: Payload, library: str) -> Event:
    """The neutral event. Its id is the payload's, stable however often it is sent again."""
    return Event(
        id=payload["id"],
        library=library,
        at=datetime.fromisoformat(payload["at"]),
        what=_what(payload),
        account=Account(DOOR, payload["user"], payload["name"]),
        place=Place(DOOR, payload["channel"], payload["thread"]),
        locale=payload["language"],
        private=payload["direct"],
    )


def _what(p: Payload) -> What:
    match p["type"]:
        case "said":
            text, mentioned = without_mention(p["text"])
            files = tuple(FileRef(f["file"], f["name"], f["media_type"], f["size"]) for f in p["files"])
            return Said(text, p["message"], files, mentioned, p["direct"])
        case "edited":
            text, mentioned = without_mention(p["text"])
            return Edited(text, p["message"], mentioned)
        case "deleted":
            return Deleted(p["message"])
        case "reacted":
            return Reacted(p["emoji"], p["message"], p["removed"])
        case "commanded":
            return Commanded(p["command"], p["args"])
        case "pressed":
            return Pressed(p["action"], p["value"], p["message"])
        case "submitted":
            return Submitted(p["form"], p["subject"], tuple((name, value) for name, value in p["fields"]))
        case "left":
            return Left()


def as_command(text: str) -> tuple[str, str] | None:
    """A line that is a slash command: its name in lower case and its arguments as typed; None for ordinary talk."""
    match = COMMAND.fullmatch(text.strip())
    return (match[1].lower(), (match[2] or "").strip()) if match else None


def without_mention(text: str) -> tuple[str, bool]:
    """The text with every @Guyub cut out, and whether there was one."""
    cut, count = MENTION.subn("", text)
    return (cut.strip(), True) if count else (text, False)
