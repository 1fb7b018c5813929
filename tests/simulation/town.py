"""The library as each week finds it: communities with stewards and members, channels bound, and another library beside it."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from bot.chance import ruled_by
from bot.compose import open_house
from bot.finder import Finder
from bot.model.access import Sight
from bot.model.base import Words, new_id
from bot.model.community import Community
from bot.model.knowledge import Credit, Item
from bot.model.meeting import Hours
from bot.model.member import Member, Membership
from bot.model.place import Account, Binding
from bot.outcome import Direct, Say
from bot.ports import Unit
from storage.store import SqlStore, open_store
from tests.fakes import WordVectors
from tests.simulation.fate import Fate
from tests.simulation.house import settings
from tests.simulation.people import HOME, KEYS
from tests.simulation.sight import ELSEWHERE

_FOLDER = tempfile.TemporaryDirectory()
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "")


@cache
def found() -> Path:
    """The database file, made once a process."""
    folder = Path(_FOLDER.name)
    with ruled_by(Fate(0)):
        asyncio.run(_make(folder))
    return folder / "guyub.db"


async def _make(folder: Path) -> None:
    fate = Fate(0)
    fate.elapsed = -60.0
    async with open_house(settings(folder), clock=fate, doors=(), model=WordVectors()) as house:
        await _people(house.store)
        for item in await house.store.items.published(Sight(house.store.library, frozenset(), True)):
            await house.finder.put("item", item.id, item.text)
    await _elsewhere(folder, fate)


async def _people(store: SqlStore) -> None:
    communities = [c for key in KEYS if (c := await store.communities.by_key(key))]
    now = Fate(0)() - timedelta(days=20)
    n = 0
    for door, names in HOME.items():
        for name in names:
            n += 1
            role = "operator" if name == "rini" else "librarian" if name == "dewi" else "member"
            member = Member(library=store.library, name=name.title(), accounts=(Account(door, name, name.title()),), role=role)
            await store.commit(Unit(store.library, save=(member,)))
            hours = Hours(id=f"hours:{member.id}", library=store.library, member=member.id, zone=ZONES[n % 4])
            await store.commit(Unit(store.library, save=(hours,)))
            for m, community in enumerate(communities):
                if (n + m) % 3 == 0 or n % 5 == m:
                    lead = name in ("sari", "ayu") or (m == 2 and name == "wati")
                    belongs = Membership(
                        library=store.library,
                        member=member.id,
                        community=community.id,
                        role="steward" if lead else "member",
                        knows="denda, MARC, jamur, comics",
                        may_ask=n % 4 != 0,
                        joined_at=now,
                    )
                    await store.commit(Unit(store.library, save=(belongs,)))
    for n, community in enumerate(communities):
        await store.commit(Unit(store.library, save=(_closed(store, community, n),)))
    for door in HOME:
        for community in communities:
            bound = Binding(
                library=store.library, door=door, channel=community.key, name=community.key, community=community.id, mode="auto"
            )
            await store.commit(Unit(store.library, save=(bound,)))


def _closed(store: SqlStore, community: Community, n: int) -> Item:
    """A note that only its community may read."""
    told = ("denda buku terlambat, pinjaman, renew loan", "ruas MARC judul seri, comics", "jamur di buku lama, rayap")[n]
    return Item(
        library=store.library,
        community=community.id,
        title=f"Catatan {told}",
        problem=f"Bagaimana {told}?",
        solution=f"Tentang {told}: rahasia{9000 + n}.",
        language="id",
        status="published",
        visibility="community",
        credits=(Credit("nobody", "Ibu Tua", "reviewer"), Credit("somebody", "Pak Tua", "reviewer")),
        created_at=Fate(0)(),
        published_at=Fate(0)(),
    )


async def _elsewhere(folder: Path, fate: Fate) -> None:
    """Another library on the same database: what it keeps and what waits in its outbox is none of ours."""
    store = await open_store(settings(folder).database_url, library="lain", clock=fate)
    community = Community(library="lain", key="sirkulasi", name=Words(ELSEWHERE, ELSEWHERE), description=Words(ELSEWHERE, ""))
    member = Member(library="lain", name="Rini", accounts=(Account("slack", "rini", ELSEWHERE),), role="operator")
    item = Item(
        library="lain",
        community=community.id,
        title=f"Denda buku {ELSEWHERE}",
        problem="Bagaimana cara menghitung denda buku yang terlambat dikembalikan?",
        solution=f"Seribu rupiah sehari {ELSEWHERE}, ruas MARC 490, jamur.",
        language="id",
        status="published",
        credits=(Credit(member.id, "Rini", "reviewer"),),
        created_at=fate(),
        published_at=fate(),
    )
    waits = Say(Direct(member.id), "ask.same", {"text": ELSEWHERE, "asker": "", "mine": False, "card": ""})
    await store.commit(Unit("lain", save=(community, member, item), out=((new_id(), waits),)))
    finder = Finder("lain", store.search, WordVectors(), store.communities)
    await finder.put("item", item.id, item.text)
    finder.close()
    await store.close()
