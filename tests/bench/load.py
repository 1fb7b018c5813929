"""The load, on a core of its own: as much as goes in (`saturate`), or so many a second whatever comes back (`steady`).

    python -m tests.bench.load saturate PORT KIND SECONDS [API]
    python -m tests.bench.load steady PORT KIND SECONDS RATE [API]

Latencies of `steady` count from the moment at which a request should have been sent (no coordinated omission). KIND: question,
answer, mixed. Prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from tests.bench import slack_events
from tests.bench.room import percentile

CONNECTIONS = 32


class Client(asyncio.Protocol):
    """One connection: sends a request, waits for the whole answer, tells whoever asked."""

    def __init__(self, free: Callable[[Client, int], None]) -> None:
        self.free, self.seen, self.left = free, b"", -1
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # uvloop's is not of asyncio's class

    def send(self, request: bytes) -> None:
        assert self.transport is not None
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.seen += data
        head, end, body = self.seen.partition(b"\r\n\r\n")
        if not end:
            return
        name = head.lower().find(b"content-length:")
        length = int(head[name + 15 :].split(b"\r\n", 1)[0]) if name >= 0 else 0
        if len(body) >= length:
            self.seen = b""
            self.free(self, int(head[9:12]))


def maker(kind: str, api: str) -> Callable[[int], bytes]:
    """The n-th request of this run, signed at the moment when it is made."""
    run, rnd = str(int(time.time())), random.Random(7)
    if kind == "mixed":
        return lambda n: slack_events.mixed(n, run, rnd, api)
    make: Callable[[int, str, random.Random], bytes] = getattr(slack_events, kind)
    return lambda n: make(n, run, rnd)


async def connected(port: int, free: Callable[[Client, int], None], many: int) -> list[Client]:
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(lambda: Client(free), "127.0.0.1", port))[1] for _ in range(many)]


async def saturate(port: int, kind: str, seconds: float, api: str) -> dict[str, float]:
    """Requests a second, all acknowledged; those of another status are counted as bad."""
    make = maker(kind, api)
    ready = [make(n) for n in range(int(seconds * (9000 if kind == "question" else 5000)))]
    sent = bad = 0
    over = asyncio.get_running_loop().create_future()
    busy = CONNECTIONS
    end = 0.0

    def free(client: Client, status: int) -> None:
        nonlocal sent, bad, busy
        bad += status != 200
        if sent < len(ready) and time.perf_counter() < end:
            client.send(ready[sent])
            sent += 1
            return
        busy -= 1
        if not busy:
            over.set_result(None)

    clients = await connected(port, free, CONNECTIONS)
    begin = time.perf_counter()
    end = begin + seconds
    for client in clients:
        client.send(ready[sent])
        sent += 1
    await over
    took = time.perf_counter() - begin
    return {"sent": sent, "seconds": took, "rate": sent / took, "bad": bad, "ran_out": float(sent == len(ready))}


async def steady(port: int, kind: str, seconds: float, rate: float, api: str) -> dict[str, float]:
    rnd = random.Random(3)
    make, many, moment = maker(kind, api), int(seconds * rate), 0.0
    late: list[float] = []
    began: dict[Client, float] = {}
    idle: asyncio.Queue[Client] = asyncio.Queue()
    bad = 0

    def free(client: Client, status: int) -> None:
        nonlocal bad
        bad += status != 200
        late.append(time.perf_counter() - began[client])
        idle.put_nowait(client)

    for client in await connected(port, free, 16):
        idle.put_nowait(client)
    begin = time.perf_counter() + 0.2
    for n in range(many):
        request = make(n)
        moment += rnd.expovariate(rate)
        await asyncio.sleep(max(0.0, begin + moment - time.perf_counter()))
        client = await idle.get()
        began[client] = begin + moment
        client.send(request)
    while len(late) < many:  # noqa: ASYNC110  # nothing else to do meanwhile
        await asyncio.sleep(0.01)
    figures = {f"p{part}": percentile(late, part / 100) * 1000 for part in (50, 95, 99)}
    return figures | {"max": max(late) * 1000, "bad": bad, "sent": len(late)}


def main(how: str, port: str, kind: str, seconds: str, *more: str) -> None:
    with suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    if how == "saturate":
        work = saturate(int(port), kind, float(seconds), more[0] if more else "")
    else:
        work = steady(int(port), kind, float(seconds), float(more[0]), more[1] if len(more) > 1 else "")
    print(json.dumps(asyncio.run(work)))


if __name__ == "__main__":
    main(*sys.argv[1:])
