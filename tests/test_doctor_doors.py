"""What doctor says of the doors, asked of the emulated platforms over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.compose import probes
from bot.doctor import doors, report, store
from bot.doctor.finding import Finding
from bot.doctor.patient import Vitals
from bot.ports import Refusal
from bot.settings import Settings
from tests.emulators.slack import SlackEmulator
from tests.emulators.telegram import TelegramEmulator
from tests.test_doctor import CALM, make_database, patient

pytestmark = pytest.mark.anyio


async def asked(slack: SlackEmulator | None = None, telegram: TelegramEmulator | None = None, **more: str) -> dict[str, str]:
    given: dict[str, str] = dict(more)
    if slack:
        given = {"slack_bot_token": slack.bot_token, "slack_app_token": slack.app_token, "slack_api_url": slack.api_url} | given
    if telegram:
        given = {"telegram_bot_token": telegram.bot.token, "telegram_api_url": telegram.api_url} | given
    found = await probes(Settings.model_validate(given))
    assert all(one.mend.id and one.mend.en for one in found if one.severity != "ok"), "each says what to do"
    return {one.id: one.severity for one in found}


async def test_nothing_is_asked_where_no_token_is_set() -> None:
    assert await asked() == {}


async def test_both_platforms_are_well() -> None:
    async with SlackEmulator() as slack, TelegramEmulator(privacy=False) as telegram:
        assert set((await asked(slack, telegram)).values()) == {"ok"}


async def test_each_fault_has_its_finding() -> None:
    async with SlackEmulator() as slack, TelegramEmulator(privacy=True) as telegram:
        assert (await asked(telegram=telegram))["telegram.privacy"] == "warn"
        telegram.revoke()
        assert (await asked(telegram=telegram))["telegram.token"] == "fail"
        wrong = await asked(slack, slack_bot_token="xoxb-" + "0" * 20)
        assert "fail" in wrong.values()
    assert "fail" in (await asked(slack, telegram)).values(), "nobody is there"


def test_somebody_must_be_able_to_set_channels_up(tmp_path: Path) -> None:
    telegram = "12345:" + "a" * 35
    assert [f.severity for f in doors.operators(patient(tmp_path, telegram_bot_token=telegram))] == ["warn"]
    operated = patient(tmp_path, telegram_bot_token=telegram, operators=("telegram:5",))
    assert [f.severity for f in doors.operators(operated)] == ["ok"]
    assert list(doors.operators(patient(tmp_path))) == []


def broken(error: Exception) -> Callable[[], Coroutine[object, object, tuple[Finding, ...]]]:
    async def asking() -> tuple[Finding, ...]:
        await asyncio.sleep(0)
        raise error

    return asking


def test_a_platform_that_breaks_the_asking_is_a_finding(tmp_path: Path) -> None:
    sick = replace(patient(tmp_path), probes=broken(RuntimeError("xoxb-secret-canary")))
    [one] = doors.platforms(sick)
    assert one.severity == "fail"
    assert "canary" not in report.as_text((one,), "id")


def test_what_was_refused_is_told_with_its_reason(tmp_path: Path) -> None:
    refusal = Refusal("slack: not_in_channel", 3, datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    sick = patient(tmp_path, Vitals(CALM, 0, (refusal,)))
    make_database(sick)
    told = [f for f in store.store(sick) if f.id == "outbox.refused"]
    assert [f.severity for f in told] == ["warn"]
    assert all("slack: not_in_channel" in words and "3" in words for words in (told[0].what.id, told[0].what.en))
