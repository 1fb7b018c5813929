"""The outbox and what is due: lanes, cards, threads under cards, and each due time once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.events import CameDue
from bot.model.place import MessageRef
from bot.outcome import Later, React, Say, Under
from bot.ports import Unit
from storage.store import SqlStore
from tests.contract.store_things import AT, LIBRARY, Opener, TestClock, ids_claimed, ids_going, posting, said, send, to_channel

pytestmark = pytest.mark.anyio


def under(card: str, template: str = "reply", own: str = "") -> Say:
    return Say(Under(card), template, card=own)


async def test_in_a_restored_copy_what_waited_counts_as_sent(store: SqlStore, clock: TestClock) -> None:
    await send(store, ("1", to_channel()), ("2", to_channel("lain")))
    clock.now += timedelta(minutes=1)
    await send(store, ("3", to_channel()))
    assert await store.sent_elsewhere(AT) == 2 and await store.sent_elsewhere(AT) == 0
    assert await ids_going(store) == ["3"]
    assert (await store.health(clock())).outbox_waiting == 1 and await store.refusals(5) == ()


async def test_what_is_said_goes_out_whole(store: SqlStore, clock: TestClock) -> None:
    say = Say(
        to_channel().to,
        "ask.routed",
        {"who": ["Budi", None, 1.5, {"a": True}]},
        "en",
        card="c",
        subject="q",
        files=(("f.pdf", "ab"),),
    )
    react = React(MessageRef("web", "umum", "1"), "✅")
    await send(store, ("1", say), ("2", react))
    first, second = await store.claim_out("w", 5)
    assert (first.id, first.library, first.out, first.tries, first.created_at) == ("1", LIBRARY, say, 1, clock())
    assert second.out == react


async def test_one_message_a_lane_in_order(store: SqlStore) -> None:
    await send(store, ("1", to_channel("a")), ("2", to_channel("a")), ("3", to_channel("b")))
    assert await ids_going(store) == ["1", "3"]
    await store.sent("1", "w", None)
    assert await ids_going(store) == ["2"]
    assert await ids_going(store) == []


async def test_a_message_tried_later_keeps_its_lane(store: SqlStore, clock: TestClock) -> None:
    await send(store, ("1", to_channel()), ("2", to_channel()))
    await ids_going(store)
    await store.out_failed("1", "w", "TryLater", clock() + timedelta(seconds=5))
    assert await ids_going(store) == []
    clock.move(seconds=5)
    (again,) = await store.claim_out("w", 5)
    assert (again.id, again.tries) == ("1", 2)


async def test_a_parked_message_blocks_nobody(store: SqlStore, clock: TestClock) -> None:
    await send(store, ("1", to_channel()), ("2", to_channel()))
    await ids_going(store)
    await store.out_failed("1", "w", "Rejected", None)
    assert await ids_going(store) == ["2"]
    health = await store.health(clock())
    assert (health.outbox_waiting, health.outbox_parked, health.outbox_lag) == (1, 1, 0.0)


async def test_a_sent_message_is_not_sent_again_by_who_was_slow(store: SqlStore, clock: TestClock) -> None:
    await send(store, ("1", to_channel()))
    await ids_going(store, "slow")
    clock.move(seconds=61)
    assert await ids_going(store, "quick") == ["1"]
    await store.sent("1", "slow", None)
    await store.out_failed("1", "quick", "TryLater", clock())
    assert await ids_going(store) == []


async def test_a_reply_waits_for_its_card(store: SqlStore) -> None:
    await send(store, ("1", to_channel("busy")), ("2", to_channel("busy", card="c")), ("3", under("c")))
    assert await ids_going(store) == ["1"]
    await store.sent("1", "w", None)
    assert await ids_going(store) == ["2"]
    assert await ids_going(store) == []
    await store.sent("2", "w", posting("c"))
    assert await ids_going(store) == ["3"]


async def test_a_reply_named_before_its_card_waits_too(store: SqlStore) -> None:
    await send(store, ("0", to_channel(card="another")), ("00", under("another")))
    assert await ids_going(store) == ["0"]
    await store.sent("0", "w", posting("another"))
    assert await ids_going(store) == ["00"]
    await send(store, ("1", under("c")), ("2", to_channel(card="c")))
    assert await ids_going(store) == ["2"]
    await store.sent("2", "w", posting("c"))
    assert await ids_going(store) == ["1"]


async def test_a_reply_does_not_wait_for_a_later_edit_of_its_card(store: SqlStore) -> None:
    await send(store, ("1", to_channel("a", card="c")))
    await ids_going(store)
    await store.sent("1", "w", posting("c"))
    await send(store, ("2", under("c")), ("3", to_channel("a", card="c")))
    assert await ids_going(store) == ["2", "3"]


async def test_a_parked_card_frees_its_replies(store: SqlStore) -> None:
    await send(store, ("1", to_channel(card="c")), ("2", under("c")))
    await ids_going(store)
    await store.out_failed("1", "w", "Rejected", None)
    assert await ids_going(store) == ["2"], "so that it fails and is told, instead of waiting for ever"


async def test_a_cards_words_go_out_in_order_whatever_their_lanes(store: SqlStore) -> None:
    await send(store, ("1", to_channel("a", card="c")), ("2", to_channel("b", card="c")), ("3", under("x", own="c")))
    assert await ids_going(store) == ["1"]
    await store.sent("1", "w", posting("c"))
    assert await ids_going(store) == ["2"]
    await store.sent("2", "w", posting("c"))
    assert await ids_going(store) == ["3"]


async def test_a_posting_is_where_the_card_is_now(store: SqlStore) -> None:
    await send(store, ("1", to_channel(card="c")), ("2", to_channel(card="c")))
    await store.sent("1", "w", posting("c", "100"))
    await store.sent("2", "w", posting("c", "200"))
    assert await store.places.posting("c") == posting("c", "200")
    assert await store.places.posting_at(MessageRef("web", "umum", "200")) == posting("c", "200")
    assert await store.places.posting_at(MessageRef("web", "umum", "100")) is None
    assert await store.places.posting("d") is None


async def test_ten_workers_send_each_message_once_in_its_lane(store: SqlStore, opened: Opener) -> None:
    second = await opened()
    await send(store, *((str(n), to_channel(str(n % 5))) for n in range(50)))
    order: list[str] = []

    async def work(name: str, own: SqlStore) -> None:
        while len(order) < 50:
            for row in await own.claim_out(name, 2):
                order.append(row.id)
                await own.sent(row.id, name, None)

    await asyncio.wait_for(asyncio.gather(*(work(f"w{n}", (store, second)[n % 2]) for n in range(10))), 60)
    assert sorted(order, key=int) == [str(n) for n in range(50)]
    for lane in range(5):
        ids = [int(id) for id in order if int(id) % 5 == lane]
        assert ids == sorted(ids)


async def test_a_released_message_goes_again(store: SqlStore) -> None:
    await send(store, ("1", to_channel()))
    assert await ids_going(store, "dead") == ["1"]
    await store.release("")
    assert await ids_going(store) == ["1"]


async def later(store: SqlStore, *later: Later) -> None:
    await store.commit(Unit(LIBRARY, later=later))


async def test_what_comes_due_becomes_an_event_once(store: SqlStore, clock: TestClock) -> None:
    await later(
        store, Later("question.nudge", "q", AT + timedelta(hours=1)), Later("question.nudge", "r", AT + timedelta(hours=3))
    )
    assert await store.claim_due(clock(), 10) == 0
    clock.move(hours=2)
    assert await store.claim_due(clock(), 10) == 1
    assert await store.claim_due(clock(), 10) == 0
    (claimed,) = await store.claim("w", 5)
    assert (claimed.event.what, claimed.event.at, claimed.event.lane) == (CameDue("question.nudge", "q"), clock(), "own:q")


async def test_a_time_can_be_moved_and_taken_off(store: SqlStore, clock: TestClock) -> None:
    await later(store, Later("nudge", "q", AT), Later("nudge", "r", AT), Later("other", "q", AT))
    await later(store, Later("nudge", "q", AT + timedelta(days=1)), Later("nudge", "r", None), Later("nudge", "s", None))
    assert await store.claim_due(clock(), 10) == 1
    assert [c.event.what for c in await store.claim("w", 5)] == [CameDue("other", "q")]
    assert await store.claim_due(clock() + timedelta(days=1), 10) == 1


async def test_the_oldest_due_come_first(store: SqlStore, clock: TestClock) -> None:
    await later(store, *(Later("nudge", str(n), AT - timedelta(minutes=n)) for n in range(5)))
    assert await store.claim_due(clock(), 2) == 2
    assert [c.event.what for c in await store.claim("w", 5)] == [CameDue("nudge", "4"), CameDue("nudge", "3")]


async def test_ten_workers_make_each_due_time_one_event(store: SqlStore, opened: Opener, clock: TestClock) -> None:
    second = await opened()
    await later(store, *(Later("nudge", str(n), AT) for n in range(40)))
    counts = await asyncio.gather(*((store, second)[n % 2].claim_due(clock(), 7) for n in range(10)))
    assert sum(counts) + await store.claim_due(clock(), 50) == 40
    assert len(await store.claim("w", 100)) == 40


async def test_a_unit_that_fails_sets_no_time_and_says_nothing(store: SqlStore, clock: TestClock) -> None:
    await store.receive(said("1"))
    unit = Unit(LIBRARY, out=(("o", to_channel()),), later=(Later("nudge", "q", AT),), done="nothing of the kind", worker="w")
    with pytest.raises(Exception, match="error"):
        await store.commit(unit)
    assert await store.claim_due(clock(), 5) == 0
    assert await ids_going(store) == []
    assert await ids_claimed(store) == ["1"]
