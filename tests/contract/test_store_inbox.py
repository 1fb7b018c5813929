"""The inbox: once, in order, by one worker, and nothing lost when a worker dies."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from bot.errors import Conflict, Duplicate
from bot.events import Event, Happened
from bot.ports import Unit
from storage.store import SqlStore
from storage.tables.queue import inbox
from tests.contract.store_things import (
    AT,
    LIBRARY,
    Opener,
    TestClock,
    handled,
    ids_claimed,
    ids_going,
    member,
    said,
    send,
    to_channel,
)

pytestmark = pytest.mark.anyio


async def test_an_event_is_received_once(store: SqlStore) -> None:
    assert await store.receive(said("1"))
    assert not await store.receive(said("1"))
    assert await ids_claimed(store) == ["1"]


async def test_an_event_that_was_handled_is_still_known(store: SqlStore) -> None:
    await store.receive(said("1"))
    await handled(store, await ids_claimed(store))
    assert not await store.receive(said("1"))
    assert await ids_claimed(store) == []


async def test_the_same_id_in_another_library_is_another_event(store: SqlStore, opened: Opener) -> None:
    other = await opened("cabang")
    event = said("1")
    await store.receive(event)
    assert await store.receive(Event(event.id, "cabang", event.at, event.what, event.account, event.place))
    assert await ids_claimed(store) == ["1"]
    assert await ids_claimed(other) == ["1"]


async def test_one_event_a_lane_oldest_first(store: SqlStore) -> None:
    for id, thread in (("1", "a"), ("2", "a"), ("3", "b"), ("4", "c")):
        await store.receive(said(id, thread))
    assert await ids_claimed(store, most=2) == ["1", "3"]
    assert await ids_claimed(store) == ["4"]
    await handled(store, ["1"])
    assert await ids_claimed(store) == ["2"]


async def test_an_event_comes_back_whole(store: SqlStore) -> None:
    event = said("1", text="‏שלום 👋🏽 \u200bkak " + "x" * 40_000)
    await store.receive(event)
    (claimed,) = await store.claim("w", 1)
    assert (claimed.event, claimed.tries) == (event, 1)


async def test_what_cannot_be_stored_is_replaced(store: SqlStore) -> None:
    await store.receive(said("1\0", text="a\0b\ud800c"))
    (claimed,) = await store.claim("w", 1)
    assert claimed.event == said("1\ufffd", text="a\ufffdb\ufffdc")
    assert not await store.receive(said("1\0"))
    await handled(store, ["1\0"])


async def test_a_retry_waits_and_keeps_its_lane_in_order(store: SqlStore, clock: TestClock) -> None:
    await store.receive(said("1"))
    await store.receive(said("2"))
    await ids_claimed(store)
    await store.retry("1", "w", "OSError", clock() + timedelta(seconds=30))
    assert await ids_claimed(store) == []
    assert await store.claim_one("w", "2") is None
    clock.move(seconds=31)
    (again,) = await store.claim("w", 5)
    assert (again.event.id, again.tries) == ("1", 2)


async def test_a_parked_event_blocks_nobody(store: SqlStore, clock: TestClock) -> None:
    await store.receive(said("1"))
    await store.receive(said("2"))
    await ids_claimed(store)
    await store.retry("1", "w", "ValueError", None)
    assert await ids_claimed(store) == ["2"]
    health = await store.health(clock())
    assert (health.inbox_waiting, health.inbox_parked) == (1, 1)


async def test_an_event_that_cannot_be_read_holds_up_nobody(store: SqlStore) -> None:
    for id in "123":
        await store.receive(said(id, thread=id))
    spoiled = inbox.update().where(inbox.c.id == "2").values(payload='{"id": "2", "what": {"kind": "of a later version"}}')
    await store._engine.write(lambda c: c.execute(spoiled))
    assert await ids_claimed(store) == ["1", "3"]
    health = await store.health(AT)
    assert (health.inbox_waiting, health.inbox_parked) == (2, 1)


async def test_a_hold_ends_after_a_minute(store: SqlStore, clock: TestClock) -> None:
    await store.receive(said("1"))
    await ids_claimed(store, "dead")
    clock.move(seconds=59)
    assert await ids_claimed(store) == []
    clock.move(seconds=2)
    assert await ids_claimed(store) == ["1"]


async def test_who_is_still_at_it_holds_on(store: SqlStore, clock: TestClock) -> None:
    for id in "123":
        await store.receive(said(id, thread=id))
    await ids_claimed(store, "slow")
    await store.commit(Unit(LIBRARY, done="3", worker="slow"))
    for _ in range(5):
        clock.move(seconds=40)
        await store.hold("slow", ["1", "3", "unknown"], [])
    assert await ids_claimed(store, "other") == ["2"]
    await store.hold("slow", ["2"], [])
    clock.move(seconds=59)
    assert await ids_claimed(store, "third") == []
    clock.move(seconds=2)
    assert await ids_claimed(store, "third") == ["1", "2"]


async def test_a_delivery_is_held_on_to_as_well(store: SqlStore, clock: TestClock) -> None:
    await send(store, ("1", to_channel("a")), ("2", to_channel("b")))
    await ids_going(store, "slow")
    clock.move(seconds=40)
    await store.hold("slow", [], ["1"])
    clock.move(seconds=40)
    assert await ids_going(store, "other") == ["2"]


async def test_a_reserved_event_is_for_its_worker_alone(store: SqlStore, clock: TestClock) -> None:
    await store.receive(said("1"), reserve="fast")
    assert await ids_claimed(store) == []
    assert await store.claim_one("w", "1") is None
    claimed = await store.claim_one("fast", "1")
    assert claimed is not None and claimed.tries == 1
    assert await store.claim_one("fast", "1") is None, "it is claimed already"


async def test_a_reservation_ends_after_three_seconds(store: SqlStore, clock: TestClock) -> None:
    await store.receive(said("1"), reserve="fast")
    clock.move(seconds=3.1)
    assert await ids_claimed(store) == ["1"]
    assert await store.claim_one("fast", "1") is None


async def test_claim_one_waits_for_its_lane(store: SqlStore) -> None:
    await store.receive(said("1"))
    await store.receive(said("2"), reserve="fast")
    assert await store.claim_one("fast", "2") is None
    await handled(store, await ids_claimed(store))
    assert await store.claim_one("fast", "2") is not None
    assert await store.claim_one("fast", "unknown") is None


async def test_a_lane_waits_until_its_events_are_handled(store: SqlStore) -> None:
    lane = said("1").lane
    await store.receive(said("1"))
    assert await store.waiting(LIBRARY, lane)
    await handled(store, await ids_claimed(store))
    assert not await store.waiting(LIBRARY, lane)


async def test_a_unit_is_committed_once(store: SqlStore) -> None:
    await store.receive(said("1"))
    await ids_claimed(store)
    sari = member()
    await store.commit(Unit(LIBRARY, save=(sari,), done="1", worker="w"))
    with pytest.raises(Duplicate):
        await store.commit(Unit(LIBRARY, save=(member("Budi"),), out=(("o", to_channel()),), done="1", worker="w"))
    assert await store.members.named("Budi") == ()
    assert await store.claim_out("w", 5) == ()


async def test_a_commit_whose_claim_was_lost_changes_nothing(store: SqlStore, clock: TestClock) -> None:
    await store.receive(said("1"))
    await ids_claimed(store, "slow")
    clock.move(seconds=61)
    assert await ids_claimed(store, "quick") == ["1"]
    with pytest.raises(Conflict):
        await store.commit(Unit(LIBRARY, save=(member(),), done="1", worker="slow"))
    assert await store.members.named("Sari") == ()
    await store.retry("1", "slow", "late", None)
    await store.commit(Unit(LIBRARY, done="1", worker="quick"))


async def test_follow_ups_come_with_the_unit_and_once(store: SqlStore) -> None:
    follow = Event("1.0", LIBRARY, said("1").at, Happened("question.solved", "q"))
    await store.receive(said("1"))
    await ids_claimed(store)
    await store.commit(Unit(LIBRARY, events=(follow, follow), done="1", worker="w"))
    (claimed,) = await store.claim("w", 5)
    assert claimed.event == follow


async def test_a_release_gives_back_what_one_worker_holds(store: SqlStore) -> None:
    await store.receive(said("1", "a"))
    assert await ids_claimed(store, "dead") == ["1"]
    await store.receive(said("2", "b"))
    assert await ids_claimed(store, "alive") == ["2"]
    await store.release("dead")
    assert await ids_claimed(store) == ["1"]
    await store.release("")
    assert await ids_claimed(store) == ["1", "2"]


async def test_a_new_store_carries_on_where_the_old_one_died(store: SqlStore, opened: Opener) -> None:
    for id in "123":
        await store.receive(said(id, thread=id))
    await handled(store, await ids_claimed(store, "dead", most=1), "dead")
    await ids_claimed(store, "dead", most=1)
    after = await opened()
    await after.release("")
    assert await ids_claimed(after) == ["2", "3"]


async def test_ten_workers_handle_each_event_once_and_each_lane_in_order(store: SqlStore, opened: Opener) -> None:
    """With random failures, on two stores over one database."""
    chance = random.Random(8)
    second = await opened()
    events = [said(str(n), thread=str(n % 7)) for n in range(70)]
    for event in events:
        await store.receive(event)
    order: list[str] = []

    async def work(name: str, own: SqlStore) -> None:
        while len(order) < len(events):
            for claimed in await own.claim(name, 3):
                await asyncio.sleep(chance.random() / 500)
                if chance.random() < 0.3:
                    await own.retry(claimed.event.id, name, "chance", claimed.event.at)
                else:
                    await own.commit(Unit(LIBRARY, done=claimed.event.id, worker=name))
                    order.append(claimed.event.id)
            await asyncio.sleep(0)

    await asyncio.wait_for(asyncio.gather(*(work(f"w{n}", (store, second)[n % 2]) for n in range(10))), 60)
    assert sorted(order, key=int) == [str(n) for n in range(70)]
    for lane in range(7):
        assert [int(id) for id in order if int(id) % 7 == lane] == sorted(int(id) for id in order if int(id) % 7 == lane)


async def test_health_tells_the_age_of_the_oldest(store: SqlStore, clock: TestClock) -> None:
    assert (await store.health(clock())).inbox_lag == 0.0
    await store.receive(said("1"))
    clock.move(seconds=90)
    await store.receive(said("2"))
    health = await store.health(clock())
    assert (health.inbox_waiting, health.inbox_lag) == (2, 90.0)
