"""npm's `emulate` as a town. What people see is read with their own tokens from its Web API: it is its word, not ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.doors.slack_town import EMOJI, buttons, texts
from tests.doors.town import Seen, until
from tests.emulators.node.emulate import APP, BOT, Emulate
from tests.emulators.slack.forms import entered, find, initial_state, missing
from tests.emulators.slack.model import JSON

MENTION = f"<@{BOT}>"


class SecondTown:
    """`closed`: the views that are no longer open, which emulate does not keep."""

    name = "slack"

    def __init__(self, slack: Emulate) -> None:
        self.slack = slack
        self.closed: set[str] = set()

    async def arrives(self, who: str) -> None:
        assert who in self.slack.people

    async def asks(self, who: str, text: str, room: str) -> str:
        """Slack tells of a mention twice, as a message and as a mention; emulate only as a message."""
        channel, words = self.slack.channels[room], f"{MENTION} {text}"
        ts = str((await self.slack.clients[who].chat_postMessage(channel=channel, text=words))["ts"])
        told = {"type": "app_mention", "user": self.slack.people[who], "text": words, "ts": ts, "channel": channel}
        await self.slack.event(told)
        return ts

    async def replies(self, who: str, text: str, to: Seen, file: tuple[str, bytes] | None = None) -> None:
        message = _handle(to)
        channel, thread = message["channel"], message.get("thread_ts") or message["ts"]
        client = self.slack.clients[who]
        if file is None:
            await client.chat_postMessage(channel=channel, text=text, thread_ts=thread)
            return
        name, content = file
        await client.files_upload_v2(channel=channel, thread_ts=thread, initial_comment=text, filename=name, content=content)

    async def runs(self, who: str, command: str, words: str = "", room: str = "private") -> None:
        await self.slack.command(who, await self._channel(who, room), f"/{command}", words)

    async def presses(self, who: str, button: str, on: Seen) -> None:
        seen = _handle(on)
        pressed = find(seen["blocks"], button)
        assert pressed.kind == "button", pressed.element
        act = {key: pressed.element[key] for key in ("text", "value", "type", "action_id") if key in pressed.element}
        actions = [act | {"block_id": pressed.block["block_id"], "action_ts": seen.get("ts", "0.0")}]
        if "channel" not in seen:
            in_view = {"container": {"type": "view", "view_id": seen["id"]}} | _in(seen)
            await self.slack.interaction("block_actions", who, {"actions": actions} | in_view, seen["id"])
            return
        container = {"type": "message", "message_ts": seen["ts"], "channel_id": seen["channel"]}
        container |= {"thread_ts": seen["thread_ts"]} if seen.get("thread_ts") else {}
        place = {"container": container, "channel": {"id": seen["channel"]}, "message": seen}
        await self.slack.interaction("block_actions", who, {"actions": actions} | place)

    async def fills(self, who: str, answers: Mapping[str, str]) -> None:
        form = await self._form(who)
        blocks = form["blocks"]
        state = initial_state(blocks)
        for label, value in answers.items():
            spot = find(blocks, label)
            state[spot.key[0]] |= {spot.key[1]: entered(spot, value)}
        assert not missing(blocks, state)
        told = _in(form)
        told["view"]["state"] = {"values": state}
        answer = await self.slack.interaction("view_submission", who, told, form["id"])
        assert answer.get("response_action") in ("clear", "update"), answer
        if answer["response_action"] == "update":
            await self.slack.bot.views_update(view_id=form["id"], view=answer["view"])
        else:
            self.closed |= {view["id"] for view in await self._open(who)}

    async def reads(self, who: str, room: str) -> list[Seen]:
        said = [one for one in await self.conversation(who, room) if one["user"] == BOT]
        seen = [Seen(m["ts"], told(m), tuple(buttons(m["blocks"])), files_of(m), m) for m in said]
        if room == "private":
            open_now = await self._open(who)
            seen += [Seen("", "\n".join(texts(v["blocks"])), tuple(buttons(v["blocks"])), (), v) for v in open_now]
        return seen

    async def emoji_on(self, message: str, room: str) -> list[str]:
        answer = await self.slack.bot.reactions_get(channel=self.slack.channels[room], timestamp=message)
        reactions = answer["message"].get("reactions", [])
        return [EMOJI.get(one["name"], one["name"]) for one in reactions if BOT in one["users"]]

    async def downloads(self, who: str, seen: Seen) -> bytes:
        [file] = _handle(seen)["files"]
        client = self.slack.clients[who]
        assert client.session
        headers = {"Authorization": f"Bearer {client.token}"}
        async with client.session.get(file["url_private_download"], headers=headers) as answer:
            assert answer.status == 200
            return await answer.read()

    async def conversation(self, who: str, room: str) -> list[JSON]:
        """All that was said there, in threads too, oldest first."""
        client, channel = self.slack.clients[who], await self._channel(who, room)
        said: list[JSON] = (await client.conversations_history(channel=channel, limit=1000))["messages"]
        for root in [one for one in said if one.get("reply_count")]:
            said = said + (await client.conversations_replies(channel=channel, ts=root["ts"]))["messages"][1:]
        return [named(one) | {"channel": channel} for one in sorted(said, key=lambda one: str(one["ts"]))]

    async def _channel(self, who: str, room: str) -> str:
        if room != "private":
            return self.slack.channels[room]
        return str((await self.slack.clients[who].conversations_open(users=BOT))["channel"]["id"])

    async def _open(self, who: str) -> list[JSON]:
        views = [one for one in await self.slack.views() if one["user_id"] == self.slack.people[who]]
        return [named(one) for one in views if one["type"] == "modal" and one["id"] not in self.closed]

    async def _form(self, who: str) -> JSON:
        """The form in front; it opens behind the acknowledgement."""
        found: list[JSON] = []

        async def there() -> bool:
            found[:] = [view for view in await self._open(who) if view.get("submit")][-1:]
            return bool(found)

        await until(there, f"no form opens for {who}")
        return found[0]


def _handle(seen: Seen) -> JSON:
    assert isinstance(seen.handle, dict)
    return seen.handle


def _in(view: JSON) -> JSON:
    """A view as Slack sends it along."""
    known = ("id", "team_id", "type", "blocks", "private_metadata", "callback_id", "title", "hash", "root_view_id")
    return {"view": {key: view[key] for key in known if key in view} | {"app_id": APP}}


def named(shown: JSON) -> JSON:
    """Slack gives an id to each block that came without one; emulate leaves them bare."""
    blocks: list[JSON] = shown.get("blocks", [])
    return shown | {"blocks": [{"block_id": f"b{number}"} | block for number, block in enumerate(blocks)]}


def told(message: JSON) -> str:
    return "\n".join(texts(message["blocks"])) or str(message["text"])


def files_of(message: JSON) -> tuple[str, ...]:
    files: Sequence[Any] = message.get("files", [])
    return tuple(str(one["name"]) for one in files)
