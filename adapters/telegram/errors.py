"""What Telegram refuses, sorted by what the caller must do. Nothing of what people wrote goes into a reason."""

from __future__ import annotations

import random

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError

from adapters.telegram.client import Flood, refused_for
from bot.errors import DeliveryError, Moved, Rejected, TryLater, Unreachable

#: Bad requests that no other words would mend: the place or the person is gone, or we may not write there.
NOWHERE = (
    "chat not found", "user not found", "peer_id_invalid", "group chat was deactivated", "group chat was deleted",
    "not enough rights to send", "have no rights to send", "need administrator rights", "chat_write_forbidden",
    "chat_restricted", "chat_admin_required", "topic_closed", "topic_deleted", "message thread not found", "user_is_blocked",
    "bot is not a member", "user is deactivated", "chat_send_",
)  # fmt: skip
NOBODY = ("chat not found", "user not found", "peer_id_invalid")  # no private chat with this person
GONE = (
    "message to edit not found", "message can't be edited", "message_id_invalid", "message to be replied",
    "there is no text in the message", "there is no caption in the message",
)  # fmt: skip
LONGEST = 300.0


def says(error: TelegramError, *any_of: str) -> bool:
    """Whether Telegram's words have one of these in them (lower case)."""
    return any(words in error.message.lower() for words in any_of)


def reason(error: TelegramError) -> str:
    """Telegram's own words up to the first colon: behind it, it may quote us."""
    return f"telegram: {error.message.partition(':')[0][:80]}"


class Trouble:
    """Counts failures in a row, so that one waits longer and longer while Telegram is away."""

    def __init__(self) -> None:
        self.failures = 0

    def over(self) -> None:
        self.failures = 0

    def sort(self, error: TelegramError) -> DeliveryError:
        """The same error as the outbox understands it."""
        match error:
            case Flood(seconds=seconds):
                return TryLater(seconds, "telegram: flood")
            case ChatMigrated():
                return Moved(str(error.new_chat_id))
            case Forbidden():
                return Unreachable(reason(error))
            case InvalidToken():
                return TryLater(refused_for(error), "telegram: the token is refused")
            case BadRequest() if says(error, *NOWHERE):
                return Unreachable(reason(error))
            case BadRequest():
                return Rejected(reason(error))
            case NetworkError() if says(error, "request entity too large"):
                return Rejected(reason(error))
        return TryLater(self.wait(), f"telegram: {type(error).__name__}")

    def wait(self) -> float:
        """Seconds until the next try, after one more failure: doubled each time, with some chance in it."""
        self.failures += 1
        return min(LONGEST, 2.0 ** min(self.failures, 10)) * random.uniform(0.8, 1.2)
