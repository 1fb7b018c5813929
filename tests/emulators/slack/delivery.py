"""Towards the app: signed HTTP or Socket Mode, three seconds to acknowledge, Slack's retries, and what was given up."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

import aiohttp

from tests.emulators.slack.model import JSON
from tests.emulators.slack.signing import signed

if TYPE_CHECKING:
    from tests.emulators.slack.server import SlackEmulator
    from tests.emulators.slack.workspace import Workspace

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Attempt:
    """`reason` is empty when the app answered 2xx in time, else http_timeout, http_error, connection_failed or no_route."""

    at: float
    number: int
    status: int
    reason: str
    body: str = ""
    content_type: str = ""

    @property
    def ok(self) -> bool:
        return not self.reason


@dataclass(eq=False)
class Delivery:
    """Something that the app is to be told. `id` is the event_id; of commands and interactions the trigger_id."""

    id: str
    kind: Literal["event", "command", "interaction"]
    space: Workspace
    payload: JSON
    attempts: list[Attempt] = field(default_factory=list)
    state: Literal["waiting", "accepted", "given_up"] = "waiting"

    def __post_init__(self) -> None:
        self.tried = asyncio.Event()

    @property
    def event(self) -> JSON:
        inner: JSON = self.payload.get("event", self.payload)
        return inner


class Courier:
    """`deliveries`: everything ever sent, in order. Retries come due by the emulator's clock."""

    def __init__(self, slack: SlackEmulator) -> None:
        self.slack = slack
        self.deliveries: list[Delivery] = []
        self.given_up: list[Delivery] = []
        self._count = itertools.count()
        self._due: list[tuple[float, int, Delivery]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        timeout = aiohttp.ClientTimeout(total=self.slack.ack_within)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    # ---- events ----------------------------------------------------------------------------------------------------------

    def event(self, space: Workspace, event: JSON) -> Delivery:
        """Wrap an event and set it on its way; the first attempt starts at once."""
        app, event_id = space.app, space.new_id("Ev")
        payload: JSON = {
            "token": app.verification,
            "team_id": space.id,
            "context_team_id": space.id,
            "context_enterprise_id": None,
            "api_app_id": app.id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(self.slack.clock()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": space.id,
                    "user_id": app.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{space.hex(40)}",
        }
        delivery = Delivery(event_id, "event", space, payload)
        self.deliveries.append(delivery)
        self.send(delivery)
        return delivery

    async def verify(self, space: Workspace) -> bool:
        """Slack's url_verification: the challenge, as text or as JSON, within the time to acknowledge."""
        challenge = space.hex(52)
        payload: JSON = {"token": space.app.verification, "challenge": challenge, "type": "url_verification"}
        answer = await self._post(Delivery("", "event", space, payload), space.app.events_url or "", 0, "")
        return answer.ok and challenge in (answer.body, answer.body and _field(answer.body, "challenge"))

    def send(self, delivery: Delivery) -> None:
        """Start the next attempt of a delivery in the background."""
        task = asyncio.get_running_loop().create_task(self._try(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def repeat(self, delivery: Delivery) -> Attempt:
        """Send it once more although it was acknowledged, as Slack now and then does."""
        return await self.attempt(delivery, "http_timeout")

    async def _try(self, delivery: Delivery) -> None:
        reason = delivery.attempts[-1].reason if delivery.attempts else ""
        attempt = await self.attempt(delivery, reason)
        failures = sum(not one.ok for one in delivery.attempts)
        if attempt.ok:
            delivery.state = "accepted"
        elif failures > len(self.slack.retry_delays) or attempt.reason == "no_retry":
            delivery.state = "given_up"
            self.given_up.append(delivery)
        else:
            due = attempt.at + self.slack.retry_delays[failures - 1]
            heapq.heappush(self._due, (due, next(self._count), delivery))
        delivery.tried.set()

    async def deliver_due(self) -> int:
        """Make the attempts that are due by the clock; how many."""
        due = self._pop_due()
        await asyncio.gather(*(self._try(one) for one in due))
        return len(due)

    def start_due(self) -> None:
        """The same without waiting for them."""
        for one in self._pop_due():
            self.send(one)

    def _pop_due(self) -> list[Delivery]:
        due = []
        while self._due and self._due[0][0] <= self.slack.clock():
            due.append(heapq.heappop(self._due)[2])
        return due

    async def settled(self) -> None:
        """Wait until nothing is on its way and no retry is due."""
        while self._tasks or await self.deliver_due():
            if self._tasks:
                await asyncio.wait(set(self._tasks))

    @property
    def waiting(self) -> list[Delivery]:
        """What failed and will be tried again, soonest first."""
        return [one for _, _, one in sorted(self._due, key=lambda row: row[:2])]

    # ---- one attempt -----------------------------------------------------------------------------------------------------

    async def attempt(self, delivery: Delivery, retry_reason: str = "") -> Attempt:
        number = len(delivery.attempts)
        if delivery.space.app.socket_mode:
            done = await self.slack.sockets.deliver(delivery, number, retry_reason)
        elif delivery.space.app.events_url:
            done = await self._post(delivery, delivery.space.app.events_url, number, retry_reason)
        else:
            done = Attempt(self.slack.clock(), number, 0, "no_retry", "neither an events URL nor a socket")
        delivery.attempts.append(done)
        return done

    async def _post(self, delivery: Delivery, url: str, number: int, retry_reason: str) -> Attempt:
        body, content_type = encode(delivery)
        now = self.slack.clock()
        headers = signed(delivery.space.app.signing_secret, int(now), body, content_type)
        if number and delivery.kind == "event":
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": retry_reason}
        assert self._session is not None, "the emulator has not been started"
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                text = (await answer.read()).decode("utf-8", errors="replace")
        except TimeoutError:
            return Attempt(now, number, 0, "http_timeout")
        except aiohttp.ClientError:
            return Attempt(now, number, 0, "connection_failed")
        reason = "" if 200 <= answer.status < 300 else "http_error"
        if reason and answer.headers.get("X-Slack-No-Retry") == "1":
            reason = "no_retry"
        return Attempt(now, number, answer.status, reason, text, answer.content_type)

    async def ask(self, space: Workspace, kind: Literal["command", "interaction"], payload: JSON) -> Attempt:
        """A command or an interaction: tried once, its answer matters."""
        delivery = Delivery(str(payload.get("trigger_id", "")), kind, space, payload)
        self.deliveries.append(delivery)
        if not space.app.installed:
            delivery.attempts.append(Attempt(self.slack.clock(), 0, 0, "no_retry", "the app is not installed"))
        else:
            await self.attempt(delivery)
        delivery.state = "accepted" if delivery.attempts[-1].ok else "given_up"
        delivery.tried.set()
        return delivery.attempts[-1]


def _field(body: str, name: str) -> object:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return said.get(name) if isinstance(said, dict) else None


def encode(delivery: Delivery) -> tuple[bytes, str]:
    """The body of an HTTP request: events as JSON, commands as a form, interactions as JSON inside a form."""
    if delivery.kind == "event":
        return json.dumps(delivery.payload).encode(), "application/json"
    fields = delivery.payload if delivery.kind == "command" else {"payload": json.dumps(delivery.payload)}
    return urlencode(fields, errors="surrogatepass").encode(), FORM
