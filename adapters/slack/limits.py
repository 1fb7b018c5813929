"""Slack's published limits for what the outbox sends. Pure. https://docs.slack.dev/apis/web-api/rate-limits

The windows are a little longer than Slack's: what leaves us a second apart may arrive a little closer together.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.slack.ids import DOOR, split
from adapters.slack.workspace import Workspace
from bot.doors import Delivery, Limit
from bot.outcome import React

SECOND, MINUTE = 1.02, 60.6
POSTS = 300  # a minute and workspace: Slack says "several hundred"
TIERS = {"chat.update": 50, "chat.postEphemeral": 100, "reactions.add": 50, "reactions.remove": 20}


def limits_of(what: Delivery | React, spaces: Mapping[str, Workspace]) -> tuple[Limit, ...]:
    """Everything that this one send counts against."""
    if isinstance(what, React):
        return (_minute(split(what.ref.channel)[0], "reactions.remove" if what.remove else "reactions.add"),)
    team, channel = split(_where(what))
    if what.edit:
        return (_minute(team, "chat.update"),)
    if what.only_for and channel[:1] not in ("D", "U", "W"):
        return (_minute(team, "chat.postEphemeral"),)
    space = spaces.get(team)
    private = space.direct_known(channel) if space else ""  # one chat under two names
    each = tuple(Limit(f"{DOOR}:{team}:{one}", 1, SECOND) for one in (channel, private) if one)
    return (*each, Limit(f"{DOOR}:{team}:chat.postMessage", POSTS, MINUTE))


def _where(delivery: Delivery) -> str:
    if delivery.private_to:
        return delivery.private_to.user
    return delivery.place.channel if delivery.place else delivery.edit.channel if delivery.edit else ""


def _minute(team: str, method: str) -> Limit:
    return Limit(f"{DOOR}:{team}:{method}", TIERS[method], MINUTE)
