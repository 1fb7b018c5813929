"""PROMISE 16: whatever a platform answers, or does not: no send before Retry-After, the other lanes go on, all arrives in the
end; and where a fault does not end, it is set aside with a reason that operators see, without a storm of calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model.place import Place
from bot.outbox import LATEST, Outbox
from tests.durability.doors.sending import OnSlack, OnTelegram, Rig, a_rig
from tests.emulators.faults import Fault, closed, garbage, half, hang, html, slow, status

pytestmark = pytest.mark.anyio
On = OnSlack | OnTelegram


def of(fault: Fault) -> Callable[[On], Fault]:
    return lambda on: fault


def limited(after: str | None) -> Callable[[On], Fault]:
    return lambda on: on.limited(after)


#: name → the fault, and the seconds that have to pass before the next try
FAULTS: dict[str, tuple[Callable[[On], Fault], float]] = {
    "429 after 0": (limited("0"), 0.0),
    "429 after 1": (limited("1"), 1.0),
    "429 after 3600": (limited("3600"), 3600.0),
    "429 without a word": (limited(None), 1.0),
    "429 with nonsense": (limited("segera"), 1.0),
    "429 below zero": (limited("-5"), 0.0),
    "500": (of(status(500)), 0.5),
    "503": (of(status(503)), 0.5),
    "HTML for JSON": (of(html()), 0.5),
    "half a body": (of(half().before()), 0.5),
    "a byte now and then": (of(slow(0.1).before()), 0.5),
    "closed": (of(closed()), 0.5),
    "no HTTP": (of(garbage()), 0.5),
    "hangs": (of(hang()), 0.5),
    "500 after accepting": (of(status(500).lost()), 0.5),
    "half a body after accepting": (of(half()), 0.5),
    "hangs after accepting": (of(hang().lost()), 0.5),
    "closed after accepting": (of(closed().lost()), 0.5),
}


async def until_there(rig: Rig, outbox: Outbox, step: float, most: float) -> float:
    """Seconds of the clock until nothing waits any more."""
    passed = 0.0
    while await rig.waiting():
        assert passed <= most, await rig.store.refusals(5)
        rig.clock.forward(seconds=step)
        passed += step
        await rig.all_due(outbox)
    return passed


async def struck_lane(rig: Rig, outbox: Outbox, places: list[Place], fault: Fault) -> None:
    """The first message of the first place is struck; then the others are said too."""
    rig.on.faults.next(rig.on.sends, fault)
    await rig.decide([("a1", places[0], "satu"), ("a2", places[0], "dua")])
    await rig.round(outbox)
    assert [method for method, _ in rig.on.faults.struck] == [rig.on.sends]
    await rig.decide([(f"b{n}", place, "lain") for n, place in enumerate(places[1:])])
    await rig.all_due(outbox)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["slack", "telegram"])
async def test_a_fault_holds_up_its_own_lane_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    made, wait = FAULTS[fault]
    async with a_rig(name, tmp_path, monkeypatch) as rig:
        places, outbox = rig.on.places(4), rig.worker("w")
        await struck_lane(rig, outbox, places, made(rig.on))
        assert [rig.on.posted(place) for place in places[1:]] == [["lain"]] * 3, "the other lanes go on"
        calls = rig.on.calls()
        rig.clock.forward(seconds=max(0.0, wait - 0.01))
        if wait:
            await rig.all_due(outbox)
            assert rig.on.calls() == calls, "sent before its time"
        await until_there(rig, outbox, 0.25 if wait <= 1 else 60, wait + 130)
        first = rig.on.posted(places[0])
        after = name == "telegram" and made(rig.on).accepted
        assert first in ([["satu", "dua"], ["satu", "satu", "dua"]] if after else [["satu", "dua"]])
        assert not await rig.store.refusals(5)


@pytest.mark.parametrize("fault", ["429 after 1", "429 after 3600", "429 with nonsense", "500", "HTML for JSON", "closed"])
@pytest.mark.parametrize("name", ["slack", "telegram"])
async def test_what_does_not_end_is_set_aside_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    made, wait = FAULTS[fault]
    async with a_rig(name, tmp_path, monkeypatch) as rig:
        place, outbox = rig.on.places(1)[0], rig.worker("w")
        rig.on.faults.always(rig.on.sends, made(rig.on))
        await rig.decide([("a1", place, "satu")])
        begun, tries, jumped = rig.clock.now, 0, False
        while await rig.waiting():
            assert rig.clock.now - begun < timedelta(days=2), "it is never given up"
            tries += await rig.round(outbox)
            rig.clock.forward(seconds=0.5 if tries < 6 and wait < 60 else 300)
            if tries >= 6 and not jumped:  # most of the day goes by like this
                jumped = True
                rig.clock.now = begun + timedelta(hours=22)
        spent = rig.clock.now - begun
        (refusal,) = await rig.store.refusals(5)
        print(f"{name}, {fault}: given up after {spent}, {tries} tries: {refusal.why}")
        assert refusal.count == 1 and refusal.why.startswith(name)
        assert timedelta(days=1) <= spent <= timedelta(days=1, seconds=2 * LATEST)
        rig.on.faults.clear()
        await rig.decide([("a2", place, "dua")])
        rig.clock.forward(seconds=3600)
        await rig.all_due(outbox)
        assert rig.on.posted(place) == ["dua"], "what was set aside blocks nobody"
