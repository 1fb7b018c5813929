"""The Bot API's methods, one function each. Names are matched without regard to case, as Telegram does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.emulators.telegram.bots import Bot
from tests.emulators.telegram.errors import bad, forbidden
from tests.emulators.telegram.model import Chat, Message
from tests.emulators.telegram.params import Params
from tests.emulators.telegram.state import State


@dataclass
class Call:
    state: State
    bot: Bot
    method: str
    params: Params

    @property
    def now(self) -> datetime:
        return self.state.clock()

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat that a call names, if the bot may know it; whether it may write there is `reach`'s matter."""
        given = self.params.text(name).strip()
        if not given:
            raise bad("chat_id is empty")
        if given.startswith("@"):
            public = [one for one in self.state.chats.values() if (one.username or "").lower() == given[1:].lower()]
            found = public[0] if public else None
        elif not given.lstrip("-").isdigit():
            found = None
        elif int(given) > 0:
            return self._private(int(given))
        else:
            found = self.state.chats.get(int(given))
        if found is None or (self.bot.id not in found.members and not found.username):
            raise bad("chat not found")
        if found.migrated_to is not None:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=found.migrated_to.id)
        return found

    def _private(self, number: int) -> Chat:
        person = self.state.users.get(number)
        if person is None or number not in self.bot.met | self.bot.started:
            raise bad("chat not found")
        return self.state.private(person, self.bot)

    def reach(self, what: str = "text messages") -> Chat:
        """The chat, if the bot may write there."""
        chat = self.chat()
        if chat.person is not None:
            self._reach_person(chat)
            return chat
        member = chat.member(self.bot)
        if member.status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if not member.inside:
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        if chat.type == "channel" and not member.may("can_post_messages"):
            raise bad("need administrator rights in the channel chat")
        if not member.admin and (member.status == "restricted" or not chat.members_may_send):
            raise bad(f"not enough rights to send {what} to the chat")
        return chat

    def _reach_person(self, chat: Chat) -> None:
        person = chat.person
        assert person is not None
        if person.is_bot:
            raise forbidden("bot can't send messages to bots")
        if person.deactivated:
            raise forbidden("user is deactivated")
        if person.id in self.bot.blocked:
            raise forbidden("bot was blocked by the user")
        if person.id not in self.bot.started:
            raise forbidden("bot can't initiate conversation with a user")

    def message(self, chat: Chat, what: str) -> Message:
        """The message that a call names; `what` finishes "message … not found"."""
        found = chat.by_id.get(self.params.whole("message_id"))
        if found is None or found.deleted:
            raise bad(f"message {what} not found")
        return found

    def spend(self, chat: Chat, messages: int = 1) -> None:
        """Count against the rates, as the last check before anything happens."""
        self.state.rates.count(self.bot.id, chat.id, chat.type != "private", messages, self.now)


Method = Callable[[Call], Any]
METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        for name in names:
            METHODS[name.lower()] = function
        return function

    return register
