"""A library at work, straight into the store: people who may be asked, questions under way, notes that were published."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

import numpy as np

from bot.compose import House
from bot.model.base import Noun
from bot.model.knowledge import Item
from bot.model.member import Member, Membership
from bot.model.place import Account, Binding, MessageRef
from bot.model.question import Question
from bot.ports import Unit
from bot.triage.words import terms
from tests.bench.slack_events import QUESTIONS, question_ts

AT_ONCE = 500
SUBJECTS = ("denda", "katalog", "jamur", "perpanjangan", "klasifikasi", "penjilidan", "bebas pustaka", "nomor panggil")


async def saved(house: House, nouns: list[Noun]) -> None:
    for begin in range(0, len(nouns), AT_ONCE):
        await house.store.commit(Unit(house.store.library, save=tuple(nouns[begin : begin + AT_ONCE])))


async def people_of(house: House, door: str, users: list[str], channel: str) -> None:
    """Each in two communities, willing to be asked; the channel belongs to the first."""
    library, now = house.store.library, datetime.now(UTC)
    communities = await house.store.communities.all()
    nouns: list[Noun] = [Binding(library=library, door=door, channel=channel, name="#umum", community=communities[0].id)]
    for n, user in enumerate(users):
        member = Member(library=library, name=f"Anggota {n}", accounts=(Account(door, user, f"Anggota {n}"),), language="id")
        nouns.append(member)
        for k in (n, n + 1):
            knows, community = SUBJECTS[(n + k) % len(SUBJECTS)], communities[k % len(communities)].id
            nouns.append(
                Membership(library=library, member=member.id, community=community, joined_at=now, may_ask=True, knows=knows)
            )
    await saved(house, nouns)


async def questions_of(house: House, channel: str) -> None:
    """Open questions, whose threads the answers go to."""
    library, now = house.store.library, datetime.now(UTC)
    community = (await house.store.communities.all())[0].id
    asker = (await house.store.members.memberships(community=community))[0].member
    questions: list[Noun] = [
        Question(
            library=library, asker=asker, text=f"Bagaimana menghitung denda keterlambatan nomor {n}?", language="id",
            origin=MessageRef("slack", channel, question_ts(n)), asked_at=now - timedelta(hours=1), community=community, wave=1,
        )
        for n in range(QUESTIONS)
    ]  # fmt: skip
    await saved(house, questions)


def texts_of(many: int, seed: int = 5) -> list[str]:
    """Notes' words: a vocabulary of 30,000 that is used as words are (Zipf), 60 to 120 words each."""
    rng, syllables = np.random.default_rng(seed), [c + v for c in "bcdghjklmnprstwy" for v in "aiueo"]
    words = np.array(["".join(syllables[j] for j in rng.integers(0, len(syllables), 2 + i % 3)) for i in range(30_000)])
    shares = 1 / np.arange(1, len(words) + 1)
    up_to = np.cumsum(shares / shares.sum())
    return [" ".join(words[np.searchsorted(up_to, rng.random(int(rng.integers(60, 121))))]) for _ in range(many)]


def vectors_of(many: int, dimension: int, seed: int = 5) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Unit vectors in clusters, about two hundred in each."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(8, many // 200), dimension), dtype=np.float32)
    found = centres[rng.integers(0, len(centres), many)] + 0.9 * rng.standard_normal((many, dimension), dtype=np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


async def items_of(house: House, many: int, *, vectors: bool = True) -> None:
    """Published notes, indexed as the feature would; the vectors are made up, since only their number costs time here."""
    library, now, rnd = house.store.library, datetime.now(UTC), random.Random(5)
    communities = [c.id for c in await house.store.communities.all()]
    texts, search = texts_of(many), house.store.search
    made_up = vectors_of(many, house.finder.embedder.dimension if house.finder.embedder else 1)
    items = [
        Item(
            library=library, community=rnd.choice(communities), title=text[:60], problem=text[:200], solution=text,
            language="id", status="published", created_at=now, published_at=now,
        )
        for text in texts
    ]  # fmt: skip
    await saved(house, list(items))
    for begin in range(0, many, AT_ONCE):  # together, so that one commit holds many of them
        part = range(begin, min(begin + AT_ONCE, many))
        known = [(made_up[n], house.finder.model) if vectors else (None, "") for n in part]
        puts = (search.put("item", items[n].id, library, terms(texts[n]), *known[n - begin]) for n in part)
        await asyncio.gather(*puts)
