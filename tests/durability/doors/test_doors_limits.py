"""PROMISE 17: ten workers at one store, platforms that count strictly: never over a limit by our own doing, and no slower than
the limits ask for. Time is simulated: it moves only when nothing can go. GUYUB_TEST_SENDS makes it longer."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.outbox import Outbox
from tests.durability.doors.sending import OnSlack, Rig, a_rig

pytestmark = pytest.mark.anyio
SENDS = int(os.environ.get("GUYUB_TEST_SENDS", "601"))
WORKERS = 10
TICK = 0.01


def floor(rig: Rig, sends: int, places: int) -> float:
    """Seconds that the published limits ask for: a second between two in a chat; 30 a second over all, or 300 a minute."""
    if isinstance(rig.on, OnSlack):
        most = rig.on.slack.limits.special["chat.postMessage"]
        return max((sends - 1) // most * 60.0, (sends - 1) // places * 1.0)
    return max((sends - 1) // 30 * 1.0, (sends - 1) // places * 1.0)


async def send_all(rig: Rig, workers: list[Outbox]) -> float:
    """Seconds of the clock until everything is out. Where nothing can go, the clock moves on to when something may."""
    begun, deferred, turns = rig.clock.now, rig.store.out_deferred, set[datetime]()

    async def noted(out_id: str, worker: str, at: datetime) -> None:
        turns.add(at)
        await deferred(out_id, worker, at)

    rig.store.out_deferred = noted  # type: ignore[method-assign]
    while await rig.waiting():
        if sum(await asyncio.gather(*(rig.round(worker) for worker in workers))):
            continue
        turns = {at for at in turns if at > rig.clock.now}
        rig.clock.now = min(turns) if turns else rig.clock.now + timedelta(seconds=TICK)
        assert rig.clock.now - begun < timedelta(hours=12), "stuck"
    return (rig.clock.now - begun).total_seconds()


def refused(rig: Rig) -> int:
    """How often the platform said 429."""
    if isinstance(rig.on, OnSlack):
        return len(rig.on.slack.limits.refused)
    return sum(one.status == 429 for one in rig.on.telegram.calls)


@pytest.mark.parametrize("name", ["slack", "telegram"])
async def test_ten_workers_keep_the_limits_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    async with a_rig(name, tmp_path, monkeypatch, limits=True) as rig:
        places = rig.on.places(100)
        await rig.decide([(f"{n:05}", places[n % 100], f"{n}") for n in range(SENDS)], bulk=True)
        spent = await send_all(rig, [rig.worker(f"w{n}") for n in range(WORKERS)])
        least = floor(rig, SENDS, 100)
        print(f"{name}: {SENDS} messages by {WORKERS} workers, {refused(rig)} × 429, {spent:.2f} s of {least:.0f} s")
        assert [rig.on.posted(place) for place in places] == [[f"{n}" for n in range(m, SENDS, 100)] for m in range(100)]
        assert refused(rig) == 0
        assert spent <= 1.02 * least + 2 * TICK
