"""PROMISES 1 and 5 at Slack (HTTP, Socket Mode) and Telegram (polling, webhook): SIGKILL at random points under load.

What was answered with 2xx, whose envelope was acknowledged, or which an offset confirmed, is in the inbox. A last life in peace
then answers everybody: on Slack nothing twice, on Telegram at most what was in hand at a kill. GUYUB_TEST_KILLS makes it
longer, and adds the same on PostgreSQL.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import psycopg
import pytest

from tests.contract.postgres_server import run, running_server, text_of
from tests.durability.doors.houses import serve_doors
from tests.durability.doors.towns import TALKERS, Platforms, platforms, posted_on_slack, standing
from tests.durability.houses import Child, seeded
from tests.emulators.slack.person import Person
from tests.emulators.telegram import Person as Chatter

pytestmark = pytest.mark.anyio
KILLS = int(os.environ.get("GUYUB_TEST_KILLS", "4"))
STORES = ("sqlite", "postgresql") if "GUYUB_TEST_KILLS" in os.environ else ("sqlite",)  # a server more takes a minute more
LONG = 120.0
PAUSE = 0.25
LEFT = "SELECT lane, why, tries, not_before, held_until, parked_at, card, under FROM outbox WHERE sent_at IS NULL LIMIT 10"
Ask = Callable[[str], list[tuple[object, ...]]]


@contextmanager
def asking(settings: dict[str, str], folder: Path) -> Iterator[Ask]:
    """SQL over the house's database, whoever has it open beside."""
    if url := settings.get("database_url"):
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as pg:
            yield lambda sql: [tuple(row) for row in pg.execute(sql.encode()).fetchall()]
        return
    with closing(sqlite3.connect(folder / "guyub.db")) as c:
        yield lambda sql: c.execute(sql).fetchall()


async def talks_on_slack(person: Person, alive: list[bool], number: list[int]) -> None:
    """Mentions, private questions and commands without end."""
    room = person.space.channel("umum")
    while alive[0]:
        number[0] += 1
        match number[0] % 4:
            case 0:
                await person.runs(room, "/tanya", f"Bagaimana {number[0]} cara menghitung denda?")
            case 1:
                await person.says(person.dm, f"Bagaimana {number[0]} cara menghitung denda?")
            case _:
                await person.says(room, f"{person.space.mention} Bagaimana {number[0]} cara menghitung denda?")
        await asyncio.sleep(PAUSE)


async def talks_on_telegram(person: Chatter, alive: list[bool], number: list[int]) -> None:
    while alive[0]:
        number[0] += 1
        person.says(f"Bagaimana {number[0]} cara menghitung denda?")
        await asyncio.sleep(PAUSE)


