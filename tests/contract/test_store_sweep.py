"""Sweeping: what is done and old goes, what waits or is parked stays, and a late repeat is known for a month."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.store import SqlStore
from tests.contract.store_things import TestClock, handled, ids_going, said, send, to_channel

pytestmark = pytest.mark.anyio


async def test_only_what_is_done_and_old_is_swept(store: SqlStore, clock: TestClock) -> None:
    assert await store.receive(said("1"))
    await handled(store, ["1"])
    assert await store.receive(said("2"))
    await send(store, ("out", to_channel("a")), ("left", to_channel("a")))
    assert await ids_going(store) == ["out"]
    await store.sent("out", "w", None)
    clock.move(days=29)
    assert await store.sweep(clock() - timedelta(days=30)) == 0
    assert not await store.receive(said("1")), "a repeat within the month is known"
    clock.move(days=2)
    assert await store.sweep(clock() - timedelta(days=30)) == 2
    assert await store.sweep(clock() - timedelta(days=30)) == 0
    health = await store.health(clock())
    assert (health.inbox_waiting, health.outbox_waiting) == (1, 1)
