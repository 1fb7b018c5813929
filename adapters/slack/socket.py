"""Socket Mode: Slack's deliveries over a websocket that we open. An envelope is acknowledged once it is stored."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from adapters.slack.api import Api
from adapters.slack.errors import SlackRefused, sorted_out
from adapters.slack.payload import Kind, Sent, parsed, text
from adapters.slack.reception import Answer
from bot.errors import TryLater
from bot.log import traced

log = logging.getLogger(__name__)

KINDS: dict[str, Kind] = {"events_api": "event", "slash_commands": "command", "interactive": "interaction"}
PING = 5.0  # seconds
REFUSED = 300.0  # seconds to the next try where the app token is no good

_silent = logging.Logger("slack_sdk.socket_mode.silent", logging.CRITICAL + 1)  # the SDK logs envelopes that it fails on


class Socket(SocketModeClient):
    """One workspace's connection; it comes back by itself. `connecting` and `connected`: called each time, before and after."""

    def __init__(
        self,
        api: Api,
        take: Callable[[Sent], Awaitable[Answer]],
        connecting: Callable[[], Awaitable[None]],
        connected: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(api.token, _silent, api.client, ping_interval=PING)
        self._api, self._take = api, take
        self._connecting, self._connected = connecting, connected
        self._opening: asyncio.Task[None] | None = None
        self.socket_mode_request_listeners.append(self._heard)

    def open(self) -> None:
        """Begin to connect, for as long as it takes."""
        self._opening = asyncio.create_task(self._open())

    async def _open(self) -> None:
        await self.connect_to_new_endpoint(force=True)

    async def issue_new_wss_url(self) -> str:
        """Asked until Slack gives one; a token that is no good is not tried every few seconds."""
        while True:
            try:
                answer = await self._api.call("apps.connections.open", app_token=self._api.token)
                if address := text(answer, "url"):
                    return address
                wait = 5.0
            except TryLater as later:
                wait = later.after
            except SlackRefused as refused:
                wait = REFUSED
                log.error("%s", getattr(sorted_out(refused), "why", "slack: refused"))
            await asyncio.sleep(wait)

    async def connect(self) -> None:
        await self._connecting()
        await super().connect()  # type: ignore[no-untyped-call]
        if not self.closed:
            await self._connected()

    async def _heard(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        kind = KINDS.get(request.type)
        answer = Answer()  # what nobody knows is acknowledged: else it would come again and again
        if kind:
            sent = Sent(kind, parsed(_json(request.payload)) or {})
            try:
                answer = await self._take(sent)
            except Exception as error:  # the edge: not acknowledged, so that Slack brings it again; nobody's words are told
                log.error("slack: not taken: %s", traced(error))
                return
        if answer.status < 500:
            body = dict(answer.body) if answer.body else None
            with suppress(OSError, SlackClientError, RuntimeError):  # the connection went: Slack brings it again
                await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, body))

    def stands(self) -> bool:
        """Whether Slack can tell us what happens."""
        return not self.closed and not self.stale and self.current_session is not None and not self.current_session.closed

    async def stop(self) -> None:
        if self._opening:
            self._opening.cancel()
        with suppress(OSError, RuntimeError):
            await self.close()  # type: ignore[no-untyped-call]
        await self._api.close()


def _json(payload: object) -> bytes:
    """Once more through the same door as over HTTP: what cannot be stored is replaced there."""
    return json.dumps(payload).encode()
