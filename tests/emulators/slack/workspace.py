"""One workspace with one library's app in it: its people, channels, messages, and which of its events the app may see."""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from tests.emulators.slack.model import (
    BOT_SCOPES,
    JSON,
    App,
    Channel,
    Edit,
    File,
    Message,
    ResponseUrl,
    Token,
    Trigger,
    User,
    View,
)
from tests.emulators.slack.person import Person
from tests.emulators.slack.shapes import channel_json, message_json, user_json

if TYPE_CHECKING:
    from tests.emulators.slack.delivery import Delivery
    from tests.emulators.slack.server import SlackEmulator

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SLACKBOT = "USLACKBOT"
PUBLIC, PRIVATE, BOTH = frozenset({"channels:read"}), frozenset({"groups:read"}), frozenset({"channels:read", "groups:read"})
EVENT_SCOPES = {
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
    "app_mention": frozenset({"app_mentions:read"}),
    "reaction_added": frozenset({"reactions:read"}),
    "reaction_removed": frozenset({"reactions:read"}),
    "member_joined_channel": BOTH,
    "member_left_channel": BOTH,
    "file_shared": frozenset({"files:read"}),
    "user_change": frozenset({"users:read"}),
    "team_join": frozenset({"users:read"}),
    **{f"channel_{what}": PUBLIC for what in ("archive", "created", "deleted", "left", "rename", "unarchive")},
    **{f"group_{what}": PRIVATE for what in ("archive", "left", "rename", "unarchive")},
}


