"""The app's manifest, made of the command registry: what a library pastes at api.slack.com to get an app of its own. Pure.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import yaml

from adapters.slack.fields import cut
from adapters.slack.interactions import ASK, KEEP
from bot.doors import CommandHelp
from bot.registry import RESERVED
from bot.show import plain

PATH = "/slack/events"
COMMAND = "guyub"  # under which every command can be reached, those too whose names Slack keeps to itself
MOST_COMMANDS = 50
NAME = re.compile(r"[a-z0-9_-]{1,31}")

#: event → a scope without which Slack does not tell it ("" for none)
EVENTS = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "app_uninstalled": "",
    "tokens_revoked": "",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_id_changed": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "group_unarchive": "groups:read",
    "member_joined_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "user_change": "users:read",
}
#: method → a scope that it needs ("" for none)
METHODS = {
    "auth.test": "",
    "chat.delete": "chat:write",
    "chat.getPermalink": "",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history",
    "conversations.info": "channels:read",
    "conversations.members": "channels:read",
    "conversations.open": "im:write",
    "conversations.replies": "channels:history",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "users.info": "users:read",
    "views.open": "",
    "views.publish": "",
    "views.push": "",
    "views.update": "",
}
AGENT = "assistant:write"
SCOPES = tuple(sorted({*EVENTS.values(), *METHODS.values(), "commands"} - {""}))

DESCRIPTION = "Komunitas yang saling membantu · A community that answers"
PROMPTS = (("Apa yang bisa saya lakukan di sini?", "/guyub bantuan"), ("What can I do here?", "/guyub help"))


def manifest(commands: Sequence[CommandHelp], name: str = "Guyub", url: str = "", *, agent: bool = False) -> str:
    """YAML. `url`: where Slack reaches us (its path is added); "" for Socket Mode, which needs no public address.

    `agent`: private messages in Slack's agent view, for workspaces whose plan has it.
    """
    address = _address(url)
    settings: dict[str, Any] = {
        "event_subscriptions": {**({"request_url": address} if address else {}), "bot_events": sorted(EVENTS)},
        "interactivity": {"is_enabled": True, **({"request_url": address} if address else {})},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not address,
        "token_rotation_enabled": False,
    }
    whole = {
        "display_information": {"name": cut(name, 35), "description": DESCRIPTION, "background_color": "#1f5f5b"},
        "features": _features(commands, name, address, agent),
        "oauth_config": {"scopes": {"bot": sorted({*SCOPES, *((AGENT,) if agent else ())})}},
        "settings": settings,
    }
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=110)


def link(manifest: str) -> str:
    """Opens api.slack.com with the manifest filled in."""
    return f"https://api.slack.com/apps?new_app=1&manifest_yaml={quote(manifest, safe='')}"


def _address(url: str) -> str:
    bare = url.rstrip("/")
    return bare if not bare or bare.endswith(PATH) else bare + PATH


def _features(commands: Sequence[CommandHelp], name: str, address: str, agent: bool) -> dict[str, Any]:
    rows = [row | ({"url": address} if address else {}) for row in _commands(commands)]
    features: dict[str, Any] = {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": cut(name, 80), "always_online": True},
        "shortcuts": [
            {
                "name": "Simpan · Keep",
                "type": "message",
                "callback_id": KEEP,
                "description": "Simpan sebagai catatan · Keep as knowledge",
            },
            {"name": "Tanya · Ask", "type": "global", "callback_id": ASK, "description": "Tanya komunitas · Ask a community"},
        ],
        "slash_commands": rows,
    }
    if agent:
        prompts = [{"title": title, "message": message} for title, message in PROMPTS]
        features["agent_view"] = {"agent_description": DESCRIPTION, "suggested_prompts": prompts}
    return features


def _commands(commands: Sequence[CommandHelp]) -> Iterator[dict[str, Any]]:
    """Indonesian names, then English ones, as many as Slack takes, save those that it keeps to itself."""
    yield _row(COMMAND, "Semua perintah, misalnya /guyub bantuan · All commands, such as /guyub help", "bantuan · help")
    seen = {COMMAND}
    for name, usage, one in [(one.id, one.usage_id, one) for one in commands] + [
        (one.en, one.usage_en, one) for one in commands
    ]:
        if name not in seen and name not in RESERVED and NAME.fullmatch(name) and len(seen) < MOST_COMMANDS:
            seen.add(name)
            yield _row(name, f"{plain(one.help_id)} · {plain(one.help_en)}", plain(usage).partition(" ")[2])


def _row(name: str, about: str, hint: str) -> dict[str, Any]:
    row = {"command": f"/{name}", "description": cut(" ".join(about.split()), 200), "should_escape": False}
    return row | ({"usage_hint": cut(hint, 100)} if hint else {})
