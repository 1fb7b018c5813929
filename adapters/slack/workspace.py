"""One workspace and its app: who we are there, whom we talk to in private, which threads we know, when we last heard."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from adapters.slack.api import Api
from adapters.slack.errors import SlackRefused, sorted_out
from adapters.slack.ids import is_id
from adapters.slack.keys import SlackKeys
from adapters.slack.payload import obj, text
from adapters.slack.people import PATIENCE, People
from adapters.slack.translate import Scene
from bot.doors import Memory
from bot.errors import DeliveryError, GuyubError, TryLater
from bot.ports import Clock

QUIET = timedelta(minutes=6)  # over HTTP Slack's last retry comes five minutes after the one before
SAVE = timedelta(minutes=1)  # how often it is written down when we last heard
MOST = 20_000  # threads and direct channels kept at hand


class Few(OrderedDict[str, str]):
    """The newest of very many."""

    def __setitem__(self, key: str, value: str) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > MOST:
            self.popitem(last=False)


class Workspace:
    """`team` and `bot` are "" until Slack, or what we kept of an earlier start, has told them."""

    def __init__(self, keys: SlackKeys, base_url: str, library: str, memory: Memory, clock: Clock) -> None:
        self.keys, self._library, self._memory, self._clock = keys, library, memory, clock
        self.api = Api(keys.bot_token, base_url, lambda: clock().timestamp())
        self.team = self.bot = self.url = ""
        self.people = People("", self.api, memory, clock)
        self.threads = Few()  # channel:ts → the root of the thread that the message stands in, "" for its own
        self._direct = Few()  # user → the channel of our private chat
        self._heard_at: datetime | None = None
        self._since: datetime | None = None  # from when on something may have been missed that was not looked for yet
        self._opening = asyncio.Lock()
        self._begun = False
        self._saved_at: datetime | None = None

    # ---- who we are ------------------------------------------------------------------------------------------------------

    async def known(self) -> bool:
        """Whether we know who we are here: from an earlier start, else from Slack."""
        if not self.team and (kept := await self._memory.recall(self._me)):
            self._am(*json.loads(kept))
        if not self.team:
            with suppress(DeliveryError):
                await self.introduce()
        return bool(self.team)

    async def introduce(self) -> None:
        """Asks Slack who we are. Raises what `Api.call` raises, sorted."""
        try:
            answer = await self.api.call("auth.test")
        except SlackRefused as refused:
            raise sorted_out(refused) from None
        team, bot, url = text(answer, "team_id"), text(answer, "user_id"), text(answer, "url")
        if not is_id(team) or not is_id(bot):
            raise TryLater(30.0, "slack: an answer that is none")
        self._am(team, bot, url)
        await self._memory.remember({self._me: json.dumps([team, bot, url])})

    def _am(self, team: str, bot: str, url: str) -> None:
        if team != self.team:
            self.people = People(team, self.api, self._memory, self._clock)
        self.team, self.bot, self.url = team, bot, url

    @property
    def _me(self) -> str:
        """Kept under what cannot be turned back into the token."""
        return f"workspace:{hashlib.sha256(self.keys.bot_token.encode()).hexdigest()[:32]}"

    async def scene(self, users: Iterable[str] = (), *, direct: bool = False, name: str = "") -> Scene:
        """What is needed to understand a payload in which these people occur."""
        wanted = tuple(users)
        people = await self.people.named(wanted)
        channels: dict[str, str] = {}
        if direct and wanted:
            with suppress(TimeoutError):  # Slack delivers under the person's own id as well
                async with asyncio.timeout(PATIENCE):
                    channels[wanted[0]] = await self.direct_with(wanted[0])
        return Scene(self._library, self.team, self.bot, self._clock(), people, channels, name)

    # ---- places ----------------------------------------------------------------------------------------------------------

    async def direct_with(self, user: str) -> str:
        """The channel of our private chat; the user's own id where it cannot be found out now."""
        if known := self.direct_known(user):
            return known
        key = f"direct:{self.team}:{user}"
        try:
            channel = await self._memory.recall(key) or ""
            if not channel:
                channel = text(obj(await self.api.read("conversations.open", users=user), "channel"), "id")
                await self._memory.remember({key: channel} if is_id(channel) else {})
        except (GuyubError, SlackRefused):
            return user
        if is_id(channel):
            self._direct[user] = channel
        return channel or user

    def direct_known(self, user: str) -> str:
        """The same without asking; "" where it is not known."""
        return self._direct.get(user, "")

    async def learn_direct(self, user: str, channel: str) -> None:
        """Somebody wrote to us in private, or we to them."""
        if channel.startswith("D") and self._direct.get(user) != channel:
            self._direct[user] = channel
            await self._memory.remember({f"direct:{self.team}:{user}": channel})

    def learn_thread(self, channel: str, ts: str, root: str) -> None:
        """A message stands in the thread under `root` ("": under none)."""
        if ts:
            self.threads[f"{channel}:{ts}"] = "" if root == ts else root
        if root:
            self.threads[f"{channel}:{root}"] = ""

    async def root_of(self, channel: str, ts: str) -> str:
        """The thread that a reply to this message goes to: Slack's threads have no threads of their own."""
        known = self.threads.get(f"{channel}:{ts}")
        if known is None:
            try:
                known = await self._asked_root(channel, ts)
            except SlackRefused:
                return ts
            self.learn_thread(channel, ts, known)
        return known or ts

    async def _asked_root(self, channel: str, ts: str) -> str:
        answer = await self.api.read("conversations.replies", channel=channel, ts=ts, limit=1)
        first = answer.get("messages")
        root = text(first[0], "thread_ts") if isinstance(first, list) and first else ""
        return "" if root == ts else root

    # ---- when we heard ---------------------------------------------------------------------------------------------------

    async def opening(self) -> None:
        """Before we are heard here, or again: holds fast when we last heard, whatever is heard from now on."""
        await self._begin()
        if self._heard_at:
            self.missed(self._heard_at)

    async def _begin(self) -> None:
        """Once, as soon as we know who we are: when we last heard, as an earlier start wrote it down."""
        async with self._opening:
            if self.team and not self._begun:
                if kept := await self._memory.recall(self._heard_key):
                    self.missed(datetime.fromisoformat(kept))
                self._begun = True

    def missed(self, since: datetime) -> None:
        """From then on something may have been kept from us. It stays written down until it is looked for."""
        self._since = min(self._since or since, since)

    def gap(self) -> datetime | None:
        """Since when something may have been missed, and nobody looked yet."""
        return self._since

    def looked(self, since: datetime) -> None:
        """Somebody looks for what was missed since then, or need not."""
        if self._since == since:
            self._since = None

    async def hear(self) -> bool:
        """Slack has told us something, or we know that it would have. Whether it may have kept something from us before."""
        if not self._begun:
            await self._begin()
        now = self._clock()
        last, self._heard_at = self._heard_at or now, now
        silent = now - last > QUIET and not self.keys.app_token
        if silent:
            self.missed(last)
        if self.team and (self._saved_at is None or now - self._saved_at >= SAVE):
            await self.save()
        return silent

    async def save(self) -> None:
        """Written down, so that the next start knows from when on it has to look."""
        if self.team and self._heard_at:
            self._saved_at = self._heard_at
            await self._memory.remember({self._heard_key: (self._since or self._heard_at).isoformat()})

    @property
    def _heard_key(self) -> str:
        return f"heard:{self.team}"

    async def permalink(self, channel: str, ts: str) -> str:
        """A message's address, with its thread where it stands in one; "" where we do not know the workspace's own."""
        if not self.url.startswith(("https://", "http://")):
            return ""
        root = self.threads.get(f"{channel}:{ts}")
        if root is None:
            try:
                answer = await self.api.read("chat.getPermalink", channel=channel, message_ts=ts)
            except (SlackRefused, DeliveryError):
                root = ""
            else:
                root = "".join(parse_qs(urlsplit(text(answer, "permalink")).query).get("thread_ts", []))
                self.learn_thread(channel, ts, root)
        link = f"{self.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
        return f"{link}?thread_ts={root}&cid={channel}" if root and root != ts else link

    async def close(self) -> None:
        await self.people.settled()
        await self.api.close()
