"""HTTP: `POST /slack/events` for events, commands and interactions. A guard before anything else; junk gets a 4xx."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.slack.payload import Sent, read
from adapters.slack.reception import Answer
from adapters.slack.signature import fresh, genuine, headers_of
from adapters.slack.workspace import Workspace
from bot.log import traced
from bot.ports import Clock

log = logging.getLogger(__name__)

MOST_BYTES = 1_000_000
SLOWEST = 10.0  # seconds for a request's body
MOST_SEEN = 50_000  # signatures of the last ten minutes; the inbox knows every event beyond that
SEEN_FOR = 600.0

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Take = Callable[[Sent, Sequence[Workspace]], Awaitable[Answer]]


class Http:
    """An ASGI app. Requests are heard once `take` is set."""

    def __init__(self, workspaces: Sequence[Workspace], clock: Clock) -> None:
        self._workspaces, self._clock = workspaces, clock
        self.take: Take | None = None
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] != "POST":
            await _answer(send, Answer(405), (b"allow", b"POST"))
            return
        try:
            async with asyncio.timeout(SLOWEST):
                body = await _body(scope, receive)
        except TimeoutError:
            await _answer(send, Answer(408))
            return
        await _answer(send, Answer(413) if body is None else await self._answered(scope["headers"], body))

    async def _answered(self, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> Answer:
        now, signed = self._clock().timestamp(), headers_of(headers)
        if signed is None or not fresh(signed[0], now):
            return Answer(401)
        spaces = [one for one in self._workspaces if genuine(one.keys.signing_secrets, *signed, body)]
        if not spaces:
            return Answer(401)
        sent = read(_content_type(headers), body)
        if sent is None:
            return Answer(400)
        if self.take is None:
            return Answer(503)
        name = hashlib.sha256(signed[0] + signed[1]).digest()
        if self._replayed(name, now):
            return Answer()
        again = any(key.lower() == b"x-slack-retry-num" for key, _ in headers)
        answer = await self._taken(replace(sent, again=again), spaces)
        if answer.status == 200:
            self._seen[name] = now
        return answer

    async def _taken(self, sent: Sent, spaces: Sequence[Workspace]) -> Answer:
        assert self.take is not None
        try:
            return await self.take(sent, spaces)
        except Exception as error:  # the edge: not acknowledged, so that Slack brings it again; nobody's words are told
            log.error("slack: not taken: %s", traced(error))
            return Answer(503)

    def _replayed(self, name: bytes, now: float) -> bool:
        """Whether this very request was acknowledged before. Events and acts are told apart by their ids beyond that."""
        while self._seen and (len(self._seen) > MOST_SEEN or next(iter(self._seen.values())) < now - SEEN_FOR):
            self._seen.popitem(last=False)
        return name in self._seen


def _content_type(headers: Sequence[tuple[bytes, bytes]]) -> str:
    return next((value.decode("latin-1") for name, value in headers if name.lower() == b"content-type"), "")


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """None: more than Slack ever sends."""
    announced = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"0")
    if not announced.isdigit() or len(announced) > 9 or int(announced) > MOST_BYTES:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, answer: Answer, *more: tuple[bytes, bytes]) -> None:
    body = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode(errors="replace")
    headers = [(b"content-length", str(len(body)).encode()), *more]
    if body:
        headers.append((b"content-type", b"application/json; charset=utf-8"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
