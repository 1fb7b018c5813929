"""What doors remember, the platforms' limits kept for all workers together, and what goes out last. On both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.doors import Limit
from bot.model.place import Place
from bot.outcome import At, Say
from bot.ports import Unit
from storage.store import SqlStore
from tests.contract.store_things import LIBRARY, TestClock

pytestmark = pytest.mark.anyio


async def test_a_door_finds_again_what_it_kept(store: SqlStore, clock: TestClock) -> None:
    memory, other = store.memory("slack"), store.memory("telegram")
    await memory.remember({"seen:T1": "1", "seen:T2": "2", "sein": "x"})
    await memory.remember({"seen:T1": "3"})
    assert await memory.recall("seen:T1") == "3"
    assert await memory.recall_all("seen:") == {"seen:T1": "3", "seen:T2": "2"}
    assert await other.recall("seen:T1") is None, "another door's"
    await memory.forget("seen:T1", "nothing")
    assert await memory.recall_all("seen:") == {"seen:T2": "2"}


async def test_what_is_kept_for_a_while_ends(store: SqlStore, clock: TestClock) -> None:
    memory = store.memory("slack")
    await memory.remember({"code": "1"}, timedelta(minutes=10))
    clock.move(minutes=9)
    assert await memory.recall("code") == "1"
    clock.move(minutes=2)
    assert await memory.recall("code") is None
    assert await store.sweep(clock()) == 1


async def test_no_window_of_a_limit_holds_more_than_it_may(store: SqlStore, clock: TestClock) -> None:
    limits = (Limit("all", 3, 1.0), Limit("chat", 20, 60.0))
    sent: list[float] = []
    for _ in range(400):
        at = await store.pace(limits)
        if at is None:
            sent.append(clock().timestamp())
        else:
            assert at > clock()
            clock.move(seconds=(at - clock()).total_seconds())
    for most, seconds in ((3, 1.0), (20, 60.0)):
        assert all(later - first >= seconds - 1e-3 for first, later in zip(sent, sent[most:], strict=False))
    spent = sent[-1] - sent[0]
    assert spent <= (len(sent) // 20) * 60 + 7, "no slower than the limits ask for"


async def test_a_limit_that_is_reached_takes_nothing_from_the_others(store: SqlStore, clock: TestClock) -> None:
    one, two = Limit("one", 1, 1.0), Limit("two", 1, 100.0)
    assert await store.pace((one, two)) is None
    clock.move(seconds=2)
    assert await store.pace((one, two)) is not None
    assert await store.pace((one,)) is None


async def test_a_clock_set_back_makes_nobody_wait_longer_than_the_window(store: SqlStore, clock: TestClock) -> None:
    assert await store.pace((Limit("one", 1, 1.0),)) is None
    clock.move(hours=-5)
    at = await store.pace((Limit("one", 1, 1.0),))
    assert at is not None
    assert at - clock() <= timedelta(seconds=1)


def said(channel: str, bulk: bool = False) -> Say:
    return Say(At(Place("paper", channel)), "help.hello", {}, bulk=bulk)


async def test_what_is_one_of_many_goes_out_last(store: SqlStore, clock: TestClock) -> None:
    many = tuple((f"b{n}", said(f"c{n}", bulk=True)) for n in range(5))
    await store.commit(Unit(LIBRARY, out=(*many, ("now", said("x")))))
    assert [row.id for row in await store.claim_out("w", 10, bulk=False)] == ["now"]
    assert [row.id for row in await store.claim_out("w", 3)] == ["b0", "b1", "b2"]


async def test_what_is_put_off_is_no_failure(store: SqlStore, clock: TestClock) -> None:
    await store.commit(Unit(LIBRARY, out=(("a", said("x")),)))
    [row] = await store.claim_out("w", 10)
    await store.out_deferred(row.id, "w", clock() + timedelta(seconds=5))
    assert not await store.claim_out("w", 10)
    clock.move(seconds=6)
    [row] = await store.claim_out("w", 10)
    assert row.tries == 1


async def test_what_was_refused_is_counted_by_its_reason(store: SqlStore, clock: TestClock) -> None:
    await store.commit(Unit(LIBRARY, out=(("a", said("x")), ("b", said("y")), ("c", said("z")))))
    for row in await store.claim_out("w", 10):
        await store.out_failed(row.id, "w", "slack: not_in_channel" if row.id != "c" else "telegram: blocked", None)
        clock.move(seconds=1)
    assert [(r.why, r.count) for r in await store.refusals(5)] == [("telegram: blocked", 1), ("slack: not_in_channel", 2)]
