"""Live updates: one server-sent event a change, numbered, so that a page that was away continues where it stopped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from adapters.web import reading
from adapters.web.rows import Change, Message, Person
from adapters.web.surface import Answer, Surface
from bot.errors import Unavailable


class Stream:
    """GET /live?c=<channel>&after=<change>: what concerns the reader from that change on."""

    def __init__(self, surface: Surface) -> None:
        self._surface, self._platform = surface, surface.platform

    async def live(self, request: Request) -> EventSourceResponse:
        me = await self._surface.me(request)
        channel = request.query_params.get("c", "")
        after = _number(request.headers.get("last-event-id")) or _number(request.query_params.get("after"))
        leaving = asyncio.Event()
        return EventSourceResponse(
            self._events(me, channel, after or 0, leaving),
            ping=15,
            headers={"cache-control": "no-store"},
            shutdown_event=cast(Any, leaving),  # it asks for anyio's Event, and only sets it
            shutdown_grace_period=0.5,
        )

    async def _events(self, me: Person, channel: str, after: int, leaving: asyncio.Event) -> AsyncIterator[ServerSentEvent]:
        """Ends by itself when the door closes or the server leaves."""
        bell, store = self._platform.bell, self._platform.store
        if after + 1 < await store.read(reading.first_change):
            yield ServerSentEvent("1", event="reload")
            return
        yield ServerSentEvent("1", event="hello", id=str(after), retry=1000)
        while not bell.closed and not leaving.is_set():
            rung = bell.listen()
            try:
                changes = await store.read(reading.changes, after, me.id)
                if changes:
                    after = changes[-1].seq
                    yield ServerSentEvent(json.dumps(await self._news(me, channel, changes)), event="news", id=str(after))
                    continue
            except Unavailable:
                await asyncio.sleep(1)
                continue
            await _either(rung, leaving)

    async def _news(self, me: Person, channel: str, changes: Sequence[Change]) -> Answer:
        """The open channel's messages as they are now, and the channel list."""
        ids = dict.fromkeys(c.message for c in changes if c.kind == "message" and c.channel == channel)
        room = await self._platform.store.read(reading.channel, channel)
        messages: list[Message] = []
        if room and room.seen_by(me.id):
            found = [await self._platform.store.read(reading.message, id, me.id) for id in ids]
            messages = [m for m in found if m]
        reader = await self._surface.reader(me)
        return {
            "messages": self._surface.pieces(reader, messages),
            "rooms": await self._surface.rooms(me, channel),
            "read": max((m.seq for m in messages), default=0),
        }


async def _either(rung: asyncio.Event, leaving: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(rung.wait()), asyncio.ensure_future(leaving.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
