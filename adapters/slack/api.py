"""Slack's Web API with one token: each call ends in time, at Slack's pace, and its errors are sorted."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from typing import Protocol

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import BUSY, DEAD, PAUSE, RATELIMITED, SlackRefused, code_of, wait_of
from adapters.slack.payload import NOTHING, Json, text
from bot.errors import TryLater

TIMEOUT = 10.0  # seconds for a whole call
LONGEST_BACK_OFF = 60.0
READING = {"users.info": 90, "conversations.open": 45, "chat.getPermalink": 200}  # a minute, of those beyond tier 3
TIER_3 = 45
MINUTE = 60.5
#: What the SDK and its HTTP client raise where no answer comes, or one that is none: a text makes the SDK stumble
BROKEN = (aiohttp.ClientError, OSError, TimeoutError, ValueError, AttributeError, SlackClientError)

_silent = logging.Logger("slack_sdk.silent", logging.CRITICAL + 1)  # the SDK logs answers that it cannot read, and their words


class Answered(Protocol):
    """What slack_sdk gives back."""

    status_code: int
    data: object
    headers: dict[str, str]


class Api:
    """`call("chat.postMessage", channel=…)` → Slack's answer.

    Raises SlackRefused with Slack's code, TryLater for whatever passes: limits, outages, time-outs, answers that are none. A
    token that is no longer good rests for five minutes, whoever asks; then one call finds out whether it is good again.
    """

    def __init__(self, token: str, base_url: str, clock: Callable[[], float]) -> None:
        self.token, self.base_url, self._clock = token, base_url.rstrip("/") + "/", clock
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self._failures: dict[str, int] = {}  # method → how often in a row
        self._rests_until, self._why = 0.0, ""
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    async def call(self, method: str, **args: object) -> Json:
        """One call. Arguments that are None are left out."""
        answer = await self.answered(method, **args)
        return answer.data if isinstance(answer.data, dict) else NOTHING

    async def answered(self, method: str, **args: object) -> Answered:
        """The same with the answer's headers."""
        if self._why:
            self._awake()
        return await self._sent(method, args)

    async def read(self, method: str, most: int = 0, **args: object) -> Json:
        """One call that looks something up, in its turn: together they stay under the method's published limit.

        `most`: a minute; whoever is in no hurry leaves room for others.
        """
        await self._turn(method, most or READING.get(method, TIER_3))
        return await self.call(method, **args)

    def rest(self, why: str) -> None:
        """The token is not good (any more): nobody asks for a while."""
        self._why, self._rests_until = why, self._clock() + PAUSE

    @property
    def resting(self) -> str:
        """Why it rests; "" where it does not."""
        return self._why

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        return self._session

    @property
    def client(self) -> AsyncWebClient:
        """The SDK's client; it never tries again by itself: whether a lost answer may be asked for again is for us to say."""
        if self._client is None or self._client.session is not self.session:
            self._client = AsyncWebClient(
                self.token, self.base_url, int(TIMEOUT), session=self.session, retry_handlers=[], logger=_silent
            )
        return self._client

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _awake(self) -> None:
        """`TryLater`: it rests still, or somebody is just finding out."""
        if (left := self._rests_until - self._clock()) > 0:
            raise TryLater(left, f"slack: {self._why}")
        self._rests_until = self._clock() + TIMEOUT

    async def _sent(self, method: str, args: dict[str, object]) -> Answered:
        ask: Callable[..., Awaitable[Answered]] = getattr(self.client, method.replace(".", "_"))
        given = {key: value for key, value in args.items() if value is not None}
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await ask(**given)
        except SlackApiError as error:
            raise self._refused(method, error) from None
        except BROKEN as error:
            raise TryLater(self._back_off(method), f"slack: {type(error).__name__}") from None
        self._failures.pop(method, None)
        self._why = ""
        return answer

    def _refused(self, method: str, error: SlackApiError) -> Exception:
        answer = error.response
        status = getattr(answer, "status_code", 0) or getattr(answer, "status", 0)
        data = getattr(answer, "data", None)
        code = code_of(data)
        if status == 429 or code in ("ratelimited", "rate_limited"):
            return TryLater(wait_of(answer.headers.get("Retry-After")), RATELIMITED)
        if not code or status >= 500 or code in BUSY:
            return TryLater(self._back_off(method), f"slack: {code or f'status {status}'}")
        self._failures.pop(method, None)
        if code in DEAD:
            self.rest(code)
            return TryLater(PAUSE, f"slack: {code}")
        self._why = ""  # whoever is refused something else has a token that is good
        return SlackRefused(code, text(data, "needed"))

    def _back_off(self, method: str) -> float:
        """Longer with each failure in a row, and not for all at the same moment."""
        self._failures[method] = failures = min(self._failures.get(method, 0) + 1, 10)
        return min(LONGEST_BACK_OFF, 2.0**failures) * random.uniform(0.8, 1.2)

    async def _turn(self, method: str, most: int) -> None:
        seen = self._calls[method]
        while True:
            now = asyncio.get_running_loop().time()
            while seen and seen[0] <= now - MINUTE:
                seen.popleft()
            if len(seen) < most:
                seen.append(now)
                return
            await asyncio.sleep(seen[-most] + MINUTE - now)
