"""What a workspace holds. Plain records; who may do what is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

JSON = dict[str, Any]

BOT_SCOPES = frozenset(
    [
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "emoji:read",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "reactions:read",
        "reactions:write",
        "team:read",
        "users:read",
        "users:read.email",
        "channels:manage",
    ]
)
BOT_EVENTS = frozenset(
    [
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "assistant_thread_context_changed",
        "assistant_thread_started",
        "channel_archive",
        "channel_created",
        "channel_deleted",
        "channel_left",
        "channel_rename",
        "channel_unarchive",
        "file_shared",
        "group_archive",
        "group_left",
        "group_rename",
        "group_unarchive",
        "member_joined_channel",
        "member_left_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "reaction_added",
        "reaction_removed",
        "team_join",
        "tokens_revoked",
        "user_change",
    ]
)


@dataclass
class User:
    id: str
    name: str
    real_name: str
    display_name: str = ""
    locale: str = "id-ID"
    zone: str = "Asia/Jakarta"
    email: str = ""
    is_bot: bool = False
    bot_id: str = ""
    deleted: bool = False
    updated: int = 0


@dataclass
class File:
    """`channels` is filled when it is shared; `content` is None until the bytes were uploaded."""

    id: str
    name: str
    user: str
    title: str = ""
    length: int = 0
    content: bytes | None = None
    created: int = 0
    channels: list[str] = field(default_factory=list)
    complete: bool = False
    alt_text: str = ""


@dataclass(frozen=True)
class Edit:
    """What a message said before, and when it was changed."""

    at: float
    text: str
    blocks: list[JSON]


@dataclass
class Message:
    """`only_for`: the one person who sees an ephemeral message. `reactions`: name → users, in order."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    client_msg_id: str | None = None
    metadata: JSON | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    edited: JSON | None = None
    broadcast: bool = False
    only_for: str | None = None
    deleted: bool = False
    extra: JSON = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class Channel:
    """`members` in the order in which they came. `messages` oldest first, ephemerals and deleted ones too."""

    id: str
    name: str
    kind: Literal["public", "private", "im"] = "public"
    members: list[str] = field(default_factory=list)
    created: int = 0
    creator: str = ""
    archived: bool = False
    topic: str = ""
    purpose: str = ""
    previous_names: list[str] = field(default_factory=list)
    log: list[Message] = field(default_factory=list)
    by_ts: dict[str, Message] = field(default_factory=dict)
    replies: dict[str, list[Message]] = field(default_factory=dict)
    statuses: list[JSON] = field(default_factory=list)
    prompts: list[JSON] = field(default_factory=list)

    @property
    def channel_type(self) -> str:
        return {"public": "channel", "private": "group", "im": "im"}[self.kind]

    @property
    def messages(self) -> list[Message]:
        """What can be seen now, ephemerals (`only_for`) included, oldest first."""
        return [one for one in self.log if not one.deleted]

    def thread(self, ts: str) -> list[Message]:
        """A parent's replies, oldest first."""
        return [one for one in self.replies.get(ts, ()) if not one.deleted]

    def put(self, message: Message) -> None:
        self.log.append(message)
        if message.only_for is None:
            self.by_ts[message.ts] = message
            if message.is_reply:
                self.replies.setdefault(message.thread_ts or "", []).append(message)


@dataclass
class Token:
    text: str
    kind: Literal["bot", "app", "user"]
    user: str
    scopes: set[str]
    state: Literal["live", "revoked", "inactive"] = "live"


@dataclass
class App:
    """One library's own app. `commands` and `shortcuts` None: whatever is run is sent; else only what is declared."""

    id: str
    name: str
    signing_secret: str
    bot_user: str
    bot_id: str
    verification: str
    events_url: str | None = None
    subscriptions: set[str] = field(default_factory=lambda: set(BOT_EVENTS))
    commands: set[str] | None = None
    shortcuts: set[str] | None = None
    socket_mode: bool = False
    installed: bool = True


@dataclass
class View:
    """A modal or a home as Slack keeps it; `state` is what the person has typed so far (block id → action id → value)."""

    id: str
    user: str
    kind: Literal["modal", "home"]
    body: JSON
    hash: str
    root: str = ""
    previous: str | None = None
    state: dict[str, JSON] = field(default_factory=dict)
    response_urls: list[JSON] = field(default_factory=list)
    open: bool = True


@dataclass
class Trigger:
    """Opens one view within three seconds. `view`: the modal in which it was made, for views.push."""

    id: str
    user: str
    expires: float
    view: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """Takes five posts within thirty minutes."""

    channel: str
    user: str
    expires: float
    message: Message | None = None
    used: int = 0


@dataclass(frozen=True)
class Entry:
    """One accepted call."""

    at: float
    team: str
    method: str
    arguments: JSON
    answer: JSON
