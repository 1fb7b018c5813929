"""Updates that come again: after a restart in the middle of a batch, by a webhook whose answer got lost, at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.telegram import notes
from bot.doors import Delivery, Label, Shown
from bot.events import Commanded, Event, Room, Said, Submitted
from bot.model.place import Place
from bot.outcome import Toast
from tests.emulators.telegram import Chat, Person, TelegramEmulator
from tests.emulators.telegram.bots import Queued
from tests.telegram.forms import ONE, PROFILE, WORDS, shown
from tests.telegram.house import Alone, PaperMemory, ScriptedEars, alone
from tests.telegram.test_webhook import CHAT, SARI, TOLD, hooked

pytestmark = pytest.mark.anyio


def answer(event: Event) -> Shown | None:
    match event.what:
        case Commanded(name="profil"):
            return shown(PROFILE)
        case Commanded(name="tanya", args=""):
            return shown(ONE)
        case Submitted():
            return Shown(Toast("p.saved"), WORDS)
    return None


class Repeats:
    """Everything that Telegram had for the bot. `door()` is a life of ours: the second one has nothing but the memory."""

    def __init__(self, telegram: TelegramEmulator, folder: Path) -> None:
        self.telegram, self.folder = telegram, folder
        self.ears, self.memory = ScriptedEars(answer=answer), PaperMemory()
        self.all: list[Queued] = []
        push = telegram.bot.push

        def noted(kind: str, body: dict[str, Any], at: Any) -> None:
            before = telegram.bot.next_update
            push(kind, body, at)
            if telegram.bot.next_update != before:
                self.all.append(telegram.bot.waiting[-1])

        telegram.bot.push = noted  # type: ignore[method-assign]

    @asynccontextmanager
    async def door(self) -> AsyncIterator[Alone]:
        async with alone(self.telegram, self.folder, self.ears, self.memory) as it:
            yield it
            await self.telegram.settled()
            await quiet(it)

    async def again(self, *which: Queued) -> None:
        """A new life, to which Telegram brings these once more."""
        self.telegram.bot.waiting.extend(which or list(self.all))
        async with self.door():
            pass


async def quiet(it: Alone) -> None:
    """Until what is shown later is shown."""
    await it.telegram.until(lambda: not it.door._tasks._tasks)


@pytest.fixture
def sari(telegram: TelegramEmulator) -> Person:
    telegram.rates.on = False
    return telegram.person(501, "Sari", started=True)


@pytest.fixture
def repeats(telegram: TelegramEmulator, tmp_path: Path, sari: Person) -> Repeats:
    return Repeats(telegram, tmp_path)


def stands(chat: Chat) -> list[tuple[str, list[str]]]:
    return [(m.text, [b.text for row in m.buttons for b in row]) for m in chat.messages]


async def fills(telegram: TelegramEmulator, sari: Person) -> None:
    chat = sari.private()
    sari.commands("profil")
    await telegram.until(lambda: "1/5" in chat.last.text)
    sari.says("denda")
    await telegram.until(lambda: "2/5" in chat.last.text)
    for label, following in (("Lewati", "3/5"), ("Selesai", "4/5"), ("Sekali", "5/5"), ("Ya", "Sudah benar?")):
        await sari.presses(label, chat.last)
        await telegram.until(lambda following=following: following in chat.last.text)  # type: ignore[misc]


async def test_a_form_that_was_sent_leaves_nothing_to_a_repetition(
    repeats: Repeats, telegram: TelegramEmulator, sari: Person
) -> None:
    async with repeats.door():
        await fills(telegram, sari)
        await sari.presses("Simpan")
        await telegram.hears(sari.private(), "Profil tersimpan.")
    before, heard = stands(sari.private()), list(repeats.ears.what)
    await repeats.again()
    await repeats.again(*repeats.all[2:])
    assert (stands(sari.private()), repeats.ears.what) == (before, heard)
    assert not any(isinstance(what, Said) for what in heard)


async def test_a_form_that_was_cancelled_leaves_nothing_to_a_repetition(
    repeats: Repeats, telegram: TelegramEmulator, sari: Person
) -> None:
    async with repeats.door():
        await fills(telegram, sari)
        await sari.presses("Batal")
        await telegram.until(lambda: "tidak jadi" in sari.private().last.text)
        await fills(telegram, sari)
        sari.commands("batal")
        await telegram.until(lambda: "tidak jadi" in sari.private().last.text)
        sari.commands("cancel")
        await telegram.hears(sari.private(), "Tidak ada isian")
    before, heard = stands(sari.private()), list(repeats.ears.what)
    await repeats.again()
    assert (stands(sari.private()), repeats.ears.what) == (before, heard)


async def test_a_form_that_is_open_is_neither_set_aside_nor_filled_in_by_a_repetition(
    repeats: Repeats, telegram: TelegramEmulator, sari: Person
) -> None:
    chat = sari.private()
    async with repeats.door():
        sari.says("Bagaimana denda dihitung?")
        await telegram.settled()
        await fills(telegram, sari)
        sari.commands("tanya", "Berapa dendanya?")
        aside = await telegram.hears(chat, "saya simpan dulu")
        sari.says("bukan untuk isian")
        await telegram.settled()
        await sari.presses("Lanjutkan isian", aside)
        await telegram.until(lambda: "Sudah benar?" in aside.text)
    before, kept, heard = stands(chat), await repeats.memory.recall("form:501"), list(repeats.ears.what)
    await repeats.again()
    assert (stands(chat), await repeats.memory.recall("form:501"), repeats.ears.what) == (before, kept, heard)
    async with repeats.door():
        await sari.presses("Simpan")
        await telegram.hears(chat, "Profil tersimpan.")


async def test_what_was_written_while_a_form_was_aside_stays_with_the_core(
    repeats: Repeats, telegram: TelegramEmulator, sari: Person
) -> None:
    async with repeats.door():
        await fills(telegram, sari)
        sari.commands("tanya", "Berapa dendanya?")
        await telegram.hears(sari.private(), "saya simpan dulu")
    before = list(repeats.ears.what)
    await repeats.again()
    assert repeats.ears.what == before, "answers of before are no questions now"
    async with repeats.door():
        sari.says("pertanyaan lain")
    assert repeats.ears.what[-1] == Said("pertanyaan lain", str(sari.private().messages[-1].id), direct=True)


async def test_one_thing_to_write_is_sent_once(repeats: Repeats, telegram: TelegramEmulator, sari: Person) -> None:
    async with repeats.door():
        sari.commands("tanya")
        await telegram.hears(sari.private(), "Cerita")
        sari.says("Bagaimana kalau buku hilang?")
        await telegram.hears(sari.private(), "Profil tersimpan.")
    before = stands(sari.private())
    await repeats.again()
    assert stands(sari.private()) == before
    assert [type(what) for what in repeats.ears.what] == [Commanded, Submitted]


async def test_a_crash_between_the_last_answer_and_its_sending_loses_nothing(
    repeats: Repeats, telegram: TelegramEmulator, sari: Person
) -> None:
    async with repeats.door():
        sari.commands("tanya")
        await telegram.hears(sari.private(), "Cerita")
        repeats.ears.down = True
        sari.says("Bagaimana kalau buku hilang?")
        await telegram.until(lambda: "buku hilang" in repeats.memory.texts.get("form:501", ""))
        telegram.bot.waiting.clear()
    repeats.ears.down = False
    await repeats.again(*repeats.all[-1:])
    assert isinstance(repeats.ears.what[-1], Submitted)
    await repeats.again()
    assert [type(what) for what in repeats.ears.what] == [Commanded, Submitted]


def message(update: int, text: str) -> dict[str, object]:
    told = {"message_id": update, "date": 1_795_000_000, "chat": CHAT, "from": SARI, "text": text}
    return {"update_id": update, "message": told}


async def test_a_copy_of_a_press_does_not_take_its_answer_away(
    repeats: Repeats, telegram: TelegramEmulator, sari: Person
) -> None:
    slowly = repeats.ears.respond

    async def respond(event: Event, stored: asyncio.Event | None = None) -> Shown | None:
        found = await slowly(event, stored)
        await asyncio.sleep(0.2 if found else 0)
        return found

    repeats.ears.respond = respond  # type: ignore[method-assign]
    repeats.ears.answer = lambda event: Shown(Toast("p.saved"), WORDS)
    async with repeats.door() as it:
        await it.door.deliver(Delivery("1", "kartu", "id", Place("telegram", "501"), buttons=(Label("Sudah", "solved", "q1"),)))
        pressing = asyncio.create_task(sari.presses("Sudah"))
        await telegram.until(lambda: repeats.ears.heard)
        intake, raw = it.door._intake, repeats.all[-1].shape()
        update = intake.read(raw) if intake else None
        assert intake and update
        await asyncio.gather(*(intake.take(update, raw) for _ in range(4)))
        assert (await pressing).text == "Profil tersimpan."
    assert [m.text for m in sari.private().messages if m.sender is telegram.bot] == ["kartu"]


async def test_copies_of_a_command_at_the_same_moment_open_one_form(
    telegram: TelegramEmulator, tmp_path: Path, sari: Person
) -> None:
    ears, chat = ScriptedEars(answer=answer), sari.private()

    async with hooked(telegram, tmp_path, ears) as address, httpx.AsyncClient() as client:

        async def posted(update: dict[str, object], after: float) -> int:
            await asyncio.sleep(after)
            return (await client.post(address, json=update, headers=TOLD)).status_code

        for at, text in ((10, "/profil"), (11, "denda"), (12, "/profil")):
            copies = (posted(message(at, text), n * 0.01) for n in range(5))
            assert set(await asyncio.gather(*copies)) == {200}
            await telegram.hears(chat, "1/5" if at != 11 else "2/5")
        sari_says = {await posted(message(n, text), 0) for n, text in ((10, "/profil"), (11, "denda"), (10, "/profil"))}
        assert sari_says == {200}
    assert [type(what) for what in ears.what] == [Commanded, Commanded]


async def test_a_message_that_failed_is_heard_though_a_later_press_came_first(
    telegram: TelegramEmulator, repeats: Repeats, sari: Person
) -> None:
    chat = sari.private()
    async with repeats.door():
        await fills(telegram, sari)
        sari.commands("tanya", "Berapa dendanya?")
        aside = await telegram.hears(chat, "saya simpan dulu")
        await telegram.settled()
        sari.says("Bagaimana kalau buku hilang?")
        late = telegram.bot.waiting.pop()
        await sari.presses("Lanjutkan isian", aside)
        await telegram.until(lambda: "Sudah benar?" in aside.text)
        await sari.presses("Batal", aside)
        await telegram.until(lambda: "tidak jadi" in aside.text)
    await repeats.again(late)
    assert repeats.ears.what[-1] == Said("Bagaimana kalau buku hilang?", str(chat.messages[-1].id), direct=True)


async def test_the_door_remembers_a_batch_and_more_and_no_end_of_it() -> None:
    kept = notes.Notes(PaperMemory())
    for update in range(1000):
        await kept.use("501", update)
    used = await kept.used("501")
    assert used == tuple(range(1000 - notes.MOST_USED, 1000)) and await kept.used("502") == ()


async def test_a_chat_that_is_lost_takes_every_topic_along_and_brings_it_back(
    repeats: Repeats, telegram: TelegramEmulator, sari: Person
) -> None:
    chat = telegram.supergroup(-1001234567890, "Pustakawan", forum=True, owner=sari, bot_status="administrator")
    there, other = str(chat.id), "-1001234567891"
    repeats.ears.channels = (other, f"{there}:7", f"{there}1:3", there, f"{there}:12", f"{other}:7")
    async with repeats.door() as it:
        sari.kicks(telegram.bot, chat)
        await it.hears(1)
        repeats.ears.channels, repeats.ears.shut = (other,), (f"{there}:7", f"{there}1:3", f"{other}:7", there, f"{there}:12")
        sari.adds(telegram.bot, chat)
        await it.hears(2)
    also = (f"{there}:12", f"{there}:7")
    whats = [Room("closed", "Pustakawan", also=also), Room("opened", "Pustakawan", also=also)]
    assert repeats.ears.what == whats
    assert {event.place and event.place.channel for event in repeats.ears.heard} == {there}
    repeats.ears.channels = (other, f"{there}:12")
    await repeats.again()
    assert repeats.ears.what == whats, "the same names again"
