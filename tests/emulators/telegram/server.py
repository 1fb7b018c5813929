"""The HTTP side: reading calls however they were sent, answering as Telegram does, faults, files, webhooks."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import web

from tests.emulators.faults import Faults
from tests.emulators.telegram import methods as _methods
from tests.emulators.telegram.bots import Bot
from tests.emulators.telegram.errors import NOT_FOUND, TOO_LARGE, UNAUTHORIZED, Refused, bad
from tests.emulators.telegram.media import MOST_SENT
from tests.emulators.telegram.methods import METHODS, Call, chats, commands, files, messages, polling
from tests.emulators.telegram.params import Params, Upload
from tests.emulators.telegram.state import Record, State
from tests.emulators.telegram.webhook import Postman

__all__ = ["_methods", "chats", "commands", "files", "messages"]
SLACK = 1 << 20  # what a request may hold besides its file


class Server:
    def __init__(self, state: State, faults: Faults, webhook_waits: tuple[float, float], webhook_timeout: float) -> None:
        self.state, self.faults, self.port = state, faults, 0
        self.is_down = False
        self.postman = Postman(state.clock, self._reply, *webhook_waits, webhook_timeout)
        app = web.Application(client_max_size=MOST_SENT + SLACK)
        app.router.add_route("*", "/bot{token:[^/]+}/{method:[^/]*}", self._api)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._file)
        app.router.add_route("*", "/{anything:.*}", self._nothing)
        self.runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        self.site: web.TCPSite | None = None

    async def start(self) -> None:
        await self.runner.setup()
        await self.up()

    async def up(self) -> None:
        self.site = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True)
        await self.site.start()
        self.port = self.runner.addresses[0][1]
        self.is_down = False
        self.postman.may_post.set()

    async def down(self) -> None:
        self.is_down = True
        self.postman.may_post.clear()
        if self.site is not None:
            await self.site.stop()
        for connection in list(self.runner.server.connections if self.runner.server else ()):
            if connection.transport is not None:
                connection.transport.abort()

    async def stop(self) -> None:
        self.faults.clear()
        tasks = [bot.hook.task for bot in self.state.bots if bot.hook and bot.hook.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for bot in self.state.bots:
            polling.end_poll(bot, Refused(500, "Internal Server Error: closing"))
        await self.runner.cleanup()

    # ---- one call ------------------------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        token, name = request.match_info["token"], request.match_info["method"]
        bot = next((one for one in self.state.bots if one.token == token and not one.revoked), None)
        try:
            params = await read_params(request)
        except Refused as refused:
            return answer(refused.code, refused.body())
        kept = {key: value for key, value in params.values.items() if key != "secret_token"}
        record = Record(self.state.clock(), bot, name, kept, tuple(params.uploads))
        if name.lower() != "getupdates":
            self.state.calls.append(record)

        if bot is not None and record.chat_id is not None:
            self.state.rates.heed(name, bot.id, record.chat_id, record.at)

        async def accept() -> web.Response:
            return await self._accept(record, bot, params)

        fault = self.faults.pick(name)
        if fault is None:
            response = await accept()
            record.status = response.status
            return response
        record.status = fault.status if fault.how == "answer" else None
        if fault.status == 429 and fault.how == "answer":
            self._told(record, fault.body)
        return await self.faults.play(fault, request, accept)

    def _told(self, record: Record, body: bytes) -> None:
        """Remember how long a made-up flood asks the bot to wait in the chat."""
        with suppress(ValueError, AttributeError):
            seconds = json.loads(body).get("parameters", {}).get("retry_after")
            if record.bot is not None and record.chat_id is not None:
                self.state.rates.told(record.bot.id, record.chat_id, seconds, record.at)

    async def _accept(self, record: Record, bot: Bot | None, params: Params) -> web.Response:
        try:
            record.result = await self._do(record.method, bot, params)
        except Refused as refused:
            record.description = refused.description
            if bot is not None and record.chat_id is not None:
                self.state.rates.told(bot.id, record.chat_id, refused.parameters.get("retry_after"), record.at)
            return answer(refused.code, refused.body())
        record.accepted = True
        return answer(200, {"ok": True, "result": record.result})

    async def _do(self, name: str, bot: Bot | None, params: Params) -> Any:
        if bot is None:
            raise Refused(*UNAUTHORIZED)
        if bot.logged_out_until is not None and self.state.clock() < bot.logged_out_until:
            raise bad("Logged out")
        call = Call(self.state, bot, name, params)
        if name.lower() == "getupdates":
            return await polling.get_updates(call)
        if name.lower() not in METHODS:
            raise Refused(*NOT_FOUND)
        result = METHODS[name.lower()](call)
        if bot.hook is not None and bot.hook.task is None:
            bot.hook.task = asyncio.create_task(self.postman.serve(bot, bot.hook))
        return result

    async def _reply(self, bot: Bot, call: dict[str, Any]) -> None:
        """A method call in the answer to a webhook."""
        values = {key: value for key, value in call.items() if key != "method"}
        record = Record(self.state.clock(), bot, call["method"], values)
        self.state.calls.append(record)
        with suppress(Refused):
            await self._accept(record, bot, Params(values))

    # ---- the rest ------------------------------------------------------------------------------------------------------

    async def _file(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.pick("file")

        async def accept() -> web.Response:
            bot = [one for one in self.state.bots if one.token == request.match_info["token"] and not one.revoked]
            stored, until = self.state.links.get(request.match_info["path"], (None, None))
            if not bot:
                return answer(401, Refused(*UNAUTHORIZED).body())
            if stored is None or until is None or self.state.clock() > until:
                return answer(404, Refused(404, "Not Found").body())
            return web.Response(body=stored.content, content_type="application/octet-stream")

        return await (accept() if fault is None else self.faults.play(fault, request, accept))

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        return answer(404, Refused(404, "Not Found").body())


def answer(code: int, body: dict[str, Any]) -> web.Response:
    return web.Response(status=code, body=json.dumps(body).encode(), content_type="application/json")


async def read_params(request: web.Request) -> Params:
    """Query, form, JSON and multipart together, as the Bot API reads them."""
    values: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    try:
        if request.content_type == "application/json":
            values |= await _json_body(request)
        elif request.can_read_body:
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    uploads[name] = Upload(value.filename, value.file.read(), value.content_type)
                else:
                    values[name] = value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
    except web.HTTPRequestEntityTooLarge:
        raise Refused(*TOO_LARGE) from None
    except (ValueError, AssertionError):
        raise bad("can't parse the request") from None
    if any(len(one.content) > MOST_SENT for one in uploads.values()):
        raise Refused(*TOO_LARGE)
    return Params(values, uploads)


async def _json_body(request: web.Request) -> dict[str, Any]:
    body = await request.json() if request.can_read_body else {}
    if not isinstance(body, dict):
        raise ValueError("no object")
    return body
