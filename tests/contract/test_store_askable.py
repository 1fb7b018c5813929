"""Who may be asked, and how often they were: what the database counts is what counting by hand comes to."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.errors import Conflict
from bot.model.member import Askable, Member, Membership
from bot.model.question import Ask
from bot.ports import Unit
from storage.store import SqlStore
from tests.contract.store_things import AT, Opener

pytestmark = pytest.mark.anyio

WEEK, MEMORY = timedelta(days=7), timedelta(days=84)
EDGES = (timedelta(0), WEEK, WEEK - timedelta(microseconds=1), MEMORY, MEMORY + timedelta(microseconds=1))


def by_hand(members: Sequence[Member], memberships: Iterable[Membership], asks: Sequence[Ask]) -> set[Askable]:
    """Everything read, then counted."""
    by_id = {member.id: member for member in members}
    return {
        _counted(by_id[one.member], one, [ask.at for ask in asks if ask.member == one.member and ask.at >= AT - MEMORY])
        for one in memberships
        if one.community == "c" and one.active and one.may_ask and not by_id[one.member].gone
    }


def _counted(member: Member, one: Membership, times: Sequence[datetime]) -> Askable:
    asked = sum(AT - at < WEEK for at in times)
    return Askable(member.id, 1, one.knows, member.cap, member.away_until, asked, max(times, default=None))


def a_library(seed: int, library: str) -> tuple[list[Member], list[Membership], list[Ask]]:
    """People of all kinds, in two communities, asked now and then."""
    rnd = random.Random(seed)
    members, memberships = [], []
    for n in range(rnd.randrange(12)):
        away = rnd.choice([None, None, AT - timedelta(days=1), AT, AT + timedelta(days=1)])
        cap, gone = rnd.randrange(5), rnd.random() < 0.1
        members.append(Member(id=f"m{n}", library=library, name="Sari", cap=cap, away_until=away, gone=gone))
        for community in rnd.sample(["c", "d"], rnd.randrange(3)):
            left, willing, knows = rnd.choice([None, None, AT]), rnd.random() < 0.7, rnd.choice(["", "denda"])
            new = {"library": library, "member": f"m{n}", "community": community, "joined_at": AT}
            memberships.append(Membership(**new, may_ask=willing, left_at=left, knows=knows))  # type: ignore[arg-type]
    asks = []
    for n in range(rnd.randrange(60) if members else 0):
        ago = rnd.choice([*EDGES, timedelta(minutes=rnd.randrange(100 * 24 * 60))])
        asks.append(Ask(library=library, question=f"q{n}", member=rnd.choice(members).id, at=AT - ago))
    return members, memberships, asks


async def askable(store: SqlStore) -> tuple[Askable, ...]:
    return await store.members.askable("c", since=AT - MEMORY, counted=AT - WEEK)


async def test_what_is_counted_is_what_counting_by_hand_comes_to(opened: Opener) -> None:
    seen = 0
    for seed in range(30):
        store = await opened(f"library-{seed}")
        members, memberships, asks = a_library(seed, store.library)
        await store.commit(Unit(store.library, save=(*members, *memberships, *asks)))
        found = await askable(store)
        assert set(found) == by_hand(members, memberships, asks), f"seed {seed}"
        assert len(set(found)) == len(found), f"seed {seed}"
        seen += len(found)
    assert seen > 30


async def test_a_member_asked_meanwhile_is_another_version(store: SqlStore) -> None:
    """So that of two who have counted the same, only one asks."""
    member = Member(id="m", library=store.library, name="Sari")
    one = Membership(library=store.library, member="m", community="c", may_ask=True, joined_at=AT)
    await store.commit(Unit(store.library, save=(member, one)))
    (before,) = await askable(store)
    for again in (False, True):
        (read,) = await store.members.many(("m",))
        asked = Unit(store.library, save=(Ask(library=store.library, question="q", member="m", at=AT), read))
        if not again:
            await store.commit(asked)
            continue
        late = replace(read, version=before.version)
        with pytest.raises(Conflict):
            await store.commit(replace(asked, save=(asked.save[0], late)))
