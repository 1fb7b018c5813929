"""A Monday morning: ten thousand members' weekly digests, built and sent against a door with published limits.

    python -m tests.bench.digest_bench [members]

The clock is simulated, the work is real: the times come due in the store, are claimed, become messages in the outbox and go out
through a door that counts strictly (30 a second, one a second in a chat, as Telegram says) and answers 429 to one too many.
Beside it the same rows, read by plain SQL, and the same templates, rendered without any of it. Three rounds of those, median.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.compose import House, open_house
from bot.doors import Delivery, Limit
from bot.errors import TryLater
from bot.flow.digest import Gathered
from bot.flow.digest import told as told_of
from bot.flow.digest_words import digest_data
from bot.loops import _round
from bot.model.access import Sight
from bot.model.base import Noun, Words, new_id
from bot.model.community import Community
from bot.model.knowledge import Credit, Item
from bot.model.member import Member, Membership
from bot.model.place import Account, MessageRef
from bot.model.question import Answer, Question, State
from bot.outcome import Later, React
from bot.ports import Unit
from bot.settings import Settings
from tests.bench.room import Row, at_most, mebibytes, told, within
from tests.fakes import PaperDoor, TestClock, WordVectors
from tests.world import COMMUNITIES

MONDAY = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
PLACES, ITEMS, QUESTIONS = 20, 4, 6
A_SECOND = 30
TEXT = "Pemustaka menghilangkan buku referensi, dendanya dihitung dari harga beli atau harga sekarang?"


@dataclass
class StrictDoor(PaperDoor):
    """Counts what comes in any second. Nothing is kept of it but when, and how long the texts were."""

    clock: TestClock = field(default_factory=TestClock)
    sent: list[datetime] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    characters: int = 0
    refused: int = 0
    window: deque[datetime] = field(default_factory=deque)
    last: dict[str, datetime] = field(default_factory=dict)

    def limits(self, what: Delivery | React) -> tuple[Limit, ...]:
        user = what.private_to.user if isinstance(what, Delivery) and what.private_to else ""
        return Limit("bench:all", A_SECOND, 1.0), Limit(f"bench:{user}", 1, 1.0)

    async def deliver(self, delivery: Delivery) -> MessageRef:
        now, user = self.clock(), delivery.private_to.user if delivery.private_to else ""
        while self.window and now - self.window[0] >= timedelta(seconds=1):
            self.window.popleft()
        if len(self.window) >= A_SECOND or (user in self.last and now - self.last[user] < timedelta(seconds=1)):
            self.refused += 1
            raise TryLater(1.0, "429")
        self.window.append(now)
        self.last[user] = now
        self.sent.append(now)
        self.to.append(user)
        self.characters += len(delivery.text)
        return MessageRef(self.name, f"@{user}", str(len(self.sent)))


def week(library: str, place: str, n: int) -> list[Noun]:
    """A community's week: notes, questions solved and open."""
    at = MONDAY - timedelta(days=3)
    nouns: list[Noun] = []
    for k in range(ITEMS):
        credit = Credit(f"m{n + k:05}", f"Anggota {n + k}", "answerer")
        nouns.append(
            Item(
                library=library,
                community=place,
                title=f"Denda buku hilang {n}.{k}",
                problem=TEXT,
                solution=TEXT,
                language="id",
                status="published",
                created_at=at,
                published_at=at,
                credits=(credit,),
            )
        )
    for k in range(QUESTIONS):
        solved = k % 2 == 0
        q = Question(
            library=library, asker=f"m{n:05}", text=f"{TEXT} ({n}.{k})", language="id",
            origin=MessageRef("paper", "umum", new_id()), asked_at=at, community=place,
            state=State.SOLVED if solved else State.OPEN, ended_at=at if solved else None, solved_by="people" if solved else "",
        )  # fmt: skip
        nouns.append(q)
        if solved:
            source = MessageRef("paper", "umum", new_id())
            nouns.append(
                Answer(
                    library=library,
                    question=q.id,
                    author=f"m{n + k + 1:05}",
                    text=TEXT,
                    language="id",
                    at=at,
                    source=source,
                    accepted=True,
                )
            )
    return nouns


async def filled(house: House, members: int) -> None:
    """Communities with a week behind them, members in one to three of them, all planned for Monday at eight."""
    store, library = house.store, house.store.library
    places = [
        Community(library=library, key=f"c{n}", name=Words(f"Komunitas {n}", f"Community {n}"), description=Words("x", "x"))
        for n in range(PLACES)
    ]
    await store.commit(Unit(library, save=(*places, *(x for n, p in enumerate(places) for x in week(library, p.id, n)))))
    since = MONDAY - timedelta(days=8)
    for begin in range(0, members, 500):
        nouns: list[Noun] = []
        for n in range(begin, min(members, begin + 500)):
            who, name = f"m{n:05}", f"Anggota {n}"
            nouns.append(Member(id=who, library=library, name=name, accounts=(Account("paper", who, name),), language="id"))
            mine = {(n + k * 7) % PLACES for k in range(1 + n % 3)}
            nouns += [Membership(library=library, member=who, community=places[k].id, joined_at=since) for k in mine]
        await store.commit(Unit(library, save=tuple(nouns)))


