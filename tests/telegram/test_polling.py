"""Long polling: nothing is confirmed before the core holds it, whatever breaks."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.telegram import client, polling
from bot.compose import utc_now
from bot.events import Commanded, Event, Missed, Said
from tests.emulators.faults import closed, garbage, half, html, status
from tests.emulators.telegram import TelegramEmulator, flood
from tests.telegram.house import PaperMemory, ScriptedEars, alone, make_door

pytestmark = pytest.mark.anyio
GROUP = -1001234567890


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "RIVAL", 0.05)
    monkeypatch.setattr(client, "REVOKED", 0.05)
    monkeypatch.setattr("adapters.telegram.errors.LONGEST", 0.05)
    monkeypatch.setattr(client, "UNSAID", 0.05)


async def test_what_is_said_reaches_the_core_in_order_and_is_confirmed(telegram: TelegramEmulator, tmp_path: Path) -> None:
    sari = telegram.person(501, "Sari", started=True)
    async with alone(telegram, tmp_path) as it:
        for n in range(20):
            sari.says(f"pesan {n}")
        await telegram.settled()
        assert [w.text for w in it.ears.what if isinstance(w, Said)] == [f"pesan {n}" for n in range(20)]
        assert len({event.id for event in it.ears.heard}) == 20


async def test_nothing_is_confirmed_while_the_store_is_away(telegram: TelegramEmulator, tmp_path: Path) -> None:
    sari, ears = telegram.person(501, "Sari", started=True), ScriptedEars(down=True)
    async with alone(telegram, tmp_path, ears):
        sari.says("satu")
        sari.says("dua")
        await telegram.until(lambda: len(ears.tries) > 2)
        assert len(telegram.bot.waiting) == 2
        ears.down = False
        await telegram.settled()
    assert [w.text for w in ears.what if isinstance(w, Said)] == ["satu", "dua"]


async def test_killed_before_it_was_stored_it_comes_again_to_the_next_process(
    telegram: TelegramEmulator, tmp_path: Path
) -> None:
    sari, memory = telegram.person(501, "Sari", started=True), PaperMemory()
    async with alone(telegram, tmp_path, ScriptedEars(down=True), memory) as it:
        sari.says("jangan hilang")
        await telegram.until(lambda: it.ears.tries)
    async with alone(telegram, tmp_path, memory=memory) as it:
        assert (await it.hears()).what == Said("jangan hilang", "1", direct=True)


async def test_killed_after_it_was_stored_it_comes_again_under_the_same_id(telegram: TelegramEmulator, tmp_path: Path) -> None:
    sari, ears = telegram.person(501, "Sari", started=True), ScriptedEars()
    telegram.faults.next("getUpdates", status(500), times=0)
    async with alone(telegram, tmp_path, ears):
        sari.says("sekali saja")
        await telegram.until(lambda: ears.heard)
        telegram.faults.always("getUpdates", closed())
    telegram.faults.clear()
    async with alone(telegram, tmp_path, ears):
        await telegram.settled()
    assert len(ears.heard) == 1


async def test_a_slow_handler_holds_up_nobody(telegram: TelegramEmulator, tmp_path: Path) -> None:
    sari, budi = telegram.person(501, "Sari", started=True), telegram.person(502, "Budi", started=True)

    class Slow(ScriptedEars):
        async def respond(self, event: Event, stored: object = None) -> None:
            self._take(event)
            stored.set()  # type: ignore[union-attr]
            await asyncio.sleep(3600)

    async with alone(telegram, tmp_path, Slow()) as it:
        sari.commands("tanya", "lama")
        await telegram.settled()
        budi.says("sebentar")
        sari.says("lagi")
        await it.hears(3)
        await telegram.settled()


async def test_what_cannot_be_read_is_passed_over(
    telegram: TelegramEmulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sari = telegram.person(501, "Sari", started=True)
    async with alone(telegram, tmp_path) as it:
        telegram.bot.push("message", {"message_id": "rahasia-sekali", "chat": 5}, telegram.clock())
        telegram.bot.push("my_chat_member", {"chat": {"id": 10**30, "type": "group"}}, telegram.clock())
        sari.says("masih hidup")
        assert (await it.hears()).what == Said("masih hidup", "1", direct=True)
        await telegram.settled()
    assert "cannot be read" in caplog.text and "rahasia-sekali" not in caplog.text


async def test_a_bug_behind_the_ears_is_tried_some_times_and_then_left(telegram: TelegramEmulator, tmp_path: Path) -> None:
    sari = telegram.person(501, "Sari", started=True)

    def breaks(event: Event) -> None:
        if isinstance(event.what, Said) and event.what.text == "racun":
            raise RuntimeError("bug")

    async with alone(telegram, tmp_path, ScriptedEars(before=breaks)) as it:
        sari.says("racun")
        sari.says("obat")
        assert (await it.hears()).what == Said("obat", "2", direct=True)
        await telegram.settled()
        assert len(it.ears.tries) == 6


@pytest.mark.parametrize(
    "fault", [status(500), html(502), half(), closed(), garbage(), status(200, b"[]"), flood("soon"), flood(None)]
)
async def test_telegram_in_trouble_is_asked_again(telegram: TelegramEmulator, tmp_path: Path, fault: object) -> None:
    sari = telegram.person(501, "Sari", started=True)
    telegram.faults.next("getUpdates", fault, times=3)  # type: ignore[arg-type]
    async with alone(telegram, tmp_path) as it:
        sari.says("halo")
        await it.hears()
        await telegram.settled(10)
        assert len(it.ears.heard) == 1


async def test_it_begins_while_telegram_is_away(telegram: TelegramEmulator, tmp_path: Path) -> None:
    sari = telegram.person(501, "Sari", started=True)
    await telegram.goes_down()
    door, ears = make_door(telegram, tmp_path, PaperMemory()), ScriptedEars()
    await door.start(ears)
    await asyncio.sleep(0.2)
    sari.says("halo")
    await telegram.comes_back()
    await telegram.until(lambda: ears.heard)
    await door.stop()


async def test_a_webhook_in_the_way_is_taken_off(telegram: TelegramEmulator, tmp_path: Path) -> None:
    sari, ears = telegram.person(501, "Sari", started=True), ScriptedEars()
    from tests.emulators.telegram.bots import Hook

    telegram.bot.hook = Hook("https://lama.example/telegram/webhook")
    door = make_door(telegram, tmp_path, PaperMemory())
    await door.start(ears)
    sari.says("halo")
    await telegram.until(lambda: ears.heard)
    await door.stop()
    assert len(telegram.accepted("deleteWebhook")) == 1


async def test_another_poller_is_told_of_and_waited_for(
    telegram: TelegramEmulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    body = b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}'
    telegram.faults.next("getUpdates", status(409, body, "application/json"), times=4)
    async with alone(telegram, tmp_path):
        await telegram.until(lambda: len(telegram.faults.struck) == 4)
    assert len(telegram.accepted("deleteWebhook")) == 1
    assert "somebody else polls" in caplog.text


async def test_a_revoked_token_pauses_and_resumes(telegram: TelegramEmulator, tmp_path: Path) -> None:
    async with alone(telegram, tmp_path) as it:
        telegram.revoke()
        await asyncio.sleep(0.2)
        telegram.bot.revoked = False
        telegram.person(501, "Sari", started=True).says("kembali")
        await it.hears()


async def test_a_pause_longer_than_telegram_keeps_updates_is_told(telegram: TelegramEmulator, tmp_path: Path) -> None:
    memory = PaperMemory()
    before = utc_now() - timedelta(hours=30)
    memory.texts["heard"] = before.isoformat()
    async with alone(telegram, tmp_path, memory=memory) as it:
        telegram.person(501, "Sari", started=True).says("halo")
        missed = await it.hears()
        assert isinstance(missed.what, Missed) and missed.what.since == before
        assert utc_now() - missed.what.until < timedelta(minutes=1)
        await telegram.until(lambda: memory.texts["heard"] != before.isoformat())
    async with alone(telegram, tmp_path, memory=memory) as it:
        assert not any(isinstance(what, Missed) for what in it.ears.what)


async def test_it_asks_for_reactions_too(telegram: TelegramEmulator, tmp_path: Path) -> None:
    async with alone(telegram, tmp_path):
        assert telegram.bot.wanted == {"message", "edited_message", "callback_query", "message_reaction", "my_chat_member"}


async def test_commands_and_descriptions_are_told_once_by_language_and_place(
    telegram: TelegramEmulator, tmp_path: Path
) -> None:
    sari, joko = telegram.person(501, "Sari", started=True), telegram.person(503, "Joko", language="en", started=True)
    group = telegram.supergroup(GROUP, "Pustakawan", owner=sari, members=[joko])
    memory = PaperMemory()
    async with alone(telegram, tmp_path, memory=memory):
        await telegram.until(lambda: "setup" in memory.texts)
    assert sari.menu() == ["tanya", "profil", "simpan", "bantuan", "batal"]
    assert joko.menu() == ["ask", "profile", "save", "help", "cancel"]
    assert sari.menu(group) == ["tanya", "profil", "simpan", "bantuan", "kanal"]
    assert joko.menu(group) == ["ask", "profile", "save", "help"]
    assert "Guyub" in telegram.bot.descriptions[""] and "Guyub" in telegram.bot.descriptions["id"]
    sent = len(telegram.accepted("setMyCommands"))
    async with alone(telegram, tmp_path, memory=memory):
        await asyncio.sleep(0.1)
    assert len(telegram.accepted("setMyCommands")) == sent


async def test_start_is_help_in_the_persons_language(telegram: TelegramEmulator, tmp_path: Path) -> None:
    sari, joko = telegram.person(501, "Sari"), telegram.person(503, "Joko", language="en")
    async with alone(telegram, tmp_path) as it:
        sari.starts()
        assert (await it.hears()).what == Commanded("bantuan")
        joko.starts()
        assert (await it.hears(2)).what == Commanded("help")
        sari.starts("join_sirkulasi-dan-denda")
        assert (await it.hears(3)).what == Commanded("gabung", "sirkulasi-dan-denda")
