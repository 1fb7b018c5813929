"""Two members turn out to be one: nothing names the one that goes, nothing is there twice, nothing is lost."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Conflict
from bot.events import Event, Happened
from bot.model.base import Noun, new_id
from bot.model.knowledge import Credit, Edition, Verdict
from bot.model.member import Member, Membership
from bot.model.place import Account, Place
from bot.model.question import Ask
from bot.outcome import Direct, Later, Say
from bot.ports import Unit
from storage.store import SqlStore, open_store
from tests.contract.store_things import (
    AT,
    LIBRARY,
    Opener,
    answer,
    ids_going,
    item,
    member,
    posting,
    question,
    rows_that_name,
    save,
    send,
)

pytestmark = pytest.mark.anyio

NEW, OLD, THIRD = "a" * 32, "b" * 32, "c" * 32
QUESTIONS, ITEMS, COMMUNITIES = ("q1", "q2", "q3"), ("i1", "i2"), ("c1", "c2", "c3")
PEOPLE = st.sampled_from((NEW, OLD, THIRD))


async def joined(store: SqlStore, *more: Noun) -> None:
    """OLD turns out to be NEW."""
    old = await store.members.get(OLD)
    assert old is not None
    new = await store.members.get(NEW)
    assert new is not None
    accounts = (*new.accounts, *old.accounts)
    await save(store, replace(new, accounts=accounts), replace(old, accounts=(), gone=True, merged_into=NEW), *more)


def two() -> tuple[Member, Member, Member]:
    return tuple(  # type: ignore[return-value]
        member(name, id=id, accounts=(Account(door, name),))
        for name, id, door in (("Sari", NEW, "web"), ("Sari S", OLD, "slack"), ("Budi", THIRD, "web"))
    )


def belonging(member: str, community: str, **more: object) -> Membership:
    return Membership(library=LIBRARY, member=member, community=community, joined_at=AT, **more)  # type: ignore[arg-type]


def asked(question: str, who: str, state: str = "waiting") -> Ask:
    return Ask(library=LIBRARY, question=question, member=who, at=AT, state=state)  # type: ignore[arg-type]


async def test_everything_goes_over(store: SqlStore, url: str) -> None:
    await save(store, *two())
    await save(
        store,
        question(id="q1", asker=OLD),
        question(id="q2", asker=THIRD, joined=(NEW, OLD)),
        question(id="q3", asker=NEW, joined=(OLD, THIRD)),
        answer("q2", id="a1", author=OLD),
        belonging(OLD, "c1", role="steward"),
        replace(belonging(OLD, "c3"), left_at=AT),
        asked("q2", OLD),
        item(id="i1", credits=(Credit(NEW, "Sari", "answerer"), Credit(OLD, "Sari S", "answerer"), Credit(OLD, "S", "asker"))),
        Edition(library=LIBRARY, item="i1", item_version=1, editor=OLD, at=AT, what="x", title="t", problem="p", solution="s"),
        Verdict(id=f"i1:{OLD}", library=LIBRARY, item="i1", member=OLD, approve=True, at=AT),
    )
    await send(store, ("o1", Say(Direct(OLD), "a.b", {"who": {"id": OLD, "name": "Sari S"}}, card=f"review:i1:{OLD}")))
    await store.commit(Unit(LIBRARY, later=(Later("weekly", OLD, AT + timedelta(days=9)),)))
    await joined(store)
    assert rows_that_name(url, OLD) == []
    people, questions = store.members, store.questions
    account = await people.by_account("slack", "Sari S")
    assert account is not None and account.id == NEW and [a.door for a in account.accounts] == ["web", "slack"]
    assert {(m.community, m.role) for m in await people.memberships(member=NEW)} == {("c1", "steward")}
    ended = await people.membership(NEW, "c3")
    assert ended is not None and not ended.active
    assert {q.id: q.joined for q in await questions.recent(9)} == {"q1": (), "q2": (NEW,), "q3": (THIRD,)}
    assert [q.id for q in await questions.of(NEW)] == ["q3", "q1"]
    assert [a.author for a in await questions.answers("q2")] == [NEW]
    assert [a.question for a in await questions.asks(member=NEW)] == ["q2"]
    kept = await store.items.get("i1")
    assert kept is not None and [(c.name, c.part) for c in kept.credits] == [("Sari", "answerer"), ("S", "asker")]
    assert [(v.id, v.member) for v in await store.items.verdicts("i1")] == [(f"i1:{NEW}", NEW)]
    assert [m.id for m in await people.merged(NEW)] == [OLD]
    (row,) = await store.claim_out("w", 9)
    assert isinstance(row.out, Say) and row.out.to == Direct(NEW) and row.out.card == f"review:i1:{NEW}"


async def test_whoever_decides_on_what_it_was_starts_over(store: SqlStore) -> None:
    await save(store, *two())
    await save(store, question(id="q1", asker=OLD))
    before = await store.questions.get("q1")
    await joined(store)
    with pytest.raises(Conflict):
        await save(store, replace(before, text="anders"))  # type: ignore[type-var]


async def test_what_came_in_between_goes_over_too(store: SqlStore, url: str) -> None:
    await save(store, *two())
    await joined(store)
    await save(store, answer("q1", id="a9", author=OLD), belonging(OLD, "c1"))
    await save(store, *(await store.members.merged(NEW)))
    assert rows_that_name(url, OLD) == []
    assert [m.community for m in await store.members.memberships(member=NEW)] == ["c1"]


async def test_a_third_account_later(store: SqlStore, url: str) -> None:
    await save(store, *two())
    await joined(store)
    new = await store.members.get(NEW)
    third = await store.members.get(THIRD)
    assert new is not None and third is not None
    await save(store, replace(new, accounts=(), gone=True, merged_into=THIRD), replace(third, accounts=new.accounts))
    assert rows_that_name(url, NEW) == []
    assert {m.id for m in await store.members.merged(THIRD)} == {OLD, NEW}


async def test_another_library_is_left_alone(store: SqlStore, opened: Opener) -> None:
    other = await opened("cabang")
    await other.commit(Unit("cabang", save=(replace(question(id="q1", asker=OLD), library="cabang"),)))
    await save(store, *two())
    await joined(store)
    assert [q.asker for q in await other.questions.recent(5)] == [OLD]


async def test_what_is_done_is_left_to_the_sweep(store: SqlStore) -> None:
    await save(store, *two())
    await send(
        store,
        ("o1", Say(Direct(OLD), "a.b", card=f"review:i1:{OLD}")),
        ("o2", Say(Direct(NEW), "a.b", card=f"review:i1:{NEW}")),
    )
    await ids_going(store)
    await store.sent("o1", "w", posting(f"review:i1:{OLD}", "1"))
    await store.sent("o2", "w", posting(f"review:i1:{NEW}", "2"))
    await joined(store)
    kept = await store.places.posting(f"review:i1:{NEW}")
    assert kept is not None and kept.ref.message == "2", "of two cards of one kind the one of who stays"
    assert await store.places.posting(f"review:i1:{OLD}") is None


async def test_events_that_wait_follow(store: SqlStore) -> None:
    await save(store, *two())
    event = Event("e1", LIBRARY, AT, Happened("something", OLD, (("who", OLD),)), place=Place("web", "umum", OLD))
    await store.commit(Unit(LIBRARY, events=(event,)))
    await joined(store)
    (claimed,) = await store.claim("w", 5)
    assert claimed.event.what == Happened("something", NEW, (("who", NEW),)) and claimed.event.place == Place(
        "web", "umum", NEW
    )


@st.composite
def lives(draw: st.DrawFn) -> list[Noun]:
    """Any history in which the two and a third may have any part."""
    nouns: list[Noun] = []
    for id in QUESTIONS:
        asker = draw(PEOPLE)
        others = tuple(who for who in draw(st.lists(PEOPLE, unique=True)) if who != asker)
        nouns.append(question(id=id, asker=asker, joined=others))
        nouns += [answer(id, id=new_id(), author=who) for who in draw(st.lists(PEOPLE, max_size=3))]
        states = st.sampled_from(("waiting", "answered", "passed"))
        nouns += [asked(id, who, draw(states)) for who in draw(st.lists(PEOPLE, unique=True))]
    for id in ITEMS:
        parts = st.sampled_from(("asker", "answerer", "reviewer", "editor"))
        named = st.builds(Credit, PEOPLE, st.sampled_from(("Sari", "S")), parts)
        credits = draw(st.lists(named, max_size=5, unique_by=lambda c: (c.member, c.part)))
        nouns.append(item(id=id, credits=tuple(credits)))
        for who in draw(st.lists(PEOPLE, unique=True)):
            nouns.append(Verdict(id=f"{id}:{who}", library=LIBRARY, item=id, member=who, approve=True, at=AT))
    for who in (NEW, OLD, THIRD):
        nouns += [belonging(who, community) for community in draw(st.lists(st.sampled_from(COMMUNITIES), unique=True))]
    return nouns


@settings(max_examples=40, deadline=None)
@given(nouns=lives())
def test_after_it_nothing_names_who_went_and_nobody_counts_twice(nouns: list[Noun], sqlite_template: Path) -> None:
    with TemporaryDirectory() as folder:
        shutil.copy(sqlite_template, f"{folder}/guyub.db")
        asyncio.run(_one_life(nouns, f"sqlite:///{folder}/guyub.db"))


async def _one_life(nouns: list[Noun], url: str) -> None:
    store = await open_store(url, library=LIBRARY, clock=lambda: AT)
    try:
        await save(store, *two(), *nouns)
        mine = {m.community for who in (NEW, OLD) for m in await store.members.memberships(member=who)}
        given = [a.author for q in QUESTIONS for a in await store.questions.answers(q)]
        await joined(store)
        assert rows_that_name(url, OLD) == []
        assert {m.community for m in await store.members.memberships(member=NEW)} == mine
        now = [a.author for q in QUESTIONS for a in await store.questions.answers(q)]
        assert now == [NEW if who == OLD else who for who in given]
        for id in QUESTIONS:
            q = await store.questions.get(id)
            assert q is not None and q.asker not in q.joined and len(set(q.joined)) == len(q.joined)
            once = [a.member for a in await store.questions.asks(question=id)]
            assert len(set(once)) == len(once)
        for id in ITEMS:
            kept = await store.items.get(id)
            parts = [(c.member, c.part) for c in kept.credits] if kept else []
            assert len(set(parts)) == len(parts)
            assert len({v.member for v in await store.items.verdicts(id)}) == len(await store.items.verdicts(id))
    finally:
        await store.close()
