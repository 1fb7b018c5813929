"""The Telegram Bot API as a strict HTTP server on loopback, judged by python-telegram-bot.

    async with TelegramEmulator(clock=clock, privacy=False) as telegram:
        sari = telegram.person(501, "Sari", started=True)         # has pressed Start; without it the bot gets 403
        forum = telegram.supergroup(-1001234567890, "Pustakawan", forum=True, members=[sari], bot_status="administrator")
        topic = telegram.topic(forum, "Sirkulasi")                # has long been there; sari.makes_topic(…) is told to bots

        Bot(telegram.bot.token, base_url=telegram.api_url, base_file_url=telegram.file_url)

        question = sari.says("Bagaimana menghitung denda?", topic=topic)
        card = await telegram.hears(forum, "diteruskan")          # waits for a bot's message with these words
        press = await sari.presses("Ini menjawab", card)          # by text or data; press.text, press.alert, press.url
        sari.reacts(card, "👍"); sari.says("terima kasih", reply_to=card); sari.commands("cari", "denda", forum)
        assert card.edits and card.buttons and question.emoji == ["👀"]
        assert [one.method for one in telegram.ledger] == [...]   # every accepted act, in order
        telegram.faults.next("sendMessage", status(500).lost())   # tests/emulators/faults.py; `flood(30)` for Telegram's 429

**People act** at once and synchronously (only `presses` waits for the bot); what the bot may know becomes an update, held
until it is confirmed by getUpdates' offset or taken by the webhook. `person.py` writes and reacts, `belonging.py` joins,
blocks, renames, migrates. **Looking**: `telegram.chat(id).messages` (`text` is plain, `html` as sent, `entities`, `buttons`,
`files`, `reply_to`, `topic`, `edits`, `reactions`), `person.inbox()` what the bot wrote to somebody in private, `person.menu()`
the commands their client offers, `telegram.ledger` what was accepted, `telegram.calls` also what was refused,
`telegram.rates.early` calls made in a chat before a retry_after told there was over (a fault's too).

**Strict on purpose**: a supergroup's reply outside topics carries a message_thread_id that sendMessage then refuses; a link to
`localhost` in a button is refused; a second answer to a button is too late; an edit without reply_markup takes the keyboard.
Messages count 1 a second a chat, 20 a minute a group, 30 a second in all, on `clock`; edits, reactions and deletions only
in the last. Only parse_mode HTML is known; addresses given as files are refused. Long polls, webhook back-off and hanging
run in real time. A fault for any method (None) strikes getUpdates too: name the method, or "file" for downloads.
"""

from tests.emulators.telegram.belonging import Person
from tests.emulators.telegram.bots import Bot
from tests.emulators.telegram.emulator import TOKEN, TelegramEmulator, flood
from tests.emulators.telegram.model import Button, Chat, Member, Message, Topic
from tests.emulators.telegram.state import Press, Record

__all__ = [
    "TOKEN",
    "Bot",
    "Button",
    "Chat",
    "Member",
    "Message",
    "Person",
    "Press",
    "Record",
    "TelegramEmulator",
    "Topic",
    "flood",
]
