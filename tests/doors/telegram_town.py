"""Emulated Telegram groups as a town: "umum" is a group, every other room a topic of a forum."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from tests.doors.town import Seen, until
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.telegram.belonging import Person
from tests.emulators.telegram.model import Chat, Message, Topic

STEPS = 30
ON = ("Biarkan", "Lewati", "Selesai")  # what carries a form on without an answer


class TelegramTown:
    """Everybody presses Start once."""

    name = "telegram"

    def __init__(self, telegram: TelegramEmulator, rooms: tuple[str, ...]) -> None:
        self.telegram = telegram
        group, *topics = rooms
        plain = telegram.supergroup(-1001000000001, group, bot_status="administrator")
        forum = telegram.supergroup(-1001000000002, "Pustakawan", forum=True, bot_status="administrator")
        self.rooms: dict[str, tuple[Chat, Topic | None]] = {group: (plain, None)}
        self.rooms |= {name: (forum, telegram.topic(forum, name)) for name in topics}
        self.people: dict[str, Person] = {}

    def knows(self, who: str) -> Person:
        """The person, in both groups from now on."""
        if who not in self.people:
            person = self.people[who] = self.telegram.person(500 + len(self.people), who, started=True)
            for chat in {id(chat): chat for chat, _ in self.rooms.values()}.values():
                person.joins(chat)
        return self.people[who]

    async def arrives(self, who: str) -> None:
        person = self.knows(who)
        if not person.inbox():
            person.starts()
            await self.telegram.until(person.inbox, 20)

    async def asks(self, who: str, text: str, room: str, file: tuple[str, bytes] | None = None) -> str:
        person = self.people[who]
        chat, topic = (person.private(), None) if room == "private" else self.rooms[room]
        words = text if room == "private" else f"@{self.telegram.bot.username} {text}"
        if file:
            return str(person.sends_document(file[1], file[0], words, chat, topic=topic).id)
        return str(person.says(words, chat, topic=topic).id)

    async def replies(self, who: str, text: str, to: Seen, file: tuple[str, bytes] | None = None) -> None:
        assert isinstance(to.handle, Message)
        if file:
            self.people[who].sends_document(file[1], file[0], text, reply_to=to.handle)
        else:
            self.people[who].says(text, reply_to=to.handle)

    async def runs(self, who: str, command: str, words: str = "", room: str = "private") -> None:
        if room == "private":
            self.people[who].commands(command, words)
        else:
            chat, topic = self.rooms[room]
            self.people[who].commands(command, words, chat, topic=topic)

    async def presses(self, who: str, button: str, on: Seen) -> None:
        assert isinstance(on.handle, Message)
        await self.people[who].presses(button, on.handle)

    async def fills(self, who: str, answers: Mapping[str, str]) -> None:
        """Step by step in private, as the bot asks."""
        left = dict(answers)
        for _ in range(STEPS):
            step = await self._step(who)
            names = [b.text for row in step.buttons for b in row]
            if "Sudah benar?" in step.text:
                await self._goes_on(who, step, names[0])
                return
            label = next((one for one in left if one in step.text), None)
            await self._answers(who, step, names, left.pop(label) if label else None)
        raise AssertionError(f"there is no end to the form; last: {step.text}")

    async def _answers(self, who: str, step: Message, names: list[str], value: str | None) -> None:
        option = next((n for n in names if value is not None and n.lstrip("✓✅☑ ") == value), None)
        if value is None:
            await self._goes_on(who, step, next(n for n in names if n.startswith(ON)))
        elif option is None:
            before = fingerprint(step)
            self.people[who].says(value)
            await self._changed(who, step, before)
        elif "Selesai" in names:
            if option == value:  # not ticked yet
                await self._goes_on(who, step, option)
            await self._goes_on(who, await self._step(who), "Selesai")
        else:
            await self._goes_on(who, step, option)

    async def _goes_on(self, who: str, step: Message, button: str) -> None:
        before = fingerprint(step)
        await self.people[who].presses(button, step)
        await self._changed(who, step, before)

    async def _changed(self, who: str, step: Message, before: str) -> None:
        async def changed() -> bool:
            last = self.people[who].inbox()[-1]
            return last is not step or fingerprint(step) != before

        await until(changed, f"the form did not go on after: {step.text}")

    async def _step(self, who: str) -> Message:
        """The step of the form that stands there now."""
        found: list[Message] = []

        async def there() -> bool:
            found[:] = [m for m in self.people[who].inbox() if m.buttons]
            return bool(found) and "Batal" in [b.text for row in found[-1].buttons for b in row]

        await until(there, f"no form is open for {who}: {[m.text for m in self.people[who].inbox()]}")
        await asyncio.sleep(0.02)
        return found[-1]

    async def reads(self, who: str, room: str) -> list[Seen]:
        if room == "private":
            messages = self.people[who].inbox()
        else:
            chat, topic = self.rooms[room]
            messages = [m for m in chat.by(self.telegram.bot) if m.topic is topic]
        return [seen(m) for m in messages]

    async def emoji_on(self, message: str, room: str) -> list[str]:
        found = self.rooms[room][0].by_id[int(message)]
        return found.reactions.get(self.telegram.bot.id, [])

    async def downloads(self, who: str, seen: Seen) -> bytes:
        assert isinstance(seen.handle, Message)
        return seen.handle.files[0].content


def seen(message: Message) -> Seen:
    buttons = tuple(b.text for row in message.buttons for b in row)
    return Seen(str(message.id), message.text, buttons, tuple(f.name for f in message.files), message)


def fingerprint(message: Message) -> str:
    return f"{message.text}\n{[b.text for row in message.buttons for b in row]}"
