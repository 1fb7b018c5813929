"""The local messenger as a town."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.web.door import WebDoor
from adapters.web.rows import BOT, Message
from bot.doors import Shown
from bot.outcome import OpenForm, Sheet, Toast
from tests.doors.town import Seen


class WebTown:
    """Acts through the messenger's platform, as its pages do. A sheet that was opened is read in private."""

    name = "web"

    def __init__(self, door: WebDoor, rooms: tuple[str, ...]) -> None:
        self.platform, self.door, self.names = door.platform, door, rooms
        self.people: dict[str, str] = {}
        self.rooms: dict[str, str] = {}
        self.shown: dict[str, tuple[Shown, str]] = {}

    async def arrives(self, who: str) -> None:
        for room in self.names:
            self.rooms[room] = await self.platform.add_channel(room)
        self.people[who] = await self.platform.add_person(who)

    async def asks(self, who: str, text: str, room: str, file: tuple[str, bytes] | None = None) -> str:
        words = text if room == "private" else f"@Guyub {text}"
        return await self.platform.say(self.people[who], self._channel(who, room), words, files=[file] if file else [])

    async def replies(self, who: str, text: str, to: Seen, file: tuple[str, bytes] | None = None) -> None:
        message = to.handle
        assert isinstance(message, Message)
        root = message.thread or message.id
        await self.platform.say(self.people[who], message.channel, text, root, files=[file] if file else [])

    async def runs(self, who: str, command: str, words: str = "", room: str = "private") -> None:
        channel = self._channel(who, room)
        self._show(who, await self.platform.command(self.people[who], channel, f"/{command} {words}".strip()), channel)

    async def presses(self, who: str, button: str, on: Seen) -> None:
        if isinstance(on.handle, Shown):
            label = next(b for b in on.handle.buttons if b.text == button)
            channel = self.shown[who][1]
            shown = await self.platform.press(self.people[who], "", label.action, label.value, channel)
        else:
            message = on.handle
            assert isinstance(message, Message)
            label = next(b for b in message.buttons if b.text == button)
            channel = message.channel
            shown = await self.platform.press(self.people[who], message.id, label.action, label.value)
        self._show(who, shown, channel)

    async def fills(self, who: str, answers: Mapping[str, str]) -> None:
        shown, channel = self.shown.pop(who)
        form = shown.now
        assert isinstance(form, OpenForm)
        told = {f.name: f.value for f in form.fields}
        for f in form.fields:
            wanted = answers.get(shown.words[f.label])
            if wanted is not None:
                told[f.name] = next((c.value for c in f.choices if c.label == wanted), wanted)
        self._show(who, await self.platform.submit(self.people[who], form.name, form.subject, told, channel), channel)

    async def reads(self, who: str, room: str) -> list[Seen]:
        user, channel = self.people[who], self._channel(who, room)
        out: list[Seen] = []
        for message in await self.platform.messages(channel, viewer=user):
            thread = await self.platform.messages(channel, message.id, viewer=user)
            out += [seen(m) for m in (message, *thread[1:]) if m.author == BOT and not m.deleted]
        if room == "private" and who in self.shown and isinstance(self.shown[who][0].now, (Sheet, Toast)):
            shown = self.shown[who][0]
            words = "\n".join(shown.words.values())
            out.append(Seen("", words, tuple(b.text for b in shown.buttons), (), shown))
        return out

    async def emoji_on(self, message: str, room: str) -> list[str]:
        found = next(m for m in await self.platform.messages(self.rooms[room]) if m.id == message)
        return [emoji for emoji, who in found.reactions.items() if BOT in who]

    async def downloads(self, who: str, seen: Seen) -> bytes:
        assert isinstance(seen.handle, Message)
        return await self.door.fetch(seen.handle.files[0].id)

    def _channel(self, who: str, room: str) -> str:
        return f"dm-{self.people[who]}" if room == "private" else self.rooms[room]

    def _show(self, who: str, shown: Shown | None, channel: str) -> None:
        if shown:
            self.shown[who] = shown, channel


def seen(message: Message) -> Seen:
    return Seen(message.id, message.text, tuple(b.text for b in message.buttons), tuple(f.name for f in message.files), message)
