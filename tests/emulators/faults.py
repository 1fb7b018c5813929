"""Faults on demand, for any emulator that answers with aiohttp.

    faults = Faults(seed=7)
    faults.next("chat.postMessage", rate_limited("30"), times=2)   # the next two calls of one method
    faults.next(None, hang().lost())                               # the next call of any: accepted, the answer never comes
    faults.sometimes(None, status(500), 0.05)                      # one call in twenty, by the seed
    faults.clear()                                                 # the platform is well again; whoever hangs is let go

A handler asks `faults.pick(method)` and hands the fault to `faults.play(fault, request, accept)`. A fault strikes **before** a
call is accepted (nothing happened) unless it is `.lost()`: then the call is accepted first and only its answer is broken.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from aiohttp import web

HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Something went wrong</h1></body></html>"
TLS_ALERT = b"\x15\x03\x01\x00\x02\x02\x28"
HALF_OF_NOTHING = b'{"ok":true,"result":{"message":{"text":"this sentence has no en'


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call.

    `answer`: `status`, `headers` and `body` instead of the true answer; `half`: the true length, half the bytes, then the
    connection closes; `slow`: the true answer, a byte every `seconds`; `close`: closed without a byte; `garbage`: bytes that
    are not HTTP; `hang`: nothing for `seconds`, then closed.
    """

    how: Literal["answer", "half", "slow", "close", "garbage", "hang"]
    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    accepted: bool = False

    def lost(self) -> Fault:
        """The same, struck after the call was accepted: the platform did it, the caller does not know."""
        return replace(self, accepted=True)

    def before(self) -> Fault:
        """The same, struck before anything happened."""
        return replace(self, accepted=False)


def rate_limited(after: str | None = "30", body: bytes = b'{"ok":false,"error":"ratelimited"}') -> Fault:
    """429; `after` is the text of Retry-After whatever it says, None leaves the header out."""
    headers = (("Content-Type", "application/json"), *((("Retry-After", after),) if after is not None else ()))
    return Fault("answer", 429, headers, body)


def status(code: int, body: bytes = b"", content_type: str = "text/plain") -> Fault:
    """Any status with any body."""
    return Fault("answer", code, (("Content-Type", content_type),), body)


def html(code: int = 200) -> Fault:
    """A page where JSON was expected, as proxies and maintenance windows serve."""
    return Fault("answer", code, (("Content-Type", "text/html; charset=utf-8"),), HTML)


def half() -> Fault:
    """Half of the answer, then the connection closes. Accepted, unless `.before()`."""
    return Fault("half", accepted=True)


def slow(seconds_a_byte: float = 1.0) -> Fault:
    """The answer trickles. Accepted, unless `.before()`."""
    return Fault("slow", seconds=seconds_a_byte, accepted=True)


def closed() -> Fault:
    """The connection is closed without an answer."""
    return Fault("close")


def garbage() -> Fault:
    """Bytes that are not HTTP (a TLS alert)."""
    return Fault("garbage")


def hang(seconds: float = 3600.0) -> Fault:
    """No answer for so long (or until `clear`), then the connection closes."""
    return Fault("hang", seconds=seconds)


@dataclass
class _Rule:
    method: str | None
    fault: Fault
    left: int | None
    probability: float


@dataclass
class Faults:
    """What is to go wrong. `struck` lists (method, fault) in the order in which they hit."""

    seed: int = 0
    struck: list[tuple[str, Fault]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._rules: list[_Rule] = []
        self._well = asyncio.Event()

    def next(self, method: str | None, fault: Fault, times: int = 1) -> None:
        """The next `times` calls of `method` (None: of any). Rules are used up in the order in which they were made."""
        self._rules.append(_Rule(method, fault, times, 1.0))

    def always(self, method: str | None, fault: Fault) -> None:
        """Every call of `method` (None: of any) until `clear`."""
        self._rules.append(_Rule(method, fault, None, 1.0))

    def sometimes(self, method: str | None, fault: Fault, probability: float) -> None:
        """Each call of `method` (None: of any) with this probability, by the seed, until `clear`."""
        self._rules.append(_Rule(method, fault, None, probability))

    def clear(self) -> None:
        """No more faults; hanging and trickling answers end now."""
        self._rules.clear()
        self._well.set()
        self._well = asyncio.Event()

    def pick(self, method: str) -> Fault | None:
        """The fault that strikes this call, if any; counts it."""
        for rule in self._rules:
            if rule.method not in (None, method) or (rule.probability < 1 and self._chance.random() >= rule.probability):
                continue
            if rule.left is not None:
                rule.left -= 1
                if rule.left <= 0:
                    self._rules.remove(rule)
            self.struck.append((method, rule.fault))
            return rule.fault
        return None

    async def wait(self, seconds: float) -> bool:
        """Sleep; True if `clear` cut it short."""
        well = self._well
        with suppress(TimeoutError):
            await asyncio.wait_for(well.wait(), seconds)
        return well.is_set()

    async def play(
        self, fault: Fault, request: web.Request, accept: Callable[[], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        """Answer `request` as the fault says; `accept` does what the call asks for and gives the true answer."""
        true = await accept() if fault.accepted else None
        if fault.how == "answer":
            return web.Response(status=fault.status, body=fault.body, headers=dict(fault.headers))
        with suppress(ConnectionError):
            if fault.how in ("half", "slow"):
                body = bytes(true.body) if true is not None and isinstance(true.body, (bytes, bytearray)) else HALF_OF_NOTHING
                await self._trickle(fault, request, body)
        if fault.how == "hang":
            await self.wait(fault.seconds)
        if request.transport is not None:
            if fault.how == "garbage":
                request.transport.write(TLS_ALERT)
            request.transport.close()
        return web.Response(status=500)  # never seen: the connection is gone

    async def _trickle(self, fault: Fault, request: web.Request, body: bytes) -> None:
        answer = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
        answer.content_length = len(body)
        await answer.prepare(request)
        if fault.how == "half":
            await answer.write(body[: len(body) // 2])
            return
        for at in range(len(body)):
            await answer.write(body[at : at + 1])
            if await self.wait(fault.seconds):
                await answer.write(body[at + 1 :])
                break
        await answer.write_eof()
