"""What doctor finds out about a Slack app, and what it says to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.slack.keys import SlackKeys
from adapters.slack.probe import probe
from bot.doctor.finding import Finding
from tests.emulators.faults import html, status
from tests.emulators.slack import SlackEmulator

pytestmark = pytest.mark.anyio


def keys(slack: SlackEmulator, app: bool = True) -> SlackKeys:
    return SlackKeys(slack.bot_token, slack.app_token if app else "", () if app else ("rahasia",))


def severities(found: tuple[Finding, ...]) -> dict[str, str]:
    return {one.id: one.severity for one in found}


async def test_all_is_well(slack: SlackEmulator) -> None:
    for app in (True, False):
        found = await probe(keys(slack, app), slack.api_url)
        assert severities(found) == {"token": "ok", "scopes": "ok", "events": "ok"}
    assert "Perpustakaan" in found[0].what.id


@pytest.mark.parametrize("token", ["", "xapp-1-x", "xoxb-nobody"])
async def test_a_token_that_is_none(slack: SlackEmulator, token: str) -> None:
    found = await probe(replace(keys(slack), bot_token=token), slack.api_url)
    assert severities(found) == {"token": "fail"} and "SLACK_BOT_TOKEN" in found[0].mend.en
    assert "nobody" not in str(found)


async def test_a_token_that_was_revoked(slack: SlackEmulator) -> None:
    await slack.workspace.revokes_tokens()
    (found,) = await probe(keys(slack), slack.api_url)
    assert found.severity == "fail" and "token_revoked" in found.what.id


async def test_missing_permissions_are_named(slack: SlackEmulator) -> None:
    slack.workspace.tokens[slack.bot_token].scopes -= {"reactions:write", "files:read"}
    found = await probe(keys(slack), slack.api_url)
    assert severities(found)["scopes"] == "fail" and "files:read, reactions:write" in found[1].what.en
    assert "Reinstall" in found[1].mend.en


async def test_a_socket_that_does_not_open_and_a_secret_that_is_missing(slack: SlackEmulator) -> None:
    found = await probe(replace(keys(slack), app_token="xapp-1-nobody"), slack.api_url)
    assert severities(found)["events"] == "fail" and "connections:write" in found[2].mend.en
    found = await probe(replace(keys(slack, app=False), signing_secrets=()), slack.api_url)
    assert severities(found)["events"] == "fail" and "SLACK_SIGNING_SECRET" in found[2].mend.en


@pytest.mark.parametrize("fault", [status(503), html()])
async def test_slack_cannot_be_reached(slack: SlackEmulator, fault: object) -> None:
    slack.faults.always(None, fault)  # type: ignore[arg-type]
    found = await probe(keys(slack), slack.api_url)
    assert severities(found) == {"network": "fail"}
