"""Fixtures: a strict Telegram on loopback, and the whole house talking to it through the real door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.emulators.telegram import TelegramEmulator
from tests.telegram.house import Home, a_home


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(privacy=False) as emulator:
        yield emulator


@pytest.fixture
async def home(telegram: TelegramEmulator, tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(telegram, tmp_path) as house:
        yield house
