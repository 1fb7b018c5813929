"""`GET /calendar/<secret>.ics`: a member's calendar of a community, for the calendar programs that subscribe to it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import GuyubError
from bot.flow.feed import Pages, pages
from bot.model.library import Library
from bot.ports import Store

PATH = "/calendar/{name}"
END = ".ics"
#: Nobody between may keep it, nor may it be found by a search engine or told to another site
PRIVATE = {
    "Cache-Control": "private, max-age=300",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def calendars(store: Store, library: Library) -> Route:
    """Unknown, replaced and left look all the same. The address is never logged: whoever has it reads the calendar."""

    async def show(request: Request) -> Response:
        name = str(request.path_params["name"])
        try:
            found = await pages(name.removesuffix(END), library, store.meetings, store.members, store.communities)
        except (GuyubError, OSError):
            return PlainTextResponse("the store does not answer", status_code=503, headers={"Retry-After": "60"})
        return answer(request, found if name.endswith(END) else None)

    return Route(PATH, show)


def answer(request: Request, found: Pages | None) -> Response:
    """The whole of it, or that nothing changed since (RFC 9110, section 13)."""
    if found is None:
        return PlainTextResponse("not found", status_code=404, headers={**PRIVATE, "Cache-Control": "no-store"})
    tag = f'"{sha256(found.ics).hexdigest()[:32]}"'
    headers = {**PRIVATE, "ETag": tag, "Last-Modified": format_datetime(found.changed, usegmt=True)}
    if _known(request, tag, found.changed):
        return Response(status_code=304, headers=headers)
    inline = {"Content-Disposition": 'inline; filename="guyub.ics"'}
    return Response(found.ics, headers=headers | inline, media_type="text/calendar; charset=utf-8")


def _known(request: Request, tag: str, changed: datetime) -> bool:
    """Whether they have it already: by its tag, and only where they name none by its date."""
    if tags := request.headers.get("if-none-match"):
        return any(one.strip().removeprefix("W/") in (tag, "*") for one in tags.split(","))
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except (TypeError, ValueError):
        return False
    return changed <= (since if since.tzinfo else since.replace(tzinfo=UTC))
