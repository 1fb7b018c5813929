"""A whole Guyub behind Slack's HTTP door, filled with a library at work: what the benchmarks send their events to.

    python -m tests.bench.slack_house PORT FOLDER API_URL [notes]

HANDS=off: events are stored and acknowledged, and nobody works on them. MODEL=words: without the real embedding model.
LIMITS=off: nothing waits for Slack's published limits. BUSY=on: it is Monday at eight, ten thousand members' digests have come
due, and no note has a vector yet; FOLDER/ahead says how many seconds its clock is ahead of the machine's.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from pydantic import SecretStr

from bot.compose import House, open_house
from bot.loops import _round
from bot.model.base import Noun
from bot.model.member import Member, Membership
from bot.model.place import Account
from bot.outcome import Later
from bot.ports import Unit
from bot.serve import listen, living
from bot.settings import Settings
from tests.bench.filling import items_of, people_of, questions_of, saved
from tests.bench.slack_events import CHANNEL, SECRET, TEAM, USERS, user
from tests.fakes import WordVectors
from tests.world import COMMUNITIES

MEMBERS = 10_000


class Ahead:
    """This machine's clock, and so many seconds."""

    def __init__(self, kept: Path) -> None:
        self.kept = kept
        self.by = timedelta(seconds=float(kept.read_text())) if kept.exists() else timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by

    def jump(self, to: datetime) -> None:
        self.by = to - datetime.now(UTC)
        self.kept.write_text(str(self.by.total_seconds()))


def settings(folder: Path, port: int, api: str) -> Settings:
    return Settings(
        data_dir=folder,
        port=port,
        communities=COMMUNITIES,
        slack_bot_token=SecretStr("xoxb-bench"),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url=f"{api}/api/",
    )


async def filled(house: House, notes: int, clock: Ahead, *, busy: bool) -> None:
    """People known to Slack's door, a channel of their own, questions under way, and so many notes."""
    people = {f"person:{TEAM}:{user(n)}": json.dumps([f"Anggota {n}", "id"]) for n in range(USERS)}
    await house.store.memory("slack").remember(people, timedelta(days=30))
    await people_of(house, "slack", [f"{TEAM}:{user(n)}" for n in range(USERS)], f"{TEAM}:{CHANNEL}")
    await questions_of(house, f"{TEAM}:{CHANNEL}")
    await items_of(house, notes, vectors=not busy)
    if busy:
        await monday(house, clock)


async def monday(house: House, clock: Ahead) -> None:
    """Ten thousand more are members, their digests are planned, and the clock goes to when the first is due."""
    library, now = house.store.library, clock()
    communities = await house.store.communities.all()
    nouns: list[Noun] = []
    for n in range(MEMBERS):
        account = Account("slack", f"{TEAM}:W{n:05}", f"Anggota {n}")
        member = Member(library=library, name=f"Anggota {n}", accounts=(account,), language="id")
        one = Membership(library=library, member=member.id, community=communities[n % len(communities)].id, joined_at=now)
        nouns += [member, one]
    await saved(house, nouns)
    await house.store.commit(Unit(library, later=(Later("digest.plan", "", now),)))
    while await house.store.claim_due(clock(), 200):
        while await _round(house.app):
            pass
        clock.by += timedelta(seconds=2)
    clock.jump((clock() + timedelta(days=7 - clock().weekday())).replace(hour=1, minute=5, second=0))


async def serve(port: int, folder: Path, api: str, notes: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    folder.mkdir(parents=True, exist_ok=True)
    clock, done = Ahead(folder / "ahead"), folder / "filled"
    model = WordVectors() if os.environ.get("MODEL") == "words" else None
    async with open_house(settings(folder, port, api), model=model, clock=clock) as house:
        if not done.exists():
            await filled(house, notes, clock, busy=os.environ.get("BUSY") == "on")
            done.write_text("")
        if os.environ.get("LIMITS") == "off":
            house.doors["slack"].limits = lambda what: ()  # type: ignore[method-assign]
        if os.environ.get("HANDS") == "off":
            house.loops.start = house.loops.stop = _nothing  # type: ignore[method-assign]
        async with living(house):
            await listen(house)


async def _nothing() -> None: ...


if __name__ == "__main__":
    port, folder, api, *more = sys.argv[1:]
    asyncio.run(serve(int(port), Path(folder), api, int(more[0]) if more else 0))
