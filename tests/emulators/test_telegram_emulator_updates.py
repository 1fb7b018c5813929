"""Updates: long polls, confirming, privacy mode, who is told of reactions, webhooks, python-telegram-bot's Application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import Conflict
from telegram.ext import (
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    MessageReactionHandler,
    filters,
)

from tests.emulators.telegram import Chat, Person, TelegramEmulator
from tests.emulators.telegram.media import PIXEL
from tests.emulators.telegram.official import official_application, official_bot
from tests.fakes import TestClock

pytestmark = pytest.mark.anyio
FORUM, CHANNEL, GROUP = -1001234500001, -1001234500009, -4001


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(clock=TestClock(), limits=False) as one:
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


async def heard(bot: Bot, **more: Any) -> list[Update]:
    """What waits, confirmed."""
    updates = await bot.get_updates(**more)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1, limit=1)
    return list(updates)


def words(updates: list[Update]) -> list[str | None]:
    return [one.effective_message.text if one.effective_message else None for one in updates]


# ---- long polls ----------------------------------------------------------------------------------------------------------


async def test_a_poll_returns_as_soon_as_something_happens(bot: Bot, sari: Person) -> None:
    begun = time.monotonic()
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    assert not poll.done()
    sari.says("halo")
    assert words(list(await poll)) == ["halo"]
    assert time.monotonic() - begun < 10
    assert words(list(await bot.get_updates(timeout=30))) == ["halo"]  # not confirmed: given again


async def test_offset_confirms_and_limit_cuts(telegram: TelegramEmulator, bot: Bot, sari: Person) -> None:
    for number in range(5):
        sari.says(str(number))
    first = await bot.get_updates(limit=2)
    assert words(list(first)) == ["0", "1"]
    assert words(list(await bot.get_updates(offset=first[1].update_id + 1))) == ["2", "3", "4"]
    assert telegram.bot.delivered == 2
    assert words(list(await bot.get_updates(offset=-1))) == ["4"]
    assert words(list(await bot.get_updates())) == ["4"]


async def test_allowed_updates_are_remembered(bot: Bot, sari: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    sari.says("satu")
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=[])
    sari.says("dua")
    assert words(list(await bot.get_updates())) == ["dua"]


async def test_a_second_poller_ends_the_first(telegram: TelegramEmulator, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.until(lambda: telegram.bot.poll)
    async with official_bot(telegram) as other:
        second = asyncio.create_task(other.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one bot instance"):
            await first
        telegram.person(501).starts()
        assert len(await second) == 1


async def test_a_poller_that_hangs_up_is_forgotten(telegram: TelegramEmulator, bot: Bot) -> None:
    gone = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.until(lambda: telegram.bot.poll)
    gone.cancel()
    await telegram.until(lambda: telegram.bot.poll is None)


async def test_updates_are_kept_for_a_day(telegram: TelegramEmulator, bot: Bot, sari: Person) -> None:
    assert isinstance(telegram.clock, TestClock)
    sari.says("lama")
    telegram.clock.forward(hours=20)
    sari.says("baru")
    assert words(list(await bot.get_updates())) == ["lama", "baru"]
    telegram.clock.forward(hours=5)
    assert words(list(await bot.get_updates())) == ["baru"]
    assert len(telegram.bot.lost) == 1


# ---- privacy mode and rights ---------------------------------------------------------------------------------------------


async def test_privacy_mode(bot: Bot, sari: Person, forum: Chat) -> None:
    answer = await bot.send_message(FORUM, "halo")
    sari.says("obrolan", forum)
    sari.says("email sari@guyub_bot.id", forum)
    sari.commands("tanya", "denda", forum)
    sari.commands("tanya", "@lain", forum, at=True)
    sari.says("/tanya@lain_bot denda", forum)
    sari.mentions("bagaimana?", forum)
    sari.says("jawab", reply_to=forum.by_id[answer.message_id])
    sari.says("jawab orang", reply_to=sari.says("x", forum))
    sari.renames(forum, "Pustakawan Bogor")
    seen = words(await heard(bot))
    assert seen == ["/tanya denda", "/tanya@guyub_bot @lain", "@guyub_bot bagaimana?", "jawab", None]


async def test_a_bare_command_goes_to_the_bot_that_spoke_last(telegram: TelegramEmulator, bot: Bot, sari: Person) -> None:
    other = telegram.add_bot("700000002:other", "lain_bot")
    group = telegram.group(GROUP, "Kelompok", owner=sari)
    sari.commands("satu", in_=group)
    async with official_bot(telegram, other.token) as second:
        await second.send_message(GROUP, "aku")
        sari.commands("dua", in_=group)
        assert words(await heard(second)) == ["/satu", "/dua"]
    assert words(await heard(bot)) == ["/satu"]


@pytest.mark.parametrize("how", ["admin", "off"])
async def test_without_privacy_everything_is_seen(
    telegram: TelegramEmulator, bot: Bot, sari: Person, forum: Chat, how: str
) -> None:
    if how == "admin":
        sari.promotes(telegram.bot, forum)
    telegram.bot.privacy = how == "admin"
    message = sari.says("obrolan", forum)
    sari.edits(message, "obrolan lagi")
    last = (await heard(bot))[-2:]
    assert words(last) == ["obrolan", "obrolan lagi"]
    assert last[1].edited_message is not None and last[1].edited_message.edit_date is not None


@pytest.mark.parametrize(("admin", "asked", "told"), [(True, True, 2), (True, False, 0), (False, True, 0)])
async def test_reactions_are_told_to_admins_who_ask(
    telegram: TelegramEmulator, bot: Bot, sari: Person, forum: Chat, admin: bool, asked: bool, told: int
) -> None:
    if admin:
        sari.promotes(telegram.bot, forum)
    await heard(bot, allowed_updates=Update.ALL_TYPES if asked else [])
    message = sari.says("bagus", topic=telegram.topic(forum, "Sirkulasi"))
    sari.reacts(message, "👍")
    sari.takes_back(message)
    changes = [one.message_reaction for one in await heard(bot) if one.message_reaction]
    assert len(changes) == told
    if told:
        shapes = [one.to_dict() for one in changes]
        emoji = [tuple([r["emoji"] for r in one.get(key, [])] for key in ("old_reaction", "new_reaction")) for one in shapes]
        assert emoji == [([], ["👍"]), (["👍"], [])]
        assert (changes[0].user and changes[0].user.id, changes[0].message_id) == (sari.id, message.id)
        assert "message_thread_id" not in changes[0].to_json()


async def test_anonymous_reactions_are_only_counted(telegram: TelegramEmulator, bot: Bot, sari: Person) -> None:
    channel = telegram.channel(CHANNEL, "Pengumuman", owner=sari)
    await heard(bot, allowed_updates=Update.ALL_TYPES)
    post = sari.says("Libur besok", channel)
    sari.reacts(post, "🎉")
    posted, counted = await heard(bot)
    assert posted.channel_post is not None and posted.channel_post.from_user is None
    assert counted.message_reaction_count is not None
    assert [(one.type.to_dict()["emoji"], one.total_count) for one in counted.message_reaction_count.reactions] == [("🎉", 1)]


# ---- webhooks ------------------------------------------------------------------------------------------------------------

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def listening(answer: Answer) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def test_a_webhook_gets_updates_in_order_until_it_says_yes(telegram: TelegramEmulator, bot: Bot, sari: Person) -> None:
    posted: list[tuple[str, str, int]] = []
    codes = [200, 500, 302, 404, 200]

    async def answer(request: web.Request) -> web.Response:
        update = Update.de_json(await request.json())
        code = codes.pop(0) if codes else 200
        text = update.effective_message.text if update.effective_message else None
        posted.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), text or "", code))
        return web.Response(status=code)

    async with listening(answer) as url:
        assert await bot.set_webhook(url, secret_token="rahasia_" * 4, allowed_updates=["message"], max_connections=1)
        for text in ("satu", "dua", "tiga"):
            sari.says(text)
        await telegram.settled()
        assert [one[1:] for one in posted] == [
            ("satu", 200),
            ("dua", 500),
            ("dua", 302),
            ("dua", 404),
            ("dua", 200),
            ("tiga", 200),
        ]
        assert {one[0] for one in posted} == {"rahasia_" * 4}
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count, info.max_connections) == (url, 0, 1)
        assert info.last_error_message == "Wrong response from the webhook: 404 Not Found"
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        assert await bot.delete_webhook()
        sari.says("empat")
        assert words(list(await bot.get_updates())) == ["empat"]


async def test_a_webhook_may_answer_with_a_call(telegram: TelegramEmulator, bot: Bot, sari: Person) -> None:
    async def answer(request: web.Request) -> web.Response:
        chat = (await request.json())["message"]["chat"]["id"]
        return web.json_response({"method": "sendMessage", "chat_id": chat, "text": "terima kasih"})

    async with listening(answer) as url:
        await bot.set_webhook(url)
        sari.says("halo")
        assert (await telegram.hears(sari.private(), "terima kasih")).sender is telegram.bot
        assert [one.method for one in telegram.ledger] == ["setWebhook", "sendMessage"]


async def test_a_webhook_nobody_listens_to(telegram: TelegramEmulator, bot: Bot, sari: Person) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    sari.says("halo")
    hook = telegram.bot.hook
    assert hook is not None
    await telegram.until(lambda: hook.failed > 2)
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, info.last_error_message) == (1, "Connection refused")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_setting_a_webhook_ends_the_poll(telegram: TelegramEmulator, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.until(lambda: telegram.bot.poll)
    await bot.set_webhook("https://perpus.id/hook")
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll


# ---- the whole library ---------------------------------------------------------------------------------------------------


async def test_an_application_hears_everything(telegram: TelegramEmulator, sari: Person, forum: Chat) -> None:
    seen: list[tuple[str, Any]] = []
    app = official_application(telegram)

    def note(kind: str, what: Callable[[Any], Any]) -> Callable[[Update, Any], Coroutine[Any, Any, None]]:
        async def handle(update: Update, _: Any) -> None:
            seen.append((kind, what(update)))
            if update.callback_query:
                await update.callback_query.answer("Dicatat", show_alert=True)
            if kind == "command" and update.effective_message:
                fits = InlineKeyboardMarkup.from_button(InlineKeyboardButton("Cocok", callback_data="fits"))
                await update.effective_message.reply_html("<b>Ini</b>", reply_markup=fits)

        return handle

    app.add_handler(CommandHandler("tanya", note("command", lambda one: one.effective_message.text)))
    app.add_handler(MessageHandler(filters.PHOTO, note("album", lambda one: (one.message.media_group_id, one.message.caption))))
    topical = note("topic", lambda one: (one.message.message_thread_id, one.message.reply_to_message.forum_topic_created.name))
    app.add_handler(MessageHandler(filters.IS_TOPIC_MESSAGE & filters.TEXT, topical))
    app.add_handler(MessageHandler(filters.TEXT, note("message", lambda one: one.effective_message.text)))
    app.add_handler(CallbackQueryHandler(note("button", lambda one: one.callback_query.data)))
    app.add_handler(MessageReactionHandler(note("reaction", lambda one: one.message_reaction.new_reaction[0].emoji)))
    app.add_handler(ChatMemberHandler(note("member", lambda one: one.my_chat_member.new_chat_member.status)))
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling(poll_interval=0, timeout=5, allowed_updates=Update.ALL_TYPES)
        sari.promotes(telegram.bot, forum)
        topic = telegram.topic(forum, "Sirkulasi")
        question = sari.says("Bagaimana?", topic=topic)
        sari.says("pribadi")
        sari.commands("tanya", "denda")
        card = await telegram.hears(sari.private(), "Ini")
        press = await sari.presses("Cocok")
        sari.reacts(question, "👍")
        first, _ = sari.sends_album([b"GIF89a\x01\x00\x01\x00", PIXEL], "dua foto")
        sari.blocks()
        await telegram.settled()
        await telegram.until(lambda: len(seen) == 9)
        await app.updater.stop()
        await app.stop()
    assert (press.text, press.alert, card.html) == ("Dicatat", True, "<b>Ini</b>")
    assert sorted(seen, key=str) == sorted(
        [
            ("member", "administrator"), ("topic", (topic.id, "Sirkulasi")), ("message", "pribadi"),
            ("command", "/tanya denda"),
            ("button", "fits"), ("reaction", "👍"), ("album", (first.album, "dua foto")), ("album", (first.album, None)),
            ("member", "kicked"),
        ],
        key=str,
    )  # fmt: skip
