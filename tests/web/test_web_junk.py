"""PROMISES 25 and 26 at this door: no bytes from outside cause a 5xx, nothing they say becomes active."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_world import SAME_ORIGIN, ScriptedEars, client, make_door, scene

from adapters.web.door import WebDoor
from adapters.web.guard import BODY

POSTS = (
    "/c/umum/say",
    "/c/umum/read",
    "/m/{id}/edit",
    "/m/{id}/react",
    "/m/{id}/delete",
    "/m/{id}/dismiss",
    "/press",
    "/submit",
)
POSTS += (
    "/as",
    "/people",
    "/channels",
    "/language",
    "/steps/hide",
    "/c/{junk}/say",
    "/m/{junk}/react",
    "/{junk}",
    "/static/{junk}",
)
GETS = (
    "/",
    "/c/{junk}",
    "/c/umum?m={junk}&t={junk}",
    "/c/umum/older?before={junk}",
    "/c/umum/thread/{junk}",
    "/files/{junk}/{junk}",
)
GETS += ("/static/{junk}", "/{junk}", "/live/{junk}", "/steps?{junk}", "/favicon.ico")
TYPES = (
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=x; charset=utf-7",
    "multipart/form-data; boundary=x; charset=rot13",
    "text/plain",
    "",
)
NAMES = (
    "text",
    "thread",
    "emoji",
    "action",
    "value",
    "message",
    "channel",
    "form",
    "name",
    "user",
    "to",
    "seq",
    "language",
    "f.name",
)
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n--x--\r\n'
WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["umum", "✅", "sari", "1", "9" * 40, "-1", "../../etc/passwd", "\0", "%00", "%ff", "%f", "\ud800", "+AG/YAA-", "+2AA-"]
    ),
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.dictionaries(st.sampled_from(NAMES), WORDS, max_size=4).map(lambda fields: _form(fields)),
    st.tuples(st.sampled_from(NAMES), WORDS).map(lambda p: PART % (p[0].encode(), p[1].encode("utf-8", "replace"))),
    st.just(b"[" * 100_000),
    st.just(json.dumps({"text": "x" * 1000}).encode()),
)  # fmt: skip


class Loop:
    """One door on one event loop for all examples."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self.door: WebDoor = make_door(folder)
        self.ids = self.runner.run(self._open())

    async def _open(self) -> dict[str, str]:
        await self.door.start(ScriptedEars())
        return await scene(self.door)

    def send(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        async def go() -> httpx.Response:
            async with client(self.door) as browser:
                return await browser.request(method, address, content=body, headers=headers)

        return self.runner.run(go())


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Loop:
    return Loop(tmp_path_factory.mktemp("junk"))


FUZZ = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(st.sampled_from(POSTS), WORDS, st.sampled_from(TYPES), BODIES)
def test_no_post_causes_a_server_error(loop: Loop, path: str, junk: str, kind: str, body: bytes) -> None:
    address = path.format(id=loop.ids["question"], junk=_escape(junk))
    told = loop.send("POST", address, body, {"content-type": kind} | SAME_ORIGIN)
    assert told.status_code < 500, told.text
    assert "Traceback" not in told.text


@FUZZ
@given(
    st.sampled_from(GETS), WORDS, st.dictionaries(st.sampled_from(["cookie", "last-event-id", "range", "if-none-match"]), WORDS)
)
def test_no_get_causes_a_server_error(loop: Loop, path: str, junk: str, headers: dict[str, str]) -> None:
    sent = {name: "".join(c for c in value if " " <= c <= "~") for name, value in headers.items()}
    told = loop.send("GET", path.format(junk=_escape(junk)), b"", sent)
    assert told.status_code < 500, told.text


@FUZZ
@given(st.binary(max_size=30), st.binary(max_size=30))
def test_no_raw_request_line_or_header_causes_one(loop: Loop, path: bytes, value: bytes) -> None:
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/" + path.decode("utf-8", "replace"), "raw_path": path, "query_string": value, "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"sec-fetch-site", b"same-origin"), (b"content-length", value),
                    (b"content-type", value), (b"cookie", value)],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    seen: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": value, "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            seen.append(int(str(message["status"])))

    loop.runner.run(loop.door.app(scope, receive, send))  # type: ignore[arg-type]
    assert seen and seen[0] < 500


def test_a_body_beyond_the_limit_is_refused_whether_it_says_so_or_not(loop: Loop) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"} | SAME_ORIGIN
    assert loop.send("POST", "/c/umum/say", b"text=x", kind | {"content-length": str(BODY + 1)}).status_code == 413

    async def drip() -> httpx.Response:
        async def chunks() -> AsyncIterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
            for _ in range(BODY // 1_000_000 + 2):
                yield b"x" * 1_000_000

        async with client(loop.door) as browser:
            return await browser.post("/c/umum/say", content=chunks(), headers=kind | {"content-type": TYPES[3]})

    assert loop.runner.run(drip()).status_code == 413


def test_a_file_beyond_the_limit_and_too_many_files_are_refused_kindly(loop: Loop) -> None:
    async def upload(files: list[tuple[str, tuple[str, bytes]]]) -> httpx.Response:
        async with client(loop.door) as browser:
            return await browser.post("/c/umum/say", data={"text": "x"}, files=files)

    told = loop.runner.run(upload([("files", ("a.bin", b"x" * (10 * 1024 * 1024 + 1)))]))
    assert (told.status_code, told.json()["say"]) == (413, "Berkasnya lebih dari 10 MB. Kecilkan dulu, ya.")
    told = loop.runner.run(upload([("files", (f"{n}.txt", b"x")) for n in range(9)]))
    assert (told.status_code, told.json()["say"]) == (413, "Paling banyak 5 berkas sekali kirim.")


def test_a_megabyte_of_text_is_refused_kindly(loop: Loop) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"} | SAME_ORIGIN
    told = loop.send("POST", "/c/umum/say", b"text=" + b"x" * 1_000_000, kind)
    assert (told.status_code, told.json()["say"][:24]) == (413, "Pesannya lebih dari 40.0")


def _escape(junk: str) -> str:
    return quote(junk.encode("utf-8", "replace"), safe="/%")


def _form(fields: dict[str, str]) -> bytes:
    return "&".join(f"{name}={value}" for name, value in fields.items()).encode("utf-8", "replace")
