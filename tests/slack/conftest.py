"""Fixtures of the Slack door's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.emulators.slack import SlackEmulator
from tests.slack.world import Scene, a_door, furnished


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def slack(anyio_backend: str) -> AsyncIterator[SlackEmulator]:
    """A workspace with people and channels, kept strictly to Slack's limits."""
    async with SlackEmulator() as emulator:
        furnished(emulator)
        yield emulator


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A door over HTTP with scripted ears."""
    async with a_door(tmp_path) as made:
        yield made
