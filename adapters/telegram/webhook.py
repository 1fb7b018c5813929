"""POST /telegram/webhook: Telegram's own updates only, answered once the core holds them. Junk gets a 4xx, never a 5xx."""

from __future__ import annotations

import asyncio
import hmac
from weakref import WeakValueDictionary

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapters.telegram.client import loads
from adapters.telegram.intake import Intake
from adapters.telegram.updates import number_of
from bot.errors import Unavailable

PATH = "/telegram/webhook"
HEADER = b"x-telegram-bot-api-secret-token"
BIGGEST = 2**20


class Webhook:
    """An ASGI app. `intake` is set while the door is open."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self.intake: Intake | None = None
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            status = await self._status(Request(scope, receive))
        except ClientDisconnect:
            return
        await Response(status_code=status)(scope, receive, send)

    async def _status(self, request: Request) -> int:
        if request.method != "POST":
            return 405
        if not self._genuine(request):
            return 401
        body = await _body(request)
        if body is None:
            return 413
        try:
            raw = loads(body)
        except ValueError:
            return 400
        if number_of(raw) is None:
            return 400
        return await self._take(raw)

    def _genuine(self, request: Request) -> bool:
        given = [value for name, value in request.scope["headers"] if name.lower() == HEADER]
        return len(given) == 1 and hmac.compare_digest(given[0], self._secret)

    async def _take(self, raw: object) -> int:
        if self.intake is None:
            return 503
        update = self.intake.read(raw)
        if update is None:
            return 200
        chat = update.chat.id if update.chat else 0
        lock = self._locks.get(chat)
        if lock is None:
            lock = self._locks[chat] = asyncio.Lock()
        async with lock:
            try:
                await self.intake.take(update, raw)
            except Unavailable:
                return 503
        return 200


async def _body(request: Request) -> bytes | None:
    """None: it is too big."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > BIGGEST:
            return None
    return bytes(found)
