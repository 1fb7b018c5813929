"""PROMISE 3 at Slack and Telegram: the whole line, each delivery coming one to five times at once and later again, with retry
headers and signatures of their own, by HTTP and by Socket Mode (webhook and polling), and by catch-up: nouns and platform hold
what they hold when everything comes once. Edits and deletions come in any order, also before their own message.
GUYUB_TEST_SEED repeats a run."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.compose import House
from tests.doors.house import OPERATOR, free_port, lived_in, settings_for
from tests.doors.slack_town import SlackTown, told
from tests.doors.telegram_town import TelegramTown
from tests.doors.test_line import (
    Walk,
    a_question_is_asked_and_answered,
    it_is_settled_reviewed_and_credited,
    the_community_gathers,
    the_next_asker_finds_it,
)
from tests.doors.three import ROOMS
from tests.durability import dump
from tests.durability.doors import second_thoughts
from tests.durability.doors.houses import HOOK_SECRET
from tests.durability.doors.second_thoughts import MIXED, Clock, quiet
from tests.durability.doors.sending import without_paces
from tests.durability.houses import seeded
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack.delivery import Attempt, Delivery, encode
from tests.emulators.slack.signing import signed
from tests.emulators.telegram import TelegramEmulator

pytestmark = pytest.mark.anyio
MOST = 5
LATE = 0.05  # seconds within which the copies come
#: what Slack and Telegram name anew in each run
NAMES = re.compile(
    r"\b[TUCDBAFWV]0[0-9A-Z]{9}\b|\b\d{10}\.\d{10}\.[0-9a-f]{32}\b|\b\d{10}\.\d{6}\b|\bp\d{16}\b|(?<=\bbot)/?\S+file\S+"
)
NUMBERS = re.compile(r"(?<![\w.])-?\d{1,7}\b")
#: how often a row was saved: an edit that was overtaken saves nothing
SAVED = re.compile(r"^((?:question|answer): [^|]*\|[^|]*\|) \d+ ")
NOUNS = tuple(dump.CORE[0].format(table) for table in dump.CORE[1])
WAITING = (
    "SELECT message FROM early",
    "SELECT lane, card, under, parked_at IS NOT NULL, why FROM outbox WHERE sent_at IS NULL OR parked_at IS NOT NULL",
)


def alike(lines: Iterator[str], *, numbers: bool) -> tuple[str, ...]:
    """The platform's names made such that `dump` takes them for ids; `numbers`: Telegram's small ones are left out."""

    def id(found: re.Match[str]) -> str:
        return uuid.uuid5(uuid.NAMESPACE_OID, found[0]).hex

    named = (NAMES.sub(id, line) for line in lines)
    same = (SAVED.sub(r"\1 - ", line) for line in named)
    return tuple(NUMBERS.sub("N", line) if numbers else line for line in same)


async def walk(house: House, town: SlackTown | TelegramTown) -> None:
    line = Walk(house, town, town)
    for part in (the_community_gathers, a_question_is_asked_and_answered, it_is_settled_reviewed_and_credited):
        await part(line)
    await the_next_asker_finds_it(line)


# ---- Slack -------------------------------------------------------------------------------------------------------------------


class Echo:
    """Each delivery comes several times; without `random` once, in its order. `count`: how often anything was sent."""

    def __init__(self, slack: SlackEmulator, random: Random | None) -> None:
        self.slack, self.random, self.count = slack, random or Random(0), 0
        self.often, self.open, self.in_order = bool(random), asyncio.Event(), asyncio.Lock()
        self.open.set()
        self.once: Callable[..., Any] = slack.courier.attempt
        slack.courier.attempt = self.attempt  # type: ignore[method-assign]
        self.copies: set[asyncio.Task[None]] = set()

    async def attempt(self, delivery: Delivery, retry_reason: str = "") -> Attempt:
        self.count += 1
        if not self.often or not self.open.is_set():
            return await self.kept_back(delivery, retry_reason)
        return await self.several(delivery, retry_reason)

    async def kept_back(self, delivery: Delivery, retry_reason: str) -> Attempt:
        """Until it may be told; then one after the other, or in any order."""
        await self.open.wait()
        if self.often:
            await asyncio.sleep(self.random.uniform(0, MIXED))
            return await self.several(delivery, retry_reason)
        async with self.in_order:
            done: Attempt = await self.once(delivery, retry_reason)
            return done

    async def several(self, delivery: Delivery, retry_reason: str) -> Attempt:
        old = self.random.sample(self.slack.deliveries, min(2, len(self.slack.deliveries)))
        for one in (*[delivery] * self.random.randrange(MOST), *old):
            task = asyncio.create_task(self.copy(one))
            self.copies.add(task)
            task.add_done_callback(self.copies.discard)
        done: Attempt = await self.once(delivery, retry_reason)
        return done

    @contextmanager
    def keeps(self) -> Iterator[None]:
        """Nothing is told of what happens within until it is over."""
        self.open.clear()
        yield
        self.open.set()

    async def copy(self, delivery: Delivery) -> None:
        """Once more, a moment later, signed for itself."""
        await asyncio.sleep(self.random.uniform(0, LATE))
        self.count += 1
        number = self.random.randrange(1, 4)
        if delivery.space.app.socket_mode:
            await self.slack.sockets.deliver(delivery, number, "http_timeout")
            return
        body, media = encode(delivery)
        at = int(self.slack.clock()) - self.random.randrange(4)
        headers = signed(delivery.space.app.signing_secret, at, body, media)
        headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"}
        assert self.slack.courier._session is not None
        async with self.slack.courier._session.post(str(delivery.space.app.events_url), data=body, headers=headers) as answer:
            assert answer.status == 200

    async def everything(self) -> None:
        """All that ever was, in another order."""
        all_of_it = list(self.slack.deliveries)
        self.random.shuffle(all_of_it)
        for at in range(0, len(all_of_it), 20):
            await asyncio.gather(*(self.copy(one) for one in all_of_it[at : at + 20]))

    async def over(self) -> None:
        while self.copies:
            await asyncio.wait(set(self.copies))


@asynccontextmanager
async def on_slack(folder: Path, slack: SlackEmulator, town: SlackTown, *, socket: bool) -> AsyncIterator[House]:
    port = free_port()
    slack.sends_to(f"http://127.0.0.1:{port}/slack/events")
    slack.workspace.app.socket_mode = socket
    given = {
        "operators": f"slack:{town.knows(OPERATOR).id}",
        "slack_bot_token": slack.bot_token,
        "slack_app_token": slack.app_token if socket else "",
        "slack_signing_secret": slack.signing_secret,
        "slack_api_url": slack.api_url,
        "messenger": "off",
    }
    async with lived_in(settings_for(folder, port, given)) as house:
        if socket:
            await slack.until(lambda: slack.sockets.open, 20)
        yield house


def slack_holds(folder: Path, slack: SlackEmulator) -> tuple[str, ...]:
    def lines() -> Iterator[str]:
        yield from dump.rows(folder / "guyub.db", (*NOUNS, *WAITING))
        for channel in slack.workspace.channels.values():
            for m in channel.messages:
                words = dump.TIME.sub("TIME", told(m))
                files, signs = [f.name for f in m.files], sorted(m.reactions.items())
                yield f"message: {channel.id} {m.thread_ts} {m.ts} {m.user} {m.only_for} {words} {files} {signs}"

    return alike(lines(), numbers=False)


async def slack_line(folder: Path, random: Random | None, *, socket: bool = False) -> tuple[str, ...]:
    clock = Clock()
    async with SlackEmulator(clock=clock.seconds, limits=False, seed=7) as slack:
        town = SlackTown(slack, ROOMS)
        echo = Echo(slack, random)
        async with on_slack(folder, slack, town, socket=socket) as house:
            await walk(house, town)
            await slack.settled()
            await second_thoughts.on_slack(house, town, clock, echo.keeps)
            await echo.over()
            await quiet(house)
        for other in (not socket, socket) if random else ():
            async with on_slack(folder, slack, town, socket=other) as house:
                await echo.everything()
                await quiet(house)
                if not other:
                    assert any(r.method == "conversations.history" for r in slack.ledger), "it caught up"
        if random:
            print(f"Slack, {'Socket Mode' if socket else 'HTTP'}: {len(slack.deliveries)} deliveries sent {echo.count} times")
        return slack_holds(folder, slack)


async def test_slack_delivers_often(tmp_path: Path) -> None:
    random = seeded("once on Slack")
    once = await slack_line(tmp_path / "once", None)
    for socket in (False, True):
        often = await slack_line(tmp_path / f"often-{socket}", random, socket=socket)
        wrong = dump.differences(once, often)
        assert not wrong, wrong


# ---- Telegram ----------------------------------------------------------------------------------------------------------------


class Repeating:
    """Every update is posted several times at once. `all`: every update there was."""

    def __init__(self, telegram: TelegramEmulator, random: Random) -> None:
        self.random, self.count, self.all, self.mixing = random, 0, dict[int, dict[str, Any]](), False
        self.copies: set[asyncio.Task[None]] = set()
        postman = telegram.server.postman
        self.once: Callable[..., Any] = postman._post
        postman._post = self.post  # type: ignore[method-assign]

    async def post(self, session: Any, bot: Any, hook: Any, update: dict[str, Any]) -> bool:
        self.all[update["update_id"]] = update
        old = self.random.sample(list(self.all.values()), min(2, len(self.all)))

        async def copy(one: dict[str, Any]) -> bool:
            self.count += 1
            await asyncio.sleep(self.random.uniform(0, LATE))
            return bool(await self.once(session, bot, hook, one))

        if self.mixing:
            self.late(update["update_id"], copy)
            return True
        again = [copy(update) for _ in range(self.random.randint(1, MOST))]
        told = await asyncio.gather(*again, *(copy(one) for one in old))
        return all(told)

    def late(self, id: int, copy: Callable[[dict[str, Any]], Awaitable[bool]]) -> None:
        """In any order, and each until it was taken."""

        async def until_taken() -> None:
            await asyncio.sleep(self.random.uniform(0, MIXED))
            while not all(await asyncio.gather(*(copy(self.all[id]) for _ in range(self.random.randint(1, MOST))))):
                pass

        task = asyncio.create_task(until_taken())
        self.copies.add(task)
        task.add_done_callback(self.copies.discard)

    @contextmanager
    def mixed(self) -> Iterator[None]:
        self.mixing = True
        yield
        self.mixing = False


@asynccontextmanager
async def on_telegram(folder: Path, telegram: TelegramEmulator, town: TelegramTown, *, webhook: bool) -> AsyncIterator[House]:
    port = free_port()
    given = {
        "operators": f"telegram:{town.knows(OPERATOR).id}",
        "telegram_bot_token": telegram.bot.token,
        "telegram_api_url": telegram.api_url,
        "telegram_webhook_url": f"http://127.0.0.1:{port}/telegram/webhook" if webhook else "",
        "telegram_webhook_secret": HOOK_SECRET if webhook else "",
        "messenger": "off",
    }
    polls = telegram.bot.polls
    async with lived_in(settings_for(folder, port, given)) as house:
        await telegram.until(lambda: telegram.bot.hook if webhook else telegram.bot.polls > polls, 20)
        yield house


def telegram_holds(folder: Path, telegram: TelegramEmulator) -> tuple[str, ...]:
    def lines() -> Iterator[str]:
        yield from dump.rows(folder / "guyub.db", (*NOUNS, *WAITING))
        for chat in (*telegram.chats.values(), *telegram.privates.values()):
            for m in chat.messages:
                words, buttons = dump.TIME.sub("TIME", m.text), [b.text for row in m.buttons for b in row]
                signs = sorted(m.reactions.items())
                yield f"message: {chat.id} {m.sender and m.sender.id} {words} {buttons} {[f.name for f in m.files]} {signs}"

    return alike(lines(), numbers=True)


async def telegram_line(folder: Path, random: Random | None) -> tuple[str, ...]:
    clock = Clock()
    async with TelegramEmulator(clock=clock, limits=False, privacy=False) as telegram:
        town = TelegramTown(telegram, ROOMS)
        repeating = Repeating(telegram, random) if random else None
        async with on_telegram(folder, telegram, town, webhook=bool(random)) as house:
            await walk(house, town)
            await telegram.settled(20)
            await quiet(house)
            await second_thoughts.on_telegram(house, town, clock, repeating.mixed if repeating else None)
        if repeating:
            await again_by_polling(folder, telegram, town, repeating)
            print(f"Telegram: {len(repeating.all)} updates sent {repeating.count} times")
        return telegram_holds(folder, telegram)


async def again_by_polling(folder: Path, telegram: TelegramEmulator, town: TelegramTown, repeating: Repeating) -> None:
    from tests.emulators.telegram.bots import Queued

    if telegram.bot.hook and telegram.bot.hook.task:
        telegram.bot.hook.task.cancel()
    telegram.bot.hook = None
    for id, update in sorted(repeating.all.items()):
        kind = next(name for name in update if name != "update_id")
        telegram.bot.waiting.append(Queued(id, kind, telegram.clock(), update[kind]))
    repeating.count += len(repeating.all)
    async with on_telegram(folder, telegram, town, webhook=False) as house:
        await telegram.settled(20)
        await quiet(house)


async def test_telegram_delivers_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_paces(monkeypatch)
    random = seeded("once on Telegram")
    once = await telegram_line(tmp_path / "once", None)
    often = await telegram_line(tmp_path / "often", random)
    wrong = dump.differences(once, often)
    assert not wrong, wrong
