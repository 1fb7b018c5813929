"""What breaks: a handler, the model, the platform. Nobody is held up, nothing is lost, nothing wrong is said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.app import TRIES
from bot.errors import Moved, Rejected, TryLater, Unavailable, Unreachable
from bot.events import Commanded, Event, Pressed, Said
from bot.model.base import new_id
from bot.model.place import Account, Place
from bot.model.question import State
from bot.outcome import Outcome
from bot.ports import Vector
from tests.world import WordVectors, World, a_library, user_of

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."


def breaks(world: World, key: str, error: Exception) -> None:
    async def handler(what: object, desk: object) -> Outcome:
        raise error

    world.house.app.dispatcher.routes.owners[key] = ("broken", handler)


async def retried(world: World) -> None:
    for _ in range(TRIES + 1):
        await world.later(seconds=61)


async def test_a_message_whose_handler_raises_is_parked_and_its_writer_told(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    breaks(world, "hear:ask", RuntimeError("kata-kata rahasia"))
    await world.says("Budi", FINE, mentioned=True)
    await world.commands("Tono", "komunitas")  # others go on meanwhile
    assert world.told("Tono") == ["belong.list"]
    await retried(world)
    assert world.told("Budi") == ["error.failed"]
    world.parked = (1, 0)
    out = capsys.readouterr()
    assert "rahasia" not in out.out + out.err and "RuntimeError" in out.out + out.err


async def test_a_button_whose_handler_raises_is_told_where_the_person_is(world: World) -> None:
    q = await world.asks("Budi", FINE)
    breaks(world, "press:why", RuntimeError())
    await world.happens("Budi", Pressed("why", q.id, world.card("card.open").ref.message))
    assert world.shown is None
    await retried(world)
    assert world.told("Budi") == ["error.failed"]
    world.parked = (1, 0)


async def test_a_broken_follow_up_holds_nobody_up(world: World) -> None:
    async def broken(what: object, desk: object) -> Outcome:
        raise ValueError

    world.house.app.dispatcher.routes.watchers["happened:question.solved"] = [broken]
    q = await world.solved("Budi", FINE, "Sari", ANSWER)
    assert q.state is State.SOLVED
    other = await world.asks("Tono", "Ruas MARC mana untuk judul seri?")
    assert other.state is State.OPEN
    await retried(world)
    world.parked = (1, 0)


async def test_a_store_that_is_away_for_a_while_costs_time_only(world: World) -> None:
    failures = [Unavailable()] * (TRIES + 2)
    commit = world.house.store.commit

    async def sometimes(unit: object) -> None:
        if failures:
            raise failures.pop()
        await commit(unit)  # type: ignore[arg-type]

    world.house.store.commit = sometimes  # type: ignore[method-assign,assignment]
    await world.says("Budi", FINE, mentioned=True)
    for _ in range(TRIES + 3):
        await world.later(seconds=61)
    assert (await world.question()).state is State.OPEN


# ---- the model (promise 21) -------------------------------------------------------------------------------------------


class Slow(WordVectors):
    def query(self, texts: Sequence[str]) -> Vector:
        time.sleep(1.8)
        return super().query(texts)


class Failing(WordVectors):
    def query(self, texts: Sequence[str]) -> Vector:
        raise MemoryError

    passage = query


class NotANumber(WordVectors):
    def query(self, texts: Sequence[str]) -> Vector:
        return np.full((len(texts), self.dimension), np.nan, np.float32)

    passage = query


class OtherSize(WordVectors):
    def query(self, texts: Sequence[str]) -> Vector:
        return np.ones((len(texts), 7), np.float32)

    passage = query


@pytest.mark.parametrize("model", [Slow, Failing, NotANumber, OtherSize])
async def test_a_bad_model_costs_the_vector_not_the_answer(tmp_path: Path, model: type[WordVectors]) -> None:
    async with a_library(tmp_path, embedder=model()) as world:
        began = time.monotonic()
        q = await world.asks("Budi", FINE)
        assert q.state in (State.OPEN, State.ASKED_BACK)
        assert {m.template for m in world.door.messages} <= {"card.open", "card.post", "card.which"}
        if model is not Slow:
            item = await world.published(
                "Tono", "Apakah majalah boleh dipinjam mahasiswa baru?", "Wati", "Boleh, tiga hari saja."
            )
            await world.commands("Budi", "cari majalah dipinjam mahasiswa")
            assert world.card("find.results").buttons["open"].value == f"{item.id}:"
        assert time.monotonic() - began < 30


# ---- the platform -----------------------------------------------------------------------------------------------------


async def test_what_must_wait_is_delivered_when_the_platform_says(world: World) -> None:
    world.door.fails = [TryLater(30)]
    await world.asks("Budi", FINE)
    assert len(world.door.messages) == 1
    await world.later(seconds=31)
    assert sorted(m.template for m in world.door.messages) == ["card.open", "card.post"]


@pytest.mark.parametrize("after", [0, -5, float("nan"), float("inf"), 1e12])
async def test_nonsense_to_wait_for_is_kept_within_reason(world: World, after: float) -> None:
    world.door.fails = [TryLater(after)]
    await world.asks("Budi", FINE)
    await world.later(hours=1)
    assert len(world.door.messages) == 2


async def test_an_outage_of_hours_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.outbox.LINK_PAUSE", 0.0)
    world.door.fails = [TryLater(1200)] * 100
    q = await world.asks("Budi", FINE)
    for _ in range(60):
        await world.later(seconds=1201)
    assert world.heard("#umum")[0].startswith("card.") and world.heard("#sirkulasi")[0] == "card.post"
    assert (await world.again(q)).wave >= 1


async def test_what_cannot_be_reached_or_is_refused_is_recorded_and_the_rest_goes_on(world: World) -> None:
    world.door.fails = [Unreachable("left"), Rejected("too long")]
    await world.asks("Budi", FINE)
    await world.commands("Budi", "komunitas")
    assert world.told("Budi") == ["belong.list"]
    world.parked = (0, 2)


async def test_a_door_that_raises_something_odd_is_tried_again_then_recorded(world: World) -> None:
    world.door.fails = [ValueError("odd")] * 3  # type: ignore[list-item]
    await world.asks("Budi", FINE)
    for _ in range(4):
        await world.later(seconds=301)
    assert len(world.door.messages) == 2


async def test_a_channel_that_has_moved_is_followed_and_remembered(world: World) -> None:
    deliver, moved = world.door.deliver, "#sirkulasi-baru"

    async def elsewhere(delivery: object) -> object:
        if delivery.place and delivery.place.channel == "#sirkulasi":  # type: ignore[attr-defined]
            raise Moved(moved)
        return await deliver(delivery)  # type: ignore[arg-type]

    world.door.deliver = elsewhere  # type: ignore[method-assign,assignment]
    await world.asks("Budi", FINE)
    assert world.heard(moved) == ["card.post"]
    binding = await world.house.store.places.binding("paper", moved)
    assert binding and binding.mode == "auto"
    await world.says("Tono", "Ruas MARC mana untuk judul seri?", moved)
    assert (await world.question()).state is State.OPEN


# ---- the budget -------------------------------------------------------------------------------------------------------


async def test_what_takes_longer_than_the_budget_is_said_where_the_person_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.BUDGET", 0.05)
    q = await world.asks("Budi", FINE)
    why = world.house.app.dispatcher.routes.owners["press:why"][1]

    async def slowly(what: object, desk: object) -> Outcome:
        await asyncio.sleep(0.2)
        return await why(what, desk)  # type: ignore[arg-type]

    world.house.app.dispatcher.routes.owners["press:why"] = ("slow", slowly)
    assert await world.happens("Budi", Pressed("why", q.id, world.card("card.open").ref.message)) is None
    await world.house.app.late.settled()
    await world.settles()
    assert world.told("Budi") == ["why.trace"]


async def test_the_same_button_event_again_is_quiet(world: World) -> None:
    q = await world.asks("Budi", FINE)
    account, place = Account("paper", user_of("Budi"), "Budi"), Place("paper", "#umum")
    event = Event(f"paper:{new_id()}", world.house.store.library, world.clock(), Pressed("why", q.id), account, place)
    first, second = await world.house.app.respond(event), await world.house.app.respond(event)
    assert first is not None and second is None


async def test_loops_bring_a_question_all_the_way(world: World) -> None:
    """The same with everything running by itself."""
    await world.house.loops.start()
    account, place = Account("paper", "budi", "Budi"), Place("paper", "#umum")
    said = Event("paper:loop", world.house.store.library, world.clock(), Said(FINE, "m1", mentioned=True), account, place)
    await world.house.app.receive(said)
    shown = await world.house.app.respond(
        Event("paper:help", world.house.store.library, world.clock(), Commanded("profil"), account, place)
    )
    assert shown is not None
    for _ in range(200):
        if len(world.door.messages) == 2:
            break
        await asyncio.sleep(0.02)
    await world.house.loops.stop()
    assert sorted(m.template for m in world.door.messages) == ["card.open", "card.post"]
