"""Who and what there is: users, bots, chats, topics, messages, files. Tests look at these; the emulator changes them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tests.emulators.telegram.text import Entity

ChatType = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]
IN_CHAT = ("creator", "administrator", "member", "restricted")
RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories", "can_pin_messages",
    "can_manage_topics", "can_post_messages", "can_edit_messages", "can_manage_direct_messages",
)  # fmt: skip


@dataclass(eq=False, repr=False)
class User:
    id: int
    first_name: str
    username: str | None = None
    last_name: str | None = None
    language: str | None = "id"
    is_bot: bool = False
    deactivated: bool = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.first_name!r}>"


@dataclass
class Member:
    status: Status = "member"
    rights: frozenset[str] = frozenset()  # of an administrator
    anonymous: bool = False

    @property
    def inside(self) -> bool:
        return self.status in IN_CHAT

    @property
    def admin(self) -> bool:
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)


@dataclass(eq=False, repr=False)
class Topic:
    chat: Chat
    id: int  # message_thread_id, the id of the message that made it
    name: str
    icon_color: int = 7322096
    closed: bool = False
    deleted: bool = False

    def __repr__(self) -> str:
        return f"<Topic {self.id} {self.name!r}>"


@dataclass(eq=False, repr=False)
class Chat:
    """`messages`: by id, deleted ones too. A private chat belongs to one bot and one person."""

    id: int
    type: ChatType
    title: str | None = None
    username: str | None = None
    is_forum: bool = False
    person: User | None = None
    bot: User | None = None
    members: dict[int, Member] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    by_id: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    migrated_to: Chat | None = None
    last_bot: int | None = None  # which bot spoke last
    pinned: Message | None = None
    allowed_reactions: tuple[str, ...] | None = None  # None: all
    members_may_send: bool = True
    last_id: int = 0

    def __repr__(self) -> str:
        return f"<Chat {self.type} {self.id} {self.title or ''}>"

    @property
    def messages(self) -> list[Message]:
        """What was written and is still there, in order; no service messages."""
        return [one for one in self.by_id.values() if not one.deleted and not one.service]

    @property
    def last(self) -> Message:
        return self.messages[-1]

    def by(self, user: User) -> list[Message]:
        return [one for one in self.messages if one.sender is user]

    def member(self, user: User) -> Member:
        return self.members.get(user.id) or Member("left")


@dataclass(frozen=True)
class StoredFile:
    """`size` may claim more than `content` holds, for files too big to keep."""

    id: str
    unique_id: str
    kind: Literal["document", "photo"]
    name: str
    mime: str
    content: bytes = field(repr=False)
    size: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Button:
    text: str
    data: str | None = None
    url: str | None = None


@dataclass(eq=False, repr=False)
class Message:
    """`text` is plain; for files it is the caption. `html` is what a bot sent to be parsed. `reactions`: user id → emoji."""

    chat: Chat
    id: int
    at: datetime
    sender: User | None
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    html: str | None = None
    files: list[StoredFile] = field(default_factory=list)
    service: dict[str, Any] = field(default_factory=dict)
    sender_chat: Chat | None = None
    reply_to: Message | None = None
    topic: Topic | None = None
    thread: int | None = None  # message_thread_id of a reply outside topics
    markup: dict[str, Any] | None = None
    album: str | None = None
    edits: list[str] = field(default_factory=list)  # earlier texts
    edited_at: datetime | None = None
    deleted: bool = False
    reactions: dict[int, list[str]] = field(default_factory=dict)
    anonymous_reactions: Counter[str] = field(default_factory=Counter)
    silent: bool = False

    def __repr__(self) -> str:
        what = self.text[:60] or ", ".join(self.service) or ", ".join(one.name for one in self.files)
        return f"<Message {self.id} in {self.chat.id} by {self.sender}: {what!r}{' deleted' if self.deleted else ''}>"

    @property
    def buttons(self) -> list[list[Button]]:
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [[Button(one["text"], one.get("callback_data"), one.get("url")) for one in row] for row in rows]

    def button(self, label: str) -> Button:
        """By its text, else by its data."""
        every = [one for row in self.buttons for one in row]
        for found in ([one for one in every if one.text == label], [one for one in every if one.data == label]):
            if found:
                return found[0]
        raise LookupError(f"no button {label!r} under {self.text!r}: {[one.text for one in every]}")

    @property
    def emoji(self) -> list[str]:
        """All reactions that stand under it."""
        return [one for by in self.reactions.values() for one in by] + list(self.anonymous_reactions.elements())
