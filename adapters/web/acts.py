"""What can be done: every POST of the page. Each reads its form, asks the platform, and answers with what to show."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.web import reading, writing
from adapters.web.guard import BODY
from adapters.web.platform import Refused
from adapters.web.rows import Person
from adapters.web.shelf import BIGGEST, MOST
from adapters.web.surface import Surface
from adapters.web.text import clean
from adapters.web.translate import as_command
from adapters.web.views import QUICK
from bot.model.base import Language


class Acts:
    """POST routes. Bodies are forms, never JSON; `act_as` sets the cookie of whom to act as."""

    def __init__(self, surface: Surface, act_as: Callable[[Response, str], Awaitable[Response]]) -> None:
        self._surface, self._act_as = surface, act_as
        self._platform, self._store = surface.platform, surface.platform.store

    def routes(self) -> list[Route]:
        paths = {
            "/c/{channel}/say": self.say,
            "/c/{channel}/read": self.read,
            "/m/{message}/edit": self.edit,
            "/m/{message}/delete": self.delete,
            "/m/{message}/react": self.react,
            "/m/{message}/dismiss": self.dismiss,
            "/press": self.press,
            "/submit": self.submit,
            "/as": self.act_as,
            "/people": self.add_person,
            "/channels": self.add_channel,
            "/language": self.language,
            "/steps/hide": self.hide_steps,
        }
        return [Route(path, act, methods=["POST"]) for path, act in paths.items()]

    async def say(self, request: Request) -> Response:
        """A message or a command, whichever the text is."""
        me, form = await self._me(request)
        channel, thread = request.path_params["channel"], _text(form, "thread")
        line, files = _text(form, "text"), await _files(form)
        if as_command(line):
            if files:
                raise Refused("refused.command_files")
            shown = await self._platform.command(me.id, channel, line, thread)
            return JSONResponse({"now": self._surface.now(shown, me.language)})
        id = await self._platform.say(me.id, channel, line, thread, files)
        return await self._pieces(me, id)

    async def read(self, request: Request) -> Response:
        me, form = await self._me(request)
        room = await self._store.read(reading.channel, request.path_params["channel"])
        seq = _text(form, "seq")
        if room is None or not room.seen_by(me.id):
            raise Refused("refused.channel", 404)
        if not (seq.isascii() and seq.isdigit() and len(seq) < 16):
            raise Refused("refused.junk")
        await self._store.write(writing.read, me.id, room.id, int(seq))
        return JSONResponse({})

    async def edit(self, request: Request) -> Response:
        me, form = await self._me(request)
        id = request.path_params["message"]
        await self._platform.edit(me.id, id, _text(form, "text"))
        return await self._pieces(me, id)

    async def delete(self, request: Request) -> Response:
        me, _ = await self._me(request)
        id = request.path_params["message"]
        await self._platform.delete(me.id, id)
        return await self._pieces(me, id)

    async def react(self, request: Request) -> Response:
        """Toggles."""
        me, form = await self._me(request)
        id, emoji = request.path_params["message"], _text(form, "emoji")
        on = await self._store.read(reading.message, id, me.id)
        given = on is not None and me.id in on.reactions.get(emoji, ())
        if emoji not in QUICK and (on is None or emoji not in on.reactions):
            raise Refused("refused.emoji")
        await self._platform.react(me.id, id, emoji, remove=given)
        return await self._pieces(me, id)

    async def dismiss(self, request: Request) -> Response:
        me, _ = await self._me(request)
        id = request.path_params["message"]
        await self._platform.dismiss(me.id, id)
        return await self._pieces(me, id)

    async def press(self, request: Request) -> Response:
        me, form = await self._me(request)
        action = _text(form, "action")
        if not action or len(action) > 200 or len(_text(form, "value")) > 4000:
            raise Refused("refused.junk")
        shown = await self._platform.press(
            me.id, _text(form, "message"), action, _text(form, "value"), _text(form, "channel"), _text(form, "thread")
        )
        return JSONResponse({"now": self._surface.now(shown, me.language)})

    async def submit(self, request: Request) -> Response:
        """A form: hidden `name` fields list its fields, `f.<field>` carry what was typed or chosen."""
        me, form = await self._me(request)
        names = [clean(name) for name in form.getlist("name") if isinstance(name, str)]
        if not _text(form, "form") or len(names) > 100:
            raise Refused("refused.junk")
        fields = {name: "\n".join(str(v) for v in form.getlist(f"f.{name}") if isinstance(v, str)) for name in names}
        shown = await self._platform.submit(
            me.id, _text(form, "form"), _text(form, "subject"), fields, _text(form, "channel"), _text(form, "thread")
        )
        return JSONResponse({"now": self._surface.now(shown, me.language)})

    async def act_as(self, request: Request) -> Response:
        _, form = await self._me(request)
        user = _text(form, "user")
        if user not in {p.id for p in await self._platform.people()}:
            raise Refused("refused.person", 404)
        return await self._act_as(RedirectResponse(_local(_text(form, "to")), 303), user)

    async def add_person(self, request: Request) -> Response:
        """The browser acts as the new person from now on."""
        form = await request.form(max_files=0, max_fields=10)
        language = _language(form)
        user = await self._platform.add_person(_text(form, "name"), _text(form, "about"), language)
        return await self._act_as(JSONResponse({"go": "/"}), user)

    async def add_channel(self, request: Request) -> Response:
        _, form = await self._me(request)
        channel = await self._platform.add_channel(_text(form, "name"), _text(form, "topic"))
        return JSONResponse({"go": f"/c/{channel}"})

    async def language(self, request: Request) -> Response:
        me, form = await self._me(request)
        await self._platform.speak(me.id, _language(form))
        return RedirectResponse(_local(_text(form, "to")), 303)

    async def hide_steps(self, request: Request) -> Response:
        me, form = await self._me(request)
        await self._platform.hide_steps(me.id, _text(form, "show") != "yes")
        return RedirectResponse(_local(_text(form, "to")), 303)

    async def _me(self, request: Request) -> tuple[Person, FormData]:
        return await self._surface.me(request), await request.form(max_files=MOST * 4, max_fields=300, max_part_size=BODY)

    async def _pieces(self, me: Person, id: str) -> Response:
        found = await self._store.read(reading.message, id, me.id)
        reader = await self._surface.reader(me)
        return JSONResponse({"messages": self._surface.pieces(reader, [found] if found else [])})


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return clean(value) if isinstance(value, str) else ""


def _language(form: FormData) -> Language:
    value = _text(form, "language")
    if value not in ("id", "en"):
        raise Refused("refused.junk")
    return cast(Language, value)


def _local(address: str) -> str:
    """Only an address of our own, never another site's."""
    fine = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if fine and address.isascii() else "/"


async def _files(form: FormData) -> list[tuple[str, bytes]]:
    """(name, bytes) of what was uploaded; an empty file field of a browser is none."""
    uploads = [f for f in form.getlist("files") if isinstance(f, UploadFile) and f.filename]
    if any((f.size or 0) > BIGGEST for f in uploads):
        raise Refused("refused.big_file", 413)
    return [(f.filename or "", await f.read()) for f in uploads]
