"""The webhook: only Telegram gets in, junk gets a 4xx, an update is acknowledged once the core holds it."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from adapters.telegram.door import TelegramDoor
from adapters.telegram.webhook import Webhook
from bot.events import Said
from tests.emulators.telegram import TelegramEmulator
from tests.telegram.house import SECRET, PaperMemory, ScriptedEars, make_door

pytestmark = pytest.mark.anyio
TOLD = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
CHAT = {"id": 501, "type": "private", "first_name": "Sari"}
SARI = {"id": 501, "is_bot": False, "first_name": "Sari"}
UPDATE = {"update_id": 5, "message": {"message_id": 1, "date": 1_795_000_000, "chat": CHAT, "from": SARI, "text": "halo"}}


@asynccontextmanager
async def serving(door: TelegramDoor, port: int) -> AsyncIterator[str]:
    app = Starlette(routes=[Route(path, asgi) for path, asgi in door.paths.items()])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1))
    async with anyio.create_task_group() as group:
        group.start_soon(server.serve)
        while not server.started:  # noqa: ASYNC110
            await anyio.sleep(0.01)  # uvicorn tells in no other way
        yield f"http://127.0.0.1:{port}/telegram/webhook"
        server.should_exit = True


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def hooked(telegram: TelegramEmulator, folder: Path, ears: ScriptedEars) -> AsyncIterator[str]:
    port = free_port()
    door = make_door(telegram, folder, PaperMemory(), (f"http://127.0.0.1:{port}/telegram/webhook", SECRET))
    async with serving(door, port) as address:
        await door.start(ears)
        await telegram.until(lambda: telegram.bot.hook)
        yield address
        await door.stop()


async def test_updates_come_by_webhook_with_the_secret(telegram: TelegramEmulator, tmp_path: Path) -> None:
    ears, sari = ScriptedEars(), telegram.person(501, "Sari", started=True)
    async with hooked(telegram, tmp_path, ears):
        assert telegram.bot.hook and telegram.bot.hook.secret == SECRET
        assert telegram.bot.wanted and "message_reaction" in telegram.bot.wanted
        for n in range(5):
            sari.says(f"pesan {n}")
        await telegram.settled()
    assert [what.text for what in ears.what if isinstance(what, Said)] == [f"pesan {n}" for n in range(5)]


async def test_it_is_told_later_while_the_store_is_away(telegram: TelegramEmulator, tmp_path: Path) -> None:
    ears, sari = ScriptedEars(down=True), telegram.person(501, "Sari", started=True)
    async with hooked(telegram, tmp_path, ears):
        sari.says("halo")
        await telegram.until(lambda: len(ears.tries) > 2)
        assert telegram.bot.hook and "503" in telegram.bot.hook.error
        ears.down = False
        await telegram.settled()
    assert len(ears.heard) == 1


def body(update: object) -> bytes:
    return json.dumps(update).encode()


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ([], body(UPDATE), 401),
        ([("X-Telegram-Bot-Api-Secret-Token", "")], body(UPDATE), 401),
        ([("X-Telegram-Bot-Api-Secret-Token", SECRET + "x")], body(UPDATE), 401),
        ([("X-Telegram-Bot-Api-Secret-Token", SECRET[:-1])], body(UPDATE), 401),
        ([("X-Telegram-Bot-Api-Secret-Token", "\u00e9" * 40)], body(UPDATE), 401),
        ([("X-Telegram-Bot-Api-Secret-Token", SECRET)] * 2, body(UPDATE), 401),
        ([], b"", 401),
        ([*TOLD.items()], b"", 400),
        ([*TOLD.items()], b"\xff\xfe", 400),
        ([*TOLD.items()], b"[]", 400),
        ([*TOLD.items()], b"null", 400),
        ([*TOLD.items()], b'"text"', 400),
        ([*TOLD.items()], b"{}", 400),
        ([*TOLD.items()], body({"update_id": "5"}), 400),
        ([*TOLD.items()], body({"update_id": 10**40}), 400),
        ([*TOLD.items()], b"[" * 100_000, 400),
        ([*TOLD.items()], b'{"a":' * 100_000, 400),
        ([*TOLD.items()], b'{"update_id": 1, "x": "' + b"a" * 2**20 + b'"}', 413),
        ([*TOLD.items()], body({"update_id": 6}), 200),
        ([*TOLD.items()], body({"update_id": 6, "message": {"message_id": "x"}}), 200),
        ([*TOLD.items()], body({"update_id": 6, "not_known_yet": {"a": 1}}), 200),
        ([("x-telegram-bot-api-secret-token", SECRET)], body(UPDATE), 200),
    ],
)  # fmt: skip
async def test_junk_at_the_door(
    telegram: TelegramEmulator, tmp_path: Path, headers: list[tuple[str, str]], content: bytes, status: int
) -> None:
    ears = ScriptedEars()
    async with hooked(telegram, tmp_path, ears) as address, httpx.AsyncClient() as http:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        answer = await http.post(address, content=content, headers=raw)
        assert (answer.status_code, answer.content) == (status, b"")
        assert [event.id for event in ears.heard] == (["telegram:700000001:5"] if status == 200 and b"halo" in content else [])


async def test_only_post(telegram: TelegramEmulator, tmp_path: Path) -> None:
    async with hooked(telegram, tmp_path, ScriptedEars()) as address, httpx.AsyncClient() as http:
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
            assert (await http.request(method, address, headers=TOLD, content=b"{}")).status_code == 405


async def test_a_short_secret_keeps_the_door_shut(telegram: TelegramEmulator, tmp_path: Path) -> None:
    door = make_door(telegram, tmp_path, PaperMemory(), ("https://a.example/telegram/webhook", "x" * 31))
    with pytest.raises(ValueError, match="TELEGRAM_WEBHOOK_SECRET"):
        await door.start(ScriptedEars())
    await door.stop()


def test_closed_it_takes_nothing() -> None:
    assert TestClient(Webhook(SECRET)).post("/", content=body(UPDATE), headers=TOLD).status_code == 503  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=st.binary(max_size=80), content=st.binary(max_size=200))
def test_no_bytes_get_in_or_break_it(secret: bytes, content: bytes) -> None:
    client = TestClient(Webhook(SECRET), raise_server_exceptions=True)  # type: ignore[arg-type]
    header = bytes(byte for byte in secret if byte not in b"\r\n\x00")
    try:
        answer = client.post("/", content=content, headers=[(b"x-telegram-bot-api-secret-token", header)])
    except (httpx.LocalProtocolError, UnicodeError):
        return
    assert answer.status_code == 401
