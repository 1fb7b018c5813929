"""The emulated Bot API, method by method, as python-telegram-bot reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChatAdministrators,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    MenuButtonCommands,
    ReactionTypeEmoji,
    ReplyParameters,
)
from telegram.constants import ReactionEmoji

from tests.emulators.telegram import TelegramEmulator
from tests.emulators.telegram.media import PIXEL
from tests.emulators.telegram.official import official_bot
from tests.emulators.telegram.reactions import ALLOWED, plain
from tests.fakes import TestClock

pytestmark = pytest.mark.anyio
FORUM, GROUP, CHANNEL, SARI, BUDI = -1001234500001, -4001, -1001234500009, 501, 502


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(clock=TestClock(), limits=False) as one:
        sari, budi = one.person(SARI, "Sari Dewi", username="sari", started=True), one.person(BUDI, "Budi")
        one.supergroup(FORUM, "Pustakawan", forum=True, owner=sari, members=[budi], bot_status="administrator")
        one.group(GROUP, "Kelompok kecil", owner=sari, members=[budi])
        one.channel(CHANNEL, "Pengumuman", owner=sari)
        yield one


@pytest.fixture
async def bot(telegram: TelegramEmulator) -> AsyncIterator[Bot]:
    async with official_bot(telegram) as one:
        yield one


def keys(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data=data) for text, data in row] for row in rows])


async def test_me(telegram: TelegramEmulator, bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.username, me.is_bot, me.can_read_all_group_messages) == ("guyub_bot", True, False)
    telegram.bot.privacy = False
    assert (await bot.get_me()).can_read_all_group_messages


async def test_a_message_with_markup_and_buttons(telegram: TelegramEmulator, bot: Bot) -> None:
    html = "<b>Denda</b> &amp; <a href='https://perpus.id/a?b=1&amp;c=2'>aturan</a> 😀 <code>/cari</code>"
    sent = await bot.send_message(SARI, html, parse_mode="HTML", reply_markup=keys([("Cocok", "fits:1"), ("Tidak", "no:1")]))
    assert sent.text == "Denda & aturan 😀 /cari"
    assert [(one.type, sent.parse_entity(one)) for one in sent.entities] == [
        ("bold", "Denda"), ("text_link", "aturan"), ("code", "/cari"),
    ]  # fmt: skip
    assert sent.entities[1].url == "https://perpus.id/a?b=1&c=2"
    [seen] = telegram.person(SARI).inbox()
    assert (seen.text, seen.html, seen.button("Cocok").data, seen.button("no:1").text) == (sent.text, html, "fits:1", "Tidak")
    assert (sent.date, sent.chat.first_name, sent.from_user and sent.from_user.id) == (seen.at, "Sari", telegram.bot.id)


async def test_edits_keep_the_earlier_words(telegram: TelegramEmulator, bot: Bot) -> None:
    sent = await bot.send_message(SARI, "diteruskan", reply_markup=keys([("Ya", "y")]))
    edited = await bot.edit_message_text(
        "<i>terjawab</i>", SARI, sent.message_id, parse_mode="HTML", reply_markup=keys([("Ya", "y")])
    )
    assert not isinstance(edited, bool) and edited.edit_date is not None
    [seen] = telegram.chat(SARI).messages
    assert (seen.text, seen.edits, len(seen.buttons)) == ("terjawab", ["diteruskan"], 1)
    await bot.edit_message_reply_markup(SARI, sent.message_id, reply_markup=None)
    assert (seen.buttons, seen.edits) == ([], ["diteruskan"])


async def test_an_edit_without_buttons_takes_them_away(telegram: TelegramEmulator, bot: Bot) -> None:
    sent = await bot.send_message(SARI, "a", reply_markup=keys([("Ya", "y")]))
    await bot.edit_message_text("b", SARI, sent.message_id)
    assert telegram.chat(SARI).last.buttons == []


async def test_deleting(telegram: TelegramEmulator, bot: Bot) -> None:
    sent = await bot.send_message(SARI, "sebentar")
    question = telegram.person(BUDI).says("keliru", telegram.chat(FORUM))
    assert await bot.delete_message(SARI, sent.message_id)
    assert await bot.delete_message(FORUM, question.id)  # an administrator's right
    assert telegram.chat(SARI).messages == telegram.chat(FORUM).messages == []


async def test_documents_and_photos(telegram: TelegramEmulator, bot: Bot) -> None:
    document = await bot.send_document(
        SARI, b"isi catatan", caption="<b>Notulen</b>", parse_mode="HTML", filename="notulen.txt"
    )
    assert document.document is not None and (document.document.file_name, document.caption) == ("notulen.txt", "Notulen")
    photo = await bot.send_photo(FORUM, PIXEL, caption="papan")
    assert [(one.width, one.height) for one in photo.photo] == [(1, 1), (1, 1)]
    again = await bot.send_document(SARI, document.document.file_id)
    assert again.document is not None and again.document.file_unique_id == document.document.file_unique_id
    for stored, content in ((document.document, b"isi catatan"), (photo.photo[-1], PIXEL), (photo.photo[0], PIXEL)):
        assert bytes(await (await bot.get_file(stored.file_id)).download_as_bytearray()) == content
    await bot.edit_message_caption(SARI, document.message_id, caption="Notulen rapat")
    assert [one.text for one in telegram.person(SARI).inbox()] == ["Notulen rapat", ""]


async def test_a_file_link_lives_an_hour(telegram: TelegramEmulator, bot: Bot) -> None:
    sent = await bot.send_document(SARI, b"x", filename="x.txt")
    assert sent.document is not None
    path = (await bot.get_file(sent.document.file_id)).file_path or ""
    async with httpx.AsyncClient() as http:
        assert (await http.get(path)).content == b"x"
        assert (await http.get(path.replace(telegram.bot.token, "1:wrong"))).status_code == 401
        assert isinstance(telegram.clock, TestClock)
        telegram.clock.forward(hours=1, seconds=1)
        assert (await http.get(path)).status_code == 404


async def test_albums(telegram: TelegramEmulator, bot: Bot) -> None:
    photos = await bot.send_media_group(SARI, [InputMediaPhoto(PIXEL), InputMediaPhoto(PIXEL)], caption="dua")
    papers = await bot.send_media_group(SARI, [InputMediaDocument(b"a", filename="a.txt"), InputMediaDocument(b"b")])
    assert len({one.media_group_id for one in photos}) == 1
    assert papers[0].media_group_id not in {photos[0].media_group_id, None}
    assert (photos[0].caption, photos[1].caption) == ("dua", None)
    assert [one.files[0].name for one in telegram.person(SARI).inbox()][2] == "a.txt"


async def test_reactions(telegram: TelegramEmulator, bot: Bot) -> None:
    question = telegram.person(BUDI).says("Bagaimana?", telegram.chat(FORUM))
    assert await bot.set_message_reaction(FORUM, question.id, "👀")
    assert question.reactions == {telegram.bot.id: ["👀"]}
    assert await bot.set_message_reaction(FORUM, question.id, [ReactionTypeEmoji("👍")])
    assert question.emoji == ["👍"]
    assert await bot.set_message_reaction(FORUM, question.id)
    assert question.emoji == []


def test_the_reactions_are_those_that_the_library_lists() -> None:
    assert {plain(one.value) for one in ReactionEmoji} == ALLOWED
    assert "✅" not in ALLOWED


async def test_commands_by_scope_and_language(telegram: TelegramEmulator, bot: Bot) -> None:
    ask, search, tell = BotCommand("tanya", "Tanya"), BotCommand("search", "Search"), BotCommand("atur", "Atur")
    await bot.set_my_commands([ask], BotCommandScopeAllPrivateChats(), "id")
    await bot.set_my_commands([search], BotCommandScopeAllPrivateChats())
    await bot.set_my_commands([ask, search], BotCommandScopeAllGroupChats())
    await bot.set_my_commands([tell], BotCommandScopeChatAdministrators(FORUM))
    assert await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "id") == (ask,)
    assert await bot.get_my_commands() == ()
    sari, ana, forum = telegram.person(SARI), telegram.person(509, "Ana", language="en"), telegram.chat(FORUM)
    assert (sari.menu(), ana.menu(), sari.menu(forum)) == (["tanya"], ["search"], ["atur"])
    assert telegram.person(BUDI).menu(forum) == ["tanya", "search"]
    assert await bot.delete_my_commands(BotCommandScopeChatAdministrators(FORUM))
    assert sari.menu(forum) == ["tanya", "search"]


async def test_what_the_profile_says(telegram: TelegramEmulator, bot: Bot) -> None:
    await bot.set_my_description("Tanya apa saja", "id")
    await bot.set_my_short_description("Guyub")
    assert (await bot.get_my_description("id")).description == "Tanya apa saja"
    assert (await bot.get_my_short_description("id")).short_description == "Guyub"
    assert await bot.set_chat_menu_button(SARI, MenuButtonCommands())
    assert telegram.bot.menu_buttons == {SARI: {"type": "commands"}}
    assert (await bot.get_chat_menu_button(SARI)).type == "commands"


async def test_chats_and_members(telegram: TelegramEmulator, bot: Bot) -> None:
    forum = await bot.get_chat(FORUM)
    assert (forum.title, forum.is_forum, forum.type) == ("Pustakawan", True, "supergroup")
    assert (await bot.get_chat(SARI)).first_name == "Sari"
    assert (await bot.get_chat(CHANNEL)).type == "channel"
    assert (await bot.get_chat_member(FORUM, SARI)).status == "creator"
    assert (await bot.get_chat_member(FORUM, BUDI)).status == "member"
    me = await bot.get_chat_member(FORUM, telegram.bot.id)
    assert me.status == "administrator" and me.to_dict()["can_manage_topics"] is True
    telegram.person(510, "Tono")
    assert (await bot.get_chat_member(FORUM, 510)).status == "left"
    assert {one.user.id for one in await bot.get_chat_administrators(FORUM)} == {SARI, telegram.bot.id}
    assert await bot.get_chat_member_count(FORUM) == 3
    assert await bot.do_api_request("getChatMembersCount", {"chat_id": FORUM}) == 3
    assert await bot.leave_chat(GROUP)
    assert telegram.chat(GROUP).member(telegram.bot).status == "left"


async def test_topics(telegram: TelegramEmulator, bot: Bot) -> None:
    made = await bot.create_forum_topic(FORUM, "Sirkulasi")
    assert made.name == "Sirkulasi"
    sent = await bot.send_message(FORUM, "Selamat datang", message_thread_id=made.message_thread_id)
    assert (sent.message_thread_id, sent.is_topic_message) == (made.message_thread_id, True)
    assert sent.reply_to_message is not None and sent.reply_to_message.forum_topic_created is not None
    [seen] = telegram.chat(FORUM).messages
    assert seen.topic is not None and seen.topic.name == "Sirkulasi"


async def test_replies(telegram: TelegramEmulator, bot: Bot) -> None:
    topic = telegram.topic(telegram.chat(FORUM), "Pengadaan")
    question = telegram.person(BUDI).says("Bagaimana?", topic=topic)
    sent = await bot.send_message(FORUM, "Begini", reply_parameters=ReplyParameters(question.id))
    assert sent.reply_to_message is not None and sent.reply_to_message.text == "Bagaimana?"
    assert sent.message_thread_id == topic.id  # an answer lands where the question is
    assert telegram.chat(FORUM).last.reply_to is question
    telegram.person(BUDI).deletes(question)
    late = await bot.send_message(
        FORUM,
        "Telat",
        reply_parameters=ReplyParameters(question.id, allow_sending_without_reply=True),
        message_thread_id=topic.id,
    )
    assert late.text == "Telat" and telegram.chat(FORUM).last.reply_to is None


async def test_channels(telegram: TelegramEmulator, bot: Bot) -> None:
    sent = await bot.send_message(CHANNEL, "Pengumuman baru")
    assert sent.from_user is None and sent.sender_chat is not None and sent.sender_chat.id == CHANNEL


async def test_actions_log_out_and_close(telegram: TelegramEmulator, bot: Bot) -> None:
    assert await bot.send_chat_action(SARI, "typing")
    assert isinstance(telegram.clock, TestClock)
    telegram.clock.now += timedelta(minutes=10)
    assert await bot.close()
    assert await bot.log_out()


async def test_every_way_to_send_a_call(telegram: TelegramEmulator) -> None:
    url = f"{telegram.api_url}{telegram.bot.token}/sendMessage"
    form = {"chat_id": str(SARI), "text": "halo"}
    async with httpx.AsyncClient() as http:
        answers = [
            await http.get(url, params=form),
            await http.post(url, data=form),
            await http.post(url, json={"chat_id": SARI, "text": "halo"}),
            await http.post(url, data=form, files={"unused": b"x"}),
            await http.post(url.replace("sendMessage", "SENDMESSAGE"), data=form),
        ]
    assert [one.json()["ok"] for one in answers] == [True] * 5
    assert [one.text for one in telegram.person(SARI).inbox()] == ["halo"] * 5


async def test_the_ledger_holds_what_was_accepted_in_order(telegram: TelegramEmulator, bot: Bot) -> None:
    sent = await bot.send_message(SARI, "satu")
    await bot.get_chat(SARI)
    await bot.edit_message_text("dua", SARI, sent.message_id)
    assert [(one.method, one.chat_id) for one in telegram.ledger] == [("sendMessage", SARI), ("editMessageText", SARI)]
    assert telegram.accepted("editMessageText", telegram.chat(SARI))[0].params["text"] == "dua"
    assert telegram.accepted("sendMessage", telegram.chat(FORUM)) == []
    assert "getChat" in [one.method for one in telegram.calls]
