"""The emulator itself: a real HTTP server on loopback in the running event loop."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import web

from tests.emulators.faults import Faults
from tests.emulators.slack import api_apps, api_chat, api_conversations, api_files, api_people, api_reactions, api_views
from tests.emulators.slack.arguments import Arguments, read
from tests.emulators.slack.delivery import Courier, Delivery
from tests.emulators.slack.downloads import SLACK, download, upload
from tests.emulators.slack.errors import RateLimited, SlackError
from tests.emulators.slack.limits import Limits
from tests.emulators.slack.model import JSON, Channel, Entry, Token
from tests.emulators.slack.person import Person
from tests.emulators.slack.registry import METHODS, Call
from tests.emulators.slack.response_urls import respond
from tests.emulators.slack.sockets import Sockets
from tests.emulators.slack.workspace import Workspace

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[Any]]
LOADED = (api_apps, api_chat, api_conversations, api_files, api_people, api_reactions, api_views)
DEAD = {"revoked": "token_revoked", "inactive": "account_inactive"}


class SlackEmulator:
    """See the package's docstring. `clock`: seconds since 1970; simulated time works."""

    def __init__(self, events_url: str | None = None, *, signing_secret: str = "emulated-signing-secret",
                 clock: Callable[[], float] = time.time, limits: bool = True, seed: int = 0, ack_within: float = 3.0,
                 retry_delays: Sequence[float] = (0.0, 60.0, 300.0), wait: bool = True, ticking: float | None = 0.05,
                 app_name: str = "Guyub", unique_action_ids: str = "block") -> None:  # fmt: skip
        self.events_url, self.clock, self.seed = events_url, clock, seed
        self.ack_within, self.retry_delays, self.wait, self.ticking = ack_within, tuple(retry_delays), wait, ticking
        self.signing_secret, self.app_name, self.unique_action_ids = signing_secret, app_name, unique_action_ids
        self.faults, self.limits = Faults(seed), Limits(clock, limits)
        self.courier, self.sockets = Courier(self), Sockets(self)
        self.workspaces: list[Workspace] = []
        self.ledger: list[Entry] = []
        self.refused: list[tuple[float, str, str]] = []
        self.base_url = "http://127.0.0.1:0"
        self._runner: web.AppRunner | None = None
        self._ticker: asyncio.Task[None] | None = None
        self.workspace = self.add_workspace("Perpustakaan", "perpustakaan")

    # ---- workspaces, and shortcuts to the first ----------------------------------------------------------------------------

    def add_workspace(self, name: str, domain: str | None = None, signing_secret: str | None = None) -> Workspace:
        """Another library's workspace, with an app, tokens and (if given) a signing secret of its own."""
        space = Workspace(self, len(self.workspaces), name, domain or name.lower().replace(" ", "-"),
                          signing_secret or self.signing_secret, self.app_name)  # fmt: skip
        self.workspaces.append(space)
        return space

    def person(self, which: str) -> Person:
        return self.workspace.person(which)

    def channel(self, which: Channel | str) -> Channel:
        return self.workspace.channel(which)

    @property
    def add_person(self) -> Callable[..., Person]:
        return self.workspace.add_person

    @property
    def add_channel(self) -> Callable[..., Channel]:
        return self.workspace.add_channel

    @property
    def bot_token(self) -> str:
        return self.workspace.bot_token

    @property
    def app_token(self) -> str:
        return self.workspace.app_token

    @property
    def api_url(self) -> str:
        return self.base_url + "/api/"

    @property
    def deliveries(self) -> list[Delivery]:
        return self.courier.deliveries

    @property
    def given_up(self) -> list[Delivery]:
        return self.courier.given_up

    def sends_to(self, events_url: str | None) -> None:
        """Where the apps of all workspaces want their events (known only once the app under test listens)."""
        self.events_url = events_url
        for space in self.workspaces:
            space.app.events_url = events_url

    def calls(self, method: str) -> list[Entry]:
        """What was accepted of one method, in order."""
        return [one for one in self.ledger if one.method == method]

    async def deliver_due(self) -> int:
        """Make the retries that are due by the clock (needed only with `ticking=None`); how many."""
        return await self.courier.deliver_due()

    async def settled(self) -> None:
        """Wait until nothing is on its way to the app and no retry is due by the clock."""
        await self.courier.settled()

    async def verifies_url(self, space: Workspace | None = None) -> bool:
        """What happens when an events URL is entered: a signed challenge that must come back."""
        return await self.courier.verify(space or self.workspace)

    async def until(self, what: Callable[[], T], seconds: float = 5.0) -> T:
        """What `what` gives once it is true, looked at every few milliseconds. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while not (found := what()):
            if time.monotonic() > deadline:
                raise TimeoutError("it did not happen")
            await asyncio.sleep(0.005)
        return found

    # ---- life ------------------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> SlackEmulator:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/actions/{team}/{number}/{key}", self._guard("response_url", respond))
        app.router.add_route("*", "/upload/v1/{key}", self._guard("upload", upload))
        app.router.add_get("/files-pri/{team_file}/{tail:.*}", self._guard("download", download))
        app.router.add_get("/link/", self._guard("socket", self.sockets.serve))
        app[SLACK] = self
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        await self.courier.start()
        if self.ticking is not None:
            self._ticker = asyncio.get_running_loop().create_task(self._tick(self.ticking))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticker
        self.faults.clear()
        await self.courier.stop()
        await self.sockets.cut()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _tick(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.courier.start_due()

    # ---- the Web API -----------------------------------------------------------------------------------------------------

    async def guarded(
        self, name: str, request: web.Request, answer: Callable[[web.Request], Awaitable[Any]]
    ) -> web.StreamResponse:
        """Answer, or play the fault that was ordered for `name`."""
        fault = self.faults.pick(name)
        if fault is None:
            done: web.StreamResponse = await answer(request)
            return done
        if not fault.accepted:
            await request.read()  # else whoever accepts it reads it
        return await self.faults.play(fault, request, lambda: answer(request))

    def _guard(self, name: str, answer: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            return await self.guarded(name, request, answer)

        return guarded

    async def _api(self, request: web.Request) -> web.StreamResponse:
        return await self.guarded(request.match_info["method"], request, self._answer)

    async def _answer(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        try:
            return await self._accept(name, request)
        except RateLimited as error:
            self.refused.append((self.clock(), name, error.code))
            return _json({"ok": False, "error": error.code}, 429, {"Retry-After": str(error.after)})
        except SlackError as error:
            self.refused.append((self.clock(), name, error.code))
            return _json({"ok": False, "error": error.code, **error.extra})

    async def _accept(self, name: str, request: web.Request) -> web.Response:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        given = await read(request)
        if name == "api.test":
            return _json(method.handler(Call(self.workspace, Token("", "bot", "", set()), Arguments(given))))
        space, token = self._authorised(request, given)
        call = Call(space, token, Arguments({k: v for k, v in given.items() if k != "token"}))
        if token.kind not in method.tokens:
            raise SlackError("not_allowed_token_type")
        call.require(*method.scopes)
        self.limits.check(space.id, name, method.tier, space.canonical(call.args.text("channel"), token.user))
        answer = {"ok": True, **method.handler(call)}
        self.ledger.append(Entry(self.clock(), space.id, name, call.args.given, answer))
        scopes = {"X-OAuth-Scopes": ",".join(sorted(token.scopes)), "X-Accepted-OAuth-Scopes": ",".join(method.scopes)}
        return _json(answer, headers=scopes)

    def _authorised(self, request: web.Request, given: JSON) -> tuple[Workspace, Token]:
        kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
        text = bearer.strip() if kind.lower() == "bearer" else str(given.get("token", ""))
        if not text:
            raise SlackError("not_authed")
        return self.whose(text)

    def whose(self, text: str) -> tuple[Workspace, Token]:
        """The workspace and the token of a token's text. Raises invalid_auth, token_revoked, account_inactive."""
        for space in self.workspaces:
            token = space.tokens.get(text)
            if token is not None:
                if token.state != "live":
                    raise SlackError(DEAD[token.state])
                if space.users[token.user].deleted:
                    raise SlackError("account_inactive")
                return space, token
        raise SlackError("invalid_auth")


def _json(body: JSON, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=json.dumps(body), content_type="application/json", charset="utf-8", headers=headers)
