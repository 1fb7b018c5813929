"""Speed 4: from a question to the reply in its thread, at five a second over 10,000 notes, beside the sum of its parts.

    python -m tests.bench.reply_bench [seconds]

Slack's published limits are left out: at five a second they, and not we, would say when a reply may go. The parts are what each
takes alone in the same run: the acknowledgement, the encoding, search and routing, the store, the call to the platform.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bot.compose import House, open_house
from bot.events import Event, Said
from bot.features import ALL
from bot.model.access import Sight
from bot.model.place import Account, MessageRef, Place
from bot.model.question import Question
from bot.outcome import At, Say
from bot.ports import Unit
from bot.registry import Routes
from tests.bench.load import Client, connected
from tests.bench.questions_bench import texts
from tests.bench.room import Row, at_most, percentile, run, serving, within
from tests.bench.slack_events import BOT, message, stamp, user
from tests.bench.slack_house import settings
from tests.bench.slack_stub import SlackStub

RATE = 5.0
NOTES = 10_000
POSTS = ("chat.postMessage", "chat.postEphemeral")


def plain() -> list[str]:
    """Questions that begin with no command's name: what a command says stands under a card of its own."""
    names = Routes(ALL).command_names()
    return [text for text in texts(1000) if text.split()[0].lower() not in names]


class Asker:
    """Asks, and waits for a word in each question's thread."""

    def __init__(self) -> None:
        self.asked: dict[str, float] = {}
        self.last: dict[str, str] = {}
        self.replied: dict[str, float] = {}
        self.acknowledged: list[float] = []
        self.began, self.count = 0.0, 0

    def heard(self, method: str, fields: dict[str, str]) -> None:
        """A word to the person alone may stand outside of the thread: then it is about what they asked last."""
        ts = fields.get("thread_ts", "") or self.last.get(fields.get("user", ""), "")
        if method in POSTS and ts in self.asked and ts not in self.replied:
            self.replied[ts] = time.perf_counter() - self.asked[ts]

    def free(self, client: Client, status: int) -> None:
        self.acknowledged.append(time.perf_counter() - self.began)

    async def asks(self, port: int, seconds: float) -> None:
        (client,) = await connected(port, self.free, 1)
        rnd, run, questions = random.Random(3), str(int(time.time())), plain()[self.count :]
        for n in range(int(seconds * RATE)):
            request = message(n, run, f"<@{BOT}> {questions[n % len(questions)]}")
            self.count += 1
            await asyncio.sleep(rnd.uniform(0.5, 1.5) / RATE)
            self.began = self.asked[stamp(n, run)] = time.perf_counter()
            self.last[user(n)] = stamp(n, run)
            client.send(request)
        end = time.monotonic() + 20
        while len(self.replied) < len(self.asked) and time.monotonic() < end:  # noqa: ASYNC110  # the stub hears it
            await asyncio.sleep(0.05)


async def median_of(work: Callable[[str], Awaitable[object]]) -> float:
    """Milliseconds."""
    took = []
    for text in texts()[:40]:
        begin = time.perf_counter()
        await work(text)
        took.append(time.perf_counter() - begin)
    return percentile(took, 0.5) * 1000


async def parts(folder: Path, stub: SlackStub) -> dict[str, float]:
    """What each part takes alone, over the same notes."""
    async with open_house(settings(folder, 1, stub.url), visiting=True, doors=()) as house, aiohttp.ClientSession() as session:
        finder, sight = house.finder, Sight(house.store.library, frozenset())

        async def finds(text: str) -> None:
            await finder.answered(query, sight)
            await finder.route(query)

        async def calls(text: str) -> None:
            async with session.post(f"{stub.url}/api/chat.postMessage", data={"text": text}) as answer:
                await answer.read()

        query = await finder.query(texts()[0])
        await finds("")
        return {
            "encoding": await median_of(finder.query),
            "search and routing": await median_of(finds),
            "store": await median_of(lambda text: stored(house, text)),
            "the platform": await median_of(calls),
        }


async def stored(house: House, text: str) -> None:
    """What is written for a question and its reply, and nothing besides."""
    store, now, id = house.store, datetime.now(UTC), f"part{time.perf_counter_ns()}"
    place = Place("paper", "#umum", id)
    await store.receive(Event(id, store.library, now, Said(text, id), Account("paper", "u", "u"), place), reserve="part")
    await store.claim_one("part", id)
    q = Question(
        library=store.library, asker="u", text=text, language="id", origin=MessageRef("paper", "#umum", id), asked_at=now
    )
    await store.commit(Unit(store.library, (q,), ((id, Say(At(place), "ask.routed")),), done=id, worker="part"))
    await store.sent(id, "part", None)


async def bench() -> Sequence[Row]:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    asker = Asker()
    with tempfile.TemporaryDirectory() as folder:
        async with SlackStub(asker.heard) as stub:
            house = Path(folder) / "house"
            with ExitStack() as running:
                server = serving("tests.bench.slack_house", house, stub.url, NOTES, LIMITS="off")
                port, _ = await asyncio.to_thread(running.enter_context, server)
                await asker.asks(port, 3)
                asker.asked, asker.replied, asker.acknowledged = {}, {}, []
                await asker.asks(port, seconds)
            alone = await parts(house, stub)
    if len(asker.replied) < len(asker.asked):
        raise RuntimeError(f"{len(asker.asked) - len(asker.replied)} of {len(asker.asked)} questions had no reply")
    alone["acknowledgement"] = percentile(asker.acknowledged, 0.5) * 1000
    late, total = percentile(list(asker.replied.values()), 0.95) * 1000, sum(alone.values())
    told = ", ".join(f"{name} {took:.1f}" for name, took in sorted(alone.items()))
    return (
        within("question to reply p95 at 5/s, 10,000 notes", late, total, 2, "ms", "sum of its parts"),
        at_most("… never later than", late, 150, "ms", f"parts in ms: {told}"),
    )


if __name__ == "__main__":
    run("4", bench)
