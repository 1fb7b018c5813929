"""One workspace: what happens in it, and which of its events the app may see. Made by `SlackEmulator.add_workspace`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from tests.emulators.slack.model import JSON, Channel, Edit, Message, User
from tests.emulators.slack.person import Person
from tests.emulators.slack.shapes import message_json, user_json
from tests.emulators.slack.state import SLACKBOT, State

if TYPE_CHECKING:
    from tests.emulators.slack.delivery import Delivery

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


class Workspace(State):
    """The methods here change the state and return what was set on its way to the app."""

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

    async def integration_says(self, where: Channel | str, text: str, name: str = "RSS") -> Message:
        """An old-style integration, no user at all: `bot_message`."""
        channel = self.channel(where)
        message = Message(self.new_ts(), channel.id, "", text, subtype="bot_message", bot_id=self.new_id("B"), username=name)
        await asyncio.gather(*(one.tried.wait() for one in self.post(message)))
        return message

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

    def user_event(self, user: User, kind: str = "user_change") -> list[Delivery]:
        user.updated = int(self.slack.clock())
        ts = self.new_ts()
        return self.tell_all(
            {"type": kind, "user": user_json(self, user, locale=True), "cache_ts": user.updated, "event_ts": ts}
        )

    async def arrives(self, name: str, **fields: str) -> Person:
        """Somebody new in the workspace."""
        person = self.add_person(name, **fields)  # type: ignore[arg-type]
        await asyncio.gather(*(one.tried.wait() for one in self.user_event(person.user, "team_join")))
        return person
