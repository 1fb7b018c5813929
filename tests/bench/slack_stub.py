"""As little of Slack's Web API as the door needs, as quickly as it can be had: everything is ok, everything gets a timestamp.

The strict emulator (tests/emulators) takes more time than what is measured here.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from urllib.parse import parse_qs

from tests.bench.slack_events import BOT, TEAM

Heard = Callable[[str, dict[str, str]], None]
ANSWERS: dict[str, dict[str, object]] = {
    "auth.test": {"team_id": TEAM, "user_id": BOT, "url": "https://perpustakaan.slack.com/"},
    "conversations.open": {"channel": {"id": "D1"}},
    "conversations.history": {"messages": []},
    "conversations.replies": {"messages": []},
}


class SlackStub:
    """`heard` is told of every call, by its method and fields."""

    def __init__(self, heard: Heard = lambda method, fields: None) -> None:
        self.heard, self.count = heard, 0
        self.server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> SlackStub:
        self.server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.server is not None
        self.server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method = head.split(" ", 2)[1].rpartition("/")[2]
                length = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
                body = (await reader.readexactly(length)).decode()
                self.heard(method, _fields(body))
                writer.write(self._answer(method))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, method: str) -> bytes:
        self.count += 1
        ts = f"{int(time.time())}.{self.count % 900_000 + 100_000:06}"
        told = json.dumps({"ok": True, "ts": ts, "channel": "C1", "message_ts": ts} | ANSWERS.get(method, {})).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told)


def _fields(body: str) -> dict[str, str]:
    if body.startswith("{"):
        return {name: str(value) for name, value in json.loads(body).items()}
    return {name: values[0] for name, values in parse_qs(body).items()}


async def _forever(port: int) -> None:
    stub = SlackStub()
    async with await asyncio.start_server(stub._talk, "127.0.0.1", port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    import sys

    asyncio.run(_forever(int(sys.argv[1])))
