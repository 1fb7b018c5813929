"""The whole line in Telegram, with the real core behind the door."""

from __future__ import annotations

import pytest

from tests.emulators.telegram import TelegramEmulator
from tests.telegram.house import Home

pytestmark = pytest.mark.anyio
GROUP = -1001234567890


async def test_a_question_goes_the_whole_line(home: Home, telegram: TelegramEmulator) -> None:
    sari, budi = telegram.person(501, "Sari Dewi", started=True), telegram.person(502, "Budi", started=True)
    group = telegram.supergroup(GROUP, "Pustakawan", members=[sari, budi], bot_status="administrator")
    question = sari.mentions("Bagaimana menghitung denda buku yang telat dikembalikan?", group)
    card = await telegram.hears(group)
    await telegram.until(lambda: question.emoji == ["👀"])
    answer = budi.says("Seribu rupiah per hari kerja per buku, hari libur tidak dihitung.", reply_to=question)
    await telegram.until(lambda: card.edits, within=10)
    sari.reacts(answer, "👍")
    await telegram.until(lambda: "👍" in question.emoji, within=10)
    await telegram.settled()
