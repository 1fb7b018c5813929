"""What one workspace holds: the library's app with its tokens, people, channels, triggers; names, ids and times."""

from __future__ import annotations

import hashlib
import random
import re
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from tests.emulators.slack.model import (
    BOT_SCOPES,
    JSON,
    App,
    Channel,
    File,
    Message,
    ResponseUrl,
    Token,
    Trigger,
    User,
    View,
)
from tests.emulators.slack.person import Person

if TYPE_CHECKING:
    from tests.emulators.slack.server import SlackEmulator
    from tests.emulators.slack.workspace import Workspace

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SLACKBOT = "USLACKBOT"


class State:
    """Set up before the story begins; nobody is told of anything here."""

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
        self.people[user.id] = Person(cast("Workspace", self), user)
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

    def canonical(self, which: str, caller: str) -> str:
        """One id for a channel that may be called by name, or by the user whose direct messages it is."""
        for channel in self.channels.values() if which and which not in self.channels else ():
            if channel.name == which.lstrip("#") or (channel.kind == "im" and set(channel.members) == {which, caller}):
                return channel.id
        return which

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
