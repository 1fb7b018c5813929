"""What Slack refuses: tokens, scopes, membership, archived, unknown, others' messages, the free plan's wall."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.conftest import Clock
from tests.emulators.slack import SlackEmulator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def slack(anyio_backend: str) -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator(clock=Clock(), limits=False) as emulator:
        sari = emulator.add_person("Sari")
        emulator.add_channel("sirkulasi", [sari])
        emulator.add_channel("tanpa-bot", [sari], bot=False)
        emulator.add_channel("rahasia", [sari], private=True, bot=False)
        emulator.add_channel("lama", [sari]).archived = True
        yield emulator


def client_of(slack: SlackEmulator, token: str | None = None) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token if token is None else token, base_url=slack.api_url)


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


Case = tuple[str, Callable[[AsyncWebClient, Callable[[str], str]], Any]]
CASES: list[Case] = [
    ("channel_not_found", lambda c, of: c.chat_postMessage(channel="C0NOWHERE", text="x")),
    ("channel_not_found", lambda c, of: c.chat_postMessage(channel=of("rahasia"), text="x")),
    ("channel_not_found", lambda c, of: c.conversations_history(channel=of("rahasia"))),
    ("channel_not_found", lambda c, of: c.chat_update(channel="C0NOWHERE", ts="1.0", text="x")),
    ("not_in_channel", lambda c, of: c.conversations_history(channel=of("tanpa-bot"))),
    ("not_in_channel", lambda c, of: c.reactions_add(channel=of("tanpa-bot"), timestamp="1.0", name="eyes")),
    ("is_archived", lambda c, of: c.chat_postMessage(channel=of("lama"), text="x")),
    ("is_archived", lambda c, of: c.conversations_join(channel=of("lama"))),
    ("thread_not_found", lambda c, of: c.chat_postMessage(channel=of("sirkulasi"), text="x", thread_ts="1.0")),
    ("message_not_found", lambda c, of: c.chat_update(channel=of("sirkulasi"), ts="1.0", text="x")),
    ("message_not_found", lambda c, of: c.chat_delete(channel=of("sirkulasi"), ts="1.0")),
    ("message_not_found", lambda c, of: c.reactions_add(channel=of("sirkulasi"), timestamp="1.0", name="eyes")),
    ("message_not_found", lambda c, of: c.chat_getPermalink(channel=of("sirkulasi"), message_ts="1.0")),
    ("user_not_found", lambda c, of: c.chat_postEphemeral(channel=of("sirkulasi"), user="U0NOBODY", text="x")),
    ("user_not_found", lambda c, of: c.views_publish(user_id="U0NOBODY", view={"type": "home", "blocks": []})),
    ("invalid_arguments", lambda c, of: c.views_publish(user_id=of("Sari"), view={"type": "modal", "blocks": []})),
    ("invalid_types", lambda c, of: c.conversations_list(types="publik")),
    ("invalid_ts_oldest", lambda c, of: c.conversations_history(channel=of("sirkulasi"), oldest="kemarin")),
    ("invalid_cursor", lambda c, of: c.conversations_history(channel=of("sirkulasi"), cursor="???")),
    ("not_found", lambda c, of: c.views_update(view_id="V0GONE", view={"type": "modal", "blocks": []})),
    ("missing_scope", lambda c, of: c.chat_postMessage(channel=of("sirkulasi"), text="x", username="Lain")),
    ("not_allowed_token_type", lambda c, of: c.apps_connections_open(app_token=c.token or "")),
    ("file_not_found", lambda c, of: c.files_info(file="F0GONE")),
]  # fmt: skip


@pytest.mark.parametrize(("error", "call"), CASES, ids=[f"{n}-{error}" for n, (error, _) in enumerate(CASES)])
async def test_an_error(slack: SlackEmulator, error: str, call: Any) -> None:
    def of(name: str) -> str:
        return slack.person("Sari").id if name == "Sari" else slack.channel(name).id

    assert await error_of(call(client_of(slack), of)) == error
    assert slack.ledger == [] and slack.refused[-1][2] == error


async def test_tokens(slack: SlackEmulator) -> None:
    assert await error_of(client_of(slack, "xoxb-guessed").auth_test()) == "invalid_auth"
    assert await error_of(client_of(slack, "").auth_test()) == "not_authed"
    assert await error_of(client_of(slack, slack.app_token).chat_postMessage(channel="C", text="x")) == "not_allowed_token_type"
    personal = slack.workspace.add_token("user", slack.person("Sari").id, {"chat:write"})
    assert (await client_of(slack, personal).auth_test())["user"] == "sari"
    await slack.person("Sari").deactivated()
    assert await error_of(client_of(slack, personal).auth_test()) == "account_inactive"
    await slack.workspace.revokes_tokens()
    assert await error_of(client_of(slack).auth_test()) == "token_revoked"
    await slack.workspace.uninstalls()
    assert await error_of(client_of(slack).auth_test()) == "account_inactive"
    assert (await client_of(slack, slack.workspace.reinstalls()).auth_test())["ok"]


async def test_scopes_are_needed(slack: SlackEmulator) -> None:
    room = slack.channel("sirkulasi").id
    client = client_of(slack, slack.workspace.add_token("bot", slack.workspace.bot.id, {"chat:write", "groups:history"}))
    with pytest.raises(SlackApiError) as caught:
        await client.reactions_add(channel=room, timestamp="1.0", name="eyes")
    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "reactions:write",
        "chat:write,groups:history",
    )
    assert await error_of(client.conversations_history(channel=room)) == "missing_scope"
    assert await error_of(client.chat_postMessage(channel=slack.channel("tanpa-bot").id, text="x")) == "not_in_channel"
    assert (await client_of(slack).chat_postMessage(channel=slack.channel("tanpa-bot").id, text="chat:write.public"))["ok"]


async def test_only_own_messages_change(slack: SlackEmulator) -> None:
    client, room = client_of(slack), slack.channel("sirkulasi")
    theirs = await slack.person("Sari").says(room, "milik Sari")
    where = {"channel": room.id, "ts": theirs.ts}
    assert await error_of(client.chat_update(**where, text="x")) == "cant_update_message"
    assert await error_of(client.chat_delete(**where)) == "cant_delete_message"
    reply = await client.chat_postMessage(channel=room.id, text="b", thread_ts=theirs.ts)
    assert (
        await error_of(client.chat_postMessage(channel=room.id, text="c", thread_ts=reply["ts"])) == "cannot_reply_to_message"
    )
    slack.workspace.edit_window = 60
    slack.clock.now += 61  # type: ignore[attr-defined]
    assert await error_of(client.chat_update(channel=room.id, ts=reply["ts"], text="x")) == "edit_window_closed"


async def test_people_who_are_gone(slack: SlackEmulator) -> None:
    client, sari = client_of(slack), slack.person("Sari")
    budi = slack.add_person("Budi")
    room = slack.channel("sirkulasi").id
    assert await error_of(client.chat_postEphemeral(channel=room, user=budi.id, text="x")) == "user_not_in_channel"
    await sari.deactivated()
    assert await error_of(client.conversations_open(users=sari.id)) == "user_disabled"
    assert await error_of(client.chat_postMessage(channel=sari.id, text="x")) == "channel_not_found"
    assert await error_of(client.views_publish(user_id=sari.id, view={"type": "home", "blocks": []})) == "not_enabled"


async def test_the_wall_of_the_free_plan(slack: SlackEmulator) -> None:
    client, room, sari = client_of(slack), slack.channel("sirkulasi"), slack.person("Sari")
    await sari.says(room, "tua")
    slack.clock.now += 91 * 86_400  # type: ignore[attr-defined]
    await sari.says(room, "baru")
    everything = await client.conversations_history(channel=room.id)
    slack.workspace.history_days = 90
    limited = await client.conversations_history(channel=room.id)
    assert [one["text"] for one in everything["messages"]] == ["baru", "tua"] and "is_limited" not in everything.data
    assert [one["text"] for one in limited["messages"]] == ["baru"] and limited["is_limited"] is True


async def test_a_manifest_gives_what_it_asks_for_and_no_more(slack: SlackEmulator) -> None:
    slack.workspace.use_manifest({
        "features": {"slash_commands": [{"command": "/tanya"}], "shortcuts": [{"callback_id": "keep"}]},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
        "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}, "socket_mode_enabled": True},
    })  # fmt: skip
    assert await error_of(client_of(slack).users_list()) == "missing_scope"
    said = await slack.person("Sari").says(slack.channel("sirkulasi"), f"{slack.workspace.mention} halo")
    assert said.text and slack.deliveries == []  # no app_mentions:read
    assert slack.workspace.app.socket_mode
