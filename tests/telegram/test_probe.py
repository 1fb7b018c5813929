"""What doctor is told of Telegram: each finding, and how to mend it."""

from __future__ import annotations

import pytest

from adapters.telegram.probe import probe
from bot.doctor.finding import Finding
from tests.emulators.faults import closed, html
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.telegram.bots import Hook
from tests.telegram.house import SECRET

pytestmark = pytest.mark.anyio
HOOK = "https://guyub.example/telegram/webhook"


async def found(telegram: TelegramEmulator, url: str = "", secret: str = SECRET) -> dict[str, Finding]:
    probes = await probe(telegram.bot.token, telegram.api_url, (url, secret))
    assert all(one.severity == "ok" or (one.mend.id and one.mend.en) for one in probes)
    assert all(telegram.bot.token not in str(one) and SECRET not in str(one) for one in probes)
    return {one.id: one for one in probes}


def grades(probes: dict[str, Finding]) -> dict[str, str]:
    return {id: one.severity for id, one in probes.items()}


async def test_all_is_well(telegram: TelegramEmulator) -> None:
    probes = await found(telegram)
    assert grades(probes) == {"token": "ok", "privacy": "ok", "webhook": "ok"}
    assert "@guyub_bot" in probes["token"].what.id


async def test_privacy_mode_is_explained_step_by_step(telegram: TelegramEmulator) -> None:
    telegram.bot.privacy = True
    one = (await found(telegram))["privacy"]
    assert one.severity == "warn"
    for words in (one.mend.id, one.mend.en):
        assert "/setprivacy" in words and "1." in words and "2." in words and "admin" in words


async def test_a_revoked_or_half_copied_token(telegram: TelegramEmulator) -> None:
    telegram.revoke()
    assert grades(await found(telegram)) == {"token": "fail"}
    (one,) = await probe("bukan-token", telegram.api_url, ("", ""))
    assert one.severity == "fail"


@pytest.mark.parametrize("fault", [closed(), html(502)])
async def test_telegram_away(telegram: TelegramEmulator, fault: object) -> None:
    telegram.faults.next("getMe", fault)  # type: ignore[arg-type]
    assert grades(await found(telegram)) == {"network": "fail"}


async def test_webhooks(telegram: TelegramEmulator) -> None:
    assert grades(await found(telegram, HOOK, "pendek"))["secret"] == "fail"
    telegram.bot.hook = Hook("https://lain.example/hook")
    assert grades(await found(telegram))["webhook"] == "warn"
    assert grades(await found(telegram, HOOK))["webhook"] == "warn"
    telegram.bot.hook = Hook(HOOK)
    assert grades(await found(telegram, HOOK))["webhook"] == "ok"
    telegram.bot.hook.error, telegram.bot.hook.error_at = "Connection refused", telegram.clock()
    one = (await found(telegram, HOOK))["webhook"]
    assert one.severity == "warn" and "Connection refused" in one.what.en


async def test_many_updates_wait(telegram: TelegramEmulator) -> None:
    sari = telegram.person(501, "Sari", started=True)
    for n in range(150):
        sari.says(f"pesan {n}")
    assert grades(await found(telegram))["pending"] == "warn"
