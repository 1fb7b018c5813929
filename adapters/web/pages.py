"""What can be opened: the chat, a thread, older messages, the first steps, a file."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from adapters.web import reading
from adapters.web.platform import Refused
from adapters.web.rows import Channel, Message, Person
from adapters.web.surface import Surface
from adapters.web.views import Reader
from adapters.web.words import for_scripts

STATIC = Path(__file__).parent / "static"


class Pages:
    """GET routes. Each looks with the eyes of the person the browser acts as."""

    def __init__(self, surface: Surface) -> None:
        self._surface, self._platform = surface, surface.platform
        self._store = surface.platform.store

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home),
            Route("/c/{channel}", self.channel),
            Route("/c/{channel}/older", self.older),
            Route("/c/{channel}/thread/{message}", self.thread),
            Route("/steps", self.steps),
            Route("/files/{file}/{name}", self.file),
            Route("/favicon.ico", self.favicon),
        ]

    async def home(self, request: Request) -> Response:
        """The first channel with the welcome beside it; a place to add somebody where there is nobody."""
        me = await self._surface.who(request)
        rooms = await self._store.read(reading.channels, me.id) if me else ()
        if me is None or not rooms:
            language = me.language if me else "id"
            return HTMLResponse(self._surface.template("nobody.html", language, words=json.dumps(for_scripts(language))))
        return HTMLResponse(await self._chat(request, me, rooms[0], home=True))

    async def channel(self, request: Request) -> Response:
        me = await self._surface.me(request)
        return HTMLResponse(await self._chat(request, me, await self._room(request, me)))

    async def older(self, request: Request) -> Response:
        """The messages before `before`, as list items."""
        me = await self._surface.me(request)
        room = await self._room(request, me)
        before = request.query_params.get("before", "")
        messages = await self._store.read(reading.page, room.id, me.id, before)
        reader = await self._surface.reader(me)
        return HTMLResponse(self._items(reader, messages))

    async def thread(self, request: Request) -> Response:
        """The thread panel's inside."""
        me = await self._surface.me(request)
        room = await self._room(request, me)
        html = await self._thread(me, room, request.path_params["message"])
        if not html:
            raise Refused("refused.message", 404)
        return HTMLResponse(html)

    async def steps(self, request: Request) -> Response:
        me = await self._surface.me(request)
        steps = await self._surface.steps(me)
        return HTMLResponse(self._surface.template("_steps.html", me.language, steps=steps))

    async def file(self, request: Request) -> Response:
        """A picture to look at, or a download; never a page that could run something."""
        me = await self._surface.me(request)
        kept = await self._store.read(reading.file, request.path_params["file"], me.id)
        if kept is None:
            raise Refused("refused.message", 404)
        try:
            data = await self._platform.shelf.get(kept.id)
        except KeyError as error:
            raise Refused("refused.message", 404) from error
        way = "inline" if kept.picture else "attachment"
        headers = {
            "content-disposition": f"{way}; filename*=UTF-8''{quote(kept.name, safe='')}",
            "content-security-policy": "default-src 'none'; sandbox",
            "cache-control": "private, max-age=86400, immutable",
        }
        return Response(data, media_type=kept.media_type if kept.picture else "application/octet-stream", headers=headers)

    async def favicon(self, request: Request) -> Response:
        return FileResponse(STATIC / "favicon.svg", media_type="image/svg+xml")

    async def _room(self, request: Request, me: Person) -> Channel:
        room = await self._store.read(reading.channel, request.path_params["channel"])
        if room is None or not room.seen_by(me.id):
            raise Refused("refused.channel", 404)
        return room

    async def _chat(self, request: Request, me: Person, room: Channel, home: bool = False) -> str:
        seen = await self._store.read(reading.last_change)
        mark, root = request.query_params.get("m", ""), request.query_params.get("t", "")
        reader = await self._surface.reader(me)
        messages = await self._messages(me, room, root or mark)
        rooms = await self._surface.rooms(me, room.id)
        return self._surface.template(
            "chat.html",
            me.language,
            me=me,
            room=room,
            room_name=self._surface.room_name(room),
            home=home,
            people=await self._platform.people(),
            items=self._items(reader, messages),
            more=len(messages) >= 60,
            rooms=rooms,
            thread=await self._thread(me, room, root) if root else "",
            root=root,
            mark=mark,
            seen=seen,
            read=max((m.seq for m in messages), default=0),
            steps=await self._surface.steps(me),
            words=json.dumps(for_scripts(me.language)),
            commands=self._commands(me),
        )

    async def _messages(self, me: Person, room: Channel, mark: str) -> tuple[Message, ...]:
        found = await self._store.read(reading.message, mark, me.id) if mark else None
        newest = await self._store.read(reading.page, room.id, me.id)
        if found is None or found.channel != room.id or found.root in {m.id for m in newest}:
            return newest
        return await self._store.read(reading.since, room.id, me.id, found.root)

    async def _thread(self, me: Person, room: Channel, root: str) -> str:
        messages = await self._store.read(reading.thread, root, me.id)
        if not messages or messages[0].channel != room.id or messages[0].thread:
            return ""
        reader = await self._surface.reader(me)
        items = self._items(reader, messages, panel=True)
        return self._surface.template("_thread.html", me.language, room=room, root=root, items=items)

    def _items(self, reader: Reader, messages: tuple[Message, ...], panel: bool = False) -> str:
        return "".join(
            self._surface.template("_message.html", reader.me.language, b=bubble, panel=panel, reader=reader)
            for bubble in reader.bubbles(messages)
        )

    def _commands(self, me: Person) -> str:
        """Both names of each command for the completion; the reader's language first."""
        ears = self._platform.courier.ears
        own = me.language == "id"
        told = [
            {
                "name": c.id if own else c.en,
                "other": c.en if own else c.id,
                "usage": c.usage_id if own else c.usage_en,
                "help": c.help_id if own else c.help_en,
            }
            for c in (ears.commands() if ears else ())
        ]
        return json.dumps(told)
