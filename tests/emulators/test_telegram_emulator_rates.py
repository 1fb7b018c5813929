"""Telegram's published rates in sliding windows, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InputMediaPhoto
from telegram.error import RetryAfter

from tests.emulators.telegram import TelegramEmulator, flood
from tests.emulators.telegram.media import PIXEL
from tests.emulators.telegram.official import official_bot
from tests.fakes import TestClock

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:.*retry_after.*")]
GROUP = -4001


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def telegram(clock: TestClock) -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(clock=clock) as one:
        for number in range(500, 540):
            one.person(number, started=True)
        one.group(GROUP, "Kelompok", members=[one.person(500)])
        yield one


@pytest.fixture
async def bot(telegram: TelegramEmulator) -> AsyncIterator[Bot]:
    async with official_bot(telegram) as one:
        yield one


async def wait_asked(bot: Bot, chat: int) -> int:
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(chat, "x")
    return int(caught.value.retry_after)  # type: ignore[arg-type]


async def test_one_message_a_second_in_a_chat(telegram: TelegramEmulator, bot: Bot, clock: TestClock) -> None:
    await bot.send_message(500, "satu")
    clock.forward(seconds=0.9)
    assert await wait_asked(bot, 500) == 1
    clock.forward(seconds=0.1)  # the window has slid, but the bot was told to wait a second
    await bot.send_message(500, "dua")
    assert [(method, chat) for method, chat, _ in telegram.rates.early] == [("sendMessage", 500)]
    assert len(telegram.ledger) == 2
    refused = [one for one in telegram.calls if one.status == 429]
    assert [one.description for one in refused] == ["Too Many Requests: retry after 1"]


async def test_twenty_a_minute_in_a_group(telegram: TelegramEmulator, bot: Bot, clock: TestClock) -> None:
    for _ in range(20):
        await bot.send_message(GROUP, "x")
        clock.forward(seconds=1)
    assert await wait_asked(bot, GROUP) == 40
    clock.forward(seconds=40)
    await bot.send_message(GROUP, "x")  # the first is a minute old
    assert await wait_asked(bot, GROUP) == 1
    await bot.send_message(500, "x")  # other chats go on
    assert telegram.rates.early == []


async def test_thirty_a_second_in_all(bot: Bot, clock: TestClock) -> None:
    for number in range(500, 530):
        await bot.send_message(number, "x")
    assert await wait_asked(bot, 530) == 1
    clock.forward(seconds=1)
    await bot.send_message(530, "x")


async def test_an_album_counts_its_messages_and_an_edit_only_over_all(bot: Bot, clock: TestClock) -> None:
    sent = await bot.send_message(500, "x")
    await bot.edit_message_text("y", 500, sent.message_id)
    await bot.set_message_reaction(500, sent.message_id, "👀")
    for _ in range(2):
        await bot.send_media_group(GROUP, [InputMediaPhoto(PIXEL)] * 10)
        clock.forward(seconds=1)
    assert await wait_asked(bot, GROUP) == 58


async def test_a_refusal_costs_nothing(telegram: TelegramEmulator, bot: Bot, clock: TestClock) -> None:
    await bot.send_message(500, "x")
    for _ in range(5):
        assert await wait_asked(bot, 500) == 1
    clock.forward(seconds=1)
    await bot.send_message(500, "x")
    assert len(telegram.rates.early) == 4


async def test_it_can_be_switched_off(telegram: TelegramEmulator, bot: Bot) -> None:
    telegram.rates.on = False
    for _ in range(40):
        await bot.send_message(GROUP, "x")
    assert len(telegram.chat(GROUP).messages) == 40


async def test_a_made_up_flood_is_to_be_heeded_too(telegram: TelegramEmulator, bot: Bot, clock: TestClock) -> None:
    telegram.faults.next("sendMessage", flood(3600))
    assert await wait_asked(bot, 500) == 3600
    clock.forward(seconds=3000)
    await bot.send_message(500, "x")
    assert telegram.rates.early == [("sendMessage", 500, 600.0)]
