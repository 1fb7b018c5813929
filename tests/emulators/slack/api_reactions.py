"""reactions.*"""

from __future__ import annotations

import re
from functools import lru_cache

import emoji

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.model import JSON
from tests.emulators.slack.registry import Call, method
from tests.emulators.slack.shapes import message_json, reactions_json
from tests.emulators.slack.workspace import Workspace

SAME = {"thumbsup": "+1", "thumbsdown": "-1"}
MOST_KINDS = 23


@lru_cache(maxsize=2048)
def known(name: str) -> bool:
    return name in ("+1", "-1") or emoji.emojize(f":{name}:", language="alias") != f":{name}:"


def emoji_name(space: Workspace, given: str) -> str:
    """The name as Slack keeps it: without colons, thumbsup as +1. Raises invalid_name for what is no emoji's name."""
    name, tone, shade = given.strip(":").partition("::")
    if not re.fullmatch(r"[a-z0-9_+'-]+", name) or (tone and not re.fullmatch(r"skin-tone-[2-6]", shade)):
        raise SlackError("invalid_name")
    if not known(name) and name not in space.custom_emoji:
        raise SlackError("invalid_name")
    return SAME.get(name, name) + tone + shade


@method("reactions.add", "reactions:write")
def add(call: Call) -> JSON:
    channel = call.channel(member=True)
    if not call.args.text("timestamp"):
        raise SlackError("no_item_specified")
    message, name = call.message(channel, "timestamp"), emoji_name(call.space, call.args.text("name"))
    if channel.archived:
        raise SlackError("is_archived")
    if call.token.user in message.reactions.get(name, []):
        raise SlackError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= MOST_KINDS:
        raise SlackError("too_many_emoji")
    call.space.react(message, call.token.user, name)
    return {}


@method("reactions.remove", "reactions:write", tier=2)
def remove(call: Call) -> JSON:
    channel = call.channel(member=True)
    if not call.args.text("timestamp"):
        raise SlackError("no_item_specified")
    message, name = call.message(channel, "timestamp"), emoji_name(call.space, call.args.text("name"))
    if call.token.user not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    call.space.react(message, call.token.user, name, add=False)
    return {}


@method("reactions.get", "reactions:read")
def get(call: Call) -> JSON:
    channel = call.channel(member=True)
    message = call.message(channel, "timestamp")
    shown = message_json(call.space, message) | {"reactions": reactions_json(message)}
    if not shown["reactions"]:
        del shown["reactions"]
    return {"type": "message", "channel": channel.id, "message": shown}
