"""Delivering: parts, edits, buttons, files, reactions, links, limits, and what becomes of every refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.doors import Delivery, Label
from bot.errors import Moved, TryLater, Unreachable
from bot.events import Commanded, Marked, Pressed, Reacted, Room, Said
from bot.model.place import Account, MessageRef, Place
from bot.outcome import React
from tests.emulators.faults import status
from tests.emulators.telegram import Chat, TelegramEmulator
from tests.emulators.telegram.media import PIXEL
from tests.telegram.house import Alone, alone

pytestmark = pytest.mark.anyio
GROUP = -1001234567890
HERE = Place("telegram", str(GROUP))
PRESS = (Label("Ini menjawab", "solved", "a" * 32), Label("Pilih", "place", "a" * 32 + ":" + "b" * 32))


@pytest.fixture
async def it(telegram: TelegramEmulator, tmp_path: Path) -> AsyncIterator[Alone]:
    async with alone(telegram, tmp_path) as door:
        yield door


@pytest.fixture
def group(telegram: TelegramEmulator) -> Chat:
    people = [telegram.person(501, "Sari", started=True), telegram.person(502, "Budi")]
    return telegram.supergroup(GROUP, "Pustakawan", members=people, bot_status="administrator")


def say(text: str = "Halo **semua**", **more: object) -> Delivery:
    given: dict[str, object] = {"place": HERE} | more
    return Delivery("01", text, "id", **given)  # type: ignore[arg-type]


def at(chat: Chat, n: int = -1) -> str:
    return chat.messages[n].text


# ---- where it goes -----------------------------------------------------------------------------------------------------


async def test_a_message_in_a_group(it: Alone, group: Chat) -> None:
    ref = await it.door.deliver(say())
    assert ref == MessageRef("telegram", str(GROUP), str(group.last.id))
    assert (group.last.text, group.last.entities[0]["type"]) == ("Halo semua", "bold")


async def test_a_reply_and_a_reply_to_what_is_gone(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    telegram.rates.on = False
    question = telegram.person(501).says("Berapa?", group)
    await it.door.deliver(say(place=Place("telegram", str(GROUP), str(question.id))))
    assert group.last.reply_to is question
    question.deleted = True
    await it.door.deliver(say("lagi", place=Place("telegram", str(GROUP), str(question.id))))
    assert (group.last.reply_to, group.last.text) == (None, "lagi")
    await it.door.deliver(say("x", place=Place("telegram", str(GROUP), "bukan-nomor")))
    assert group.last.reply_to is None


async def test_in_a_topic(it: Alone, telegram: TelegramEmulator) -> None:
    sari = telegram.person(501, "Sari", started=True)
    forum = telegram.supergroup(-1009999999999, "Forum", forum=True, members=[sari], bot_status="administrator")
    topic = telegram.topic(forum, "Sirkulasi")
    ref = await it.door.deliver(say(place=Place("telegram", f"{forum.id}:{topic.id}")))
    assert (forum.last.topic, ref.channel) == (topic, f"{forum.id}:{topic.id}")
    sari.reacts(forum.last, "🔥")
    event = await it.hears()
    assert (event.what, event.place) == (Reacted("🔥", ref.message), Place("telegram", ref.channel))
    sari.says("balas", reply_to=forum.last)
    assert (await it.hears(2)).place == Place("telegram", ref.channel, ref.message)
    question = sari.says("Bagaimana?", topic=topic)
    await it.hears(3)
    sari.reacts(question, "🎉")
    assert (await it.hears(4)).place == Place("telegram", ref.channel)
    general = sari.says("Umum", forum)
    assert (await it.hears(5)).place == Place("telegram", str(forum.id))
    sari.reacts(general, "🎉")
    assert (await it.hears(6)).place == Place("telegram", str(forum.id))
    topic.closed = True
    forum.members[telegram.bot.id].status = "member"
    with pytest.raises(Unreachable):
        await it.door.deliver(say(place=Place("telegram", f"{forum.id}:{topic.id}")))
    with pytest.raises(Unreachable):
        await it.door.deliver(say(place=Place("telegram", f"{forum.id}:99")))


async def test_in_private(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    ref = await it.door.deliver(say(place=None, private_to=Account("telegram", "501", "Sari")))
    assert (telegram.person(501).inbox()[-1].text, ref.channel) == ("Halo semua", "501")
    with pytest.raises(Unreachable):
        await it.door.deliver(say(place=None, private_to=Account("telegram", "502", "Budi")))
    with pytest.raises(Unreachable):
        await it.door.deliver(say(place=None, private_to=Account("telegram", "bukan", "Budi")))


async def test_people_and_links(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    text = "[Sari](guyub:person/s1) lihat [ini](guyub:message/x/y) dan [itu](guyub:card/z)"
    people, links = {"s1": Account("telegram", "501", "Sari")}, {"guyub:message/x/y": "https://t.me/c/1/2"}
    await it.door.deliver(say(text, people=people, links=links))
    kinds = [(one["type"], one.get("url")) for one in group.last.entities]
    assert (group.last.text, kinds) == ("Sari lihat ini dan itu", [("text_mention", None), ("text_link", "https://t.me/c/1/2")])


# ---- parts and edits ---------------------------------------------------------------------------------------------------


async def test_a_long_text_goes_on_and_its_edits_keep_the_parts_in_step(
    it: Alone, telegram: TelegramEmulator, group: Chat
) -> None:
    def text(n: int) -> str:
        return "\n\n".join(f"Bagian {i} " + "kata " * 700 for i in range(n))

    ref = await it.door.deliver(say(text(3), buttons=PRESS))
    first, second, third = group.messages
    assert first.id == int(ref.message) and second.reply_to is third.reply_to is first
    assert [bool(one.buttons) for one in group.messages] == [False, False, True]
    await it.door.deliver(say(text(2), buttons=PRESS, edit=ref))
    assert third.deleted and [bool(one.buttons) for one in group.messages] == [False, True]
    await it.door.deliver(say(text(3), edit=ref))
    assert [one.text[:8] for one in group.messages] == ["Bagian 0", "Bagian 1", "Bagian 2"]
    assert not any(one.buttons for one in group.messages)
    await it.door.deliver(say("pendek", edit=ref))
    assert [one.text for one in group.messages] == ["pendek"]
    assert not any(record.status == 429 for record in telegram.calls)


async def test_a_reply_or_a_press_on_a_later_part_is_about_the_first(
    it: Alone, telegram: TelegramEmulator, group: Chat
) -> None:
    ref = await it.door.deliver(say("kata " * 1500, buttons=PRESS))
    sari = telegram.person(501)
    sari.says("balasan", reply_to=group.last)
    event = await it.hears()
    assert event.place == Place("telegram", str(GROUP), ref.message)
    sari.reacts(group.messages[1], "🔥")
    assert (await it.hears(2)).what == Reacted("🔥", ref.message)


async def test_a_second_try_of_a_long_text_goes_on_where_the_first_broke_off(
    it: Alone, telegram: TelegramEmulator, group: Chat
) -> None:
    telegram.rates.on = False
    d = say("kata " * 2500)
    remember = it.memory.remember

    async def breaks(texts: dict[str, str], keep: timedelta | None = None) -> None:
        await remember(texts, keep)
        if any(key.startswith("sent:") for key in texts) and len(group.messages) == 2:
            telegram.faults.next("sendMessage", status(500))

    it.memory.remember = breaks  # type: ignore[method-assign]
    with pytest.raises(TryLater):
        await it.door.deliver(d)
    assert len(group.messages) == 2
    ref = await it.door.deliver(say("kata " * 2500, again=True))
    assert len(group.messages) == 4 and ref.message == str(group.messages[0].id)


async def test_an_edit_that_changes_nothing_is_fine(it: Alone, group: Chat) -> None:
    ref = await it.door.deliver(say(buttons=PRESS))
    assert await it.door.deliver(say(buttons=PRESS, edit=ref)) == ref
    assert group.last.edits == []


async def test_a_card_that_was_deleted_is_posted_anew(it: Alone, group: Chat) -> None:
    ref = await it.door.deliver(say())
    group.last.deleted = True
    again = await it.door.deliver(say("Baru", edit=ref))
    assert (group.last.text, again.message) == ("Baru", str(group.last.id))
    group.last.deleted = True
    await it.door.deliver(say("Lagi", edit=again, place=None))
    assert group.last.text == "Lagi"


# ---- buttons -----------------------------------------------------------------------------------------------------------


async def test_buttons_come_back_as_they_went_also_where_they_did_not_fit(
    it: Alone, telegram: TelegramEmulator, group: Chat
) -> None:
    ref = await it.door.deliver(say(buttons=PRESS))
    sari = telegram.person(501)
    for n, label in enumerate(PRESS):
        await sari.presses(label.text, group.last)
        event = await it.hears(n + 1)
        assert (event.what, event.place) == (Pressed(label.action, label.value, ref.message), HERE)
    assert all(len((one.data or "").encode()) <= 64 for row in group.last.buttons for one in row)


async def test_a_button_from_long_ago_gets_kind_words(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    await it.door.deliver(say(buttons=PRESS))
    it.memory.texts.clear()
    press = await telegram.person(501).presses("Pilih", group.last)
    assert "terlalu lama" in press.text and not it.ears.heard


# ---- files -------------------------------------------------------------------------------------------------------------


async def test_files_go_out_as_documents_and_photos(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    telegram.rates.on = False
    pdf, picture = await it.files.put(b"%PDF-1.7 isi"), await it.files.put(PIXEL)
    ref = await it.door.deliver(say("Ini **berkasnya**", files=(("denda.pdf", pdf),), buttons=PRESS))
    (message,) = group.messages
    (file,) = message.files
    assert (file.kind, file.name, file.content, message.text) == ("document", "denda.pdf", b"%PDF-1.7 isi", "Ini berkasnya")
    await it.door.deliver(say("Diganti", edit=ref))
    assert (message.text, message.buttons) == ("Diganti", [])
    assert await it.door.deliver(say("Diganti", edit=ref)) == ref
    await it.door.deliver(say("Dua", files=(("foto.jpg", picture), ("denda.pdf", pdf), ("hilang.pdf", "0" * 64))))
    text, photo, document = group.messages[-3:]
    assert (text.text, photo.files[0].kind, document.files[0].kind) == ("Dua", "photo", "document")
    assert photo.reply_to is text
    await it.door.deliver(say("panjang " * 300, files=(("denda.pdf", pdf),)))
    assert (len(group.messages[-2].text) > 1024, group.messages[-1].files[0].name) == (True, "denda.pdf")


async def test_files_come_in_and_are_fetched(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    sari = telegram.person(501)
    sari.sends_document(b"isi berkas", "denda.xlsx", "lihat ini", group)
    event = await it.hears()
    assert isinstance(event.what, Said)
    (file,) = event.what.files
    assert (event.what.text, file.name, file.size) == ("lihat ini", "denda.xlsx", 10)
    assert await it.door.fetch(file.file) == b"isi berkas"
    sari.sends_photo(PIXEL, "", group)
    photo = await it.hears(2)
    assert isinstance(photo.what, Said) and await it.door.fetch(photo.what.files[0].file) == PIXEL
    sari.sends_document(b"x", "besar.zip", "", group, size=30 * 2**20)
    big = await it.hears(3)
    assert isinstance(big.what, Said)
    for gone in (big.what.files[0].file, "tidak-ada"):
        with pytest.raises(Unreachable):
            await it.door.fetch(gone)
    telegram.faults.next("file", status(500))
    with pytest.raises(TryLater):
        await it.door.fetch(file.file)


async def test_an_album_is_one_message(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    sari = telegram.person(501)
    album = sari.sends_album([PIXEL, PIXEL + b"2", PIXEL + b"3"], "tiga foto", group)
    await telegram.settled()
    event = await it.hears()
    assert isinstance(event.what, Said)
    assert (event.what.text, event.what.message, len(event.what.files)) == ("tiga foto", str(album[0].id), 3)
    sari.sends_album([PIXEL, PIXEL + b"2"], "dua foto", group)
    sari.says("sesudahnya", group)
    await it.hears(3)
    assert [what.text for what in it.ears.what if isinstance(what, Said)] == ["tiga foto", "dua foto", "sesudahnya"]
    assert not await it.memory.recall_all("album:")


async def test_an_album_survives_a_kill_in_its_moment(telegram: TelegramEmulator, tmp_path: Path, group: Chat) -> None:
    async with alone(telegram, tmp_path) as it:
        telegram.person(501).sends_album([PIXEL, PIXEL + b"2"], "dua", group)
        await telegram.settled()
        assert not it.ears.heard
    async with alone(telegram, tmp_path, memory=it.memory) as it:
        event = await it.hears()
        assert isinstance(event.what, Said) and len(event.what.files) == 2


# ---- reactions ---------------------------------------------------------------------------------------------------------


async def test_reactions_of_ours(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    question = telegram.person(501).says("Berapa?", group)
    ref = MessageRef("telegram", str(GROUP), str(question.id))
    await it.door.react(ref, "👀", False, "1")
    assert question.emoji == ["👀"]
    await it.door.react(ref, "👀", True, "2")
    await it.door.react(ref, "✅", False, "3")
    assert question.emoji == ["👍"]
    await it.door.react(ref, "🪐", False, "4")
    group.allowed_reactions = ("❤",)
    await it.door.react(ref, "👀", False, "5")
    assert question.emoji == ["👍"]
    question.deleted = True
    await it.door.react(ref, "👍", False, "6")
    with pytest.raises(Unreachable):
        await it.door.react(MessageRef("telegram", "-1005555555555", "1"), "👀", False, "7")
    group.members[telegram.bot.id].status = "kicked"
    with pytest.raises(Unreachable):
        await it.door.react(ref, "👀", False, "8")


async def test_a_thumb_up_says_that_an_answer_helped_and_is_else_just_kind(
    it: Alone, telegram: TelegramEmulator, group: Chat
) -> None:
    sari, budi = telegram.person(501), telegram.person(502)
    question = sari.says("Berapa dendanya?", group)
    await it.hears()
    await it.door.deliver(say("Saya carikan.", buttons=PRESS))
    card = group.last
    answer = budi.says("Seribu", reply_to=question)
    await it.hears(2)
    for n, (message, emoji) in enumerate([(question, "👍"), (card, "👍"), (answer, "✅")]):
        sari.reacts(message, "👍")
        assert (await it.hears(3 + n)).what == Reacted(emoji, str(message.id))
    sari.takes_back(answer)
    assert (await it.hears(6)).what == Reacted("✅", str(answer.id), removed=True)
    budi.reacts(question, "👍")
    assert (await it.hears(7)).what == Reacted("✅", str(question.id))


# ---- links -------------------------------------------------------------------------------------------------------------


async def test_links(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    def link(channel: object, message: str = "7") -> MessageRef:
        return MessageRef("telegram", str(channel), message)

    assert await it.door.link(link(GROUP)) == "https://t.me/c/1234567890/7"
    assert await it.door.link(link(f"{GROUP}:5")) == "https://t.me/c/1234567890/5/7"
    public = telegram.supergroup(-1007777777777, "Umum", members=[telegram.person(501)], username="pustakawan_id")
    telegram.person(501).says("halo", public)
    await it.hears()
    assert await it.door.link(link(public.id)) == "https://t.me/pustakawan_id/7"
    public.username = None
    telegram.person(501).says("halo", public)
    await it.hears(2)
    assert await it.door.link(link(public.id)) == "https://t.me/c/7777777777/7"
    for none in (link(-12345), link(501), link("bukan"), link(GROUP, "w123")):
        assert await it.door.link(none) == ""


# ---- marks and rooms through the whole door ------------------------------------------------------------------------------


async def test_keeping_a_message_by_a_reply(it: Alone, telegram: TelegramEmulator, group: Chat) -> None:
    sari, budi = telegram.person(501), telegram.person(502, "Budi")
    answer = budi.says("Seribu per hari", group)
    await it.hears()
    sari.commands("simpan", reply_to=answer)
    assert (await it.hears(2)).what == Marked(str(answer.id), "Seribu per hari", Account("telegram", "502", "Budi"))
    sari.commands("simpan")
    assert (await it.hears(3)).what == Commanded("simpan")


async def test_a_group_that_grows_moves_once(it: Alone, telegram: TelegramEmulator) -> None:
    sari = telegram.person(501)
    small = telegram.group(-4242, "Kecil", owner=sari)
    big = sari.turns_into_supergroup(small, -1004242424242)
    event = await it.hears()
    assert (event.what, event.place) == (Room("moved", to=str(big.id)), Place("telegram", "-4242"))
    await telegram.settled()
    assert len(it.ears.heard) == 1
    with pytest.raises(Moved) as moved:
        await it.door.deliver(say(place=Place("telegram", "-4242")))
    assert moved.value.to == str(big.id)


# ---- limits ------------------------------------------------------------------------------------------------------------


async def test_limits_are_the_published_ones(telegram: TelegramEmulator, tmp_path: Path) -> None:
    from tests.telegram.house import PaperMemory, make_door

    door = make_door(telegram, tmp_path, PaperMemory())

    def limits(what: Delivery | React) -> dict[str, tuple[int, float]]:
        return {one.key: (one.most, one.seconds) for one in door.limits(what)}

    every = {"all": (30, 1.01)}
    chat, minute = {f"chat:{GROUP}": (1, 1.01)}, {f"group:{GROUP}": (20, 60.5)}
    assert limits(say()) == every | chat | minute
    assert limits(say(place=Place("telegram", f"{GROUP}:5"))) == every | chat | minute
    ref = MessageRef("telegram", str(GROUP), "7")
    assert limits(say(edit=ref)) == every
    assert limits(React(ref, "👀")) == every
    assert limits(say(place=None, private_to=Account("telegram", "501"))) == every | {"chat:501": (1, 1.01)}
    assert limits(say(only_for=Account("telegram", "501"))) == every | {"chat:501": (1, 1.01)} | chat | minute
    assert limits(say(place=Place("telegram", "bukan"))) == {}