async def plan(house: House, clock: TestClock) -> float:
    """Everybody is planned by the feature itself; seconds."""
    begin = time.process_time()
    await house.store.commit(Unit(house.store.library, later=(Later("digest.plan", "", clock()),)))
    while await house.store.claim_due(clock(), 200):
        while await _round(house.app):
            pass
        clock.forward(seconds=2)
    return time.process_time() - begin


@dataclass
class Times:
    build: float = 0.0
    send: float = 0.0
    end: datetime = MONDAY


async def monday(house: House, door: StrictDoor, clock: TestClock, members: int) -> Times:
    """Second by second of the simulated clock, as the ticker and the hands would: what is due, then what may go out."""
    times = Times()
    clock.now = MONDAY
    while len(door.sent) < members:
        begin = time.process_time()
        await house.store.claim_due(clock(), 200)
        while await _round(house.app):
            pass
        middle = time.process_time()
        while await _round(house.outbox):
            pass
        times.build += middle - begin
        times.send += time.process_time() - middle
        times.end = door.sent[-1] if door.sent else MONDAY
        clock.forward(seconds=1)
        if clock() > MONDAY + timedelta(hours=2):
            raise RuntimeError(f"only {len(door.sent)} of {members} were sent")
    return times


class Plain:
    """No framework: rows by plain SQL, the same pure functions and templates, nothing stored."""

    def __init__(self, path: Path, house: House) -> None:
        self.c = sqlite3.connect(path)
        self.house = house

    async def render(self, begins: datetime) -> tuple[float, int]:
        """Seconds, and characters."""
        start, characters = time.process_time(), 0
        store, voice = self.house.store, self.house.outbox.voice
        places = {c.id: c for c in await store.communities.all()}
        shared = {id: Gathered(c, await store.digests.news(id, begins, MONDAY)) for id, c in places.items()}
        everything = await store.items.published(Sight(store.library, frozenset()), 50)
        home = store.library
        people = self.c.execute("SELECT id, name, language FROM member WHERE NOT gone").fetchall()
        for who, _, language in people:
            self.c.execute("SELECT * FROM digest WHERE library = ? AND id = ?", (home, f"digest.member.{who}")).fetchone()
            inside = "SELECT community FROM membership WHERE library = ? AND member = ? AND left_at IS NULL ORDER BY id"
            mine = self.c.execute(inside, (home, who)).fetchall()
            found = [shared[place] for (place,) in mine]
            sight = Sight(store.library, frozenset(place for (place,) in mine))
            data = digest_data(told_of(found, sight, who, everything), found, language, "Asia/Jakarta")
            characters += len(voice("digest.yours", data, language))
        return time.process_time() - start, characters


async def run(members: int, rounds: int = 3) -> dict[str, float]:
    """One Monday. The figures by name."""
    with tempfile.TemporaryDirectory() as folder:
        clock = TestClock()
        clock.now = MONDAY - timedelta(days=7, hours=-1)
        door = StrictDoor(clock=clock)
        settings = Settings(data_dir=Path(folder), communities=COMMUNITIES)
        async with open_house(settings, clock=clock, doors=(door,), model=WordVectors()) as house:
            await filled(house, members)
            planned = await plan(house, clock)
            plain = Plain(Path(folder) / "guyub.db", house)
            begins = MONDAY - timedelta(days=7)
            bare, characters = zip(*[await plain.render(begins) for _ in range(rounds)], strict=True)
            gc.collect()
            before = mebibytes()
            times = await monday(house, door, clock, members)
            after = mebibytes()
            clock.forward(hours=1)
            await house.store.claim_due(clock(), 200)
            while await _round(house.app) or await _round(house.outbox):
                pass
        floor = (members - A_SECOND) / A_SECOND
        return {
            "members": members, "sent": len(door.sent), "people": len(set(door.to)), "refused": door.refused,
            "planned": planned, "build": times.build, "send": times.send, "plain": statistics.median(bare),
            "grown": after - before, "simulated": (times.end - MONDAY).total_seconds(), "floor": floor,
            "characters": door.characters, "same": characters[0],
        }  # fmt: skip


def rows(f: dict[str, float]) -> list[Row]:
    whole, each = f["build"] + f["send"], f["characters"] / f["sent"]
    many = f"{f['sent']:,.0f} digests of {each:.0f} characters"
    return [
        within(f"{many}, built", f["build"], f["plain"], 2, "s", "same rows, same templates"),
        at_most("… built: due to outbox, processor time", f["build"], 20, "s"),
        Row("… sent as well: outbox to door", f"{f['send']:.1f} s", "", f"{whole / f['plain']:.2f} × with building"),
        Row("… planned before that, in batches", f"{f['planned']:.1f} s", ""),
        at_most("… memory grown meanwhile", f["grown"], 50, "MiB"),
        within("… sent on a simulated clock", f["simulated"], f["floor"], 1.02, "s", "published limits"),
        at_most("… answers of 429", f["refused"], 0, ""),
    ]


def main(members: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    told("8", rows(asyncio.run(run(members))))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
