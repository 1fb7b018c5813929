"""What a handler returns: what to save, what to say, what to show at once, what follows. It does nothing by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.model.base import Language, Noun
from bot.model.place import Account, MessageRef, Place

JSON = None | bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"]
Data = Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Whisper:
    """Only this account sees it, in this place."""

    place: Place
    account: Account
    kind: Literal["whisper"] = "whisper"


@dataclass(frozen=True, slots=True)
class Direct:
    """A member, in private, at the door where they are reached."""

    member: str
    door: str = ""
    kind: Literal["direct"] = "direct"


@dataclass(frozen=True, slots=True)
class Under:
    """The thread under a card of ours; the outbox knows where the card ended up."""

    card: str
    kind: Literal["under"] = "under"


@dataclass(frozen=True, slots=True)
class At:
    """A channel or a thread, for all to see."""

    place: Place
    kind: Literal["at"] = "at"


Address = At | Whisper | Direct | Under


@dataclass(frozen=True, slots=True)
class Button:
    """`action` and `value` come back in a Pressed. `label` is a template key; `data` its fields."""

    action: str
    value: str
    label: str
    data: Data = field(default_factory=dict)
    style: Literal["plain", "good", "danger"] = "plain"


@dataclass(frozen=True, slots=True)
class Say:
    """A message to deliver: a template, its fields, its language.

    With `card` set it is a card: said again under the same name it edits the first one in place. `subject` is the question
    or item it is about, so that replies to it find their way. `lane` keeps an order among what goes to one place. `instead`:
    the member who is told in private where the place itself cannot be reached.
    """

    to: Address
    template: str
    data: Data = field(default_factory=dict)
    language: Language = "id"
    buttons: tuple[Button, ...] = ()
    card: str = ""
    subject: str = ""
    files: tuple[tuple[str, str], ...] = ()  # (name, SHA-256 in the file store)
    bulk: bool = False  # one of very many, such as digests: goes out after what somebody waits for
    instead: str = ""
    kind: Literal["say"] = "say"

    @property
    def lane(self) -> str:
        match self.to:
            case At(place):
                return place.key
            case Whisper(place, account):
                return f"{place.key}@{account.user}"
            case Direct(member, door):
                return f"{door}@{member}"
            case Under(card):
                return f"under:{card}"


@dataclass(frozen=True, slots=True)
class React:
    """Put a reaction on somebody's message, or take ours off."""

    ref: MessageRef
    emoji: str
    remove: bool = False
    kind: Literal["react"] = "react"

    @property
    def lane(self) -> str:
        return self.ref.as_thread.key


Out = Say | React


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a field. `label` is shown as it is; with `key` set, that template's words are."""

    value: str
    label: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `label`, `hint`: template keys, rendered with the form's data and, over it, the field's own.

    `value` for "many" joins the chosen values by newlines.
    """

    name: str
    kind: Literal["line", "text", "one", "many", "tick"]
    label: str
    value: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    longest: int = 3000
    data: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form to fill in. It comes back as Submitted(form=name, subject=subject)."""

    name: str
    subject: str
    title: str
    fields: tuple[Field, ...]
    submit: str
    intro: str = ""
    data: Data = field(default_factory=dict)
    language: Language = "id"
    kind: Literal["form"] = "form"


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """What is wrong with a form that was sent: field name → template key. The form stays open, nothing is lost."""

    errors: tuple[tuple[str, str], ...]
    data: Data = field(default_factory=dict)
    language: Language = "id"
    kind: Literal["errors"] = "errors"


@dataclass(frozen=True, slots=True)
class Toast:
    """A short word to the one who acted."""

    template: str
    data: Data = field(default_factory=dict)
    language: Language = "id"
    kind: Literal["toast"] = "toast"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Something to read, opened for the one who asked: an item, a trace. With buttons where something can be done."""

    template: str
    data: Data = field(default_factory=dict)
    language: Language = "id"
    buttons: tuple[Button, ...] = ()
    kind: Literal["sheet"] = "sheet"


Now = OpenForm | FieldErrors | Toast | Sheet


@dataclass(frozen=True, slots=True)
class Later:
    """Something to come back to. The same `what` and `subject` again moves the time; `at` None takes it off."""

    what: str
    subject: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Then:
    """A follow-up event, handled after this outcome is stored."""

    what: str
    subject: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole of it. An empty one means: heard, nothing to do."""

    save: tuple[Noun, ...] = ()
    say: tuple[Out, ...] = ()
    now: Now | None = None
    then: tuple[Then, ...] = ()
    later: tuple[Later, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        """Both, in this order; the first word to show at once wins. A noun saved twice keeps its later state."""
        newest = {noun.id: noun for noun in (*self.save, *other.save)}
        return Outcome(
            tuple(newest.values()),
            self.say + other.say,
            self.now or other.now,
            self.then + other.then,
            self.later + other.later,
        )


NOTHING = Outcome()
