"""A browser that only talks: posts messages over one kept-alive connection, as fast as the answers come."""

from __future__ import annotations

import asyncio
from typing import Self
from urllib.parse import urlencode

HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
)


class Wire:
    """One connection. What breaks it (the other side died) is an OSError or an IncompleteReadError."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port, self.cookie = port, cookie

    async def __aenter__(self) -> Self:
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._out.close()

    async def post(self, path: str, **fields: str) -> tuple[int, bytes]:
        """Status and body. A cookie that is set is sent from then on."""
        body = urlencode(fields).encode()
        head = HEAD.format(path=path, port=self.port, cookie=self.cookie, length=len(body))
        self._out.write(head.encode() + body)
        lines = (await self._in.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        for line in lines:
            if line.lower().startswith("set-cookie: "):
                self.cookie = line.split(": ", 1)[1].split(";")[0]
        return int(lines[0].split()[1]), await self._in.readexactly(int(headers.get("content-length", "0")))
