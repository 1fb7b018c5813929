"""The manifest that a library pastes: within Slack's limits, and with all that the door needs and no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from adapters.slack.manifest import EVENTS, METHODS, SCOPES, link, manifest
from bot.doors import CommandHelp
from bot.features import ALL
from bot.model.library import Library
from bot.registry import RESERVED, Routes
from bot.voice import Voice

SOURCE = Path(__file__).parents[2] / "adapters" / "slack"


def commands() -> tuple[CommandHelp, ...]:
    say = Voice(Library("perpus", "Perpustakaan"))
    return tuple(
        CommandHelp(c.id, c.en, say(c.usage, {}, "id"), say(c.usage, {}, "en"), say(c.help, {}, "id"), say(c.help, {}, "en"))
        for c in Routes(ALL).commands
    )


def made(**more: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(manifest(commands(), **more))
    return found


def test_commands_keep_to_slacks_limits_and_leave_its_own_names_alone() -> None:
    rows = made()["features"]["slash_commands"]
    names = [row["command"] for row in rows]
    assert "/guyub" in names and "/tanya" in names and "/ask" in names
    assert not {name[1:] for name in names} & RESERVED
    assert len(names) == len(set(names)) <= 50
    assert all(re.fullmatch(r"/[a-z0-9_-]{1,31}", name) for name in names)
    assert all(0 < len(row["description"]) <= 2000 and len(row.get("usage_hint", "")) <= 1000 for row in rows)


def test_every_command_can_be_reached() -> None:
    names = {row["command"][1:] for row in made()["features"]["slash_commands"]}
    hidden = {name for one in commands() for name in (one.id, one.en)} - names
    assert hidden <= RESERVED  # those are words behind /guyub


def test_descriptions_speak_both_languages() -> None:
    ask = next(row for row in made()["features"]["slash_commands"] if row["command"] == "/tanya")
    assert " · " in ask["description"] and "\\" not in ask["description"]
    shortcuts = made()["features"]["shortcuts"]
    assert [(one["name"], one["type"], one["callback_id"]) for one in shortcuts] == [
        ("Simpan · Keep", "message", "keep"), ("Tanya · Ask", "global", "ask"),
    ]  # fmt: skip
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in shortcuts)


def test_of_more_commands_than_slack_takes_the_rest_stays_behind_guyub() -> None:
    many = [CommandHelp(f"perintah{n}", f"command{n}", "", "", "x", "x") for n in range(30)]
    names = [row["command"] for row in yaml.safe_load(manifest(many))["features"]["slash_commands"]]
    assert len(names) == 50 and names[:2] == ["/guyub", "/perintah0"] and names[31] == "/command0"


def test_socket_mode_without_an_address_and_http_with_one() -> None:
    assert made()["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in str(made())
    for url in ("https://perpus.id", "https://perpus.id/", "https://perpus.id/slack/events"):
        found = made(url=url)
        assert found["settings"]["socket_mode_enabled"] is False
        assert found["settings"]["event_subscriptions"]["request_url"] == "https://perpus.id/slack/events"
        assert found["settings"]["interactivity"]["request_url"] == "https://perpus.id/slack/events"
        assert {row["url"] for row in found["features"]["slash_commands"]} == {"https://perpus.id/slack/events"}


def test_the_agent_view_only_where_it_is_asked_for() -> None:
    assert "agent_view" not in made()["features"] and "assistant:write" not in made()["oauth_config"]["scopes"]["bot"]
    found = made(agent=True)
    assert found["features"]["agent_view"]["agent_description"]
    assert "assistant:write" in found["oauth_config"]["scopes"]["bot"]
    assert "app_home_opened" in found["settings"]["event_subscriptions"]["bot_events"]


def test_every_method_and_event_in_the_code_is_known_with_its_scope() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SOURCE.glob("*.py") if path.name not in ("manifest.py", "probe.py"))
    methods = set(re.findall(r'"((?:chat|conversations|files|reactions|users|views|auth)\.[A-Za-z]+)"', source))
    assert methods == set(METHODS)
    assert set(made()["oauth_config"]["scopes"]["bot"]) == set(SCOPES)
    heard = {"app_home_opened", "app_mention", "app_uninstalled", "tokens_revoked", "member_joined_channel", "user_change"}
    assert heard <= set(EVENTS)


def test_the_link_opens_slack_with_all_of_it() -> None:
    text = manifest(commands(), "Guyub Perpus")
    parts = urlsplit(link(text))
    assert (parts.netloc, parts.path) == ("api.slack.com", "/apps")
    assert parse_qs(parts.query) == {"new_app": ["1"], "manifest_yaml": [text]}
    assert yaml.safe_load(text)["display_information"]["name"] == "Guyub Perpus"
