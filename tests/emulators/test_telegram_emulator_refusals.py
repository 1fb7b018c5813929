"""What the Bot API refuses: each limit and each error, in Telegram's words, as python-telegram-bot raises it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReactionTypeEmoji,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from tests.emulators.telegram import TelegramEmulator
from tests.emulators.telegram.media import PIXEL
from tests.emulators.telegram.official import official_bot
from tests.fakes import TestClock

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:.*(retry_after|do_api_request).*")]
FORUM, SUPER, GROUP, CHANNEL, SARI, BUDI = -1001234500001, -1001234500002, -4001, -1001234500009, 501, 502
Act = Callable[[Bot], Awaitable[Any]]


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(clock=TestClock(), limits=False) as one:
        sari = one.person(SARI, "Sari", started=True)
        forum = one.supergroup(FORUM, "Pustakawan", forum=True, owner=sari)
        one.supergroup(SUPER, "Ruang", owner=sari)
        one.group(GROUP, "Kelompok", owner=sari)
        one.channel(CHANNEL, "Pengumuman", owner=sari)
        one.topic(forum, "Sirkulasi", sari)
        sari.says("halo", one.chat(SARI))  # message 1 of the small chats
        yield one


@pytest.fixture
async def bot(telegram: TelegramEmulator) -> AsyncIterator[Bot]:
    async with official_bot(telegram) as one:
        yield one


def keys(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(rows)


def key(text: str = "Ya", data: str | None = "y", **more: Any) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=data, **more)


def many(count: int, a_row: int = 8) -> InlineKeyboardMarkup:
    every = [key(str(one)) for one in range(count)]
    return keys(*(every[at : at + a_row] for at in range(0, count, a_row)))


def commands(*names: str, words: str = "x") -> Act:
    return lambda bot: bot.set_my_commands([BotCommand(one, words) for one in names])


def says(text: str, chat: int | str = SARI, **more: Any) -> Act:
    return lambda bot: bot.send_message(chat, text, **more)


REFUSED: list[tuple[str, Act]] = [
    ("message text is empty", says("<b> </b>", parse_mode="HTML")),
    ("message is too long", says("😀" * 2049)),
    ("message is too long", says(f"<b>{'a' * 4097}</b>", parse_mode="HTML")),
    ("can't parse entities: Can't find end tag corresponding to start tag \"b\"", says("<b>a", parse_mode="HTML")),
    ("message caption is too long", lambda bot: bot.send_document(SARI, b"x", caption="a" * 1025)),
    ("chat not found", says("a", 999)),
    ("chat not found", says("a", -1009999999999)),
    ("chat not found", says("a", "@nobody_here")),
    ("message thread not found", says("a", FORUM, message_thread_id=77)),
    ("message thread not found", says("a", FORUM, message_thread_id=1)),  # General has no thread
    ("message thread not found", says("a", SUPER, message_thread_id=2)),
    ("message to be replied not found", says("a", reply_parameters=ReplyParameters(77))),
    ("BUTTON_DATA_INVALID", says("a", reply_markup=keys([key(data="é" * 33)]))),
    ("BUTTON_DATA_INVALID", says("a", reply_markup=keys([key(data="a" * 65)]))),
    ("reply markup is too long", says("a", reply_markup=many(9, 9))),
    ("reply markup is too long", says("a", reply_markup=many(101))),
    ("inline keyboard button text must be non-empty", says("a", reply_markup=keys([key(" ")]))),
    ("Text buttons are unallowed in the inline keyboard", says("a", reply_markup=keys([key(data=None)]))),
    ("exactly one of the optional fields must be used", says("a", reply_markup=keys([key(url="https://a.id")]))),
    ("is invalid: Wrong HTTP URL", says("a", reply_markup=keys([key(data=None, url="http://localhost:8765/")]))),
    ("message to edit not found", lambda bot: bot.edit_message_text("a", SARI, 77)),
    ("message can't be edited", lambda bot: bot.edit_message_text("a", SARI, 1)),
    ("message to delete not found", lambda bot: bot.delete_message(SARI, 77)),
    ("message can't be deleted", lambda bot: bot.delete_message(FORUM, 2)),
    ("REACTION_INVALID", lambda bot: bot.set_message_reaction(SARI, 1, "✅")),
    ("REACTIONS_TOO_MANY", lambda bot: bot.set_message_reaction(SARI, 1, ["👀", "👍"])),
    ("message to react not found", lambda bot: bot.set_message_reaction(SARI, 77, "👀")),
    ("query is too old and response timeout expired or query ID is invalid", lambda bot: bot.answer_callback_query("77")),
    ("there is no document in the request", lambda bot: bot.do_api_request("sendDocument", {"chat_id": SARI})),
    ("file must be non-empty", lambda bot: bot.send_document(SARI, b"", filename="kosong.txt")),
    ("wrong file identifier/HTTP URL specified", lambda bot: bot.send_document(SARI, "BQAC-unknown")),
    ("failed to get HTTP URL content", lambda bot: bot.send_photo(SARI, "https://perpus.id/a.png")),
    ("IMAGE_PROCESS_FAILED", lambda bot: bot.send_photo(SARI, b"not a picture")),
    ("is too big for a photo", lambda bot: bot.send_photo(SARI, PIXEL + bytes(10 << 20))),
    ("wrong number of media in an album", lambda bot: bot.send_media_group(SARI, [InputMediaPhoto(PIXEL)] * 11)),
    ("wrong file_id or the file is temporarily unavailable", lambda bot: bot.get_file("unknown")),
    ("BOT_COMMANDS_TOO_MUCH", commands(*(f"c{one}" for one in range(101)))),
    ("Command length must not exceed 32", commands("a" * 33)),
    ("BOT_COMMAND_INVALID", commands("Tanya")),
    ("BOT_COMMAND_INVALID", commands("tanya-ahli")),
    ("Command description must be non-empty", commands("tanya", words=" ")),
    ("Command description length must not exceed 256", commands("tanya", words="a" * 257)),
    ("invalid language code specified", lambda bot: bot.set_my_commands([], language_code="indonesia")),
    ("not enough rights to create a topic", lambda bot: bot.create_forum_topic(FORUM, "Baru")),
    ("the chat is not a forum", lambda bot: bot.create_forum_topic(SUPER, "Baru")),
    ("wrong parameter action in request", lambda bot: bot.send_chat_action(SARI, "dancing")),
    ("user not found", lambda bot: bot.get_chat_member(FORUM, 999)),
    ("there are no administrators in the private chat", lambda bot: bot.get_chat_administrators(SARI)),
    ("chat_id is empty", lambda bot: bot.do_api_request("sendMessage", {"text": "a"})),
    ("unsupported parse_mode", says("a", parse_mode="MarkdownV2")),
    ("An HTTPS URL must be provided for webhook", lambda bot: bot.set_webhook("http://perpus.id/hook")),
    ("only on ports 80, 88, 443 or 8443", lambda bot: bot.set_webhook("https://perpus.id:9000/hook")),
    ("secret token contains unallowed characters", lambda bot: bot.set_webhook("https://perpus.id/hook", secret_token="a b")),
]


@pytest.mark.parametrize(("why", "act"), REFUSED, ids=[f"{n}-{why}" for n, (why, _) in enumerate(REFUSED)])
async def test_refused_with_400(telegram: TelegramEmulator, bot: Bot, why: str, act: Act) -> None:
    with pytest.raises(BadRequest) as caught:
        await act(bot)
    assert why.lower() in caught.value.message.lower()
    assert telegram.ledger == []


TAKEN: list[Act] = [
    says("😀" * 2048),
    says(f"<b>{'a' * 4096}</b>", parse_mode="HTML"),
    says("a", reply_markup=keys([key(data="é" * 32)])),
    says("a", reply_markup=many(100)),
    lambda bot: bot.send_document(SARI, b"x", caption="a" * 1024),
    commands("a" * 32, words="a" * 256),
    commands(*(f"c{one}" for one in range(100))),
    lambda bot: bot.set_message_reaction(SARI, 1, ReactionTypeEmoji("❤️")),
]


@pytest.mark.parametrize("act", TAKEN)
async def test_at_the_limit_it_is_taken(telegram: TelegramEmulator, bot: Bot, act: Act) -> None:
    await act(bot)
    assert len(telegram.ledger) == 1


async def test_an_edit_that_changes_nothing(bot: Bot) -> None:
    sent = await bot.send_message(SARI, "<b>a</b>", parse_mode="HTML", reply_markup=keys([key()]))
    with pytest.raises(BadRequest, match="Message is not modified: specified new message content"):
        await bot.edit_message_text("<b>a</b>", SARI, sent.message_id, parse_mode="HTML", reply_markup=keys([key()]))
    assert await bot.edit_message_text("a", SARI, sent.message_id, reply_markup=keys([key()]))  # bold was a change


async def test_text_and_caption_are_edited_by_their_own_methods(bot: Bot) -> None:
    text, paper = await bot.send_message(SARI, "a"), await bot.send_document(SARI, b"x", caption="b")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("c", SARI, paper.message_id)
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(SARI, text.message_id, caption="c")


async def test_people_who_cannot_be_reached(telegram: TelegramEmulator, bot: Bot) -> None:
    budi, sari = telegram.person(BUDI, "Budi"), telegram.person(SARI)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(BUDI, "a")
    budi.joins(telegram.chat(SUPER))  # now the bot has met him, but he has not pressed Start
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(BUDI, "a")
    budi.starts()
    await bot.send_message(BUDI, "a")
    sari.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(SARI, "a")
    sari.unblocks()
    await bot.send_message(SARI, "a")
    budi.deletes_account()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(BUDI, "a")


@pytest.mark.parametrize(("chat_id", "kind"), [(SUPER, "supergroup"), (GROUP, "group"), (CHANNEL, "channel")])
async def test_kicked_and_left(telegram: TelegramEmulator, bot: Bot, chat_id: int, kind: str) -> None:
    sari, chat = telegram.person(SARI), telegram.chat(chat_id)
    sari.kicks(telegram.bot, chat)
    for act in (says("a", chat_id), lambda bot: bot.get_chat(chat_id)):
        with pytest.raises(Forbidden, match=f"bot was kicked from the {kind} chat"):
            await act(bot)
    sari.adds(telegram.bot, chat, admin=True)
    await bot.leave_chat(chat_id)
    with pytest.raises(Forbidden, match=f"bot is not a member of the {kind} chat"):
        await bot.send_message(chat_id, "a")


async def test_rights_are_needed(telegram: TelegramEmulator, bot: Bot) -> None:
    sari, room, channel = telegram.person(SARI), telegram.chat(SUPER), telegram.chat(CHANNEL)
    sari.silences(telegram.bot, room)
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(SUPER, "a")
    sari.demotes(telegram.bot, channel)
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await bot.send_message(CHANNEL, "a")
    sari.closes_topic(telegram.chat(FORUM).topics[2])
    with pytest.raises(BadRequest, match=r"(?i)TOPIC_CLOSED"):
        await bot.send_message(FORUM, "a", message_thread_id=2)
    sari.deletes_topic(telegram.chat(FORUM).topics[2])
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(FORUM, "a", message_thread_id=2)


async def test_a_group_that_became_a_supergroup(telegram: TelegramEmulator, bot: Bot) -> None:
    grown = telegram.person(SARI).turns_into_supergroup(telegram.chat(GROUP), -1001234599999)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(GROUP, "a")
    assert caught.value.new_chat_id == grown.id
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{telegram.api_url}{telegram.bot.token}/sendMessage", data={"chat_id": GROUP, "text": "a"})
    assert answer.json()["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    await bot.send_message(grown.id, "a")


async def test_a_reply_outside_topics_names_a_thread_that_cannot_be_written_to(telegram: TelegramEmulator, bot: Bot) -> None:
    sari, room = telegram.person(SARI), telegram.chat(SUPER)
    sari.promotes(telegram.bot, room)
    answer = sari.says("jawab", reply_to=sari.says("tanya", room))
    update = (await bot.get_updates())[-1]
    assert update.message is not None and update.message.is_topic_message is None
    assert update.message.message_thread_id == answer.reply_to.id if answer.reply_to else None
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(SUPER, "a", message_thread_id=update.message.message_thread_id)


async def test_callback_answers(telegram: TelegramEmulator, bot: Bot) -> None:
    await bot.send_message(SARI, "a", reply_markup=keys([key()]))
    sari = telegram.person(SARI)
    press = sari.taps("Ya")
    with pytest.raises(BadRequest, match=r"(?i)MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(press.id, "a" * 201)
    with pytest.raises(BadRequest, match=r"(?i)URL_INVALID"):
        await bot.answer_callback_query(press.id, url="https://perpus.id")
    assert await bot.answer_callback_query(press.id, "a" * 200, show_alert=True, url="https://t.me/guyub_bot?start=x")
    assert (press.text, press.alert, press.url) == ("a" * 200, True, "https://t.me/guyub_bot?start=x")
    late = sari.taps("y")
    assert isinstance(telegram.clock, TestClock)
    telegram.clock.forward(seconds=16)
    for old in (press, late):
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(old.id)


async def test_old_messages_stay(telegram: TelegramEmulator, bot: Bot) -> None:
    sent = await bot.send_message(SARI, "a")
    assert isinstance(telegram.clock, TestClock)
    telegram.clock.forward(hours=49)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(SARI, sent.message_id)


async def test_files_too_big(telegram: TelegramEmulator, bot: Bot) -> None:
    telegram.person(SARI).sends_document(b"x", "buku.pdf", size=(20 << 20) + 1)
    telegram.person(SARI).sends_document(b"x", "bab.pdf", size=20 << 20)
    big, fits = [one.message.document for one in await bot.get_updates() if one.message and one.message.document]
    assert big is not None and fits is not None
    assert await bot.get_file(fits.file_id)
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(big.file_id)
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_document(SARI, bytes((50 << 20) + 1), filename="a.bin")


async def test_tokens_and_methods(telegram: TelegramEmulator, bot: Bot) -> None:
    with pytest.raises(InvalidToken, match="rejected by the server"):
        await Bot("700000001:wrong", base_url=telegram.api_url).initialize()
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{telegram.api_url}{telegram.bot.token}/sendTelepathy")
    assert (answer.status_code, answer.json()) == (
        404, {"ok": False, "error_code": 404, "description": "Not Found: method not found"},
    )  # fmt: skip
    telegram.revoke()
    with pytest.raises(TelegramError, match="Unauthorized"):
        await bot.send_message(SARI, "a")


async def test_logged_out(telegram: TelegramEmulator, bot: Bot) -> None:
    with pytest.raises(RetryAfter):
        await bot.close()  # in the first ten minutes
    await bot.log_out()
    with pytest.raises(BadRequest, match="Logged out"):
        await bot.get_me()


async def test_nonsense_is_refused_and_breaks_nothing(telegram: TelegramEmulator) -> None:
    url = f"{telegram.api_url}{telegram.bot.token}/"
    tries: list[tuple[str, dict[str, Any]]] = [
        ("sendMessage", {"json": ["a"]}),
        ("sendMessage", {"content": b"{", "headers": {"Content-Type": "application/json"}}),
        ("sendMessage", {"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}}),
        ("sendMessage", {"json": {"chat_id": SARI, "text": "a", "reply_markup": "{"}}),
        ("sendMessage", {"json": {"chat_id": SARI, "text": "a", "reply_markup": {"inline_keyboard": [{}]}}}),
        ("sendMessage", {"json": {"chat_id": SARI, "text": "a", "reply_parameters": {"message_id": "x"}}}),
        ("sendMessage", {"json": {"chat_id": SARI, "text": "a", "entities": [{"offset": 0, "length": 1}]}}),
        ("sendMessage", {"content": b'{"chat_id": 501, "text": "\\ud800"}', "headers": {"Content-Type": "application/json"}}),
        ("sendMediaGroup", {"json": {"chat_id": SARI, "media": "x"}}),
        ("setMyCommands", {"json": {"commands": {"a": 1}}}),
        ("setMessageReaction", {"json": {"chat_id": SARI, "message_id": 1, "reaction": [{"type": "smile"}]}}),
        ("getUpdates", {"json": {"allowed_updates": "x"}}),
    ]
    async with httpx.AsyncClient() as http:
        codes = [(name, (await http.post(url + name, **sent)).status_code) for name, sent in tries]
    assert [one for one in codes if one[1] != 400] == []
