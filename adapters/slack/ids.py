"""Names: a workspace before each of Slack's own ids, stable event ids, and emoji. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import emoji

DOOR = "slack"
_ID = re.compile(r"[A-Z0-9]{1,40}")
_TS = re.compile(r"\d{1,12}\.\d{1,8}")
_SKIN = re.compile(r"::skin-tone-[2-6]$")


def joined(team: str, id: str) -> str:
    """`T1`, `C1` → `T1:C1`: one Guyub may hold several workspaces."""
    return f"{team}:{id}"


def split(id: str) -> tuple[str, str]:
    """`T1:C1` → (`T1`, `C1`)."""
    team, _, own = id.partition(":")
    return team, own


def is_id(text: str) -> bool:
    """An id such as Slack gives to workspaces, channels and people."""
    return _ID.fullmatch(text) is not None


def is_ts(text: str) -> bool:
    """A message's id within its channel: seconds since 1970 and microseconds."""
    return _TS.fullmatch(text) is not None


def moment(ts: str, now: datetime) -> datetime:
    """When a message was written; `now` where its ts says nothing sensible."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return now


def message_id(team: str, channel: str, ts: str, *more: str) -> str:
    """The event's id, the same whether Slack tells of it live or we read it in the history later."""
    return ":".join((DOOR, team, channel, ts, *more))


def character(name: str) -> str:
    """Slack's name of an emoji → the emoji itself; a workspace's own emoji keep their name between colons."""
    plain = _SKIN.sub("", name)
    shown = emoji.emojize(f":{plain}:", language="alias")
    return shown if shown != f":{plain}:" else f":{name}:"


def emoji_name(character: str) -> str:
    """The emoji itself → Slack's name of it; "" where it has none."""
    name = emoji.demojize(character, language="alias")
    return name.strip(":") if name != character and re.fullmatch(r":[^:\s]+:", name) else ""