class Lives:
    """The lives of one house, and who talks to it."""

    def __init__(self, both: Platforms, folder: Path, random: Random, more: dict[str, str]) -> None:
        self.both, self.folder, self.random, self.more = both, folder, random, more
        self.number = [0]
        self.spoken: list[Person] = []
        for space in both.slack.workspaces:
            people = [space.add_person(f"{space.name} {n}") for n in range(TALKERS)]
            space.add_channel("umum", people)
            self.spoken += people
        self.chatters = [both.telegram.person(600 + n, f"Orang {n}", started=True) for n in range(TALKERS)]

    def heard(self) -> dict[str, set[str]]:
        """What each door acknowledged."""
        both = self.both
        return {"HTTP": both.acknowledged(0), "socket": both.acknowledged(1), "telegram": both.confirmed()}

    async def up(self, webhook: bool) -> Child:
        given = self.both.settings(webhook=webhook) | self.more
        child = Child(serve_doors, self.folder, self.both.port, given)
        await asyncio.to_thread(child.waits_for, "up")
        return child

    async def life(self, webhook: bool) -> None:
        """Until it was killed, some moments after each door had heard something new."""
        child, before, alive = await self.up(webhook), self.heard(), [True]
        talking = [asyncio.create_task(talks_on_slack(one, alive, self.number)) for one in self.spoken]
        talking += [asyncio.create_task(talks_on_telegram(one, alive, self.number)) for one in self.chatters]
        end = time.monotonic() + LONG
        while any(len(now - before[door]) < 2 for door, now in self.heard().items()):
            assert time.monotonic() < end, {door: len(now - before[door]) for door, now in self.heard().items()}
            await asyncio.sleep(0.01)
        await asyncio.sleep(self.random.uniform(0, 0.25))
        await asyncio.to_thread(child.kill)
        alive[0] = False
        await asyncio.gather(*talking)

    def lost(self, ask: Ask) -> set[str]:
        return set().union(*self.heard().values()) - {str(row[0]) for row in ask("SELECT id FROM inbox")}

    async def peace(self, ask: Ask) -> None:
        """Until everything is handled and delivered."""
        child = await self.up(webhook=True)
        end = time.monotonic() + LONG
        while True:
            waiting = ask(
                "SELECT (SELECT COUNT(*) FROM inbox WHERE done_at IS NULL) + "
                "(SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL)"
            )
            if not waiting[0][0] and not self.both.telegram.bot.waiting and not self.both.slack.courier.waiting:
                break
            courier = [(one.kind, one.state, one.attempts[-1]) for one in self.both.slack.courier.waiting[:3]]
            assert time.monotonic() < end, (ask(LEFT), waiting, len(self.both.telegram.bot.waiting), courier)
            await asyncio.sleep(0.1)
        await asyncio.to_thread(child.kill)


async def killed_often(tmp_path: Path, kills: int, more: dict[str, str]) -> None:
    random = seeded("acknowledged at the doors")
    async with platforms() as both:
        lives = Lives(both, tmp_path, random, more)
        made = 0
        for webhook in (*[False] * (kills - kills // 2), *[True] * (kills // 2)):
            await lives.life(webhook)
            made += 1
            with asking(more, tmp_path) as ask:
                lost = lives.lost(ask)
            assert not lost, f"{len(lost)} are gone, such as {sorted(lost)[:3]}"
        with asking(more, tmp_path) as ask:
            await lives.peace(ask)
            assert not lives.lost(ask)
            asked = {str(row[0]) for row in ask("SELECT message FROM question WHERE message <> ''")}
        heard = {door: len(names) for door, names in lives.heard().items()}
        check_replies(both, asked, made)
        print(f"{made} kills, acknowledged {heard}, of them lost 0")


def check_replies(both: Platforms, asked: set[str], kills: int) -> None:
    """Every question got its reply, and how often one came twice."""
    on_slack = posted_on_slack(both.slack)
    doubled = {once: count for once, count in on_slack.items() if count > 1}
    assert not doubled, f"{len(doubled)} messages stand twice on Slack"
    replied = Counter((m.chat.id, m.reply_to.id if m.reply_to else 0, m.html) for m in standing(both.telegram))
    twice = sum(count - 1 for count in replied.values())
    print(f"Slack: {len(on_slack)} messages, 0 doubled; Telegram: {len(replied)}, {twice} doubled in {kills} kills")
    assert twice <= kills * TALKERS, "at most what was in hand"
    unanswered = asked - answered(both)
    assert not unanswered, (
        f"{len(unanswered)} of {len(asked)} questions stand without a reply, such as {sorted(unanswered)[:5]}"
    )


def answered(both: Platforms) -> set[str]:
    """Messages that the bot replied to."""
    roots = {str(e.arguments.get("thread_ts")) for m in ("chat.postMessage", "chat.postEphemeral") for e in both.slack.calls(m)}
    return roots | {str(m.reply_to.id) for m in standing(both.telegram) if m.reply_to}


@pytest.mark.parametrize("store", STORES)
async def test_what_a_door_acknowledged_is_there_after_a_kill(tmp_path: Path, store: str) -> None:
    if store == "sqlite":
        await killed_often(tmp_path, KILLS, {})
        return
    with running_server() as server:
        run(server, 'CREATE DATABASE "doors"')
        await killed_often(tmp_path, max(2, KILLS // 4), {"database_url": text_of(server.set(database="doors"))})
