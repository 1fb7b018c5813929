"""An event is handled once however often it comes (promise 3), and order is kept in each thread (promise 6)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.doors import Delivery
from bot.errors import DeliveryError, TryLater
from bot.events import Commanded, Event, Pressed, Reacted, Said, Submitted, What
from bot.model.place import Account, Place
from tests.world import World, a_library, user_of

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
SERIES = "Ruas MARC mana untuk judul seri?"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."


def script(world: World) -> list[Event]:
    """A conversation, each event with the platform's own id."""
    made: list[Event] = []

    def act(who: str, what: What, channel: str = "#umum", thread: str = "") -> None:
        account, place = Account("paper", user_of(who), who), Place("paper", channel, thread)
        made.append(Event(f"Ev{len(made):03}", world.house.store.library, world.clock(), what, account, place))

    act("Budi", Said(FINE, "q1", mentioned=True))
    act("Tono", Said(SERIES, "q2", mentioned=True))
    act("Sari", Said(ANSWER, "a1"), thread="q1")
    act("Daniel", Said("Ruas 490, dan 830 untuk titik akses.", "a2"), thread="q2")
    act("Wati", Said("Dosen setengahnya, pakai tipe anggota dosen.", "a3"), thread="q1")
    act("Budi", Reacted("✅", "a1"), thread="q1")
    act("Nina", Commanded("gabung", "sirkulasi"))
    act("Nina", Commanded("profil"))
    act("Tono", Said("makasih kak!", "a4"), thread="q2")
    return made


async def gives(world: World, event: Event) -> None:
    if isinstance(event.what, (Commanded, Pressed, Submitted)):
        await world.house.app.respond(event)
    else:
        await world.house.app.receive(event)


async def state(world: World) -> tuple[object, ...]:
    """What is stored and what stands in the channels, without names, versions and moments."""
    store = world.house.store
    questions = sorted(await store.questions.recent(50), key=lambda q: q.origin.message)
    told = [
        (
            q.text,
            q.state,
            q.solved_by,
            [s.what for s in q.trace],
            [(a.text, a.accepted) for a in await store.questions.answers(q.id)],
        )
        for q in questions
    ]
    items = [await store.items.of_question(q.id) for q in questions]
    kept = [(i.title, i.solution, i.status, [(c.name, c.part) for c in i.credits]) if i else None for i in items]
    named = [await store.members.named(n) for n in ("Budi", "Tono", "Nina", "Sari", "Wati", "Daniel")]
    people = [len(same) for same in named]
    heard = sorted((m.ref.channel, m.template, m.alone) for m in world.door.messages)
    return told, kept, people, heard


@asynccontextmanager
async def a_run(folder: Path) -> AsyncIterator[World]:
    folder.mkdir()
    async with a_library(folder) as world:
        yield world


async def test_one_delivery_or_five_at_once_end_in_the_same_state(tmp_path: Path) -> None:
    async with a_run(tmp_path / "once") as world:
        for event in script(world):
            await gives(world, event)
            await world.settles()
        once = await state(world)
    assert [t[1] for t in once[0]] == ["solved", "answered"]  # type: ignore[index,attr-defined]
    for seed in (1, 2):
        chance = random.Random(seed)
        async with a_run(tmp_path / f"often{seed}") as world:
            events = script(world)
            for n, event in enumerate(events):
                again = [event] * chance.randint(1, 5) + chance.sample(events[:n], min(n, 3))  # old ones come again, late
                chance.shuffle(again)
                await asyncio.gather(*(gives(world, replace(one)) for one in again))
                await world.settles()
            assert await state(world) == once, f"seed {seed}"
            assert len(world.door.once) == len(set(world.door.once))


class Moody:
    """Delivers, but says now and then that it must wait, before accepting anything."""

    def __init__(self, world: World, seed: int) -> None:
        self.chance, self.deliver = random.Random(seed), world.door.deliver
        self.refused = 0

    async def __call__(self, delivery: Delivery) -> object:
        if self.chance.random() < 0.4:
            self.refused += 1
            raise TryLater(self.chance.choice((0, 1, 3)))
        if self.chance.random() < 0.1:
            self.refused += 1
            raise DeliveryError
        return await self.deliver(delivery)


async def test_each_thread_keeps_its_order_under_refusals(world: World) -> None:
    threads, replies = 20, 10
    roots = [f"q{n}" for n in range(threads)]
    texts = [f"Bagaimana mengurus pinjaman nomor panggil {n} {'abcdefghijklmnopqrstuvwxyz'[n] * 6}?" for n in range(threads)]
    people = ("Sari", "Wati", "Daniel")
    library = world.house.store.library

    def event(who: str, text: str, message: str, thread: str = "") -> Event:
        account, place = Account("paper", user_of(who), who), Place("paper", "#sirkulasi", thread)
        return Event(f"Ev-{message}", library, world.clock(), Said(text, message, mentioned=not thread), account, place)

    binding = await world.house.store.places.binding("paper", "#sirkulasi")
    assert binding
    await world.binds("Ibu Rini", "#kedua", "sirkulasi")  # every reply is copied there
    asked = await asyncio.gather(*(_placed(world, event("Budi", text, root)) for text, root in zip(texts, roots, strict=True)))
    assert len(asked) == threads
    await world.settles()
    await _all_in(world, "sirkulasi")

    moody = Moody(world, 7)
    world.door.deliver = moody  # type: ignore[method-assign,assignment]
    for n in range(replies):
        await asyncio.gather(
            *(world.house.app.receive(event(people[n % 3], f"Jawaban {n}.", f"{root}-{n}", root)) for root in roots)
        )
        await world.settles()
    for _ in range(200):
        health = await world.house.store.health(world.clock())
        if not health.outbox_waiting:
            break
        await world.later(seconds=30)
    assert moody.refused > 50

    copies: dict[str, list[str]] = {}
    for message in world.door.messages:
        if message.template == "answer.relay" and message.ref.channel == "#kedua":
            copies.setdefault(message.thread, []).append(next(word for word in message.text.split() if word[0].isdigit()))
    assert len(copies) == threads
    for lane in copies.values():
        assert [w.strip("\\.") for w in lane] == [str(n) for n in range(replies)]


async def _placed(world: World, event: Event) -> None:
    await world.house.app.receive(event)


async def _all_in(world: World, key: str) -> None:
    """Every question is with this community, whatever the router thought, and none was taken for another's twin."""
    community = await world.house.store.communities.by_key(key)
    assert community
    for q in await world.house.store.questions.recent(50):
        if q.state == "suggested":
            await world.happens("Budi", Pressed("ask_anyway", q.id, "m"), "#sirkulasi")
        q = await world.again(q)
        if q.community != community.id:
            await world.happens("Budi", Submitted("place", q.id, (("community", community.id),)), "#sirkulasi")
