"""The emulator: state, HTTP server and webhooks in one, with the makers of bots, people and chats."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from tests.emulators.faults import Fault, Faults
from tests.emulators.telegram.belonging import Person
from tests.emulators.telegram.bots import Bot
from tests.emulators.telegram.errors import UNAUTHORIZED, Refused
from tests.emulators.telegram.methods.polling import end_poll
from tests.emulators.telegram.model import RIGHTS, Chat, ChatType, Member, Message, Status, Topic, User
from tests.emulators.telegram.server import Server
from tests.emulators.telegram.state import Clock, Record, State

TOKEN = "700000001:emulated-bot-token"
ALL_RIGHTS = frozenset(RIGHTS)
BotStatus = Status | None


def flood(retry_after: object = 30) -> Fault:
    """Telegram's 429 with any retry_after (nonsense too); None leaves the parameters out."""
    body: dict[str, Any] = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {retry_after}"}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return Fault("answer", 429, (("Content-Type", "application/json"),), json.dumps(body).encode())


class TelegramEmulator(State):
    """See the package's docstring. `clock` gives aware times; `limits=False` switches the rates off."""

    def __init__(
        self, *, clock: Clock | None = None, token: str = TOKEN, username: str = "guyub_bot", privacy: bool = True,
        limits: bool = True, seed: int = 0, callback_life: float = 15.0, webhook_waits: tuple[float, float] = (0.02, 1.0),
        webhook_timeout: float = 5.0,
    ) -> None:  # fmt: skip
        super().__init__(clock or (lambda: datetime.now(UTC)), callback_life=callback_life)
        self.rates.on = limits
        self.faults = Faults(seed)
        self.server = Server(self, self.faults, webhook_waits, webhook_timeout)
        self.bot = self.add_bot(token, username, privacy=privacy)

    async def __aenter__(self) -> TelegramEmulator:
        await self.server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.server.stop()

    @property
    def api_url(self) -> str:
        """python-telegram-bot's base_url: the token follows directly."""
        return f"http://127.0.0.1:{self.server.port}/bot"

    @property
    def file_url(self) -> str:
        """python-telegram-bot's base_file_url."""
        return f"http://127.0.0.1:{self.server.port}/file/bot"

    # ---- making --------------------------------------------------------------------------------------------------------

    def add_bot(self, token: str, username: str, *, privacy: bool = True, name: str = "Guyub") -> Bot:
        bot = Bot(int(token.partition(":")[0]), name, username, language=None, is_bot=True, token=token, privacy=privacy)
        self.bots.append(bot)
        self.users[bot.id] = bot
        return bot

    def person(
        self, id: int, name: str = "", *, username: str | None = None, language: str | None = "id", started: bool = False
    ) -> Person:
        """The person with this id, made at first mention; `started`: has opened the private chat with every bot."""
        known = self.users.get(id)
        if not isinstance(known, Person):
            first, _, last = (name or f"Orang {id}").partition(" ")
            known = self.users[id] = Person(id, first, username, last or None, language, state=self)
        if started:
            for bot in self.bots:
                bot.started.add(id)
                bot.met.add(id)
        return known

    def group(self, id: int, title: str, **kind: Any) -> Chat:
        """A basic group: id below zero, but not -100…. Keywords as in `make_chat`."""
        return self.make_chat("group", id, title, **kind)

    def supergroup(self, id: int, title: str, *, forum: bool = False, **kind: Any) -> Chat:
        """id -100…; `forum`: with topics. Keywords as in `make_chat`."""
        return self.make_chat("supergroup", id, title, forum=forum, **kind)

    def channel(self, id: int, title: str, **kind: Any) -> Chat:
        """id -100…; bots in it are administrators. Keywords as in `make_chat`."""
        return self.make_chat("channel", id, title, **({"bot_status": "administrator"} | kind))

    def make_chat(
        self, kind: ChatType, id: int, title: str, *, owner: Person | None = None, members: Sequence[Person] = (),
        bot_status: BotStatus = "member", bots: Sequence[Bot] | None = None, username: str | None = None, forum: bool = False,
    ) -> Chat:  # fmt: skip
        """A chat that has long been there: nobody is told. `bot_status` None: without bots; `bots` None: all of them."""
        big = str(id).startswith("-100") and len(str(id)) > 10
        if id >= 0 or big != (kind in ("supergroup", "channel")) or id in self.chats:
            raise ValueError(f"no id of a new {kind}: {id}")
        chat = self.chats[id] = Chat(id, kind, title, username, forum, last_id=int(forum))
        inside: dict[User, Status] = dict.fromkeys(members, "member")
        if owner is not None:
            inside[owner] = "creator"
        for who, status in inside.items():
            self._seat(chat, who, status)
        for bot in (self.bots if bots is None else bots) if bot_status else ():
            self._seat(chat, bot, bot_status or "member")
        return chat

    def _seat(self, chat: Chat, who: User, status: Status) -> None:
        chat.members[who.id] = Member(status, ALL_RIGHTS if status == "administrator" else frozenset())
        chat.users[who.id] = who

    def topic(self, chat: Chat, name: str, by: User | None = None) -> Topic:
        """A topic that has long been there: nobody is told."""
        if not chat.is_forum:
            raise ValueError(f"{chat.title} is no forum")
        maker = by or next(iter(chat.users.values()), self.bot)
        message = self.new_message(chat, None if isinstance(maker, Bot) else maker, service={})
        made = chat.topics[message.id] = Topic(chat, message.id, name)
        message.service, message.topic = {"forum_topic_created": {"name": name, "icon_color": made.icon_color}}, made
        return made

    # ---- looking -------------------------------------------------------------------------------------------------------

    def chat(self, id: int, bot: Bot | None = None) -> Chat:
        """A chat by its id; a person's id gives the private chat with the bot."""
        return self.person(id).private(bot) if id > 0 else self.chats[id]

    @property
    def ledger(self) -> list[Record]:
        """Every call that was accepted and did something, in order, whether or not the caller heard of it."""
        return [one for one in self.calls if one.accepted and not one.method.lower().startswith("get")]

    def accepted(self, method: str, chat: Chat | None = None) -> list[Record]:
        """The ledger of one method, in one chat."""
        here = [one for one in self.ledger if one.method.lower() == method.lower()]
        return here if chat is None else [one for one in here if one.chat_id == chat.id]

    async def until(self, true: Callable[[], object], within: float = 5.0) -> None:
        """Wait until `true()` is; TimeoutError otherwise."""
        async with asyncio.timeout(within):
            while not true():  # noqa: ASYNC110
                await asyncio.sleep(0.005)  # the condition may be anything

    async def hears(self, chat: Chat, words: str = "", within: float = 5.0) -> Message:
        """The newest message of a bot in the chat that has these words, waited for."""
        found: list[Message] = []

        def there() -> bool:
            found[:] = [one for one in chat.messages if isinstance(one.sender, Bot) and words in one.text]
            return bool(found)

        await self.until(there, within)
        return found[-1]

    async def settled(self, within: float = 5.0) -> None:
        """Wait until every bot has confirmed all its updates."""
        await self.until(lambda: not any(bot.waiting for bot in self.bots), within)

    def forget_calls(self) -> None:
        """Empty the ledger, for long runs in flat memory."""
        self.calls.clear()

    # ---- trouble -------------------------------------------------------------------------------------------------------

    def revoke(self, bot: Bot | None = None) -> None:
        """The token is revoked: 401 to everything, the poll that waits included."""
        bot = bot or self.bot
        bot.revoked = True
        end_poll(bot, Refused(*UNAUTHORIZED))
        if bot.hook is not None and bot.hook.task is not None:
            bot.hook.task.cancel()
        bot.hook = None

    async def goes_down(self) -> None:
        """Nobody can connect, open connections break, nothing is posted; people go on and updates are held."""
        await self.server.down()

    async def comes_back(self) -> None:
        await self.server.up()
