"""Edits and deletions that come in another order than they were made, also before their own message."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from bot.events import Deleted, Edited, Event, Said
from bot.model.place import Account, Place
from bot.model.question import Question, State
from tests.world import World, user_of

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
ONCE = "Bagaimana cara menghitung denda majalah yang terlambat?"
TWICE = "Bagaimana cara menghitung denda koran yang terlambat?"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."


def made(world: World, who: str, what: Said | Edited | Deleted, second: int, channel: str = "#umum", thread: str = "") -> Event:
    """Made at that second; its name says what it is, as a platform's does."""
    at = world.clock.now + timedelta(seconds=second)
    place = Place("paper", channel, thread)
    id = f"paper:{what.message}:{what.kind}:{second}"
    return Event(id, world.house.app.dispatcher.library.id, at, what, Account("paper", user_of(who), who), place)


async def comes(world: World, *events: Event) -> None:
    for event in events:
        await world.house.app.receive(event)
        await world.settles()


def asked(world: World) -> tuple[Event, ...]:
    return (
        made(world, "Budi", Said(FINE, "m-q", mentioned=True), 0),
        made(world, "Budi", Edited(ONCE, "m-q", True), 5),
        made(world, "Budi", Edited(TWICE, "m-q", True), 9),
    )


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_newest_text_of_a_question_wins(world: World, order: tuple[int, ...]) -> None:
    events = asked(world)
    await comes(world, *(events[n] for n in order for _ in range(2)))
    q = await world.question()
    assert (q.text, q.state, [s.what for s in q.trace].count("edited")) == (TWICE, State.OPEN, 2)
    assert "koran" in world.card("card.post", "#sirkulasi").text
    assert len(await world.house.store.questions.recent(5)) == 1


@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_a_deletion_holds(world: World, order: tuple[int, ...]) -> None:
    gone = made(world, "Budi", Deleted("m-q"), 12)
    events = (*asked(world), gone)
    world.clock.now += timedelta(seconds=30)  # it is later by the time that they are handled
    await comes(world, *(events[n] for n in order))
    q = await world.question()
    assert (q.text, q.state) == (TWICE, State.WITHDRAWN)
    assert [s.what for s in q.trace][-3:] == ["edited", "edited", "withdrawn"]
    assert "card.withdrawn" in world.heard("#umum") and "card.open" not in world.heard("#umum")


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_newest_text_of_an_answer_wins(world: World, order: tuple[int, ...]) -> None:
    q = await world.asks("Budi", FINE)
    thread = world.card("card.post", "#sirkulasi").ref.message
    events = [
        made(world, "Daniel", what, second, "#sirkulasi", thread)
        for second, what in ((0, Said("Lima ratus.", "m-a")), (3, Edited("Tujuh ratus.", "m-a")), (6, Edited(ANSWER, "m-a")))
    ]
    await comes(world, *(events[n] for n in order for _ in range(2)))
    assert [a.text for a in await world.house.store.questions.answers(q.id)] == [ANSWER]
    assert (await world.again(q)).state is State.ANSWERED
    assert "Seribu" in world.card("answer.relay", "#umum").text


async def answered_and_gone(world: World, q: Question, order: tuple[int, ...]) -> None:
    thread = world.card("card.post", "#sirkulasi").ref.message
    told = ((0, Said("Rahasia.", "m-a")), (3, Edited("Rahasia sekali.", "m-a")), (6, Deleted("m-a")))
    events = [made(world, "Daniel", what, second, "#sirkulasi", thread) for second, what in told]
    await comes(world, *(events[n] for n in order))
    assert not await world.house.store.questions.answers(q.id)
    assert (await world.again(q)).state is State.OPEN
    assert not [m for m in world.door.messages if "Rahasia" in m.text]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_an_answer_that_was_taken_back_before_it_came_is_gone(world: World, order: tuple[int, ...]) -> None:
    await answered_and_gone(world, await world.asks("Budi", FINE), order)


async def test_other_talk_is_not_waited_for(world: World) -> None:
    """It was judged and forgotten: what is written into it later is nothing to us either."""
    talk = made(world, "Budi", Said("Selamat pagi!", "m-t"), 0, "#sirkulasi")
    await comes(world, talk, made(world, "Budi", Edited(FINE, "m-t"), 4, "#sirkulasi"))
    await comes(world, made(world, "Tono", Edited("Rapat di ruang baca", "m-u"), 5, "#obrolan"))  # not served
    assert not await world.house.store.questions.recent(5)
    assert await waiting_words(world) == []


async def waiting_words(world: World) -> list[str]:
    """What is kept of messages that have not come."""
    import sqlite3

    path = world.house.settings.data_dir / "guyub.db"
    with sqlite3.connect(path) as database:
        return [str(payload) for (payload,) in database.execute("SELECT payload FROM early")]


async def test_what_waits_is_forgotten_after_a_while(world: World) -> None:
    await comes(world, made(world, "Budi", Edited(FINE, "m-x"), 4, "#sirkulasi"))
    assert len(await waiting_words(world)) == 1
    world.clock.now += timedelta(minutes=16)
    await world.house.store.sweep(world.clock())
    assert await waiting_words(world) == []
