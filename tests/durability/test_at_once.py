"""Several browsers do the same at the same moment, over HTTP: one of them does it, nobody gets a 5xx."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.durability.houses import Child, free_port, serve_messenger
from tests.durability.wire import Wire

pytestmark = pytest.mark.anyio
BROWSERS = 8


async def test_the_same_person_and_channel_added_at_once(tmp_path: Path) -> None:
    port = free_port()
    child = Child(serve_messenger, tmp_path, port)
    await asyncio.to_thread(child.waits_for, "up")
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(Wire(port)) for _ in range(BROWSERS)]
        people = await asyncio.gather(*(w.post("/people", name="Sari", language="id") for w in wires))
        rooms = await asyncio.gather(*(w.post("/channels", name="umum") for w in wires))
    assert [status for status, _ in (*people, *rooms)] == [200] * 2 * BROWSERS
    assert len({w.cookie for w in wires}) == 1, "all act as the one Sari"
    assert len({body for _, body in rooms}) == 1
    child.kill()
