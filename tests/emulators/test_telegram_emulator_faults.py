"""Trouble on demand, as python-telegram-bot meets it: what was accepted stands in the ledger, what was not does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from tests.emulators import faults
from tests.emulators.faults import Fault
from tests.emulators.telegram import TelegramEmulator, flood
from tests.emulators.telegram.official import official_bot

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:.*retry_after.*")]
SARI = 501


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(limits=False) as one:
        one.person(SARI, "Sari", started=True)
        yield one


@pytest.fixture
async def bot(telegram: TelegramEmulator) -> AsyncIterator[Bot]:
    async with official_bot(telegram, read_timeout=0.5) as one:
        yield one


FAULTS: list[tuple[str, Fault, type[TelegramError], int]] = [
    ("429", flood(30), RetryAfter, 0),
    ("429 without retry_after", flood(None), NetworkError, 0),
    ("429, zero", flood(0), NetworkError, 0),
    ("500", faults.status(500), NetworkError, 0),
    ("502, a page", faults.html(502), NetworkError, 0),
    ("200, a page", faults.html(), TelegramError, 0),
    ("closed", faults.closed(), NetworkError, 0),
    ("garbage", faults.garbage(), NetworkError, 0),
    ("hang before", faults.hang(), TimedOut, 0),
    ("accepted, 500", faults.status(500).lost(), NetworkError, 1),
    ("accepted, closed", faults.closed().lost(), NetworkError, 1),
    ("accepted, hang", faults.hang().lost(), TimedOut, 1),
    ("accepted, half", faults.half(), NetworkError, 1),
    ("half before", faults.half().before(), NetworkError, 0),
    ("accepted, slow", faults.slow(30), TimedOut, 1),
]


@pytest.mark.parametrize(("fault", "error", "accepted"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS])
async def test_a_fault(telegram: TelegramEmulator, bot: Bot, fault: Fault, error: type[TelegramError], accepted: int) -> None:
    telegram.faults.next("sendMessage", fault)
    with pytest.raises(error):
        await bot.send_message(SARI, "satu")
    assert len(telegram.accepted("sendMessage")) == accepted == len(telegram.person(SARI).inbox())
    await bot.send_message(SARI, "dua")  # and then it is well again
    assert telegram.chat(SARI).last.text == "dua"
    assert telegram.faults.struck == [("sendMessage", fault)]


async def test_slow_but_sound(telegram: TelegramEmulator, bot: Bot) -> None:
    telegram.faults.next("getMe", faults.slow(0.0005))
    assert (await bot.get_me()).username == "guyub_bot"


async def test_a_lost_answer_is_seen_in_the_ledger(telegram: TelegramEmulator, bot: Bot) -> None:
    telegram.faults.next("sendMessage", faults.status(500).lost())
    with pytest.raises(NetworkError):
        await bot.send_message(SARI, "satu")
    [record] = telegram.ledger
    assert (record.accepted, record.status, record.result["text"]) == (True, 500, "satu")


async def test_a_poll_whose_answer_is_lost_gives_the_updates_again(telegram: TelegramEmulator, bot: Bot) -> None:
    telegram.person(SARI).says("halo")
    telegram.faults.next("getUpdates", faults.half())
    with pytest.raises(NetworkError):
        await bot.get_updates()
    assert len(await bot.get_updates()) == 1


async def test_downloads_fail_too(telegram: TelegramEmulator, bot: Bot) -> None:
    sent = await bot.send_document(SARI, b"isi", filename="a.txt")
    assert sent.document is not None
    telegram.faults.next("file", faults.half())
    file = await bot.get_file(sent.document.file_id)
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()
    assert bytes(await file.download_as_bytearray()) == b"isi"


async def test_down_for_a_while(telegram: TelegramEmulator, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.until(lambda: telegram.bot.poll)
    await telegram.goes_down()
    with pytest.raises(NetworkError):
        await poll
    with pytest.raises(NetworkError):
        await bot.send_message(SARI, "satu")
    telegram.person(SARI).says("kalian di mana?")
    await telegram.comes_back()
    [held] = await bot.get_updates()
    assert held.message is not None and held.message.text == "kalian di mana?"
    assert telegram.ledger == []


async def test_a_webhook_rests_while_telegram_is_down(telegram: TelegramEmulator, bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    await telegram.goes_down()
    telegram.person(SARI).says("halo")
    await asyncio.sleep(0.05)
    assert telegram.bot.hook is not None and telegram.bot.hook.failed == 0
    await telegram.comes_back()
    await telegram.until(lambda: telegram.bot.hook and telegram.bot.hook.failed)
