"""Socket Mode, driven by slack_sdk's aiohttp client and by Bolt's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.faults import closed
from tests.emulators.slack import SlackEmulator

pytestmark = pytest.mark.anyio


@pytest.fixture
async def slack(anyio_backend: str) -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator(ack_within=0.3, ticking=0.01) as emulator:
        emulator.add_channel("sirkulasi", [emulator.add_person("Sari")])
        yield emulator


class App:
    """A bare Socket Mode client that keeps what it got and acknowledges unless `deaf`."""

    def __init__(self, slack: SlackEmulator) -> None:
        self.got: list[SocketModeRequest] = []
        self.deaf = 0
        self.payload: dict[str, object] | None = None
        web = AsyncWebClient(base_url=slack.api_url)
        self.client = SocketModeClient(slack.app_token, web_client=web, ping_interval=0.05)
        self.client.socket_mode_request_listeners.append(self.take)

    async def take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.got.append(request)
        if self.deaf:
            self.deaf -= 1
            return
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, self.payload))  # type: ignore[arg-type]


@pytest.fixture
async def app(slack: SlackEmulator) -> AsyncIterator[App]:
    one = App(slack)
    await one.client.connect()
    await slack.until(lambda: slack.sockets.open)
    yield one
    await one.client.close()


async def test_events_come_in_envelopes(slack: SlackEmulator, app: App) -> None:
    await slack.person("Sari").says("sirkulasi", "halo")
    (got,) = app.got
    assert (got.type, got.payload["event"]["text"], got.retry_attempt, got.accepts_response_payload) == (
        "events_api",
        "halo",
        0,
        False,
    )
    assert slack.deliveries[0].state == "accepted" and slack.sockets.acknowledged == [got.envelope_id]


async def test_an_unacknowledged_envelope_comes_again(slack: SlackEmulator, app: App) -> None:
    app.deaf = 1
    await slack.person("Sari").says("sirkulasi", "halo")
    await slack.until(lambda: len(app.got) == 2)
    await slack.settled()
    assert [(one.retry_attempt, one.retry_reason) for one in app.got] == [(0, ""), (1, "timeout")]
    assert app.got[0].payload == app.got[1].payload and slack.deliveries[0].state == "accepted"


async def test_a_command_is_answered_in_the_acknowledgement(slack: SlackEmulator, app: App) -> None:
    app.payload = {"text": "baik", "response_type": "in_channel"}
    reply = await slack.person("Sari").runs("sirkulasi", "/tanya", "berapa?")
    assert app.got[0].type == "slash_commands" and app.got[0].payload["text"] == "berapa?"
    assert reply.message is not None and slack.channel("sirkulasi").messages[0].text == "baik"
    app.deaf, app.payload = 1, None
    assert (await slack.person("Sari").runs("sirkulasi", "/tanya")).error == "operation_timeout"
    assert (await slack.person("Sari").shortcut("global")).ok and app.got[-1].type == "interactive"


@pytest.mark.parametrize("how", ["refresh", "cut"])
async def test_clients_come_back(slack: SlackEmulator, app: App, how: str) -> None:
    before = slack.sockets.open[0]
    await (slack.sockets.refresh() if how == "refresh" else slack.sockets.cut())
    await slack.until(lambda: slack.sockets.open and slack.sockets.open[0] is not before)
    await slack.person("Sari").says("sirkulasi", "masih ada?")
    await slack.settled()
    await slack.until(lambda: app.got, 20)  # the client reads its socket in a task of its own
    assert app.got[-1].payload["event"]["text"] == "masih ada?" and slack.deliveries[0].state == "accepted"


async def test_what_was_said_without_a_connection_comes_with_the_next(slack: SlackEmulator, app: App) -> None:
    app.client.auto_reconnect_enabled = False
    await slack.sockets.cut()
    await slack.until(lambda: not slack.sockets.open)
    slack.retry_delays = (0.2, 60.0, 300.0)
    await slack.person("Sari").says("sirkulasi", "halo?")
    assert slack.deliveries[0].attempts[0].reason == "connection_failed"
    await app.client.connect_to_new_endpoint(force=True)
    await slack.until(lambda: app.got)
    assert app.got[0].retry_attempt == 1


async def test_several_connections_share_the_work(slack: SlackEmulator, app: App) -> None:
    second = App(slack)
    await second.client.connect()
    await slack.until(lambda: len(slack.sockets.open) == 2)
    for number in range(4):
        await slack.person("Sari").says("sirkulasi", str(number))
    assert (len(app.got), len(second.got)) == (2, 2)
    await second.client.close()


async def test_tickets_are_good_once_and_connecting_can_fail(slack: SlackEmulator) -> None:
    url = slack.sockets.ticket(slack.workspace)
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(url) as wire:
            assert (await wire.receive_json())["connection_info"]["app_id"] == slack.workspace.app.id
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(url)
        slack.faults.next("socket", closed(), times=2)  # aiohttp tries an idempotent request once more
        with pytest.raises(aiohttp.ClientError):
            await http.ws_connect(slack.sockets.ticket(slack.workspace))


async def test_bolt_over_socket_mode(slack: SlackEmulator) -> None:
    app = AsyncApp(client=AsyncWebClient(token=slack.bot_token, base_url=slack.api_url), signing_secret="unused")
    heard: list[str] = []

    @app.event("app_mention")
    async def mentioned(event, say) -> None:  # type: ignore[no-untyped-def]
        heard.append(event["text"])
        await say(text="siap", thread_ts=event["ts"])

    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.05)
    await handler.connect_async()
    await slack.until(lambda: slack.sockets.open)
    asked = await slack.person("Sari").says("sirkulasi", f"{slack.workspace.mention} halo")
    await slack.until(lambda: slack.channel("sirkulasi").thread(asked.ts))
    assert heard == [asked.text]
    await handler.close_async()
    await asyncio.sleep(0)
