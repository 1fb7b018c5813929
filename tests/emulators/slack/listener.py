"""An app's HTTP end for tests: records what Slack sends, verifies its signature with slack_sdk, answers as told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import parse_qsl

from aiohttp import web
from slack_sdk.signature import Clock, SignatureVerifier

from tests.emulators.slack.model import JSON


@dataclass(frozen=True)
class Received:
    """One request. `payload` is the JSON, the `payload` field of an interaction, or a command's fields."""

    headers: dict[str, str]
    body: bytes
    payload: JSON
    genuine: bool


Answer = Callable[[Received], web.Response | float]


class Listener:
    """`url` is where it listens. `answer(received)` gives a response, or seconds of silence; by default 200 and nothing."""

    def __init__(self, secret: str = "emulated-signing-secret", clock: Callable[[], float] | None = None) -> None:
        self.received: list[Received] = []
        self.answer: Answer = lambda received: web.Response()
        ticking = Clock()
        if clock is not None:
            ticking.now = clock  # type: ignore[method-assign]
        self._verifier = SignatureVerifier(secret, clock=ticking)
        self.url = ""

    @property
    def events(self) -> list[JSON]:
        """The inner events, in order."""
        return [one.payload["event"] for one in self.received if one.payload.get("type") == "event_callback"]

    def kinds(self) -> list[str]:
        """`message`, `message/message_changed`, `reaction_added` …, in order."""
        return ["/".join(filter(None, (one["type"], one.get("subtype")))) for one in self.events]

    async def __aenter__(self) -> Listener:
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/slack/events", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = dict(request.headers.items())
        received = Received(
            headers, body, payload_of(request.content_type, body), self._verifier.is_valid_request(body, headers)
        )
        self.received.append(received)
        answer = self.answer(received)
        if isinstance(answer, web.Response):
            return answer
        await asyncio.sleep(answer)
        return web.Response()


def payload_of(content_type: str, body: bytes) -> JSON:
    """What a request's body says."""
    if content_type == "application/json":
        said: JSON = json.loads(body)
        return said
    fields: JSON = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    if "payload" in fields:
        inner: JSON = json.loads(fields["payload"])
        return inner
    return fields
