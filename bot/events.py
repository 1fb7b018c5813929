"""What reaches us, neutral to the platform. A door translates its payload into one of these; nothing else does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.model.base import Language
from bot.model.place import Account, MessageRef, Place


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that a platform holds: `file` is the platform's id for it, `size` in bytes."""

    file: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """A message. `mentioned`: the bot was addressed (the mention itself is cut out); `direct`: in private with the bot."""

    text: str
    message: str
    files: tuple[FileRef, ...] = ()
    mentioned: bool = False
    direct: bool = False
    kind: Literal["said"] = "said"


@dataclass(frozen=True, slots=True)
class Edited:
    """A message's text changed; the event's time is that of the change. `mentioned`: it addresses the bot now."""

    text: str
    message: str
    mentioned: bool = False
    kind: Literal["edited"] = "edited"


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message was taken back."""

    message: str
    kind: Literal["deleted"] = "deleted"


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction was put on a message or taken off. `emoji` is the character itself (✅)."""

    emoji: str
    message: str
    removed: bool = False
    kind: Literal["reacted"] = "reacted"


@dataclass(frozen=True, slots=True)
class Commanded:
    """A slash command. `name` without the slash, in lower case; `args` as typed."""

    name: str
    args: str = ""
    kind: Literal["commanded"] = "commanded"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button. `action` is its verb, `value` what it is about; `message` the message it sits on ("" in a form or sheet)."""

    action: str
    value: str = ""
    message: str = ""
    kind: Literal["pressed"] = "pressed"


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form was sent. `subject` is what the form was opened for; several choices of a field are joined by a newline."""

    form: str
    subject: str
    fields: tuple[tuple[str, str], ...]
    kind: Literal["submitted"] = "submitted"

    def __getitem__(self, name: str) -> str:
        """A field's text, stripped; "" where it was left out."""
        return next((v.strip() for k, v in self.fields if k == name), "")


@dataclass(frozen=True, slots=True)
class Left:
    """The person left the platform (or was removed)."""

    kind: Literal["left"] = "left"


@dataclass(frozen=True, slots=True)
class Reached:
    """The person opened the private chat with the bot, and need not have said anything there."""

    kind: Literal["reached"] = "reached"


@dataclass(frozen=True, slots=True)
class Marked:
    """Somebody points at a message that should be kept: a shortcut, or a command as a reply to it. `author` wrote it."""

    message: str
    text: str
    author: Account
    files: tuple[FileRef, ...] = ()
    kind: Literal["marked"] = "marked"


@dataclass(frozen=True, slots=True)
class Room:
    """A channel itself changed. `name`: what it is called now; `to`: its new id where it moved (a Telegram group that grew).

    "opened": the bot was added, "closed": it was removed, or the channel was archived or deleted; "reopened": one that was
    closed to all is open again. `also`: channels to which the same happened with it (the topics of a Telegram group).
    """

    change: Literal["opened", "closed", "reopened", "renamed", "moved"]
    name: str = ""
    to: str = ""
    also: tuple[str, ...] = ()
    kind: Literal["room"] = "room"


@dataclass(frozen=True, slots=True)
class Missed:
    """A door was away for longer than its platform keeps what happened: between these moments something may be lost."""

    door: str
    since: datetime
    until: datetime
    kind: Literal["missed"] = "missed"


@dataclass(frozen=True, slots=True)
class Happened:
    """A follow-up of our own: one feature's outcome is another's event. `what` such as "question.solved"."""

    what: str
    subject: str
    facts: tuple[tuple[str, str], ...] = ()
    kind: Literal["happened"] = "happened"

    def __getitem__(self, name: str) -> str:
        return dict(self.facts).get(name, "")


@dataclass(frozen=True, slots=True)
class CameDue:
    """A time that a handler set has come. `what` such as "question.nudge"."""

    what: str
    subject: str
    kind: Literal["came_due"] = "came_due"


Act = Said | Edited | Deleted | Reacted | Commanded | Pressed | Submitted | Marked | Left | Reached
What = Act | Room | Missed | Happened | CameDue


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `id` is the platform's (or ours, for follow-ups): the same id is handled once, ever.

    `account` and `place` are None for what is ours (Happened, CameDue). `at` is aware, in UTC.
    `locale` is the person's interface language where the platform tells it. `private`: it happened in private with the bot.
    """

    id: str
    library: str
    at: datetime
    what: What = field()
    account: Account | None = None
    place: Place | None = None
    locale: Language | None = None
    private: bool = False

    @property
    def lane(self) -> str:
        """Events of one lane are handled in the order of their arrival."""
        if self.place is None:
            subject = self.what.subject if isinstance(self.what, (Happened, CameDue)) else self.id
            return f"own:{subject}"
        if isinstance(self.what, Room):
            return self.place.key
        thread = self.place.thread or getattr(self.what, "message", "") or self.id
        return Place(self.place.door, self.place.channel, thread).key

    @property
    def ref(self) -> MessageRef | None:
        """The message that this event is about, where it is about one."""
        message = getattr(self.what, "message", "")
        return MessageRef(self.place.door, self.place.channel, message) if self.place and message else None
