"""An emulated Slack workspace as a town."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.doors.town import Seen
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack.model import Channel, Message, View
from tests.emulators.slack.person import Person
from tests.emulators.slack.workspace import Workspace

EMOJI = {"eyes": "👀", "white_check_mark": "✅"}


class SlackTown:
    """A modal that is open is read in private, as it lies before everything else."""

    name = "slack"

    def __init__(self, slack: SlackEmulator, rooms: tuple[str, ...], space: Workspace | None = None) -> None:
        """`space`: which of its workspaces; None for the first."""
        self.slack, self.space = slack, space or slack.workspace
        self.rooms = {room: self.space.add_channel(room, []) for room in rooms}
        self.people: dict[str, Person] = {}

    def knows(self, who: str) -> Person:
        """The person, in the workspace from now on."""
        if who not in self.people:
            self.people[who] = self.space.add_person(who, locale="id-ID")
            for channel in self.rooms.values():
                channel.members.append(self.people[who].id)
        return self.people[who]

    async def arrives(self, who: str) -> None:
        self.knows(who)

    async def asks(self, who: str, text: str, room: str, file: tuple[str, bytes] | None = None) -> str:
        words = text if room == "private" else f"{self.space.mention} {text}"
        message = await self.people[who].says(self._channel(who, room), words, None, [file] if file else [])
        return message.ts

    async def replies(self, who: str, text: str, to: Seen, file: tuple[str, bytes] | None = None) -> None:
        message = to.handle
        assert isinstance(message, Message)
        await self.people[who].says(message.channel, text, message, [file] if file else [])

    async def runs(self, who: str, command: str, words: str = "", room: str = "private") -> None:
        await self.people[who].runs(self._channel(who, room), f"/{command}", words)

    async def presses(self, who: str, button: str, on: Seen) -> None:
        assert isinstance(on.handle, (Message, View))
        await self.people[who].presses(on.handle, button)

    async def fills(self, who: str, answers: Mapping[str, str]) -> None:
        person = self.people[who]
        await self.slack.until(lambda: person.modals, 20)
        labels = {block["label"]["text"]: block for block in person.modal.body["blocks"] if block["type"] == "input"}
        told: dict[str, Any] = {}
        for label, value in answers.items():
            several = labels[label]["element"]["type"] in ("checkboxes", "multi_static_select")
            told[label] = [value] if several else value
        reply = await person.submits(told)
        assert reply.ok, reply

    async def reads(self, who: str, room: str) -> list[Seen]:
        person = self.people[who]
        said = [m for m in person.reads(self._channel(who, room)) if m.bot_id]
        out = [Seen(m.ts, told(m), tuple(buttons(m.blocks)), tuple(f.name for f in m.files), m) for m in said]
        if room == "private":
            out += [
                Seen("", "\n".join(texts(v.body["blocks"])), tuple(buttons(v.body["blocks"])), (), v) for v in person.modals
            ]
        return out

    async def emoji_on(self, message: str, room: str) -> list[str]:
        found = next(m for m in self.rooms[room].messages if m.ts == message)
        bot = self.space.app.bot_user
        return [EMOJI.get(name, name) for name, who in found.reactions.items() if bot in who]

    async def downloads(self, who: str, seen: Seen) -> bytes:
        assert isinstance(seen.handle, Message)
        content = seen.handle.files[0].content
        assert content is not None
        return content

    def _channel(self, who: str, room: str) -> Channel:
        return self.people[who].dm if room == "private" else self.rooms[room]


def told(message: Message) -> str:
    """All of its words, as they stand in blocks or, without any, in its text."""
    return "\n".join(texts(message.blocks)) or message.text


def texts(node: object) -> Iterator[str]:
    """Every text below a block."""
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for one in node:
            yield from texts(one)


def buttons(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            if element["type"] == "button":
                yield element["text"]["text"]
