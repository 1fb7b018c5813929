"""The parts of an Update that Guyub reads (Bot API, "Update"). Types are checked, whatever else comes is let pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
KINDS = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class User(_Shape):
    id: Whole
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    language_code: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Chat(_Shape):
    id: Whole
    type: str
    title: str = ""
    username: str = ""


class Entity(_Shape):
    type: str
    offset: Annotated[int, Field(ge=0, lt=2**20)]
    length: Annotated[int, Field(ge=0, lt=2**20)]
    user: User | None = None


class File(_Shape):
    """A document, photo size, video, sound or voice."""

    file_id: str
    file_unique_id: str = ""
    file_name: str = ""
    mime_type: str = ""
    file_size: Whole = 0


class Topic(_Shape):
    name: str = ""


class Written(_Shape):
    """A message as far as a reply, a button or a mark points at it."""

    message_id: Whole
    date: Whole = 0
    chat: Chat
    from_: User | None = Field(default=None, alias="from")
    sender_chat: Chat | None = None
    message_thread_id: Whole | None = None
    is_topic_message: bool = False
    text: str = ""
    caption: str = ""
    photo: list[File] = []
    document: File | None = None
    video: File | None = None
    audio: File | None = None
    voice: File | None = None
    forum_topic_created: Topic | None = None

    @property
    def topic(self) -> int:
        """The forum topic that it stands in, 0 for none and for General."""
        return self.message_thread_id or 0 if self.is_topic_message else 0

    @property
    def words(self) -> str:
        return self.text or self.caption


class Repliable(Written):
    """A message that may itself be a reply."""

    reply_to_message: Written | None = None


class Message(Repliable):
    edit_date: Whole = 0
    entities: list[Entity] = []
    caption_entities: list[Entity] = []
    media_group_id: str = ""
    new_chat_title: str = ""
    migrate_to_chat_id: Whole | None = None
    forum_topic_edited: Topic | None = None
    forum_topic_closed: Topic | None = None
    forum_topic_reopened: Topic | None = None


class Query(_Shape):
    id: str
    from_: User = Field(alias="from")
    message: Repliable | None = None
    data: str = ""


class Emoji(_Shape):
    type: str
    emoji: str = ""


class Reaction(_Shape):
    chat: Chat
    message_id: Whole
    user: User | None = None
    date: Whole = 0
    old_reaction: list[Emoji] = []
    new_reaction: list[Emoji] = []


class Seat(_Shape):
    status: str
    is_member: bool = False

    @property
    def inside(self) -> bool:
        return self.status in ("creator", "administrator", "member") or (self.status == "restricted" and self.is_member)


class Belonging(_Shape):
    chat: Chat
    from_: User = Field(alias="from")
    date: Whole = 0
    old_chat_member: Seat
    new_chat_member: Seat


class Update(_Shape):
    update_id: Whole
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Query | None = None
    message_reaction: Reaction | None = None
    my_chat_member: Belonging | None = None

    @property
    def chat(self) -> Chat | None:
        """Where it happened."""
        if self.callback_query:
            return self.callback_query.message.chat if self.callback_query.message else None
        one = self.message or self.edited_message or self.message_reaction or self.my_chat_member
        return one.chat if one else None


def read_update(raw: object) -> Update:
    """ValueError: it cannot be read; its message names places and kinds of error, never values."""
    if not isinstance(raw, Mapping):
        raise ValueError("no object")
    try:
        return Update.model_validate(raw)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)[:3]
        where = ", ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in found)
        raise ValueError(where) from None


def number_of(raw: object) -> int | None:
    """The update's id, as far as it has one."""
    number: Any = raw.get("update_id") if isinstance(raw, Mapping) else None
    return number if isinstance(number, int) and abs(number) < 2**63 else None
