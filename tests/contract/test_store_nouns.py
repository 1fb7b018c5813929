"""Nouns: saved under their version, found again, and never two where there may be one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import Conflict
from bot.model.attachment import Attachment
from bot.model.base import Noun, Words
from bot.model.community import Community, Example
from bot.model.knowledge import Credit, Edition, Source, Verdict
from bot.model.linking import Linking
from bot.model.member import Member, Membership
from bot.model.place import Account, Binding, MessageRef
from bot.model.question import Ask, Guess, State
from bot.ports import Unit
from storage.store import SqlStore
from tests.contract.store_things import AT, LIBRARY, Opener, answer, item, member, posting, question, save, send, to_channel

pytestmark = pytest.mark.anyio

REF = MessageRef("web", "umum", "1")


def community(key: str = "sirkulasi", **more: bool) -> Community:
    return Community(
        library=LIBRARY, key=key, name=Words("Sirkulasi", "Circulation"), description=Words("Pinjam", "Loans"), **more
    )


def binding(channel: str = "umum", community: str | None = None) -> Binding:
    return Binding(library=LIBRARY, door="web", channel=channel, name="#umum", community=community)


def membership(member: str = "sari", community: str = "c") -> Membership:
    return Membership(library=LIBRARY, member=member, community=community, knows="denda", may_ask=True, joined_at=AT)


def linking(code: str = "a1") -> Linking:
    return Linking(
        id="web:sari",
        library=LIBRARY,
        door="web",
        user="sari",
        code=code,
        until=AT,
        taken_door="slack",
        taken_user="U1",
        wrong=(AT, AT + timedelta(microseconds=1)),
    )


def example(community: str = "c", question: str | None = None) -> Example:
    return Example(library=LIBRARY, community=community, text="Di mana?", language="id", source="move", question=question)


def full_question() -> Noun:
    guesses = (Guess("a", 0.1), Guess("b", 0.9))
    asked = question(
        state=State.ASKED_BACK, community="c", guesses=guesses, offered=guesses[:1], joined=("budi", "x\0"), wave=2
    )
    asked = replace(asked, text="a\0‏שלום 👋🏽\ud800", ended_at=AT, item="i", solved_by="people")
    return asked.noted(AT, "routed", p="0,9").noted(AT + timedelta(microseconds=1), "asked", who="Budi\0")


def full_item() -> Noun:
    return item(
        steps=("satu", "dua"),
        question="q",
        credits=(Credit("sari", "Sari", "asker"), Credit("budi", "Budi", "reviewer")),
        sources=(Source(REF, "budi", "a"), Source(REF, "sari")),
        files=(Attachment("p.pdf", "application/pdf", 3_000_000_000, "ab", "web", "f1"),),
        review_by=AT + timedelta(days=365),
        merged_into="x",
        reason="sama",
        thanks=3,
    )


ALL = [
    community(archived=True),
    example(question="q"),
    member(accounts=(Account("web", "sari", "Sari"), Account("slack", "U1")), language="en", role="librarian", away_until=AT),
    membership(),
    replace(membership(), left_at=AT),
    binding(community="c"),
    full_question(),
    answer("q", files=(Attachment("a.pdf", "application/pdf", 3, door="web", file="f"),), accepted=True, withheld=True),
    Ask(library=LIBRARY, question="q", member="m", at=AT, why="denda", state="passed"),
    full_item(),
    Edition(
        library=LIBRARY,
        item="i",
        item_version=2,
        editor="m",
        at=AT,
        what="x",
        title="t",
        problem="p",
        solution="s",
        steps=("a",),
    ),
    Verdict(id="i.m", library=LIBRARY, item="i", member="m", approve=False, reason="kurang", at=AT),
    member("Budi", gone=True, merged_into="sari"),
    linking(),
]


async def stored(store: SqlStore, noun: Noun) -> Noun | None:
    """Read it back through the finder that leads to it."""
    match noun:
        case Community(id=id):
            return await store.communities.get(id)
        case Example(id=id):
            return await store.communities.example(id)
        case Member(id=id):
            return await store.members.get(id)
        case Linking(id=id):
            return await store.members.linking(id)
        case Membership(member=who, community=where):
            return await store.members.membership(who, where)
        case Binding(door=door, channel=channel):
            return await store.places.binding(door, channel)
        case Ask(question=asked):
            return (await store.questions.asks(question=asked))[0]
        case Edition(item=of):
            return (await store.items.editions(of))[0]
        case Verdict(item=of):
            return (await store.items.verdicts(of))[0]
    found = await store.questions.get(noun.id), await store.questions.answer(noun.id), await store.items.get(noun.id)
    return next((one for one in found if one), None)


def as_stored(noun: Noun) -> Noun:
    from storage.clean import cleaned

    return replace(cleaned(noun), version=noun.version + 1)


@pytest.mark.parametrize("noun", ALL, ids=lambda noun: type(noun).__name__)
async def test_a_noun_comes_back_whole(store: SqlStore, noun: Noun) -> None:
    await save(store, noun)
    assert await stored(store, noun) == as_stored(noun)


@pytest.mark.parametrize("noun", ALL, ids=lambda noun: type(noun).__name__)
async def test_versions_guard_against_lost_updates(store: SqlStore, noun: Noun) -> None:
    await save(store, noun)
    with pytest.raises(Conflict):
        await save(store, noun)
    first = as_stored(noun)
    await save(store, first)
    with pytest.raises(Conflict):
        await save(store, member("Neighbour"), first)
    assert await store.members.named("Neighbour") == (), "nothing of the unit is stored"
    assert await stored(store, noun) == as_stored(first)


async def test_nobody_updates_what_is_not_there(store: SqlStore) -> None:
    with pytest.raises(Conflict):
        await save(store, replace(member(), version=1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (community(), community()),
        (membership(), membership()),
        (binding(), binding()),
        (member(accounts=(Account("web", "sari"),)), member("Other", accounts=(Account("web", "sari"),))),
    ],
    ids=lambda noun: type(noun).__name__,
)
async def test_there_is_one_of_these(store: SqlStore, one: Noun, other: Noun) -> None:
    await save(store, one)
    with pytest.raises(Conflict):
        await save(store, other)


async def test_two_first_contacts_make_one_member(store: SqlStore, opened: Opener) -> None:
    second = await opened()
    account = Account("web", "sari", "Sari")
    made = [member(accounts=(account,)) for _ in range(10)]
    tried = [save((store, second)[n % 2], one) for n, one in enumerate(made)]
    results = await asyncio.gather(*tried, return_exceptions=True)
    assert [type(r) for r in results if r is not None] == [Conflict] * 9
    found = await store.members.by_account("web", "sari")
    assert found is not None and await store.members.named("Sari") == (found,)


async def test_an_account_moves_with_its_members_change(store: SqlStore) -> None:
    sari = member(accounts=(Account("web", "a"), Account("web", "b")))
    await save(store, sari)
    await save(store, replace(sari, version=1, accounts=(Account("web", "b"), Account("slack", "U1"))))
    assert await store.members.by_account("web", "a") is None
    for door, user in (("web", "b"), ("slack", "U1")):
        assert await store.members.by_account(door, user) == await store.members.get(sari.id)
    await save(store, member("Budi", accounts=(Account("web", "a"),)))


async def test_nothing_of_another_library_is_seen(store: SqlStore, opened: Opener) -> None:
    other = await opened("cabang")
    for noun in ALL[:4] + ALL[5:]:
        await save(store, noun)
        assert await stored(other, noun) is None if not isinstance(noun, (Ask, Edition, Verdict)) else True
        await other.commit(Unit("cabang", save=(replace(noun, library="cabang"),)))
    assert await other.questions.asks() != await store.questions.asks()
    assert {c.library for c in await other.communities.examples()} == {"cabang"}


async def test_communities(store: SqlStore) -> None:
    b, a, old = community("b"), community("a"), community("old", archived=True)
    await save(store, b, a, old)
    assert [c.key for c in await store.communities.all()] == ["a", "b"]
    assert (await store.communities.by_key("b")) == as_stored(b)
    assert await store.communities.by_key("z") is None
    one, two = example(a.id), example(b.id, question="q")
    await save(store, one, two)
    assert {e.id for e in await store.communities.examples()} == {one.id, two.id}
    assert [e.id for e in await store.communities.examples(b.id)] == [two.id]
    assert await store.communities.example_of("q") == as_stored(two)
    assert await store.communities.example_of("r") is None


async def test_members(store: SqlStore) -> None:
    sari, loud, budi = member("Şari"), member("şARI"), member("Budi" * 100, role="librarian")
    await save(store, sari, loud, budi)
    assert {m.id for m in await store.members.named("ŞARI")} == {sari.id, loud.id}
    assert await store.members.named("Budi" * 99) == ()
    assert [m.id for m in await store.members.named("budi" * 100)] == [budi.id]
    assert [m.id for m in await store.members.with_role("librarian")] == [budi.id]
    assert [m.id for m in await store.members.many((budi.id, "nobody", sari.id))] == [budi.id, sari.id]


async def test_codes_that_join_accounts(store: SqlStore, opened: Opener) -> None:
    await save(store, linking(""), replace(linking(), id="web:budi", user="budi", code="b2"))
    assert await store.members.linking_by("") is None, "a code that was used up opens nothing"
    found = await store.members.linking_by("b2")
    assert found == await store.members.linking("web:budi") and found is not None
    assert await store.members.linking_by("B2") is None
    other = await opened("cabang")
    assert await other.members.linking_by("b2") is None and await other.members.linking("web:budi") is None
    second, third = await opened(), replace(found, code="", taken_user="U2")
    tried = await asyncio.gather(save(store, third), save(second, third), return_exceptions=True)
    assert sorted(type(r).__name__ for r in tried) == ["Conflict", "NoneType"], "of two at once one is first"


async def test_memberships(store: SqlStore) -> None:
    here, there, other = membership("sari", "c"), membership("sari", "d"), membership("budi", "c")
    await save(store, here, there, other)
    await save(store, replace(there, version=1, left_at=AT))
    members = store.members
    assert {m.id for m in await members.memberships()} == {here.id, other.id}
    assert [m.id for m in await members.memberships(member="sari")] == [here.id]
    assert {m.id for m in await members.memberships(community="c")} == {here.id, other.id}
    assert await members.memberships(member="budi", community="d") == ()
    ended = await members.membership("sari", "d")
    assert ended is not None and not ended.active


async def test_bindings(store: SqlStore) -> None:
    await save(store, binding("umum"), binding("sirkulasi", "c"))
    assert {b.channel for b in await store.places.bindings()} == {"umum", "sirkulasi"}
    assert [b.channel for b in await store.places.bindings("c")] == ["sirkulasi"]
    assert await store.places.binding("slack", "umum") is None


async def test_questions(store: SqlStore) -> None:
    def at(minute: int) -> object:
        return AT + timedelta(minutes=minute)

    def asked(minute: int, state: State, community: str | None) -> Noun:
        return question(
            id=str(minute), asked_at=at(minute), state=state, community=community, origin=replace(REF, message=str(minute))
        )

    states = (State.OPEN, State.SOLVED, State.ANSWERED, State.UNPLACED, State.WITHDRAWN)
    await save(store, *(asked(n, state, "c" if n < 3 else None) for n, state in enumerate(states)))
    questions = store.questions
    assert [q.id for q in await questions.open_in(None)] == ["3", "2", "0"]
    assert [q.id for q in await questions.open_in(("c", "d"))] == ["2", "0"]
    assert [q.id for q in await questions.open_in(())] == []
    assert [q.id for q in await questions.open_in(None, limit=1)] == ["3"]
    assert [q.id for q in await questions.of("sari", limit=2)] == ["4", "3"]
    assert [q.id for q in await questions.recent(3)] == ["4", "3", "2"]
    assert [q.id for q in await questions.of("budi")] == []


async def test_a_question_asked_within_a_thread_is_found_by_both_messages(store: SqlStore) -> None:
    own, within = question(origin=REF), question(origin=REF, asking="5")
    await save(store, own, within)
    asking = replace(REF, message="5")
    assert await store.questions.at(asking) == await store.questions.asked_with(asking) == as_stored(within)
    assert await store.questions.asked_with(REF) == as_stored(own), "whoever began the thread asked that one"
    assert await store.questions.at(REF) == as_stored(within), "the newest of the thread"
    assert await store.questions.asked_with(replace(REF, message="")) is None


async def test_a_question_is_found_at_its_origin_and_at_its_cards(store: SqlStore) -> None:
    asked = question(origin=REF)
    await save(store, asked, question(origin=MessageRef("web", "umum", "")))
    await send(store, ("o", to_channel(card="card")))
    await store.sent("o", "w", posting("card", "77", asked.id))
    assert await store.questions.at(REF) == as_stored(asked)
    assert await store.questions.at(MessageRef("web", "umum", "77")) == as_stored(asked)
    assert await store.questions.at(MessageRef("web", "umum", "78")) is None
    assert await store.questions.at(MessageRef("web", "umum", "")) is None


async def test_answers(store: SqlStore) -> None:
    asked, elsewhere = question(community="c"), question(community="d")
    late = answer(asked.id, at=AT + timedelta(hours=1), accepted=True)
    early = answer(asked.id, source=REF, accepted=True)
    gone = answer(asked.id, deleted=True, accepted=True)
    plain, other = answer(asked.id, at=AT + timedelta(hours=2)), answer(elsewhere.id, accepted=True)
    await save(store, asked, elsewhere, late, early, gone, plain, other)
    questions = store.questions
    assert [a.id for a in await questions.answers(asked.id)] == [early.id, late.id, plain.id]
    assert [a.id for a in await questions.accepted("c")] == [late.id, early.id]
    assert [a.id for a in await questions.accepted("c", limit=1)] == [late.id]
    assert await questions.answer_at(REF) == as_stored(early)
    assert await questions.answer_at(MessageRef("web", "umum", "none")) is None


async def test_asks(store: SqlStore) -> None:
    def asked(id: str, question: str, member: str, hours: int) -> Ask:
        return Ask(id=id, library=LIBRARY, question=question, member=member, at=AT + timedelta(hours=hours))

    await save(store, asked("1", "q", "m", 0), asked("2", "q", "n", 1), asked("3", "r", "m", 2))
    asks = store.questions.asks
    assert [a.id for a in await asks()] == ["1", "2", "3"]
    assert [a.id for a in await asks(question="q")] == ["1", "2"]
    await save(store, question(id="q", state=State.SOLVED), question(id="r", state=State.ANSWERED))
    assert [a.id for a in await asks(member="m", going=True)] == ["3"]


async def test_items_of_a_question_and_drafts(store: SqlStore) -> None:
    old, new = item(question="q", status="rejected"), item(question="q", status="draft", created_at=AT + timedelta(days=1))
    other = item(community="d", status="draft")
    await save(store, old, new, other)
    assert await store.items.of_question("q") == as_stored(new)
    assert [i.id for i in await store.items.drafts(("sirkulasi",))] == [new.id]
    assert [i.id for i in await store.items.drafts(("d", "sirkulasi"))] == [other.id, new.id]
    assert await store.items.drafts(()) == ()


async def test_drafts_in_portions(store: SqlStore) -> None:
    minutes = (0, 1, 1, 1, 2)
    drafts = [item(id=f"d{n}", status="draft", created_at=AT + timedelta(minutes=at)) for n, at in enumerate(minutes)]
    await save(store, *drafts)
    seen: list[str] = []
    last = None
    while portion := await store.items.drafts(("sirkulasi",), last, 2):
        seen, last = [*seen, *(i.id for i in portion)], portion[-1]
    assert seen == [i.id for i in drafts], "also those of one moment, each once"
