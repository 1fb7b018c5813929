"""A person with a Telegram client: writes, edits, reacts, presses buttons. Each act is told to the bots that may know."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.emulators.telegram import shapes
from tests.emulators.telegram.bots import Bot
from tests.emulators.telegram.media import PIXEL, store
from tests.emulators.telegram.model import Chat, Member, Message, StoredFile, Topic, User
from tests.emulators.telegram.params import Upload
from tests.emulators.telegram.reactions import ALLOWED, plain
from tests.emulators.telegram.state import Press, State
from tests.emulators.telegram.text import Entity, clean, find_entities, units


@dataclass(eq=False, repr=False)
class Writer(User):
    """`in_` is a chat, None for the private chat with `bot` (None: the first bot). Impossible acts raise ValueError."""

    state: State = field(kw_only=True, repr=False)

    def private(self, bot: Bot | None = None) -> Chat:
        """The private chat with a bot: what this person sees there is its `messages`."""
        return self.state.private(self, bot or self.state.bots[0])

    def inbox(self, bot: Bot | None = None) -> list[Message]:
        """What the bot wrote to this person, in order."""
        chat = self.private(bot)
        return [one for one in chat.messages if one.sender is chat.bot]

    # ---- writing -------------------------------------------------------------------------------------------------------

    def says(
        self,
        text: str,
        in_: Chat | None = None,
        *,
        topic: Topic | None = None,
        reply_to: Message | None = None,
        bot: Bot | None = None,
        entities: Sequence[Entity] = (),
        anonymous: bool = False,
        files: Sequence[StoredFile] = (),
        album: str | None = None,
    ) -> Message:
        """Text (or, with `files`, a caption). `reply_to` alone answers in that message's chat and topic."""
        chat = in_ or (topic.chat if topic else reply_to.chat if reply_to else self.private(bot))
        text, given = clean(text, list(entities))
        self._must_be_able(chat, topic, text, bool(files))
        hidden = anonymous or chat.type == "channel"
        message = self.state.new_message(
            chat,
            self,
            text=text,
            entities=find_entities(text, given),
            files=list(files),
            album=album,
            sender_chat=chat if hidden else None,
        )
        self.state.place_reply(message, reply_to, topic)
        self.state.tell(message)
        return message

    def _must_be_able(self, chat: Chat, topic: Topic | None, text: str, files: bool) -> None:
        if not text and not files:
            raise ValueError("Telegram sends no empty message")
        if units(text) > (1024 if files else 4096):
            raise ValueError("too long: the client would split it")
        if chat.person is not None:
            bot = chat.bot
            if chat.person is not self or not isinstance(bot, Bot):
                raise ValueError("not this person's private chat")
            if self.id in bot.blocked:
                raise ValueError(f"{self.first_name} blocked the bot: unblock it first")
            bot.started.add(self.id)
            bot.met.add(self.id)
            return
        member = chat.member(self)
        if not member.inside or (chat.type == "channel" and not member.admin):
            raise ValueError(f"{self.first_name} may not write in {chat.title}")
        if chat.migrated_to is not None:
            raise ValueError(f"{chat.title} became a supergroup")
        if topic is not None and (topic.deleted or (topic.closed and not member.admin)):
            raise ValueError(f"the topic {topic.name} is closed")

    def commands(self, name: str, words: str = "", in_: Chat | None = None, *, at: bool = False, **where: Any) -> Message:
        """/name words; `at` addresses the first bot by name, as clients do in groups with several."""
        address = f"@{self.state.bots[0].username}" if at else ""
        return self.says(f"/{name}{address} {words}".strip(), in_, **where)

    def mentions(self, text: str, in_: Chat | None = None, *, bot: Bot | None = None, **where: Any) -> Message:
        """@bot text."""
        return self.says(f"@{(bot or self.state.bots[0]).username} {text}", in_, **where)

    def starts(self, payload: str = "", bot: Bot | None = None) -> Message:
        """Presses Start, with the payload of a deep link."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload):
            raise ValueError(f"no start payload: {payload!r}")
        return self.says(f"/start {payload}".strip(), bot=bot)

    def follows(self, link: str) -> Message:
        """Opens https://t.me/bot?start=payload and presses Start."""
        parts = urlsplit(link if "//" in link else f"https://{link}")
        bots = [one for one in self.state.bots if f"/{one.username}".lower() == parts.path.lower()]
        if parts.hostname != "t.me" or not bots:
            raise ValueError(f"leads to no bot: {link}")
        return self.starts(parse_qs(parts.query).get("start", [""])[0], bots[0])

    def edits(self, message: Message, text: str, entities: Sequence[Entity] = ()) -> None:
        if message.sender is not self or message.deleted:
            raise ValueError("one edits only one's own messages")
        message.edits.append(message.text)
        message.text, given = clean(text, list(entities))
        message.entities = find_entities(message.text, given)
        message.edited_at = self.state.clock()
        self.state.tell(message, edited=True)

    def deletes(self, message: Message) -> None:
        """No bot is told: the Bot API has no update for it."""
        message.deleted = True

    # ---- files ---------------------------------------------------------------------------------------------------------

    def sends_document(
        self, content: bytes, name: str = "catatan.pdf", caption: str = "", in_: Chat | None = None, *,
        mime: str = "application/pdf", size: int | None = None, **where: Any,
    ) -> Message:  # fmt: skip
        """`size` claims more than `content` holds."""
        return self.says(caption, in_, files=[store(self.state, "document", Upload(name, content, mime), size)], **where)

    def sends_photo(self, content: bytes = PIXEL, caption: str = "", in_: Chat | None = None, **where: Any) -> Message:
        return self.says(caption, in_, files=[store(self.state, "photo", Upload("", content, "image/jpeg"))], **where)

    def sends_album(self, contents: Sequence[bytes], caption: str = "", in_: Chat | None = None, **where: Any) -> list[Message]:
        """Photos in one media group, the caption under the first: a message each."""
        album = f"{13_000_000_000_000 + next(self.state.ids)}"
        captions = [caption, *("" for _ in contents[1:])]
        return [
            self.sends_photo(content, words, in_, album=album, **where)
            for content, words in zip(contents, captions, strict=True)
        ]

    # ---- reacting and pressing -----------------------------------------------------------------------------------------

    def reacts(self, message: Message, emoji: str, *, anonymous: bool = False) -> None:
        """Replaces this person's reaction, as clients do. In channels and with `anonymous` only the count is told."""
        if plain(emoji) not in ALLOWED:
            raise ValueError(f"Telegram offers no reaction {emoji}")
        if message.deleted or message.service:
            raise ValueError("nothing there to react to")
        hidden = anonymous or message.chat.type == "channel"
        self.state.react(message, self, [plain(emoji)], hidden)

    def takes_back(self, message: Message) -> None:
        """Removes this person's reaction."""
        self.state.react(message, self, [])

    def taps(self, label: str, message: Message | None = None, in_: Chat | None = None) -> Press:
        """Presses a button by its text or data; without `message` the newest that has it. Does not wait."""
        found = message or self._with_button(label, in_ or self.private())
        button, bot = found.button(label), found.sender
        if button.data is None or not isinstance(bot, Bot):
            raise ValueError(f"{label!r} asks no bot")
        if found.deleted:
            raise ValueError("the message is gone")
        state = self.state
        press = Press(str(4_000_000_000_000_000 + next(state.ids)), self, found, button.data, state.clock(), bot)
        state.presses[press.id] = press
        bot.met.add(self.id)
        callback = {"id": press.id, "from": shapes.user(self), "message": shapes.message(found), "data": button.data}
        bot.push("callback_query", callback | {"chat_instance": str(hash(found.chat.id))}, state.clock())
        return press

    def _with_button(self, label: str, chat: Chat) -> Message:
        for one in reversed(chat.messages):
            if any(label in (button.text, button.data) for row in one.buttons for button in row):
                return one
        raise LookupError(f"nobody offers a button {label!r} there")

    async def presses(self, label: str, message: Message | None = None, in_: Chat | None = None, within: float = 5.0) -> Press:
        """The same, and waits for the bot's answer (its text, alert and url); TimeoutError where none comes."""
        press = self.taps(label, message, in_)
        async with asyncio.timeout(within):
            await press.heard.wait()
        return press

    # ---- what the client shows -----------------------------------------------------------------------------------------

    def menu(self, in_: Chat | None = None, bot: Bot | None = None) -> list[str]:
        """The commands that the client offers there, by the Bot API's order of scopes, in this person's language."""
        bot, chat = bot or self.state.bots[0], in_ or self.private(bot)
        member: Member = chat.member(self)
        if chat.type == "private":
            scopes = [f"chat:{chat.id}", "all_private_chats", "default"]
        else:
            admin = [f"chat_administrators:{chat.id}"] if member.admin else []
            everywhere = ["all_chat_administrators"] if member.admin else []
            scopes = [f"chat_member:{chat.id}:{self.id}", *admin, f"chat:{chat.id}", *everywhere, "all_group_chats", "default"]
        for scope in scopes:
            for language in (self.language or "", ""):
                if commands := bot.commands.get((scope, language)):
                    return [one["command"] for one in commands]
        return []
