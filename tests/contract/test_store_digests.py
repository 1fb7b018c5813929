"""Digests: stored whole, planned for whoever has none, and the rows of a week the same on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from bot.errors import Conflict
from bot.model.base import Words
from bot.model.community import Community
from bot.model.digest import Subscription, first, subscription_id
from bot.model.meeting import Hours
from bot.model.member import Membership
from bot.model.place import Account
from bot.model.question import State
from storage.store import SqlStore
from tests.contract.store_things import AT, LIBRARY, Opener, answer, item, member, question, rows_that_name, save

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
SINCE, UNTIL = AT - 7 * DAY, AT
NEW, OLD = "a" * 32, "b" * 32
WHOLE = Subscription(
    id=subscription_id("member", "sari"), library=LIBRARY, kind="member", who="sari", day=4, hour=15, zone="Asia/Jayapura",
    language="en", off=True, since=AT, next_at=AT + DAY, handled=AT + timedelta(microseconds=7), until=AT - DAY, quiet=True,
    sent=("2026-W48", "2026-W49"),
)  # fmt: skip


def inside(who: str, community: str = "c", joined: datetime = AT - 90 * DAY, **more: Any) -> Membership:
    return Membership(library=LIBRARY, member=who, community=community, joined_at=joined, **more)


async def test_a_subscription_comes_back_whole_and_once(store: SqlStore) -> None:
    await save(store, WHOLE)
    assert await store.digests.get("member", "sari") == replace(WHOLE, version=1)
    assert await store.digests.get("community", "sari") is None
    with pytest.raises(Conflict):
        await save(store, WHOLE)
    await save(store, replace(WHOLE, version=1, off=False))
    with pytest.raises(Conflict):
        await save(store, replace(WHOLE, version=1))


async def test_what_is_due_comes_with_what_it_takes_to_write_to_them(store: SqlStore) -> None:
    hours = Hours(id="hours.sari", library=LIBRARY, member="sari", zone="Asia/Makassar", quiet_to=time(7))
    sari = member(id="sari", accounts=(Account("web", "sari"),))
    await save(store, sari, inside("sari"), inside("sari", "d", left_at=AT), hours)
    for kind, who, at in (
        ("member", "sari", AT),
        ("community", "c", AT - DAY),
        ("member", "budi", AT + DAY),
        ("centre", "x", None),
    ):
        await save(store, replace(first(kind, who, LIBRARY, AT), next_at=at))
    place, found = await store.digests.due(AT, 9)
    assert (place.subscription.who, place.member, place.communities) == ("c", None, ())
    assert found.member == replace(sari, version=1) and found.hours == replace(hours, version=1)
    assert found.communities == ("c",) and found.subscription.who == "sari"
    assert [one.subscription.who for one in await store.digests.due(AT, 1)] == ["c"]
    assert await store.digests.next_after(AT) == AT + DAY and await store.digests.next_after(AT + DAY) is None


async def test_who_has_none_yet_is_found_until_they_have(store: SqlStore) -> None:
    people = [member(id=f"m{n}") for n in range(4)]
    await save(store, *people, member(id="alone"), member(id="gone", gone=True), member(id="left"))
    await save(store, *(inside(m.id) for m in people), inside("m0", "d"), inside("gone"), inside("left", left_at=AT))
    assert await store.digests.lacking(3) == ("m0", "m1", "m2")
    await save(store, *(first("member", id, LIBRARY, AT) for id in ("m0", "m1", "m2")), first("community", "m3", LIBRARY, AT))
    assert await store.digests.lacking(3) == ("m3",)
    assert await store.digests.having("member") == {"m0", "m1", "m2"} and await store.digests.having("community") == {"m3"}


async def test_those_whose_time_was_lost_are_found(store: SqlStore) -> None:
    words = Words("C", "C")
    place = Community(id="c", library=LIBRARY, key="c", name=words, description=words)
    await save(store, *(member(id=id) for id in ("back", "ahead", "fine", "off", "mark")), member(id="gone", gone=True), place)
    times = {"back": None, "ahead": AT + 10 * DAY, "fine": AT + 8 * DAY, "off": None, "gone": None}
    await save(
        store,
        *(replace(first("member", id, LIBRARY, AT), next_at=at, off=id == "off") for id, at in times.items()),
        *(first("community", id, LIBRARY, AT) for id in ("c", "closed")),
        replace(first("centre", "fine", LIBRARY, AT), next_at=AT + 33 * DAY),
        replace(first("centre", "back", LIBRARY, AT), next_at=AT + 35 * DAY),
        replace(first("member", "mark", LIBRARY, AT), next_at=AT + DAY, handled=AT + 2 * DAY),
    )
    lost = [(one.kind, one.who) for one in await store.digests.astray(AT, 9)]
    of_members = [("member", "ahead"), ("member", "back"), ("member", "mark")]
    assert lost == [("centre", "back"), ("community", "c"), *of_members]
    assert len(await store.digests.astray(AT, 1)) == 1


async def test_the_news_of_a_week_are_what_fell_into_it(store: SqlStore) -> None:
    times = {"before": SINCE, "first": SINCE + timedelta(seconds=1), "last": UNTIL, "after": UNTIL + timedelta(seconds=1)}
    for name, at in times.items():
        await save(
            store,
            item(id=f"i-{name}", community="c", published_at=at),
            question(id=f"q-{name}", community="c", asker="budi", asked_at=at),
            question(id=f"s-{name}", community="c", asked_at=SINCE - DAY, state=State.SOLVED, ended_at=at),
            member(id=name, name=name.title()),
            inside(name, joined=at),
        )
    await save(store, member(id="sari"), member(id="budi", gone=True), answer("s-first", id="a1", author="sari", accepted=True))
    await save(store, answer("q-last", id="a2", deleted=True), answer("elsewhere", id="a3"), inside("sari", left_at=AT))
    news = await store.digests.news("c", SINCE, UNTIL)
    assert [one.id for one in news.items] == ["i-first", "i-last"]
    assert [one.id for one in news.asked] == ["q-first", "q-last"]
    assert [one.id for one in news.solved] == ["s-first", "s-last"]
    assert [one.id for one in news.open] == ["q-before", "q-first", "q-last"]
    assert [one.id for one in news.answers] == ["a1"] and news.joined == ("first", "last") and news.members == 4
    assert news.names == {"first": "First", "last": "Last", "sari": "Sari"}


async def test_what_the_community_was_never_asked_is_no_news(store: SqlStore, opened: Opener) -> None:
    other = await opened("cabang")
    hidden = (State.SUGGESTED, State.OFFERED, State.REFUSED)
    await save(
        store, *(question(id=f"q{s}", community="c", state=s) for s in hidden), question(id="wiped", community="c", text="")
    )
    await save(store, item(id="draft", community="c", status="draft"), item(id="d", community="d"), question(id="q"))
    await save(store, first("member", "sari", LIBRARY, AT))
    news = await store.digests.news("c", SINCE, UNTIL)
    assert (news.items, news.asked, news.solved, news.open, news.names) == ((), (), (), (), {})
    await save(store, item(id="here", community="c"))
    assert (await other.digests.news("c", SINCE, UNTIL)).items == () and await other.digests.get("member", "sari") is None


async def test_of_two_who_are_one_the_one_who_stays_keeps_theirs(store: SqlStore, url: str) -> None:
    new, old = member(id=NEW, accounts=(Account("web", "s"),)), member(id=OLD, accounts=(Account("slack", "s"),))
    await save(store, new, old, replace(first("member", NEW, LIBRARY, AT), hour=15), first("member", OLD, LIBRARY, AT))
    await save(store, first("centre", OLD, LIBRARY, AT))
    await save(
        store,
        replace(new, version=1, accounts=(*new.accounts, *old.accounts)),
        replace(old, version=1, accounts=(), gone=True, merged_into=NEW),
    )
    assert rows_that_name(url, OLD) == []
    kept, went = await store.digests.get("member", NEW), await store.digests.get("centre", NEW)
    assert kept and kept.hour == 15 and went and went.who == NEW
