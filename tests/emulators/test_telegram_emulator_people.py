"""What people do, as a bot hears of it and as a test sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update

from tests.emulators.telegram import Chat, Person, TelegramEmulator
from tests.emulators.telegram.official import official_bot
from tests.fakes import TestClock

pytestmark = pytest.mark.anyio
FORUM, SUPER, GROUP, CHANNEL = -1001234500001, -1001234500002, -4001, -1001234500009


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(clock=TestClock(), limits=False, privacy=False) as one:
        yield one


@pytest.fixture
async def bot(telegram: TelegramEmulator) -> AsyncIterator[Bot]:
    async with official_bot(telegram) as one:
        yield one


@pytest.fixture
def sari(telegram: TelegramEmulator) -> Person:
    return telegram.person(501, "Sari", username="sari_dewi", started=True)


@pytest.fixture
def forum(telegram: TelegramEmulator, sari: Person) -> Chat:
    return telegram.supergroup(FORUM, "Pustakawan", forum=True, owner=sari)


async def heard(bot: Bot) -> list[Update]:
    updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1, limit=1)
    return list(updates)


async def test_topics(bot: Bot, sari: Person, forum: Chat) -> None:
    topic = sari.makes_topic(forum, "Sirkulasi")
    question = sari.says("Bagaimana?", topic=topic)
    sari.says("Begini", reply_to=question)
    sari.says("di General", forum)
    sari.renames_topic(topic, "Layanan")
    sari.closes_topic(topic)
    sari.reopens_topic(topic)
    made, first, reply, general, renamed, closed, reopened = [one.message for one in await heard(bot) if one.message]
    assert made.forum_topic_created is not None and made.message_id == made.message_thread_id == topic.id
    assert (first.message_thread_id, first.is_topic_message, first.chat.is_forum) == (topic.id, True, True)
    assert first.reply_to_message is not None and first.reply_to_message.forum_topic_created is not None
    assert reply.reply_to_message is not None and reply.reply_to_message.message_id == question.id
    assert reply.reply_to_message.reply_to_message is None  # one level deep
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    assert renamed.forum_topic_edited is not None and renamed.forum_topic_edited.name == "Layanan"
    assert closed.forum_topic_closed is not None and reopened.forum_topic_reopened is not None


async def test_files(bot: Bot, sari: Person, forum: Chat) -> None:
    sari.sends_document(b"isi", "aturan.pdf", "Ini aturannya @guyub_bot", forum)
    sari.sends_photo(caption="papan", in_=forum)
    album = sari.sends_album([b"GIF89a\x02\x00\x03\x00"] * 3, "rapat", forum)
    paper, photo, *pictures = [one.message for one in await heard(bot) if one.message]
    assert paper.document is not None and (paper.document.file_name, paper.document.file_size) == ("aturan.pdf", 3)
    assert [paper.parse_caption_entity(one) for one in paper.caption_entities] == ["@guyub_bot"]
    assert (photo.caption, photo.photo[-1].width) == ("papan", 1)
    assert [(one.media_group_id, one.caption, one.photo[-1].height) for one in pictures] == [
        (album[0].album, "rapat", 3), (album[0].album, None, 3), (album[0].album, None, 3),
    ]  # fmt: skip
    assert bytes(await (await bot.get_file(paper.document.file_id)).download_as_bytearray()) == b"isi"


async def test_buttons(telegram: TelegramEmulator, bot: Bot, sari: Person, forum: Chat) -> None:
    keys = InlineKeyboardMarkup.from_row(
        [InlineKeyboardButton("Cocok", callback_data="fits:1"), InlineKeyboardButton("Buka", url="https://perpus.id/1")]
    )
    topic = telegram.topic(forum, "Sirkulasi")
    await bot.send_message(FORUM, "Ini?", reply_markup=keys, message_thread_id=topic.id)
    press = sari.taps("fits:1", in_=forum)
    [update] = await heard(bot)
    query = update.callback_query
    assert query is not None and (query.data, query.from_user.id, query.id) == ("fits:1", 501, press.id)
    assert query.message is not None and query.message.chat.id == FORUM
    assert query.message.to_dict()["message_thread_id"] == topic.id
    assert forum.last.button("Buka").url == "https://perpus.id/1"
    with pytest.raises(ValueError, match="asks no bot"):
        sari.taps("Buka", in_=forum)
    with pytest.raises(LookupError):
        sari.taps("Tidak ada", in_=forum)
    with pytest.raises(TimeoutError):
        await sari.presses("Cocok", in_=forum, within=0.05)  # nobody answers


async def test_deep_links(bot: Bot, telegram: TelegramEmulator) -> None:
    ana = telegram.person(509, "Ana Wati", language="en")
    ana.follows("https://t.me/guyub_bot?start=gabung_sirkulasi-1")
    [update] = await heard(bot)
    assert update.message is not None and update.message.text == "/start gabung_sirkulasi-1"
    assert [update.message.parse_entity(one) for one in update.message.entities] == ["/start"]
    assert update.effective_user is not None and update.effective_user.language_code == "en"
    assert (await bot.send_message(ana.id, "Selamat datang")).chat.last_name == "Wati"
    for payload in ("a" * 65, "a b", "é"):
        with pytest.raises(ValueError, match="start payload"):
            ana.starts(payload)


async def test_belonging(bot: Bot, telegram: TelegramEmulator, sari: Person, forum: Chat) -> None:
    budi = telegram.person(502, "Budi")
    room = telegram.supergroup(SUPER, "Ruang", owner=sari, bot_status=None)
    await heard(bot)  # asks for every kind of update
    sari.adds(telegram.bot, room)
    sari.promotes(telegram.bot, room, ["can_delete_messages"])
    budi.joins(room)
    budi.leaves(room)
    sari.renames(room, "Ruang Baca")
    sari.pins(sari.says("penting", room))
    sari.kicks(telegram.bot, room)
    updates = await heard(bot)
    mine = [one.my_chat_member for one in updates if one.my_chat_member]
    assert [(one.old_chat_member.status, one.new_chat_member.status) for one in mine] == [
        ("left", "member"), ("member", "administrator"), ("administrator", "kicked"),
    ]  # fmt: skip
    assert [one.chat_member.new_chat_member.status for one in updates if one.chat_member] == ["member", "left"]
    messages = [one.message for one in updates if one.message]
    assert [one.new_chat_members[0].id for one in messages if one.new_chat_members] == [telegram.bot.id, budi.id]
    assert [one.left_chat_member.id for one in messages if one.left_chat_member] == [budi.id]
    assert [one.new_chat_title for one in messages if one.new_chat_title] == ["Ruang Baca"]
    pinned = next(one.pinned_message for one in messages if one.pinned_message)
    assert pinned.to_dict()["text"] == "penting"
    sari.says("di belakangnya", room)
    assert await heard(bot) == []


async def test_blocking(bot: Bot, sari: Person) -> None:
    sari.blocks()
    sari.unblocks()
    changes = [one.my_chat_member for one in await heard(bot) if one.my_chat_member]
    assert [one.new_chat_member.status for one in changes] == ["kicked", "member"]
    assert {one.chat.type for one in changes} == {"private"}


async def test_growing(bot: Bot, telegram: TelegramEmulator, sari: Person) -> None:
    group = telegram.group(GROUP, "Kelompok", owner=sari)
    grown = sari.turns_into_supergroup(group, SUPER)
    sari.says("halo", grown)
    old, new, hello = [one.message for one in await heard(bot) if one.message]
    assert (old.chat.id, old.migrate_to_chat_id) == (GROUP, SUPER)
    assert (new.chat.id, new.migrate_from_chat_id, hello.chat.id) == (SUPER, GROUP, SUPER)
    with pytest.raises(ValueError, match="became a supergroup"):
        sari.says("masih di sini?", group)


async def test_names_that_hide(bot: Bot, telegram: TelegramEmulator, sari: Person, forum: Chat) -> None:
    sari.says("atas nama grup", forum, anonymous=True)
    channel = telegram.channel(CHANNEL, "Pengumuman", owner=sari)
    sari.edits(sari.says("Libur", channel), "Libur besok")
    hidden, posted, edited = await heard(bot)
    assert hidden.message is not None and hidden.message.from_user is not None and hidden.message.sender_chat is not None
    assert (hidden.message.from_user.username, hidden.message.sender_chat.id) == ("GroupAnonymousBot", FORUM)
    assert posted.channel_post is not None and edited.edited_channel_post is not None
    assert edited.edited_channel_post.text == "Libur besok"


async def test_deleting_tells_nobody(bot: Bot, sari: Person, forum: Chat) -> None:
    message = sari.says("keliru", forum)
    await heard(bot)
    sari.deletes(message)
    assert await heard(bot) == []
    assert (message.deleted, forum.messages) == (True, [])


async def test_what_no_client_lets_one_do(telegram: TelegramEmulator, sari: Person, forum: Chat) -> None:
    budi = telegram.person(502, "Budi")
    message = sari.says("halo", forum)
    blocked = telegram.person(503, "Tono", started=True)
    blocked.blocks()
    tries: list[Callable[[], object]] = [
        lambda: sari.says("", forum),
        lambda: sari.says("a" * 4097, forum),
        lambda: budi.says("halo", forum),
        lambda: budi.says("halo", sari.private()),
        lambda: budi.edits(message, "x"),
        lambda: sari.reacts(message, "✅"),
        lambda: sari.makes_topic(sari.private(), "x"),
        lambda: sari.follows("https://t.me/lain_bot?start=x"),
        lambda: telegram.supergroup(-4, "x"),
        lambda: telegram.group(-1001234500077, "x"),
        lambda: blocked.says("halo"),
    ]
    for one in tries:
        with pytest.raises(ValueError):
            one()


async def test_two_bots_have_chats_of_their_own(telegram: TelegramEmulator, bot: Bot, sari: Person) -> None:
    other = telegram.add_bot("700000002:other", "lain_bot")
    sari.starts(bot=other)
    async with official_bot(telegram, other.token) as second:
        await second.send_message(sari.id, "dari yang lain")
        assert len(await heard(second)) == 1
    assert await heard(bot) == []
    assert [one.text for one in sari.inbox(other)] == ["dari yang lain"]
    assert sari.inbox() == []


async def test_secrets_are_in_no_text_of_the_emulator(telegram: TelegramEmulator, bot: Bot, sari: Person) -> None:
    await bot.set_webhook("https://perpus.id/hook", secret_token="kenari_" * 5)
    shown = f"{telegram!r} {telegram.bot!r} {telegram.calls!r} {sari.says('halo')!r} {sari.private()!r}"
    assert telegram.bot.token not in shown and "kenari_" not in shown
