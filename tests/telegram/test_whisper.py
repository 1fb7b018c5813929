"""Words for one person's eyes: in private where they may be written to, else a hint; never in the group."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.doors import Delivery, Label, Shown
from bot.events import Pressed, Reached, Said
from bot.model.place import Account, MessageRef, Place
from bot.outcome import Sheet, Toast
from tests.emulators.faults import status
from tests.emulators.telegram import Chat, Person, TelegramEmulator
from tests.telegram.house import Alone, alone

pytestmark = pytest.mark.anyio
GROUP = -1001234567890
SECRET = "ini rahasia"


@pytest.fixture
async def it(telegram: TelegramEmulator, tmp_path: Path) -> AsyncIterator[Alone]:
    async with alone(telegram, tmp_path) as door:
        yield door


@pytest.fixture
def sari(telegram: TelegramEmulator) -> Person:
    return telegram.person(501, "Sari")


@pytest.fixture
def group(telegram: TelegramEmulator, sari: Person) -> Chat:
    return telegram.supergroup(GROUP, "Pustakawan", members=[sari], bot_status="administrator")


def whisper(text: str = SECRET, once: str = "01a2" * 8, **more: object) -> Delivery:
    place = Place("telegram", str(GROUP), "")
    given: dict[str, object] = {"place": place, "only_for": Account("telegram", "501", "Sari")} | more
    return Delivery(once, text, "id", **given)  # type: ignore[arg-type]


def leaked(telegram: TelegramEmulator, group: Chat) -> bool:
    return any(SECRET in str(one.params) for one in telegram.calls if one.chat_id == group.id)


async def test_who_has_started_the_bot_hears_in_private(
    it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    sari.starts()
    await it.hears()
    ref = await it.door.deliver(whisper(buttons=(Label("Ya", "suggest_yes", "q1"),)))
    assert [one.text for one in sari.inbox()] == [SECRET] and group.messages == []
    assert ref == MessageRef("telegram", "501", str(sari.inbox()[0].id))
    await sari.presses("Ya")
    event = await it.hears(2)
    assert event.what == Pressed("suggest_yes", "q1")
    assert (event.place, event.private) == (Place("telegram", str(GROUP)), False)
    await it.door.deliver(whisper("berubah", edit=ref))
    assert sari.inbox()[0].text == "berubah" and not leaked(telegram, group)


async def test_who_has_not_gets_one_hint_and_the_words_on_start(
    it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    telegram.rates.on = False
    question = sari.says("Berapa dendanya?", group)
    await it.hears()
    refs = [
        await it.door.deliver(whisper(f"{SECRET} {n}", f"{n:032x}", place=Place("telegram", str(GROUP), str(question.id))))
        for n in range(3)
    ]
    hint = group.last
    assert [one for one in group.messages if one is not question] == [hint]
    assert hint.reply_to is question and "3 pesan" in hint.text and hint.entities[0]["type"] == "text_mention"
    assert not leaked(telegram, group)
    url = hint.buttons[0][0].url
    assert url
    sari.follows(url)
    await telegram.until(lambda: len(sari.inbox()) == 3)
    assert [one.text for one in sari.inbox()] == [f"{SECRET} {n}" for n in range(3)]
    await telegram.until(lambda: hint.deleted)
    shown = sari.inbox()[1]
    sari.says("balasan", reply_to=shown)
    event = await it.hears(3)
    assert isinstance((await it.hears(2)).what, Reached), "the core hears that they can be written to"
    assert event.place == Place("telegram", "501", refs[1].message)
    await it.door.deliver(whisper("berubah", edit=refs[1]))
    assert shown.text == "berubah" and not leaked(telegram, group)


async def test_what_waits_can_change_before_it_is_read(
    it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    ref = await it.door.deliver(whisper())
    assert await it.door.deliver(whisper(f"{SECRET} baru", "09" * 16, edit=ref)) == ref
    assert len(group.messages) == 1
    sari.says("halo")
    await telegram.until(lambda: sari.inbox())
    assert [one.text for one in sari.inbox()] == [f"{SECRET} baru"]
    assert isinstance((await it.hears()).what, Said)


async def test_buttons_of_words_that_waited_are_about_the_group(
    it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    await it.door.deliver(whisper(buttons=(Label("Ya", "suggest_yes", "q1"),)))
    sari.follows(group.last.buttons[0][0].url or "")
    await telegram.until(lambda: sari.inbox())
    await sari.presses("Ya")
    event = await it.hears(2)
    assert (event.what, event.place, event.private) == (Pressed("suggest_yes", "q1"), Place("telegram", str(GROUP)), False)


async def test_a_whisper_never_edits_a_message_that_others_see(
    it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    public = await it.door.deliver(Delivery("1", "untuk semua", "id", Place("telegram", str(GROUP))))
    sari.starts()
    await it.hears()
    await it.door.deliver(whisper(edit=public))
    assert group.last.text == "untuk semua" and sari.inbox()[-1].text == SECRET


async def test_who_blocked_the_bot_gets_a_hint_until_they_come_back(
    it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    sari.starts()
    await it.hears()
    sari.blocks()
    await telegram.settled()
    await it.door.deliver(whisper())
    assert len(group.messages) == 1 and not leaked(telegram, group)
    assert not any(one.method == "sendMessage" and one.status == 403 for one in telegram.calls)
    sari.unblocks()
    await telegram.until(lambda: any(SECRET in one.text for one in sari.inbox()))


async def test_a_restart_forgets_nothing(telegram: TelegramEmulator, tmp_path: Path, group: Chat, sari: Person) -> None:
    async with alone(telegram, tmp_path) as it:
        await it.door.deliver(whisper())
    async with alone(telegram, tmp_path, memory=it.memory):
        sari.follows(group.last.buttons[0][0].url or "")
        await telegram.until(lambda: [one.text for one in sari.inbox()] == [SECRET])


async def test_nothing_waits(it: Alone, telegram: TelegramEmulator, sari: Person) -> None:
    sari.starts("w" + "01" * 16)
    assert "Tidak ada pesan" in (await telegram.hears(sari.private())).text


# ---- at once -----------------------------------------------------------------------------------------------------------


def toast(words: str) -> Shown:
    return Shown(Toast("x.y"), {"x.y": words})


async def test_a_toast_after_a_press(it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person) -> None:
    await it.door.deliver(Delivery("1", "kartu", "id", Place("telegram", str(GROUP)), buttons=(Label("Ya", "solved", "q1"),)))
    it.ears.answer = lambda event: toast("Sip *dicatat*")
    press = await sari.presses("Ya", group.last)
    assert (press.text, press.alert) == ("Sip *dicatat*", False)
    it.ears.answer = lambda event: toast("Senang bisa membantu! " * 5)
    press = await sari.presses("Ya", group.last)
    assert press.alert and len(press.text) <= 200
    it.ears.answer = lambda event: None
    assert (await sari.presses("Ya", group.last)).text == ""


async def test_long_words_and_sheets_come_in_private(it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person) -> None:
    sari.starts()
    await it.hears()
    telegram.rates.on = False
    await it.door.deliver(Delivery("1", "kartu", "id", Place("telegram", str(GROUP)), buttons=(Label("Ya", "solved", "q1"),)))
    it.ears.answer = lambda event: toast(f"{SECRET} " * 30)
    assert (await sari.presses("Ya", group.last)).text == ""
    await telegram.hears(sari.private(), SECRET)
    it.ears.answer = lambda event: Shown(Sheet("x.y"), {"x.y": f"**{SECRET}** lembar"}, (Label("Buka", "open", "i1"),))
    assert (await sari.presses("Ya", group.last)).text == ""
    sheet = await telegram.hears(sari.private(), "lembar")
    assert sheet.html and "<b>" in sheet.html and sheet.buttons[0][0].text == "Buka"
    assert len(group.messages) == 1 and not leaked(telegram, group)


async def test_a_toast_that_comes_too_late_for_the_button_is_said(telegram: TelegramEmulator, tmp_path: Path) -> None:
    sari = telegram.person(501, "Sari", started=True)
    async with alone(telegram, tmp_path) as it:
        await it.door.deliver(Delivery("1", "kartu", "id", Place("telegram", "501"), buttons=(Label("Ya", "solved", "q1"),)))
        telegram.callback_life = 0.0
        it.ears.answer = lambda event: toast("Sip, dicatat.")
        sari.taps("Ya")
        await telegram.hears(sari.private(), "Sip, dicatat.")


async def test_a_command_answered_in_a_group_where_they_have_not_started(
    it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    it.ears.answer = lambda event: toast(SECRET)
    sari.commands("profil", in_=group)
    hint = await telegram.hears(group, "ada pesan")
    assert not leaked(telegram, group)
    sari.follows(hint.buttons[0][0].url or "")
    await telegram.hears(sari.private(), SECRET)


async def test_an_answer_is_shown_although_telegram_was_away_for_a_moment(
    it: Alone, telegram: TelegramEmulator, sari: Person
) -> None:
    it.ears.answer = lambda event: toast("dicatat")
    telegram.faults.next("sendMessage", status(502))
    sari.commands("profil")
    await telegram.hears(sari.private(), "dicatat", within=8)
    await asyncio.sleep(0)
