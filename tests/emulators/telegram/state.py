"""What Telegram holds, and who is told what: chats, members, messages, updates, privacy mode."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from tests.emulators.telegram import shapes
from tests.emulators.telegram.bots import Bot
from tests.emulators.telegram.limits import Rates
from tests.emulators.telegram.model import Chat, Member, Message, Status, StoredFile, Topic, User
from tests.emulators.telegram.text import cut

Clock = Callable[[], datetime]


@dataclass(eq=False, repr=False)
class Press:
    """A button pressed. `text`, `alert`, `url`: the bot's answer; `heard`: set with it."""

    id: str
    by: User
    message: Message
    data: str
    at: datetime
    bot: Bot
    answered: bool = False
    text: str = ""
    alert: bool = False
    url: str | None = None
    heard: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Record:
    """One call of the Bot API. `accepted`: Telegram did it; `status`: what the caller was told (None: nothing)."""

    at: datetime
    bot: Bot | None
    method: str
    params: dict[str, Any]
    files: tuple[str, ...] = ()
    accepted: bool = False
    status: int | None = None
    result: Any = None
    description: str = ""

    @property
    def chat_id(self) -> int | None:
        value = str(self.params.get("chat_id", ""))
        return int(value) if value.lstrip("-").isdigit() else None


@dataclass(eq=False, repr=False)
class State:
    clock: Clock
    rates: Rates = field(default_factory=Rates)
    bots: list[Bot] = field(default_factory=list)
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    privates: dict[tuple[int, int], Chat] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    links: dict[str, tuple[StoredFile, datetime]] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    calls: list[Record] = field(default_factory=list)
    ids: count[int] = field(default_factory=lambda: count(1))
    small_ids: count[int] = field(default_factory=lambda: count(1))
    callback_life: float = 15.0

    def __post_init__(self) -> None:
        self.began = self.clock()

    # ---- messages ------------------------------------------------------------------------------------------------------

    def new_message(self, chat: Chat, sender: User | None, **fields: Any) -> Message:
        """Ids run by chat in supergroups and channels, by account elsewhere."""
        if chat.type in ("supergroup", "channel"):
            chat.last_id += 1
        else:
            chat.last_id = next(self.small_ids)
        message = Message(chat, chat.last_id, self.clock(), sender, **fields)
        chat.by_id[message.id] = message
        if isinstance(sender, Bot):
            chat.last_bot = sender.id
        return message

    def serve(self, chat: Chat, sender: User | None, topic: Topic | None = None, **service: Any) -> Message:
        """A service message, told to every bot there."""
        message = self.new_message(chat, sender, service=service, topic=topic)
        self.tell(message)
        return message

    def new_topic(self, chat: Chat, by: User, name: str, color: int = 7322096) -> Topic:
        """A topic and the service message that makes it; both have one id."""
        created = {"forum_topic_created": {"name": name, "icon_color": color}}
        message = self.new_message(chat, by, service=created)
        message.topic = chat.topics[message.id] = Topic(chat, message.id, name, color)
        self.tell(message)
        return message.topic

    def place_reply(self, message: Message, reply_to: Message | None, topic: Topic | None) -> None:
        """Topic and thread as Telegram sets them: a reply outside topics opens a thread named after its root."""
        message.reply_to = reply_to
        message.topic = topic or (reply_to.topic if reply_to else None)
        if reply_to is not None and message.topic is None and message.chat.type == "supergroup":
            message.thread = reply_to.thread or reply_to.id

    def tell(self, message: Message, edited: bool = False) -> None:
        kind = "channel_post" if message.chat.type == "channel" else "message"
        for bot in self.bots:
            if self.sees(bot, message):
                self._met(bot, message)
                bot.push(f"edited_{kind}" if edited else kind, shapes.message(message), self.clock())

    def _met(self, bot: Bot, message: Message) -> None:
        for who in (message.sender, message.reply_to.sender if message.reply_to else None):
            if who is not None:
                bot.met.add(who.id)
        bot.met.update(one["id"] for one in message.service.get("new_chat_members", []))

    def sees(self, bot: Bot, message: Message) -> bool:
        """Privacy mode: in groups only commands, mentions, replies to it and service messages, unless admin or off."""
        chat, member = message.chat, message.chat.member(bot)
        if message.sender is bot:
            return False
        if chat.type == "private":
            return chat.bot is bot
        if not member.inside or (chat.migrated_to is not None and "migrate_to_chat_id" not in message.service):
            return False
        if chat.type == "channel":
            return member.admin
        if message.sender is not None and message.sender.is_bot and not message.service:
            return False
        return bool(message.service) or member.admin or not bot.privacy or self._meant_for(bot, message)

    def _meant_for(self, bot: Bot, message: Message) -> bool:
        if message.reply_to is not None and message.reply_to.sender is bot:
            return True
        me = f"@{bot.username}".lower()
        for one in message.entities:
            words = cut(message.text, one).lower()
            if one["type"] == "mention" and words == me:
                return True
            if one["type"] == "text_mention" and one["user"]["id"] == bot.id:
                return True
            if one["type"] == "bot_command":
                _, at, name = words.partition("@")
                if (at and f"@{name}" == me) or (not at and message.chat.last_bot in (None, bot.id)):
                    return True
        return False

    # ---- members -------------------------------------------------------------------------------------------------------

    def set_member(
        self, chat: Chat, who: User, by: User, status: Status, rights: Iterable[str] = (), anonymous: bool = False
    ) -> None:
        """Change a membership and tell: my_chat_member to the bot concerned, chat_member to admins that asked for it."""
        old = chat.member(who)
        new = chat.members[who.id] = Member(status, frozenset(rights), anonymous)
        chat.users[who.id] = who
        change = self._change(chat, who, by, old, new)
        for bot in self.bots:
            if bot is who:
                bot.met.add(by.id)
                bot.push("my_chat_member", change, self.clock())
            elif chat.type != "private" and chat.member(bot).admin:
                bot.push("chat_member", change, self.clock())

    def _change(self, chat: Chat, who: User, by: User, old: Member, new: Member) -> dict[str, Any]:
        return {
            "chat": shapes.chat(chat), "from": shapes.user(by), "date": shapes.seconds(self.clock()),
            "old_chat_member": shapes.member(who, old, chat), "new_chat_member": shapes.member(who, new, chat),
        }  # fmt: skip

    def private(self, person: User, bot: Bot) -> Chat:
        key = (bot.id, person.id)
        if key not in self.privates:
            users = {person.id: person, bot.id: bot}
            members = {one: Member() for one in users}
            self.privates[key] = Chat(person.id, "private", person=person, bot=bot, users=users, members=members)
        return self.privates[key]

    # ---- reactions -----------------------------------------------------------------------------------------------------

    def react(self, message: Message, by: User, emoji: list[str], anonymous: bool = False) -> None:
        """Told to admins (and in private) that asked for it; reactions of bots are told to nobody."""
        chat, now = message.chat, self.clock()
        where = {"chat": shapes.chat(chat), "message_id": message.id, "date": shapes.seconds(now)}
        old = message.reactions.get(by.id, [])
        if not anonymous and old == emoji:
            return
        if anonymous:
            kind = "message_reaction_count"
            message.anonymous_reactions.update(emoji)
            tally = message.anonymous_reactions.items()
            where |= {"reactions": [{"type": shapes.reaction(one), "total_count": many} for one, many in tally]}
        else:
            kind = "message_reaction"
            message.reactions[by.id] = emoji
            lists = {"old_reaction": old, "new_reaction": emoji}
            where |= {"user": shapes.user(by)} | {name: [shapes.reaction(one) for one in some] for name, some in lists.items()}
        if by.is_bot:
            return
        for bot in self.bots:
            if chat.member(bot).admin or chat.bot is bot:
                bot.push(kind, where, now)