class Workspace:
    """Made by `SlackEmulator.add_workspace`."""

    def __init__(self, slack: SlackEmulator, number: int, name: str, domain: str, signing_secret: str, app_name: str) -> None:
        self.slack, self.name, self.domain = slack, name, domain
        self._chance = random.Random(f"{slack.seed}/{number}")
        self._last_ts, self.made = 0, slack.clock()
        self.id = self.new_id("T")
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.tokens: dict[str, Token] = {}
        self.custom_emoji: set[str] = set()
        self.history_days: float | None = None
        self.edit_window: float | None = None
        self.people: dict[str, Person] = {}
        self.users[SLACKBOT] = User(SLACKBOT, "slackbot", "Slackbot", "Slackbot", locale="en-US", zone="America/Los_Angeles")
        self.app = self._install(app_name, signing_secret)
        self.bot_token = self.add_token("bot", self.app.bot_user, BOT_SCOPES)
        self.app_token = self.add_token("app", self.app.bot_user, {"connections:write"})

    def _install(self, name: str, secret: str) -> App:
        bot_id, handle = self.new_id("B"), re.sub(r"[^a-z0-9._-]", "", name.lower()) or "bot"
        bot = User(self.new_id("U"), handle, name, is_bot=True, bot_id=bot_id, locale="en-US", updated=int(self.made))
        self.users[bot.id] = bot
        return App(self.new_id("A"), name, secret, bot.id, bot_id, self.hex(24), self.slack.events_url)

    # ---- names -----------------------------------------------------------------------------------------------------------

    def new_id(self, prefix: str) -> str:
        return f"{prefix}0" + "".join(self._chance.choices(DIGITS, k=9))

    def hex(self, length: int) -> str:
        return f"{self._chance.getrandbits(length * 4):0{length}x}"

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def new_ts(self) -> str:
        """Seconds and microseconds of the clock, always later than the last: unique in the whole workspace."""
        self._last_ts = max(self._last_ts + 1, round(self.slack.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    @property
    def base_url(self) -> str:
        return self.slack.base_url

    @property
    def bot(self) -> User:
        return self.users[self.app.bot_user]

    @property
    def mention(self) -> str:
        """How people call the app."""
        return f"<@{self.app.bot_user}>"

    # ---- furnishing ------------------------------------------------------------------------------------------------------

    def add_token(self, kind: str, user: str, scopes: Iterable[str]) -> str:
        """A further token; `kind` is bot, app or user. Too short to be taken for a real one."""
        text = {"bot": "xoxb-", "app": "xapp-1-", "user": "xoxp-"}[kind] + f"{self.id}-{self.hex(12)}"
        self.tokens[text] = Token(text, kind, user, set(scopes))  # type: ignore[arg-type]
        return text

    def add_person(self, name: str, *, locale: str = "id-ID", zone: str = "Asia/Jakarta", display_name: str | None = None,
                   id: str | None = None, email: str | None = None, is_bot: bool = False) -> Person:  # fmt: skip
        """A member of the workspace. `name` is the full name; the handle and the display name are made of it."""
        handle = re.sub(r"[^a-z0-9._-]", "", name.lower().replace(" ", ".")) or "orang"
        while any(one.name == handle for one in self.users.values()):
            handle += "2"
        user = User(
            id or self.new_id("U"),
            handle,
            name,
            name.partition(" ")[0] if display_name is None else display_name,
            locale,
            zone,
            email or f"{handle}@{self.domain}.example",
            is_bot,
            self.new_id("B") if is_bot else "",
            updated=int(self.slack.clock()),
        )
        self.users[user.id] = user
        self.people[user.id] = Person(self, user)
        return self.people[user.id]

    def add_channel(self, name: str, members: Iterable[Person | str] = (), *, private: bool = False, bot: bool = True,
                    id: str | None = None, topic: str = "", purpose: str = "") -> Channel:  # fmt: skip
        """A channel as it stands before the story begins: nobody is told of it. `bot`: the app is a member."""
        ids = [one if isinstance(one, str) else one.id for one in members] + ([self.app.bot_user] if bot else [])
        channel = Channel(id or self.new_id("C"), name, "private" if private else "public", ids, int(self.slack.clock()),
                          ids[0] if ids else SLACKBOT, topic=topic, purpose=purpose)  # fmt: skip
        self.channels[channel.id] = channel
        return channel

    def im(self, one: str, other: str) -> Channel:
        """The direct messages of two, opened if need be."""
        for channel in self.channels.values():
            if channel.kind == "im" and set(channel.members) == {one, other}:
                return channel
        channel = Channel(self.new_id("D"), "", "im", [one, other], int(self.slack.clock()), one)
        self.channels[channel.id] = channel
        return channel

    def channel(self, which: Channel | str) -> Channel:
        """By record, id or name (with or without #)."""
        if isinstance(which, Channel):
            return which
        if which in self.channels:
            return self.channels[which]
        return next(one for one in self.channels.values() if one.name and one.name == which.lstrip("#"))

    def person(self, which: str) -> Person:
        """By id, handle, full or display name."""
        if which in self.people:
            return self.people[which]
        return next(p for p in self.people.values() if which in (p.user.name, p.user.real_name, p.user.display_name))

    def use_manifest(self, manifest: JSON) -> None:
        """Install the app as its manifest asks: scopes, event subscriptions, commands, shortcuts, Socket Mode; nothing more."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        self.tokens[self.bot_token].scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        self.app.subscriptions = set(settings.get("event_subscriptions", {}).get("bot_events", []))
        self.app.commands = {one["command"] for one in features.get("slash_commands", [])}
        self.app.shortcuts = {one["callback_id"] for one in features.get("shortcuts", [])}
        self.app.socket_mode = bool(settings.get("socket_mode_enabled"))

    # ---- what happens ----------------------------------------------------------------------------------------------------

    def post(self, message: Message) -> list[Delivery]:
        """Put a message into its channel and tell the app what it may see of it."""
        channel = self.channels[message.channel]
        parent = channel.by_ts.get(message.thread_ts or "")
        if parent is not None and message.is_reply:
            parent.thread_ts = parent.ts
        channel.put(message)
        if message.only_for is not None:
            return []
        return self.tell_message(message)

    def tell_message(self, message: Message) -> list[Delivery]:
        channel = self.channels[message.channel]
        shown = message_json(self, message, metadata=True, counts=False)
        shown |= {"channel": channel.id, "channel_type": channel.channel_type, "event_ts": message.ts}
        told = self.emit(shown, channel)
        mentioned = f"<@{self.app.bot_user}>" in message.text or f"<@{self.app.bot_user}|" in message.text
        if mentioned and channel.kind != "im" and message.user != self.app.bot_user and message.subtype in (None, "file_share"):
            mention = {k: v for k, v in shown.items() if k not in ("channel_type", "subtype", "parent_user_id")}
            told += self.emit(mention | {"type": "app_mention"}, channel)
        return told

    def changed(self, message: Message, before: JSON) -> list[Delivery]:
        channel, ts = self.channels[message.channel], self.new_ts()
        return self.emit(
            {
                "type": "message",
                "subtype": "message_changed",
                "message": message_json(self, message, metadata=True) | {"source_team": self.id},
                "previous_message": before,
                "channel": channel.id,
                "hidden": True,
                "ts": ts,
                "event_ts": ts,
                "channel_type": channel.channel_type,
            },
            channel,
        )

    def edit(self, message: Message, text: str, blocks: list[JSON], by: str, mark: bool = True) -> list[Delivery]:
        before = message_json(self, message, metadata=True)
        message.edits.append(Edit(self.slack.clock(), message.text, message.blocks))
        message.text, message.blocks = text, blocks
        if mark:
            message.edited = {"user": by, "ts": self.new_ts().partition(".")[0] + ".000000"}
        return self.changed(message, before)

    def delete(self, message: Message) -> list[Delivery]:
        """A parent that has replies stays as a tombstone, anything else goes."""
        channel, before = self.channels[message.channel], message_json(self, message, metadata=True)
        if channel.thread(message.ts):
            message.subtype, message.text, message.user, message.blocks = "tombstone", "This message was deleted.", SLACKBOT, []
            message.files, message.reactions, message.client_msg_id, message.bot_id = [], {}, None, None
            message.extra = {"hidden": True}
            return self.changed(message, before)
        message.deleted = True
        channel.by_ts.pop(message.ts, None)
        ts = self.new_ts()
        return self.emit(
            {
                "type": "message",
                "subtype": "message_deleted",
                "deleted_ts": message.ts,
                "previous_message": before,
                "hidden": True,
                "channel": channel.id,
                "ts": ts,
                "event_ts": ts,
                "channel_type": channel.channel_type,
            },
            channel,
        )

    async def unfurls(self, message: Message, attachments: list[JSON]) -> None:
        """Slack adds a preview of a link: a change that nobody made, without `edited`."""
        before = message_json(self, message, metadata=True)
        message.attachments = attachments
        await asyncio.gather(*(one.tried.wait() for one in self.changed(message, before)))

    def react(self, message: Message, user: str, name: str, add: bool = True) -> list[Delivery]:
        who = message.reactions.setdefault(name, [])
        who.append(user) if add else who.remove(user)
        if not who:
            del message.reactions[name]
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        return self.emit(
            {"type": "reaction_added" if add else "reaction_removed", "user": user, "reaction": name, "item": item,
             "item_user": message.user, "event_ts": self.new_ts()}, self.channels[message.channel])  # fmt: skip

    def join(self, channel: Channel, user: str, inviter: str | None = None) -> list[Delivery]:
        if user in channel.members:
            return []
        channel.members.append(user)
        kind = "channel_join" if channel.kind == "public" else "group_join"
        extra = {"inviter": inviter} if inviter else {}
        told = self.post(
            Message(self.new_ts(), channel.id, user, f"<@{user}> has joined the channel", subtype=kind, extra=extra)
        )
        event = {"type": "member_joined_channel", "user": user, "channel": channel.id, "channel_type": channel.id[0],
                 "team": self.id, "event_ts": self.new_ts()}  # fmt: skip
        return told + self.emit(event | extra, channel)

    def leave(self, channel: Channel, user: str, kicked_by: str | None = None) -> list[Delivery]:
        """Whoever leaves hears only `channel_left`; the others hear `member_left_channel`. So it is on Slack."""
        if user == self.app.bot_user:
            kind = "channel_left" if channel.kind == "public" else "group_left"
            told = self.emit(
                {"type": kind, "channel": channel.id, "actor_id": kicked_by or user, "event_ts": self.new_ts()}, channel
            )
            channel.members.remove(user)
            return told
        channel.members.remove(user)
        kind = "channel_leave" if channel.kind == "public" else "group_leave"
        told = self.post(Message(self.new_ts(), channel.id, user, f"<@{user}> has left the channel", subtype=kind))
        event = {"type": "member_left_channel", "user": user, "channel": channel.id, "channel_type": channel.id[0],
                 "team": self.id, "event_ts": self.new_ts()}  # fmt: skip
        return told + self.emit(event, channel)

    def say_in(self, channel: Channel, by: str, subtype: str, text: str, **extra: object) -> list[Delivery]:
        kind = subtype if channel.kind == "public" else subtype.replace("channel_", "group_")
        return self.post(Message(self.new_ts(), channel.id, by, text, subtype=kind, extra=dict(extra)))

    # ---- what the app may see --------------------------------------------------------------------------------------------

    def emit(self, event: JSON, channel: Channel | None = None) -> list[Delivery]:
        """Send an event to the app if it is installed, subscribed, has the scope, and is where it happened."""
        if not self.app.installed or not self.subscribed(event, channel):
            return []
        if channel is not None and self.app.bot_user not in channel.members:
            return []
        return [self.slack.courier.event(self, event)]

    def tell_all(self, event: JSON, channel: Channel | None = None) -> list[Delivery]:
        """An event of the whole workspace; of a private channel only where the app is a member."""
        return self.emit(event, channel if channel is not None and channel.kind == "private" else None)

    def subscribed(self, event: JSON, channel: Channel | None) -> bool:
        """Subscribed, and the bot's token has one of the scopes that the event needs."""
        kind = event["type"]
        if kind == "message":
            assert channel is not None
            kind = {"public": "message.channels", "private": "message.groups", "im": "message.im"}[channel.kind]
        needed = EVENT_SCOPES.get(kind)
        return kind in self.app.subscriptions and (not needed or bool(needed & self.tokens[self.bot_token].scopes))

    def channel_event(self, channel: Channel, what: str, value: object, **extra: object) -> list[Delivery]:
        """channel_rename, channel_archive …, of a private channel group_rename …"""
        kind = f"channel_{what}" if channel.kind == "public" else f"group_{what}"
        return self.tell_all({"type": kind, "channel": value, "event_ts": self.new_ts(), **extra}, channel)

    async def uninstalls(self) -> None:
        """The app is removed: its tokens die, it is told, then hears nothing more."""
        bot = self.tokens[self.bot_token]
        told = [*self._revoke("inactive", [bot.user]), *self.emit({"type": "app_uninstalled", "event_ts": self.new_ts()})]
        self.app.installed = False
        for channel in self.channels.values():
            if channel.kind != "im" and bot.user in channel.members:
                channel.members.remove(bot.user)
        await asyncio.gather(*(one.tried.wait() for one in told))

    async def revokes_tokens(self) -> None:
        """The bot's token dies, the app stays."""
        told = self._revoke("revoked", [self.app.bot_user])
        await asyncio.gather(*(one.tried.wait() for one in told))

    def _revoke(self, state: Literal["revoked", "inactive"], users: list[str]) -> list[Delivery]:
        for token in self.tokens.values():
            if token.kind != "app":
                token.state = state
        return self.emit({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": users}, "event_ts": self.new_ts()})

    def reinstalls(self) -> str:
        """The app comes back with a new bot token, a member of no channel."""
        scopes = self.tokens[self.bot_token].scopes
        self.app.installed, self.bot_token = True, self.add_token("bot", self.app.bot_user, scopes)
        return self.bot_token

    def new_trigger(self, user: str, view: str | None = None) -> Trigger:
        digits = [str(self._chance.randrange(10**9, 10**10)) for _ in range(2)]
        trigger = Trigger(f"{digits[0]}.{digits[1]}.{self.hex(32)}", user, self.slack.clock() + 3.0, view)
        self.triggers[trigger.id] = trigger
        return trigger

    def new_response_url(self, channel: str, user: str, message: Message | None = None) -> str:
        key = self.hex(24)
        self.response_urls[key] = ResponseUrl(channel, user, self.slack.clock() + 1800, message)
        return f"{self.base_url}/actions/{self.id}/{self._chance.randrange(10**12, 10**13)}/{key}"

    def new_hash(self, body: JSON) -> str:
        seed = hashlib.sha256(repr(body).encode()).hexdigest()[:8]
        return f"{self.new_ts()}.{seed}"

    def stack(self, user: str) -> list[View]:
        """A person's open modals, the one in front last."""
        return self.stacks.setdefault(user, [])

    def user_event(self, user: User, kind: str = "user_change") -> list[Delivery]:
        user.updated = int(self.slack.clock())
        ts = self.new_ts()
        return self.tell_all(
            {"type": kind, "user": user_json(self, user, locale=True), "cache_ts": user.updated, "event_ts": ts}
        )

    def shown(self, channel: Channel) -> JSON:
        return channel_json(self, channel, self.app.bot_user)
