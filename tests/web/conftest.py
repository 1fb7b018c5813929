"""Fixtures of the messenger's tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from web_world import ScriptedEars, free_port, make_door

from adapters.web.door import WebDoor


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def ears() -> ScriptedEars:
    return ScriptedEars()


@pytest.fixture
async def door(tmp_path: Path, ears: ScriptedEars) -> AsyncIterator[WebDoor]:
    """A door that listens."""
    opened = make_door(tmp_path)
    await opened.start(ears)
    yield opened
    await opened.stop()


@pytest.fixture
async def address(door: WebDoor) -> AsyncIterator[str]:
    """The door behind a real server."""
    port = free_port()
    config = uvicorn.Config(door.app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn tells it in no other way)
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task
