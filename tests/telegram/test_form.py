"""Forms as a conversation: the whole way over HTTP, with restarts in the middle."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.doors import Delivery, Label, Shown
from bot.events import Commanded, Event, Pressed, Said, Submitted
from bot.model.place import Account, Place
from bot.outcome import FieldErrors, OpenForm, Toast
from tests.emulators.faults import closed
from tests.emulators.telegram import Chat, Person, TelegramEmulator
from tests.telegram.forms import ONE, PLACE, PROFILE, WORDS, shown
from tests.telegram.house import Alone, ScriptedEars, alone

pytestmark = pytest.mark.anyio
GROUP = -1001234567890


def answers(
    form: OpenForm = PROFILE, sent: Callable[[Submitted], Shown | None] = lambda s: Shown(Toast("p.saved"), WORDS)
) -> object:
    def answer(event: Event) -> Shown | None:
        match event.what:
            case Commanded(name="profil") | Pressed(action="profile"):
                return shown(form)
            case Commanded(name="tanya", args=""):
                return shown(ONE)
            case Pressed(action="move"):
                return shown(PLACE)
            case Submitted() as submitted:
                return sent(submitted)
        return None

    return answer


@pytest.fixture
def sari(telegram: TelegramEmulator) -> Person:
    telegram.rates.on = False
    return telegram.person(501, "Sari", started=True)


@pytest.fixture
async def it(telegram: TelegramEmulator, tmp_path: Path, sari: Person) -> AsyncIterator[Alone]:
    async with alone(telegram, tmp_path, ScriptedEars(answer=answers())) as door:  # type: ignore[arg-type]
        yield door


async def submitted(it: Alone) -> Event:
    await it.telegram.until(lambda: any(isinstance(what, Submitted) for what in it.ears.what))
    return next(event for event in it.ears.heard if isinstance(event.what, Submitted))


async def test_a_form_is_filled_in(it: Alone, telegram: TelegramEmulator, sari: Person) -> None:
    chat = sari.private()
    sari.commands("profil")
    first = await telegram.hears(chat, "Yang dikuasai")
    assert "1/5" in first.text and "Supaya tepat." in first.text and "Pisahkan" in first.text
    sari.says("denda, buku hilang")
    second = await telegram.hears(chat, "Cerita")
    await telegram.until(lambda: not first.buttons)
    assert [one.text for row in second.buttons for one in row] == [
        "Biarkan: Lima tahun di meja depan.",
        "Lewati",
        "Kembali",
        "Batal",
    ]
    await sari.presses("Biarkan: Lima tahun di meja depan.", second)
    await telegram.until(lambda: "3/5" in second.text)
    await sari.presses("Komunitas 2", second)
    await telegram.until(lambda: any(one.text == "✓ Komunitas 2" for row in second.buttons for one in row))
    await sari.presses("Selesai", second)
    await telegram.until(lambda: "4/5" in second.text)
    await sari.presses("Sekali", second)
    await telegram.until(lambda: "5/5" in second.text)
    await sari.presses("Ya", second)
    await telegram.until(lambda: "Sudah benar?" in second.text)
    assert "Komunitas 1, Komunitas 2" in second.text and "Boleh ditanya: Ya" in second.text
    await sari.presses("Simpan", second)
    event = await submitted(it)
    assert isinstance(event.what, Submitted)
    assert (event.what.form, event.what.subject, event.what["topics"], event.what["may_ask"]) == (
        "profile",
        "me",
        "c1\nc2",
        "yes",
    )
    assert (event.private, event.place, event.account) == (True, Place("telegram", "501"), Account("telegram", "501", "Sari"))
    await telegram.until(lambda: second.text == "Profil tersimpan.")
    assert second.buttons == [] and not await it.memory.recall("form:501")
    assert [event.what for event in it.ears.heard if isinstance(event.what, Said)] == []


async def test_a_restart_in_the_middle_loses_nothing(telegram: TelegramEmulator, tmp_path: Path, sari: Person) -> None:
    chat = sari.private()
    async with alone(telegram, tmp_path, ScriptedEars(answer=answers())) as it:  # type: ignore[arg-type]
        sari.commands("profil")
        await telegram.hears(chat, "Yang dikuasai")
        telegram.faults.always("sendMessage", closed())
        sari.says("denda")
        await telegram.until(lambda: '"denda"' in it.memory.texts.get("form:501", ""))
    telegram.faults.clear()
    async with alone(telegram, tmp_path, ScriptedEars(answer=answers()), it.memory) as it:  # type: ignore[arg-type]
        second = await telegram.hears(chat, "Cerita")
        await telegram.settled()
        sari.says("Cerita baru")
        await telegram.hears(chat, "3/5")
        for label, step in (("Selesai", "4/5"), ("Tiga kali", "5/5"), ("Tidak", "Sudah benar?")):
            await sari.presses(label)
            await telegram.hears(chat, step)
        assert second.text
        await sari.presses("Simpan")
        event = await submitted(it)
        assert isinstance(event.what, Submitted)
        assert (event.what["knows"], event.what["about"], event.what["may_ask"]) == ("denda", "Cerita baru", "")


async def test_what_the_core_finds_wrong_is_asked_again(telegram: TelegramEmulator, tmp_path: Path, sari: Person) -> None:
    def judge(s: Submitted) -> Shown:
        wrong = s["knows"] == "apa saja"
        return Shown(FieldErrors((("knows", "p.wrong"),)) if wrong else Toast("p.saved"), WORDS)

    chat = sari.private()
    short = replace(PROFILE, fields=PROFILE.fields[:2])
    async with alone(telegram, tmp_path, ScriptedEars(answer=answers(short, judge))) as it:  # type: ignore[arg-type]
        sari.commands("profil")
        await telegram.hears(chat, "1/2")
        sari.says("apa saja")
        await telegram.hears(chat, "2/2")
        sari.says("cerita saya")
        await telegram.hears(chat, "Sudah benar?")
        await sari.presses("Simpan")
        await telegram.hears(chat, "Terlalu umum.")
        sari.says("denda")
        await telegram.hears(chat, "Sudah benar?")
        await sari.presses("Simpan")
        await telegram.hears(chat, "Profil tersimpan.")
        last = it.ears.heard[-1].what
        assert isinstance(last, Submitted) and (last["knows"], last["about"]) == ("denda", "cerita saya")


async def test_cancelled(it: Alone, telegram: TelegramEmulator, sari: Person) -> None:
    chat = sari.private()
    sari.commands("profil")
    await telegram.hears(chat, "1/5")
    await sari.presses("Batal")
    await telegram.hears(chat, "tidak jadi")
    sari.says("kata biasa")
    await it.hears(2)
    sari.commands("profil")
    await telegram.hears(chat, "1/5")
    sari.commands("cancel")
    await telegram.until(lambda: "tidak jadi" in chat.last.text)
    sari.commands("batal")
    await telegram.hears(chat, "Tidak ada isian")
    sari.says("kata lagi")
    await telegram.until(lambda: it.ears.what[-1] == Said("kata lagi", str(chat.messages[-1].id), direct=True))


async def test_an_old_button_of_a_form_gets_kind_words(it: Alone, telegram: TelegramEmulator, sari: Person) -> None:
    sari.commands("profil")
    step = await telegram.hears(sari.private(), "1/5")
    it.memory.texts.pop("form:501")
    assert "sudah tidak ada" in (await sari.presses("Batal", step)).text


async def test_a_question_in_the_middle_sets_the_form_aside(it: Alone, telegram: TelegramEmulator, sari: Person) -> None:
    chat = sari.private()
    sari.commands("profil")
    await telegram.hears(chat, "1/5")
    sari.says("denda")
    await telegram.hears(chat, "2/5")
    sari.commands("tanya", "Berapa dendanya?")
    aside = await telegram.hears(chat, "saya simpan dulu")
    assert it.ears.what[-1] == Commanded("tanya", "Berapa dendanya?")
    sari.says("bukan untuk isian")
    await it.hears(3)
    assert isinstance(it.ears.what[-1], Said)
    await sari.presses("Lanjutkan isian", aside)
    await telegram.until(lambda: "2/5" in aside.text)


async def test_a_second_form_asks_whether_to_leave_the_first(it: Alone, telegram: TelegramEmulator, sari: Person) -> None:
    chat = sari.private()
    await it.door.deliver(Delivery("1", "kartu", "id", Place("telegram", "501"), buttons=(Label("Pindahkan", "move", "q1"),)))
    for leave in (False, True):
        sari.commands("profil")
        await telegram.until(lambda: "Yang dikuasai" in chat.last.text)
        sari.says("denda")
        await telegram.until(lambda: "2/5" in chat.last.text)
        await sari.presses("Pindahkan")
        await telegram.until(lambda: "belum selesai" in "".join(one.text for one in chat.messages[-2:]))
        ask = next(one for one in chat.messages if "belum selesai" in one.text)
        if not leave:
            await sari.presses("Tidak, lanjutkan", ask)
            await telegram.hears(chat, "2/5")
            sari.commands("batal")
            await telegram.until(lambda: "tidak jadi" in chat.last.text)
    await sari.presses("Ya, buka yang baru", ask)
    await telegram.until(lambda: "Komunitas 1" in str(ask.markup))
    await sari.presses("Komunitas 1", ask)
    event = await submitted(it)
    assert isinstance(event.what, Submitted) and event.what["community"] == "c1"


# ---- from a group ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def group(telegram: TelegramEmulator, sari: Person) -> Chat:
    return telegram.supergroup(GROUP, "Pustakawan", members=[sari], bot_status="administrator")


async def test_one_thing_to_write_is_asked_in_the_group(
    it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    budi = telegram.person(502, "Budi")
    budi.joins(group)
    typed = sari.commands("tanya", in_=group)
    prompt = await telegram.hears(group, "Cerita")
    assert prompt.reply_to is typed and prompt.markup == {
        "force_reply": True,
        "selective": True,
        "input_field_placeholder": "Cerita",
    }
    budi.says("bukan saya", reply_to=prompt)
    sari.says("Bagaimana kalau buku hilang?", reply_to=prompt)
    event = await submitted(it)
    assert isinstance(event.what, Submitted)
    assert (event.what["text"], event.place, event.private) == (
        "Bagaimana kalau buku hilang?",
        Place("telegram", str(GROUP)),
        False,
    )
    await telegram.hears(sari.private(), "Profil tersimpan.")
    sari.says("sekali lagi", reply_to=prompt)
    await telegram.until(lambda: isinstance(it.ears.what[-1], Said) and it.ears.what[-1].text == "sekali lagi")


async def test_a_form_from_a_group_goes_on_in_private_and_is_about_the_group(
    it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    await it.door.deliver(
        Delivery("1", "kartu", "id", Place("telegram", str(GROUP)), buttons=(Label("Pindahkan", "move", "q1"),))
    )
    sari.says("halo")
    await it.hears()
    press = await sari.presses("Pindahkan", group.last)
    assert "obrolan pribadi" in press.text and press.url is None
    await telegram.hears(sari.private(), "Komunitas")
    await sari.presses("Komunitas 2")
    event = await submitted(it)
    assert (event.place, event.private) == (Place("telegram", str(GROUP)), False)
    assert event.account == Account("telegram", "501", "Sari")


async def test_where_the_bot_may_not_begin_a_link_leads_to_the_form(
    it: Alone, telegram: TelegramEmulator, group: Chat, sari: Person
) -> None:
    budi = telegram.person(502, "Budi")
    budi.joins(group)
    await it.door.deliver(
        Delivery("1", "kartu", "id", Place("telegram", str(GROUP)), buttons=(Label("Pindahkan", "move", "q1"),))
    )
    press = await budi.presses("Pindahkan", group.last)
    assert press.url
    budi.follows(press.url)
    await telegram.hears(budi.private(), "Komunitas")
    dewi = telegram.person(503, "Dewi")
    dewi.joins(group)
    dewi.commands("profil", in_=group)
    hint = await telegram.hears(group, "Dewi, ada pesan")
    dewi.follows(hint.buttons[0][0].url or "")
    await telegram.until(lambda: any("1/5" in one.text for one in dewi.inbox()))
