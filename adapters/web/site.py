"""The messenger's web app: routes, who is looking, and where each error ends."""

from __future__ import annotations

import secrets
from pathlib import Path
from sqlite3 import Connection
from zoneinfo import ZoneInfo

from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from adapters.web.acts import Acts
from adapters.web.guard import Guard
from adapters.web.pages import Pages
from adapters.web.platform import Platform, Refused
from adapters.web.rows import Person
from adapters.web.stream import Stream
from adapters.web.surface import Surface
from adapters.web.words import say
from bot.errors import Unavailable
from bot.model.base import Language
from bot.ports import Clock

HERE = Path(__file__).parent
COOKIE = "guyub_as"


class Site:
    """`app` is the ASGI app. Whoever opens it acts as the person in their signed cookie, else as the first one."""

    def __init__(self, platform: Platform, clock: Clock, zone: ZoneInfo, hosts: frozenset[str]) -> None:
        self._platform = platform
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._surface = Surface(platform, clock, zone, environment, self.who)
        self._serializer: URLSafeSerializer | None = None
        self.app = self._app(hosts)

    async def who(self, request: Request) -> Person | None:
        """The person that this browser acts as; None where there is nobody at all."""
        cookie = request.cookies.get(COOKIE, "")
        try:
            user = str((await self._signer()).loads(cookie)) if cookie else ""
        except BadSignature:
            user = ""
        people = await self._platform.people()
        return next((p for p in people if p.id == user), people[0] if people else None)

    async def act_as(self, response: Response, user: str) -> Response:
        """The same response; from now on this browser acts as that person."""
        signed = (await self._signer()).dumps(user)
        value = signed if isinstance(signed, str) else signed.decode()
        response.set_cookie(COOKIE, value, max_age=31_536_000, httponly=True, samesite="strict")
        return response

    async def _signer(self) -> URLSafeSerializer:
        if self._serializer is None:
            key = await self._platform.store.write(_key)
            self._serializer = URLSafeSerializer(key, salt="guyub-messenger")
        return self._serializer

    def _app(self, hosts: frozenset[str]) -> Starlette:
        pages, acts = Pages(self._surface), Acts(self._surface, self.act_as)
        stream = Stream(self._surface)
        return Starlette(
            routes=[
                *pages.routes(),
                *acts.routes(),
                Route("/live", stream.live),
                Mount("/static", StaticFiles(directory=HERE / "static")),
            ],
            middleware=[Middleware(Guard, hosts=hosts)],
            exception_handlers={
                Refused: self._refused,
                Unavailable: self._unavailable,
                ClientDisconnect: self._junk,
                HTTPException: self._http,
            },
        )

    async def _refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return await self._tell(request, error.why, error.status)

    async def _unavailable(self, request: Request, error: Exception) -> Response:
        return await self._tell(request, "unavailable", 503)

    async def _junk(self, request: Request, error: Exception) -> Response:
        return await self._tell(request, "refused.junk", 400)

    async def _http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        key = {404: "lost", 413: "refused.big_file"}.get(error.status_code, "refused.junk")
        return await self._tell(request, key, error.status_code)

    async def _tell(self, request: Request, key: str, status: int) -> Response:
        """Kind words: as JSON to the page's scripts, as a page to somebody who followed a link."""
        try:
            person = await self.who(request)
        except Unavailable:
            person = None
        language: Language = person.language if person else "id"
        if request.method != "GET":
            return JSONResponse({"say": say(key, language)}, status)
        if status == 404:
            return HTMLResponse(self._surface.template("error.html", language, title="lost", text="lost.text"), status)
        return HTMLResponse(self._surface.template("error.html", language, title=key, text=""), status)


def _key(c: Connection) -> bytes:
    """The secret that signs cookies: made once, kept with the messenger."""
    c.execute("INSERT OR IGNORE INTO meta VALUES ('key', ?)", (secrets.token_bytes(32),))
    return bytes(c.execute("SELECT value FROM meta WHERE key = 'key'").fetchone()[0])
