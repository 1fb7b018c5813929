"""Worlds for the features' tests. After each, nothing may be left undone, undelivered or parked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World, a_library, a_world


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A library at work: see `a_library`."""
    async with a_library(tmp_path) as world:
        yield world
        await nothing_left(world)


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[World]:
    """A library with communities and nobody in them: see `a_world`."""
    async with a_world(tmp_path) as world:
        yield world
        await nothing_left(world)


@pytest.fixture
async def crossed(tmp_path: Path) -> AsyncIterator[World]:
    """A library at work with a second door, "kertas"."""
    async with a_library(tmp_path, doors=("kertas",)) as world:
        yield world
        await nothing_left(world)


async def nothing_left(world: World) -> None:
    health = await world.house.store.health(world.clock())
    left = (health.inbox_waiting, health.inbox_parked, health.outbox_waiting, health.outbox_parked)
    assert left == (0, *world.parked[:1], 0, *world.parked[1:]), "(inbox waiting, parked, outbox waiting, parked)"
