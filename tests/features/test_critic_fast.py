"""Found by reading: what happens when two things happen at once, or one is quicker than our bookkeeping."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from bot.events import Event, Said
from bot.model.member import Askable
from bot.model.place import Account, Place, Posting
from bot.model.question import Ask
from bot.ports import Unit
from tests.world import World, user_of

pytestmark = pytest.mark.anyio
FINE = "Bagaimana cara menghitung denda keterlambatan buku?"
ANSWER = "Dendanya seribu rupiah per hari, dihitung dari tanggal kembali."


def said(world: World, who: str, text: str, channel: str, thread: str = "", **how: bool) -> Event:
    account = Account("paper", user_of(who), who)
    what = Said(text, f"m-{who}-{len(text)}", **how)  # type: ignore[arg-type]
    return Event(
        f"e-{who}-{len(text)}", world.house.store.library, world.clock(), what, account, Place("paper", channel, thread)
    )


async def test_two_questions_at_once_do_not_ask_anybody_beyond_their_cap(world: World) -> None:
    store = world.house.store
    for name in ("Sari", "Daniel", "Wati"):
        member = await world.member(name)
        await store.commit(Unit(member.library, save=(replace(member, cap=1),)))
    await world.house.app.receive(said(world, "Budi", FINE, "#umum", mentioned=True))
    await world.house.app.receive(said(world, "Joko", "Apa syarat surat bebas pustaka untuk wisuda?", "#umum", mentioned=True))
    await world.settles()
    asked = Counter(a.member for a in await store.questions.asks())
    assert asked and max(asked.values()) == 1


async def test_whoever_is_asked_elsewhere_while_they_are_counted_is_counted_again(world: World) -> None:
    store = world.house.store
    counted = store.members.askable
    members = [replace(await world.member(name), cap=1) for name in ("Sari", "Daniel", "Wati")]
    await store.commit(Unit(store.library, save=tuple(members)))

    async def and_then_asked(community: str, *, since: datetime, counted_from: datetime) -> tuple[Askable, ...]:
        found = await counted(community, since=since, counted=counted_from)
        store.members.askable = counted  # type: ignore[method-assign]
        for one in await store.members.many(tuple(one.member for one in found)):
            ask = Ask(library=one.library, question="elsewhere", member=one.id, at=world.clock())
            await store.commit(Unit(one.library, save=(ask, one)))
        return found

    store.members.askable = (  # type: ignore[method-assign]
        lambda community, *, since, counted: and_then_asked(community, since=since, counted_from=counted)
    )
    await world.asks("Budi", FINE)
    assert {a.question for a in await store.questions.asks()} == {"elsewhere"}


async def test_an_answer_in_private_before_the_cards_place_is_written_down(world: World) -> None:
    await world.binds("Ibu Rini", "#sirkulasi", "sirkulasi", mode="off")
    app, store, sent = world.house.app, world.house.store, world.house.store.sent

    posted = asyncio.Event()

    async def late(out_id: str, worker: str, posting: Posting | None, events: tuple[Event, ...] = ()) -> None:
        if posting and posting.card.startswith("direct:"):
            posted.set()
        await asyncio.sleep(0.3)
        await sent(out_id, worker, posting, events)

    store.sent = late  # type: ignore[method-assign]
    asking = asyncio.create_task(world.asks("Budi", FINE))
    await posted.wait()
    cards = [m for m in world.door.messages if m.delivery.private_to and m.delivery.buttons]
    helper = cards[0].delivery.private_to
    assert helper is not None
    await app.receive(said(world, helper.name or helper.user, ANSWER, cards[0].ref.channel, cards[0].ref.message, direct=True))
    q = await asking
    await world.settles()
    assert q.text == FINE
    assert [a.text for a in await store.questions.answers(q.id)] == [ANSWER]
