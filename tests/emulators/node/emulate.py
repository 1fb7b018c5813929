"""The Slack emulator that others wrote (npm `emulate`, pinned), started for a test; and what Slack does but it does not.

It keeps messages, reactions, files and views, and signs the events that it sends. Of an app it knows nothing more: mentions,
slash commands, buttons and forms are sent from here, signed with the same secret.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.slack.model import JSON
from tests.emulators.slack.signing import signed

HERE = Path(__file__).parent
BOT, BOT_TOKEN, APP, SECRET = "UGUYUB", "xoxb-second-opinion", "AGUYUB", "a-secret-for-a-second-opinion"
NEEDED = (
    "Tes ini memerlukan Node.js 18+ dan paket npm emulate · This test needs Node.js 18+ and npm's emulate: run .ci/node\n"
    "(or: sudo apt-get install nodejs npm && npm ci --prefix tests/emulators/node)"
)


class Missing(AssertionError):
    """Node or the package is not there."""


class Emulate:
    """A workspace: `people` maps names to Slack's ids, `channels` likewise. `clients`: each person's own."""

    def __init__(self, url: str, http: aiohttp.ClientSession, names: Sequence[str]) -> None:
        self.url, self.api_url, self._http = url, f"{url}/api/", http
        self.bot = AsyncWebClient(BOT_TOKEN, self.api_url, session=http)
        self.clients = {name: AsyncWebClient(token_of(name), self.api_url, session=http) for name in names}
        self.people: dict[str, str] = {}
        self.channels: dict[str, str] = {}
        self.team = self._to = ""

    async def look_around(self) -> None:
        self.team = (await self.bot.auth_test())["team_id"]
        self.people = {one["profile"]["real_name"]: one["id"] for one in (await self.bot.users_list())["members"]}
        self.channels = {one["name"]: one["id"] for one in (await self.bot.conversations_list())["channels"]}

    async def sends_to(self, url: str) -> None:
        """Subscribes the app's address to every event."""
        self._to = url
        await self._http.post(f"{self.url}/_test/subscribe", json={"url": url})

    async def deliveries(self) -> list[JSON]:
        """The newest events that it has sent, each with the status of the answer."""
        return await self._told("deliveries")

    async def refused(self) -> list[JSON]:
        """Every call that it did not answer with ok: method and error."""
        return await self._told("refused")

    async def views(self) -> list[JSON]:
        """Every view that was ever opened, as it is now."""
        return [{"id": one["view_id"], **one} for one in await self._told("views")]

    async def trigger(self, who: str, view: str = "") -> str:
        answer = await self.bot.api_call("views.generateTriggerId", json={"user_id": self.people[who], "view_id": view})
        return str(answer["trigger_id"])

    # ---- what it does not send by itself ---------------------------------------------------------------------------------

    async def event(self, event: JSON) -> None:
        envelope = {
            "type": "event_callback",
            "team_id": self.team,
            "api_app_id": APP,
            "event_id": f"Ev{uuid.uuid4().hex}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": self.team, "user_id": BOT, "is_bot": True}],
            "event": event | {"event_ts": event["ts"]},
        }
        await self._posted(json.dumps(envelope), "application/json")

    async def command(self, who: str, channel: str, command: str, words: str) -> None:
        fields = {
            "team_id": self.team,
            "api_app_id": APP,
            "channel_id": channel,
            "user_id": self.people[who],
            "user_name": who,
            "command": command,
            "text": words,
            "trigger_id": await self.trigger(who),
        }
        await self._posted(urlencode(fields), "application/x-www-form-urlencoded")

    async def interaction(self, kind: str, who: str, payload: JSON, view: str = "") -> Mapping[str, Any]:
        """What the app answers: a submitted form's `response_action`."""
        person = {"id": self.people[who], "username": who, "team_id": self.team}
        known = {"type": kind, "api_app_id": APP, "team": {"id": self.team}, "user": person}
        whole = known | {"trigger_id": await self.trigger(who, view)} | payload
        answer = await self._posted(urlencode({"payload": json.dumps(whole)}), "application/x-www-form-urlencoded")
        return json.loads(answer) if answer else {}

    async def _posted(self, body: str, media: str) -> str:
        headers = signed(SECRET, int(time.time()), body, media)
        async with self._http.post(self._to, data=body.encode(), headers=headers) as answer:
            assert answer.status == 200, f"{answer.status} to {body[:300]}"
            return await answer.text()

    async def _told(self, what: str) -> list[JSON]:
        async with self._http.get(f"{self.url}/_test/{what}") as answer:
            return list(await answer.json())


def token_of(name: str) -> str:
    return f"xoxp-{handle(name)}"


def handle(name: str) -> str:
    return name.lower().replace(" ", ".")


def seed(people: Sequence[str], channels: Sequence[str]) -> JSON:
    """A workspace with these people, all in these channels, and our app installed in it."""
    app = {"client_id": "1.2", "client_secret": "-", "app_id": APP, "name": "Guyub", "redirect_uris": [], "bot_id": "BGUYUB"}
    ours = {"token": BOT_TOKEN, "type": "bot", "user_id": BOT, "bot_id": "BGUYUB", "bot_user_id": BOT, "app_id": APP}
    return {
        "signing_secret": SECRET,
        "team": {"name": "Perpustakaan", "domain": "perpustakaan"},
        "users": [{"name": handle(one), "real_name": one, "profile": {"display_name": one}} for one in people],
        "channels": [{"name": one} for one in channels],
        "oauth_apps": [app | {"bot_user_id": BOT, "bot_name": "guyub", "scopes": ["chat:write"]}],
        "tokens": [ours, *({"token": token_of(one), "type": "user", "user_id": handle(one)} for one in people)],
    }


@asynccontextmanager
async def emulate(people: Sequence[str], channels: Sequence[str]) -> AsyncIterator[Emulate]:
    """Started, and ended with the block. Raises Missing, with words that say how to get it."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules/emulate/package.json").is_file():
        raise Missing(NEEDED)
    async with AsyncExitStack() as stack:
        pipe = asyncio.subprocess.PIPE
        script = [node, str(HERE / "slack.mjs"), json.dumps(seed(people, channels))]
        process = await asyncio.create_subprocess_exec(*script, stdin=pipe, stdout=pipe)
        stack.push_async_callback(ended, process)
        assert process.stdout
        async with asyncio.timeout(30):
            line = await process.stdout.readline()
        assert line, "emulate did not start: see standard error"
        http = await stack.enter_async_context(aiohttp.ClientSession())
        slack = Emulate(json.loads(line)["url"], http, people)
        await slack.look_around()
        yield slack


async def ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()
