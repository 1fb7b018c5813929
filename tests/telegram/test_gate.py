"""The door's own gate: places are free again a while after the end of the call that took them."""

from __future__ import annotations

import pytest

from adapters.telegram.client import Flood
from adapters.telegram.gate import Call, Gate

pytestmark = pytest.mark.anyio


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def gate(time: Time) -> Gate:
    return Gate(time)


async def call(gate: Gate, chat: int, *, new: bool = True, done: bool = True) -> Call:
    taken = await gate.turn(chat, new=new, patient=False)
    if done:
        gate.done(taken)
    return taken


async def test_twenty_a_minute_in_a_group_and_no_wait_elsewhere(gate: Gate, time: Time) -> None:
    for _ in range(20):
        await call(gate, -5)
        time.now += 1
    with pytest.raises(Flood) as flood:
        await call(gate, -5)
    assert flood.value.seconds == 40
    await call(gate, 5)
    await call(gate, -5, new=False)
    time.now += 40
    await call(gate, -5)


async def test_a_call_without_an_answer_holds_its_place(gate: Gate, time: Time) -> None:
    held = [await call(gate, n, done=False) for n in range(30)]
    time.now += 5
    for one in held[:1]:
        gate.done(one)
    time.now += 1
    await call(gate, 99, done=False)
    gate.done(held[1])
    time.now += 1
    last = await call(gate, 100)
    assert last.start == time.now


async def test_a_chat_is_left_alone_as_long_as_telegram_asked(gate: Gate, time: Time) -> None:
    gate.hold(7, 30)
    gate.hold(7, 10)
    time.now += 29
    with pytest.raises(Flood) as flood:
        gate.check(7)
    assert flood.value.seconds == 1
    gate.check(8)
    time.now += 1
    gate.check(7)


async def test_a_clock_set_back_makes_nobody_wait_longer_than_the_window(gate: Gate, time: Time) -> None:
    for _ in range(20):
        await call(gate, -5)
        time.now += 1
    time.now -= 10_000
    with pytest.raises(Flood) as flood:
        await call(gate, -5)
    assert flood.value.seconds == 60
