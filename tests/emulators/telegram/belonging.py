"""A person as a member: joins, leaves, blocks, promotes, renames, pins, makes topics, lets a group grow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.emulators.telegram import shapes
from tests.emulators.telegram.bots import Bot
from tests.emulators.telegram.model import RIGHTS, Chat, Message, Topic, User
from tests.emulators.telegram.person import Writer


@dataclass(eq=False, repr=False)
class Person(Writer):
    """Everything that somebody with a Telegram client does: writing in `person.py`, belonging here."""

    # ---- oneself -------------------------------------------------------------------------------------------------------

    def joins(self, chat: Chat) -> None:
        self.adds(self, chat)

    def leaves(self, chat: Chat) -> None:
        self._must_be_in(chat)
        self.state.set_member(chat, self, self, "left")
        if chat.type != "channel":
            self.state.serve(chat, self, left_chat_member=shapes.user(self))

    def blocks(self, bot: Bot | None = None) -> None:
        """The bot hears of it by my_chat_member; what it sends from now on is refused with 403."""
        bot = bot or self.state.bots[0]
        bot.blocked.add(self.id)
        self.state.set_member(self.private(bot), bot, self, "kicked")

    def unblocks(self, bot: Bot | None = None) -> None:
        bot = bot or self.state.bots[0]
        bot.blocked.discard(self.id)
        self.state.set_member(self.private(bot), bot, self, "member")

    def deletes_account(self) -> None:
        """Nobody is told; what is sent is refused with 403 "user is deactivated"."""
        self.deactivated, self.first_name, self.last_name, self.username = True, "", None, None

    # ---- others --------------------------------------------------------------------------------------------------------

    def adds(self, who: User, chat: Chat, *, admin: bool = False) -> None:
        """Brings a bot or a person in: a service message, and my_chat_member to the bot."""
        if isinstance(who, Bot) and chat.type == "channel" and not admin:
            raise ValueError("bots in channels are administrators")
        rights = RIGHTS if admin else ()
        self.state.set_member(chat, who, self, "administrator" if admin else "member", rights)
        if chat.type != "channel":
            self.state.serve(chat, self, new_chat_members=[shapes.user(who)])

    def kicks(self, who: User, chat: Chat) -> None:
        """Bans: later calls of a bot are refused with 403 "bot was kicked from …"."""
        self._must_be_in(chat)
        self.state.set_member(chat, who, self, "kicked")
        if chat.type != "channel":
            self.state.serve(chat, self, left_chat_member=shapes.user(who))

    def promotes(self, who: User, chat: Chat, rights: Iterable[str] = RIGHTS) -> None:
        self._must_be_in(chat)
        self.state.set_member(chat, who, self, "administrator", rights)

    def demotes(self, who: User, chat: Chat) -> None:
        self._must_be_in(chat)
        self.state.set_member(chat, who, self, "member")

    def silences(self, who: User, chat: Chat) -> None:
        """Restricted: it stays, but may write nothing."""
        self._must_be_in(chat)
        self.state.set_member(chat, who, self, "restricted")

    # ---- the chat ------------------------------------------------------------------------------------------------------

    def renames(self, chat: Chat, title: str) -> None:
        self._must_be_in(chat)
        chat.title = title
        self.state.serve(chat, self, new_chat_title=title)

    def pins(self, message: Message) -> None:
        self._must_be_in(message.chat)
        message.chat.pinned = message
        self.state.serve(message.chat, self, message.topic, pinned_message=message)

    def makes_topic(self, chat: Chat, name: str) -> Topic:
        self._must_be_in(chat)
        if not chat.is_forum:
            raise ValueError(f"{chat.title} is no forum")
        return self.state.new_topic(chat, self, name)

    def renames_topic(self, topic: Topic, name: str) -> None:
        self._must_be_in(topic.chat)
        topic.name = name
        self.state.serve(topic.chat, self, topic, forum_topic_edited={"name": name})

    def closes_topic(self, topic: Topic) -> None:
        self._must_be_in(topic.chat)
        topic.closed = True
        self.state.serve(topic.chat, self, topic, forum_topic_closed={})

    def reopens_topic(self, topic: Topic) -> None:
        self._must_be_in(topic.chat)
        topic.closed = False
        self.state.serve(topic.chat, self, topic, forum_topic_reopened={})

    def deletes_topic(self, topic: Topic) -> None:
        """With its messages; no bot is told."""
        topic.deleted = True
        for one in topic.chat.by_id.values():
            one.deleted = one.deleted or one.topic is topic

    def turns_into_supergroup(self, group: Chat, id: int, *, forum: bool = False) -> Chat:
        """The migration of a basic group: the old chat refuses every call with migrate_to_chat_id, both chats say so."""
        self._must_be_in(group)
        if group.type != "group" or group.migrated_to is not None:
            raise ValueError("only a basic group grows")
        grown = Chat(id, "supergroup", group.title, is_forum=forum)
        grown.members, grown.users = dict(group.members), dict(group.users)
        self.state.chats[id] = group.migrated_to = grown
        self.state.serve(group, self, migrate_to_chat_id=id)
        self.state.serve(grown, self, migrate_from_chat_id=group.id)
        return grown

    def _must_be_in(self, chat: Chat) -> None:
        if not chat.member(self).inside:
            raise ValueError(f"{self.first_name} is not in {chat.title}")
