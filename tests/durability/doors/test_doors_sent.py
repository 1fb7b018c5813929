"""PROMISES 5 and 6 at Slack and Telegram: nothing lost, nothing doubled, the order of each thread kept, on a very bad day.

The platform asks to wait, breaks before it has accepted, and after it; workers die between the sending of a message and its
record, with others in hand. What starts again has nothing but the store. GUYUB_TEST_SEED repeats a run.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from bot.events import Event
from bot.model.place import Posting
from bot.outbox import Outbox
from bot.ports import Outgoing
from storage.store import SqlStore
from tests.durability.doors.sending import Rig, a_rig
from tests.durability.houses import seeded
from tests.emulators.faults import closed, half, hang, html, slow, status

pytestmark = pytest.mark.anyio
KILLS = 2 * int(os.environ.get("GUYUB_TEST_KILLS", "4"))
THREADS, WORDS, WORKERS = 20, max(6, KILLS // 8), 2
AFTER = (status(500).lost(), html(502).lost(), half(), slow(0.05), closed().lost(), hang().lost())
BEFORE = (status(503), closed(), html())


class Killed(BaseException):
    """Nothing can catch this, as nothing can catch SIGKILL."""


class Mortal:
    """A store whose worker dies before it can write down what was sent."""

    def __init__(self, store: SqlStore, dies: Iterator[bool]) -> None:
        self._store, self._dies = store, dies

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def sent(self, out_id: str, worker: str, posting: Posting | None, events: tuple[Event, ...] = ()) -> None:
        if next(self._dies):
            raise Killed
        await self._store.sent(out_id, worker, posting, events)


class Day:
    """`cut`: deliveries that a death cut short, by row: what became of them is nowhere written."""

    def __init__(self, rig: Rig, random: Random) -> None:
        self.rig, self.random = rig, random
        self.deaths = 0
        self.cut: Counter[str] = Counter()
        self.names = iter(range(10**6))

    def dies(self) -> Iterator[bool]:
        while True:
            yield self.deaths < KILLS and self.random.random() < 0.15

    async def work(self) -> None:
        """A worker's life and its heirs'."""
        while True:
            outbox = self.rig.worker(f"worker-{next(self.names)}")
            outbox.store = Mortal(self.rig.store, self.dies())  # type: ignore[assignment]
            if not await self._life(outbox):
                return
            self.deaths += 1
            await self.rig.store.release(outbox.worker)

    async def _life(self, outbox: Outbox) -> bool:
        """Whether it died."""
        while await self.rig.waiting():
            rows = await outbox.claim(outbox.hands)
            if not rows:
                self.rig.clock.forward(seconds=0.5)
                await asyncio.sleep(0.001)
            elif await self._died(outbox, rows):
                return True
        return False

    async def _died(self, outbox: Outbox, rows: tuple[Outgoing, ...]) -> bool:
        hands = {asyncio.create_task(outbox.do(row)): row for row in rows}
        done, going = await asyncio.wait(hands, return_when=asyncio.FIRST_EXCEPTION)
        dead = [task for task in done if task.exception()]
        for task in dead:
            assert isinstance(task.exception(), Killed), task.exception()
        for task in (*dead, *(going if dead else ())):
            self.cut[hands[task].id] += 1
            task.cancel()
        await asyncio.gather(*hands, return_exceptions=True)
        return bool(dead)


def a_bad_day(rig: Rig, seed: int) -> None:
    faults, sends = rig.on.faults, rig.on.sends
    faults._chance.seed(seed)
    for fault in AFTER:
        faults.sometimes(sends, fault, 0.015)
    for fault in (*BEFORE, rig.on.limited("1"), rig.on.limited("7"), rig.on.limited(None)):
        faults.sometimes(sends, fault, 0.02)


@pytest.mark.parametrize("name", ["slack", "telegram"])
async def test_a_very_bad_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    random = seeded(f"sent on {name}")
    async with a_rig(name, tmp_path, monkeypatch) as rig:
        places = rig.on.threads(THREADS)
        left = [n for n in range(THREADS) for _ in range(WORDS)]
        random.shuffle(left)
        said: Counter[int] = Counter()
        for n in left:
            words = f"{n:03}/{said[n]:03}"
            await rig.decide([(words, places[n], words)])
            said[n] += 1
        a_bad_day(rig, random.randrange(2**32))
        day = Day(rig, random)
        await asyncio.gather(*(day.work() for _ in range(WORKERS)))
        health = await rig.store.health(rig.clock())
        assert (health.outbox_waiting, health.outbox_parked) == (0, 0)
        check(rig, places, day)


def check(rig: Rig, places: list[object], day: Day) -> None:
    total, lost, doubled, disordered = 0, 0, 0, 0
    lost_answers = sum(fault.accepted for method, fault in rig.on.faults.struck if method == rig.on.sends)
    for n, place in enumerate(places):
        read = rig.on.posted(place)  # type: ignore[arg-type]
        wanted = [f"{n:03}/{word:03}" for word in range(WORDS)]
        once = list(dict.fromkeys(read))
        total, lost, doubled = total + len(wanted), lost + len(set(wanted) - set(once)), doubled + len(read) - len(once)
        disordered += once != [one for one in wanted if one in once]
    struck = len(rig.on.faults.struck)
    print(
        f"{rig.on.name}: {total} messages, {day.deaths} deaths ({sum(day.cut.values())} deliveries cut), {struck} faults, "
        f"of them {lost_answers} after accepting: {lost} lost, {doubled} doubled, {disordered} threads out of order"
    )
    assert (lost, disordered) == (0, 0)
    assert doubled <= (0 if rig.on.name == "slack" else sum(day.cut.values()) + lost_answers)
    assert day.deaths >= KILLS // 2 and lost_answers > 0, "a day like others"
