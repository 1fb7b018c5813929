"""Errors, sorted by what the caller must do. Each names a template and its fields, so that a person gets kind words."""

from __future__ import annotations

from bot.model.place import MessageRef
from bot.outcome import Data


class GuyubError(Exception):
    """Something to tell. `template` and `data` say it in the person's language."""

    template = "error.unknown"

    def __init__(self, template: str | None = None, **data: str | int) -> None:
        super().__init__(template or self.template)
        self.template = template or type(self).template
        self.data: Data = data


class Kindly(GuyubError):
    """The person can mend it: tell them how. Raised by handlers; nothing is saved."""


class Conflict(GuyubError):
    """Somebody was faster: handle the event again on what is there now."""

    template = "error.conflict"


class Duplicate(GuyubError):
    """This event was received before: acknowledge, do nothing."""


class Unavailable(GuyubError):
    """Cannot store just now (disk full, locked, shedding load): do not acknowledge, answer 503."""

    template = "error.unavailable"


class DeliveryError(GuyubError):
    """A door could not deliver."""


class TryLater(DeliveryError):
    """Wait `after` seconds, then the same again."""

    def __init__(self, after: float, why: str = "") -> None:
        super().__init__()
        self.after, self.why = after, why


class Unreachable(DeliveryError):
    """The place or person cannot be reached (left, blocked, archived): record it, do not retry."""

    def __init__(self, why: str = "") -> None:
        super().__init__()
        self.why = why


class Unopened(Unreachable):
    """This person cannot be written to in private before they open the chat themselves; `blocked`: they shut it on purpose."""

    def __init__(self, why: str = "", *, blocked: bool = False) -> None:
        super().__init__(why)
        self.blocked = blocked


class Moved(DeliveryError):
    """The channel has another name now: deliver there and remember."""

    def __init__(self, to: str) -> None:
        super().__init__()
        self.to = to


class Rejected(DeliveryError):
    """The platform refuses this message for good: record it for the operator."""

    def __init__(self, why: str, ref: MessageRef | None = None) -> None:
        super().__init__()
        self.why, self.ref = why, ref
