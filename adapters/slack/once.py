"""So that nothing is said twice: each message carries its outbox row's name, and is looked for before it is posted again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from adapters.slack.errors import SlackRefused
from adapters.slack.payload import Json, items, obj, text
from adapters.slack.workspace import Workspace

EVENT = "guyub"
BACK = timedelta(hours=26)  # the outbox gives up after a day
PAGE, MOST_PAGES = 200, 20


def metadata(once: str) -> dict[str, Any]:
    """What only apps can see of a message."""
    return {"event_type": EVENT, "event_payload": {"once": once}}


def once_of(message: Json) -> str:
    """The name that a message of ours carries; "" for others."""
    kept = obj(message, "metadata")
    return text(obj(kept, "event_payload"), "once") if text(kept, "event_type") == EVENT else ""


async def found(space: Workspace, channel: str, thread: str, once: str, now: datetime) -> str:
    """The ts of our message with this name, where it is; "" where it is not. Raises SlackRefused, TryLater."""
    method = "conversations.replies" if thread else "conversations.history"
    where: dict[str, Any] = {"channel": channel, "oldest": f"{(now - BACK).timestamp():.6f}", "inclusive": True}
    where |= {"ts": thread} if thread else {}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        try:
            answer = await space.api.read(method, **where, limit=PAGE, cursor=cursor, include_all_metadata=True)
        except SlackRefused as refused:
            if refused.code in ("channel_not_found", "thread_not_found", "not_in_channel"):
                return ""  # nothing was ever posted there; the posting itself will say what is wrong
            raise
        for message in items(answer, "messages"):
            if text(message, "user") == space.bot and once_of(message) == once:
                return text(message, "ts")
        cursor = text(obj(answer, "response_metadata"), "next_cursor") or None
        if cursor is None:
            break
    return ""
