"""python-telegram-bot's Bot with what a door needs: raw updates, an end to every call, no secret in a log or an error.

Its own request class waits as long as bytes keep trickling in, logs whole answers that it cannot parse, and takes a 429
without `retry_after` for a network error. The logs of httpx name the address, which holds the token.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import HTTPXRequest, RequestData

for chatty in ("httpx", "httpcore", "telegram"):
    logging.getLogger(chatty).setLevel(logging.CRITICAL)

PATIENCE = 20.0  # seconds for one call, however it trickles
LOAD = 90.0  # seconds for a file, up or down
LONG_POLL = 25  # seconds that Telegram holds getUpdates open
UNSAID = 5.0  # seconds to wait where Telegram floods without a sane word of how long
LONGEST_WAIT = 3600.0
REVOKED = 300.0  # seconds between two tries while the token is refused


class Flood(TelegramError):
    """429. `seconds`: how long Telegram asks to wait, made sane."""

    def __init__(self, seconds: float) -> None:
        super().__init__("Too Many Requests")
        self.seconds = seconds


class Resting(InvalidToken):
    """The token was refused a moment ago: nobody asks for `seconds` more."""

    def __init__(self, seconds: float) -> None:
        super().__init__("the token is refused")
        self.seconds = seconds


def refused_for(error: InvalidToken) -> float:
    """Seconds until somebody may ask again whether the token is good."""
    return error.seconds if isinstance(error, Resting) else REVOKED


def loads(raw: bytes | str) -> Any:
    """JSON whose texts are valid Unicode: lone surrogates become U+FFFD. ValueError: it is no JSON."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    try:
        data = json.loads(text)
        if not re.search(r"\\u[dD][89a-fA-F]", text):
            return data
        shown = json.dumps(data, ensure_ascii=False)
        return json.loads(shown.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def sane(seconds: object) -> float | None:
    """A wait in seconds; None where it is no number. Text as headers have it counts."""
    try:
        wait = float(seconds)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT) if math.isfinite(wait) else None


async def _flooded(response: httpx.Response) -> None:
    """Every 429 is a flood, whatever its body says."""
    if response.status_code != 429:
        return
    try:
        told = sane(loads(await response.aread())["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        told = None
    told = sane(response.headers.get("Retry-After")) if told is None else told
    raise Flood(UNSAID if told is None else told)


class Line(HTTPXRequest):
    """One call: it ends after `patience` seconds (files after `LOAD`), and its errors name no address."""

    def __init__(self, size: int, patience: float) -> None:
        hooks = {"event_hooks": {"response": [_flooded]}}
        super().__init__(size, read_timeout=patience, write_timeout=patience, pool_timeout=patience, httpx_kwargs=hooks)
        self._patience = patience

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **more: Any
    ) -> tuple[int, bytes]:
        """See the base class. TimedOut, NetworkError, Flood."""
        heavy = method == "GET" or bool(request_data and request_data.contains_files)
        try:
            async with asyncio.timeout(LOAD if heavy else self._patience):
                return await super().do_request(url, method, request_data, *args, **more)
        except (TimeoutError, TimedOut):
            raise TimedOut from None
        except NetworkError as error:
            raise NetworkError(error.message.partition(":")[0]) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """See the base class; nothing is logged, and what is no object is refused. TelegramError."""
        try:
            answer = loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        if answer.get("ok") is not False and "result" not in answer:
            raise TelegramError("Invalid server response")
        return answer


class Api(Bot):
    """The Bot API. `address`: of the API server, ending in /bot, to which the token is added. `clock`: seconds.

    While the token is refused, one call in `REVOKED` seconds finds out whether it is good again; all others raise `Resting`.
    """

    def __init__(self, token: str, address: str, clock: Callable[[], float] = time.time) -> None:
        base = address.rstrip("/").removesuffix("/bot")
        self._lines = Line(64, PATIENCE), Line(4, LONG_POLL + 10)
        self._clock, self._refused, self._rests_until = clock, False, 0.0
        self._finding = asyncio.Lock()
        super().__init__(token, f"{base}/bot", f"{base}/file/bot", *self._lines)

    async def close_lines(self) -> None:
        for line in self._lines:
            await line.shutdown()

    def awake(self) -> None:
        """`Resting`: the token is not good (any more), and somebody else finds out when it is."""
        if self._refused and (left := self._rests_until - self._clock()) > 0:
            raise Resting(min(left, REVOKED))

    async def _post(self, endpoint: str, *args: Any, **more: Any) -> Any:
        """See the base class: every call goes through here."""
        if self._refused:
            async with self._finding:  # one call at a time: whoever waits here goes on once the token is good
                self.awake()
                if self._refused:
                    return await self._asked(endpoint, *args, **more)
        return await self._asked(endpoint, *args, **more)

    async def _asked(self, endpoint: str, *args: Any, **more: Any) -> Any:
        try:
            answer = await super()._post(endpoint, *args, **more)
        except InvalidToken as error:
            if "unauthorized" in error.message.lower() or endpoint == "getMe":  # else an old server lacks the method
                self._refused, self._rests_until = True, self._clock() + REVOKED
            raise
        except NetworkError as error:  # of which a BadRequest is one that Telegram answered
            self._refused = self._refused and not isinstance(error, BadRequest)
            self._rests_until = self._clock() + UNSAID
            raise
        except TelegramError:
            self._refused = False
            raise
        self._refused = False
        return answer

    async def updates(self, offset: int | None, wait: int, kinds: Sequence[str]) -> list[Any]:
        """Updates as Telegram wrote them, from `offset` on; earlier ones are confirmed by that and forgotten there."""
        asked = {"offset": offset, "timeout": wait, "allowed_updates": list(kinds)}
        found = await self._post("getUpdates", {name: value for name, value in asked.items() if value is not None})
        if not isinstance(found, list):
            raise TelegramError("Invalid server response")
        return found

    async def download(self, file: str) -> bytes:
        """A file's bytes. BadRequest: there is no such file, or it is over 20 MB."""
        told = await self.get_file(file)
        return await self.request.retrieve(told.file_path or "")
