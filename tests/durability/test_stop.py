"""PROMISE 22: SIGTERM ends `guyub run` cleanly within five seconds, whoever is talking; the next start carries on."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.durability.houses import free_port
from tests.durability.test_acknowledged import held
from tests.durability.wire import Wire

pytestmark = pytest.mark.anyio
STOP = 5.0
START = 60.0
ROOM = "/c/ruang-bersama"


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    """`guyub run`, as a person starts it."""
    chosen = {"GUYUB_DATA_DIR": str(folder), "GUYUB_PORT": str(port), "GUYUB_LOG": "json"}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env=os.environ | chosen,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


async def up(port: int) -> None:
    async with asyncio.timeout(START):
        while True:
            with suppress(OSError):
                async with Wire(port):
                    return
            await asyncio.sleep(0.05)


async def watch(port: int) -> bytes:
    """An open page: reads its stream until the server ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live?c=ruang-bersama HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    seen = b""
    with suppress(OSError):
        while piece := await reader.read(4096):
            seen += piece
    writer.close()
    return seen


async def talk(port: int, who: int, acknowledged: set[str]) -> None:
    with suppress(OSError, asyncio.IncompleteReadError):
        async with Wire(port) as wire:
            for n in range(1000):
                text = f"Bagaimana cara menghitung denda {who}-{n}?"
                if (await wire.post(f"{ROOM}/say", text=f"@Guyub {text}"))[0] == 200:
                    acknowledged.add(text)


def ended(process: subprocess.Popen[str]) -> tuple[float, int, str]:
    """Seconds, exit code and what it wrote, after SIGTERM."""
    begin = time.monotonic()
    process.terminate()
    try:
        told, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    return time.monotonic() - begin, process.returncode, told


def waiting(folder: Path) -> int:
    """Events and messages that are still to come."""
    counts = (
        ("messenger.db", "SELECT COUNT(*) FROM undelivered"),
        ("guyub.db", "SELECT COUNT(*) FROM inbox WHERE done_at IS NULL"),
        ("guyub.db", "SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL"),
    )
    total = 0
    for name, query in counts:
        with closing(sqlite3.connect(folder / name)) as c:
            total += int(c.execute(query).fetchone()[0])
    return total


async def test_sigterm_ends_it_cleanly_and_the_next_start_carries_on(tmp_path: Path) -> None:
    port, acknowledged = free_port(), set[str]()
    process = start(tmp_path, port)
    await up(port)
    pages = [asyncio.create_task(watch(port)) for _ in range(5)]
    talkers = [asyncio.create_task(talk(port, n, acknowledged)) for n in range(3)]
    async with asyncio.timeout(START):
        while len(acknowledged) < 10:  # noqa: ASYNC110  # it has to be in the middle of something
            await asyncio.sleep(0.02)
    seconds, code, told = await asyncio.to_thread(ended, process)
    streams = await asyncio.gather(*pages)
    await asyncio.gather(*talkers)
    assert code == 0 and seconds < STOP, (code, seconds, told[-3000:])
    assert all(stream.startswith(b"HTTP/1.1 200") for stream in streams), "the pages were open"
    assert "Traceback" not in told, told[-3000:]
    assert acknowledged <= {text.removeprefix("@Guyub ") for text in held(tmp_path)}

    process = start(tmp_path, port)
    await up(port)
    async with asyncio.timeout(START):
        while await asyncio.to_thread(waiting, tmp_path):  # noqa: ASYNC110  # another process is at it
            await asyncio.sleep(0.1)
    seconds, code, told = await asyncio.to_thread(ended, process)
    print(f"stopped in {seconds:.1f} s")
    assert code == 0 and seconds < STOP, (code, seconds, told[-3000:])
