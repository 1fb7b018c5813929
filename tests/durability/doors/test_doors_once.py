"""PROMISE 3 at Slack and Telegram: the whole line, each delivery coming one to five times at once and later again, with retry
headers and signatures of their own, by HTTP and by Socket Mode (webhook and polling), and by catch-up: nouns and platform hold
what they hold when everything comes once. GUYUB_TEST_SEED repeats a run."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
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
from tests.durability.doors.houses import HOOK_SECRET
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
NOUNS = tuple(dump.CORE[0].format(table) for table in dump.CORE[1])
WAITING = ("SELECT lane, card, under, parked_at IS NOT NULL, why FROM outbox WHERE sent_at IS NULL OR parked_at IS NOT NULL",)


def alike(lines: Iterator[str], *, numbers: bool) -> tuple[str, ...]:
    """The platform's names made such that `dump` takes them for ids; `numbers`: Telegram's small ones are left out."""

    def id(found: re.Match[str]) -> str:
        return uuid.uuid5(uuid.NAMESPACE_OID, found[0]).hex

    named = (NAMES.sub(id, line) for line in lines)
    return tuple(NUMBERS.sub("N", line) if numbers else line for line in named)


async def walk(house: House, town: SlackTown | TelegramTown) -> None:
    line = Walk(house, town, town)
    for part in (the_community_gathers, a_question_is_asked_and_answered, it_is_settled_reviewed_and_credited):
        await part(line)
    await the_next_asker_finds_it(line)


async def quiet(house: House) -> None:
    """Until nothing is to be done any more, for half a second."""
    calm, end = 0, 600
    while calm < 10:
        health = await house.store.health(house.app.dispatcher.clock())
        calm = 0 if health.inbox_waiting or health.outbox_waiting else calm + 1
        end -= 1
        assert end, health
        await asyncio.sleep(0.05)
    assert (health.inbox_parked, health.outbox_parked) == (0, 0)


# ---- Slack -------------------------------------------------------------------------------------------------------------------


class Echo:
    """Each delivery comes several times. `count`: how often anything was sent."""

    def __init__(self, slack: SlackEmulator, random: Random) -> None:
        self.slack, self.random, self.count = slack, random, 0
        self.once: Callable[..., Any] = slack.courier.attempt
        slack.courier.attempt = self.attempt  # type: ignore[method-assign]
        self.copies: set[asyncio.Task[None]] = set()

    async def attempt(self, delivery: Delivery, retry_reason: str = "") -> Attempt:
        self.count += 1
        old = self.random.sample(self.slack.deliveries, min(2, len(self.slack.deliveries)))
        for one in (*[delivery] * self.random.randrange(MOST), *old):
            task = asyncio.create_task(self.copy(one))
            self.copies.add(task)
            task.add_done_callback(self.copies.discard)
        done: Attempt = await self.once(delivery, retry_reason)
        return done

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
    async with SlackEmulator(limits=False, seed=7) as slack:
        town = SlackTown(slack, ROOMS)
        echo = Echo(slack, random) if random else None
        async with on_slack(folder, slack, town, socket=socket) as house:
            await walk(house, town)
            await slack.settled()
            if echo:
                await echo.over()
            await quiet(house)
        for other in (not socket, socket) if echo else ():
            async with on_slack(folder, slack, town, socket=other) as house:
                await echo.everything()  # type: ignore[union-attr]
                await quiet(house)
                if not other:
                    assert any(r.method == "conversations.history" for r in slack.ledger), "it caught up"
        if echo:
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
        self.random, self.count, self.all = random, 0, dict[int, dict[str, Any]]()
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

        again = [copy(update) for _ in range(self.random.randint(1, MOST))]
        told = await asyncio.gather(*again, *(copy(one) for one in old))
        return all(told)


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
    async with TelegramEmulator(limits=False, privacy=False) as telegram:
        town = TelegramTown(telegram, ROOMS)
        repeating = Repeating(telegram, random) if random else None
        async with on_telegram(folder, telegram, town, webhook=bool(random)) as house:
            await walk(house, town)
            await telegram.settled(20)
            await quiet(house)
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
