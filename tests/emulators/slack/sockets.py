"""Socket Mode: tickets, hello, envelopes and their acknowledgements, refresh and redelivery."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from tests.emulators.slack.delivery import Attempt, Delivery
from tests.emulators.slack.model import JSON

if TYPE_CHECKING:
    from tests.emulators.slack.server import SlackEmulator
    from tests.emulators.slack.workspace import Workspace

TYPES = {"event": "events_api", "command": "slash_commands", "interaction": "interactive"}


class Socket:
    """One connection of one app."""

    def __init__(self, space: Workspace, wire: web.WebSocketResponse) -> None:
        self.space, self.wire = space, wire
        self.unanswered: dict[str, asyncio.Future[JSON]] = {}
        self.refreshing = False

    def drop(self) -> None:
        for one in self.unanswered.values():
            if not one.done():
                one.set_exception(ConnectionError("the socket closed"))


class Sockets:
    """`open`: the connections that live. An app may have ten; each envelope goes to one of them, in turn."""

    def __init__(self, slack: SlackEmulator) -> None:
        self.slack = slack
        self.open: list[Socket] = []
        self.acknowledged: list[str] = []
        self.tickets: dict[str, tuple[Workspace, float]] = {}
        self._turn = 0

    def ticket(self, space: Workspace) -> str:
        """A `wss` address, good once and for thirty seconds."""
        key = space.hex(32)
        self.tickets[key] = (space, self.slack.clock() + 30)
        return f"{self.slack.base_url.replace('http', 'ws', 1)}/link/?ticket={key}&app_id={space.app.id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        space, expires = self.tickets.pop(request.query.get("ticket", ""), (None, 0.0))
        if space is None or expires < self.slack.clock():
            return web.Response(status=401, text="invalid ticket")
        wire = web.WebSocketResponse()
        await wire.prepare(request)
        socket = Socket(space, wire)
        self.open.append(socket)
        space.app.socket_mode = True
        try:
            await wire.send_json(self._hello(space))
            async for message in wire:
                if message.type is WSMsgType.TEXT:
                    self._answered(socket, message.data)
        finally:
            self.open.remove(socket)
            socket.drop()
        return wire

    def _hello(self, space: Workspace) -> JSON:
        debug = {"host": "applink-emulator", "build_number": 1, "approximate_connection_time": 18060}
        count = len(self.of(space))
        return {"type": "hello", "num_connections": count, "debug_info": debug, "connection_info": {"app_id": space.app.id}}

    def _answered(self, socket: Socket, text: str) -> None:
        with suppress(ValueError):
            said = json.loads(text)
            waiting = socket.unanswered.get(str(said.get("envelope_id"))) if isinstance(said, dict) else None
            if waiting is not None and not waiting.done():
                self.acknowledged.append(said["envelope_id"])
                waiting.set_result(said.get("payload") or {})

    def of(self, space: Workspace) -> list[Socket]:
        return [one for one in self.open if one.space is space and not one.wire.closed and not one.refreshing]

    async def deliver(self, delivery: Delivery, number: int, retry_reason: str) -> Attempt:
        """Send an envelope and wait for its acknowledgement."""
        now, live = self.slack.clock(), self.of(delivery.space)
        if not live:
            return Attempt(now, number, 0, "connection_failed")
        self._turn += 1
        socket, envelope_id = live[self._turn % len(live)], delivery.space.uuid()
        envelope: JSON = {"envelope_id": envelope_id, "type": TYPES[delivery.kind], "payload": delivery.payload,
                          "accepts_response_payload": delivery.kind != "event"}  # fmt: skip
        if delivery.kind == "event":
            reason = retry_reason.replace("http_", "")
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        answer = socket.unanswered[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await socket.wire.send_json(envelope)
            payload = await asyncio.wait_for(answer, self.slack.ack_within)
        except TimeoutError:
            return Attempt(now, number, 0, "http_timeout")
        except ConnectionError:
            return Attempt(now, number, 0, "connection_failed")
        finally:
            socket.unanswered.pop(envelope_id, None)
        return Attempt(now, number, 200, "", json.dumps(payload) if payload else "", "application/json")

    async def refresh(self, space: Workspace | None = None, reason: str = "refresh_requested") -> None:
        """Ask the clients to connect anew, as Slack does every few hours, and close what they had.

        `reason` is refresh_requested, warning (nothing is closed) or link_disabled (Socket Mode was switched off).
        """
        for socket in list(self.open):
            if space in (None, socket.space):
                socket.refreshing = reason != "warning"
                with suppress(ConnectionError):
                    await socket.wire.send_json(
                        {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-emulator"}}
                    )
                if reason != "warning":
                    await socket.wire.close()

    async def cut(self, space: Workspace | None = None) -> None:
        """Lose the connections without a word."""
        for socket in list(self.open):
            if space in (None, socket.space):
                transport = socket.wire._req.transport if socket.wire._req is not None else None
                socket.drop()
                if transport is not None:
                    transport.abort()
