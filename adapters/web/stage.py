"""Plays a scene on the local messenger: people who join, talk, ask and answer, through the same doors as everybody.

A scene is a YAML file, so that a library can write its own (adapters/web/scene.py). All of it goes through the messenger's
own platform, nothing is written behind the bot's back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from adapters.web import writing
from adapters.web.platform import Platform
from adapters.web.rows import BOT, Message
from adapters.web.scene import Act, Join, Room, Scene
from bot.doors import Label, Shown
from bot.outcome import OpenForm, Sheet, Toast

LOOK, LOOKS = 0.05, 400  # seconds between two looks for a button that has not come yet, and how many
TELLING = 40  # letters of a question by which the bot's post of it is known


class StageClock:
    """The time of the play: moves on by itself, and can be set forward; after `end` it is the real time."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self.real = real
        self.behind = timedelta()

    def __call__(self) -> datetime:
        return self.real() - self.behind

    def set(self, moment: datetime) -> None:
        """Forward only: a play does not go back in time."""
        self.behind = min(self.behind, self.real() - moment) if self.behind else self.real() - moment

    def end(self) -> None:
        self.behind = timedelta()


class Stage:
    """Plays one scene. `settled` waits until the bot has nothing left to do; where it does not, a button is looked for
    `looks` times."""

    def __init__(
        self,
        platform: Platform,
        settled: Callable[[], Awaitable[None]],
        moment: Callable[[Act], datetime],
        looks: int = LOOKS,
    ) -> None:
        self.platform, self.settled, self.moment, self.looks = platform, settled, moment, looks
        self.people: dict[str, str] = {}
        self.english: dict[str, bool] = {}
        self.rooms: dict[str, str] = {}
        self.communities: dict[str, str] = {}  # room → the id of the community it serves
        self.missing: set[str] = set()  # communities that a library with its own ones has not: nobody joins any there
        self.messages: dict[str, tuple[str, str]] = {}

    async def set_up(self, scene: Scene) -> None:
        """People and channels: the messenger's own, there at once."""
        for actor in scene.people:
            self.english[actor.key] = actor.language == "en"
            self.people[actor.key] = await self.platform.add_person(actor.name, actor.about, actor.language)
        for room in scene.channels:
            self.rooms[room.key] = await self.platform.add_channel(room.name, room.topic)

    async def introduce(self, scene: Scene) -> None:
        """The bot gets to know which channel serves whom, and who belongs where."""
        for room in scene.channels:
            if room.serves:
                await self._bind(room, scene.people[0].key)
        for join in () if self.missing else scene.joins:
            await self._join(join)

    async def _bind(self, room: Room, who: str) -> None:
        user, channel = self.people[who], self.rooms[room.key]
        shown = await self.platform.command(user, channel, "/kanal")
        if shown is not None and isinstance(shown.now, Toast):
            return  # somebody leads there already: a first start that was broken off had come further than this
        form = _form(shown)
        names = {c.label.lower(): c.value for f in form.fields if f.name == "community" for c in f.choices}
        community = "any" if room.serves == "any" else names.get(room.serves.lower())
        if community is None:
            self.missing.add(room.serves.lower())
            return
        self.communities[room.key] = community
        await self.platform.submit(user, form.name, form.subject, {"community": community, "mode": room.mode}, channel)

    async def _join(self, join: Join) -> None:
        user = self.people[join.who]
        private = f"dm-{user}"
        gabung, profil = ("/join", "/profile") if self.english[join.who] else ("/gabung", "/profil")
        told = await self.platform.command(user, private, f"{gabung} {join.community}")
        await self.settled()
        if join.steward:  # whoever belongs already (a first start that was broken off) may lead already
            again = told is not None and isinstance(told.now, Toast)
            await self._press(Act(who=join.who, room="@", press="take_lead", optional=again))
        form = _form(await self.platform.command(user, private, profil))
        fields = {f.name: f.value for f in form.fields}
        topics = {c.label.lower(): c.value for f in form.fields if f.name == "may_ask" for c in f.choices}
        topic = topics[join.community.lower()]
        agreed = {*fields.get("may_ask", "").split("\n"), topic} if join.may_ask else set()
        fields |= {f"knows:{topic}": join.knows, "may_ask": "\n".join(sorted(agreed - {""}))}
        await self.platform.submit(user, form.name, form.subject, fields, private)
        for message in await self.platform.messages(private, viewer=user):
            if message.only_for == user and not message.deleted:
                await self.platform.dismiss(user, message.id)

    async def play(self, act: Act) -> None:
        """One act, and all that follows from it. LookupError: there is nothing (no button, form or post) to do it on."""
        user = self.people[act.who]
        if act.edit:
            await self.platform.edit(user, self.messages[act.edit][1], act.say)
        elif act.say:
            await self._say(user, act)
        elif act.press:
            await self._press(act)
        elif act.command:
            await self._fill(user, act, await self.platform.command(user, self._room(act, user), act.command))
        elif act.react:
            await self.platform.react(user, self.messages[act.under][1], act.react)
        await self.settled()
        if act.to:
            await self._see_to_it(user, act)

    async def all_read(self) -> None:
        """Everybody has seen what was said until now."""
        everything = [m for room in await self.platform.channels() for m in await self.platform.messages(room.id)]
        threads = [m for root in everything if root.replies for m in await self.platform.messages(root.channel, root.id)]
        newest: dict[str, int] = {}
        for message in (*everything, *threads):
            newest[message.channel] = max(message.seq, newest.get(message.channel, 0))
        for user in self.people.values():
            for room, seq in newest.items():
                await self.platform.store.write(writing.read, user, room, seq)

    async def _say(self, user: str, act: Act) -> None:
        room, thread = self._room(act, user), ""
        if act.under:
            room, thread = await self._thread(act, user)
        at = self.moment(act)
        id = await self.platform.say(user, room, act.say, thread, at=at, tell=act.overheard)
        if act.name:
            self.messages[act.name] = (room, id)

    async def _see_to_it(self, user: str, act: Act) -> None:
        """The asker turns down what does not fit, and picks the community where the bot is not sure or mistaken."""
        room, root = self.messages[act.name]
        community = self.communities[act.to]
        for action in ("ask_people", "ask_anyway", "place", "place_other", "move"):
            seen = await self.platform.messages(room, root, viewer=user)
            found = [(m, b) for m in seen for b in m.buttons if b.action == action]
            found = [(m, b) for m, b in found if action != "place" or b.value.endswith(f":{community}")]
            if not found:
                continue
            message, button = found[-1]
            shown = await self.platform.press(user, message.id, action, button.value)
            if action in ("place_other", "move"):
                form = _form(shown)
                if any(c.value == community for f in form.fields for c in f.choices):
                    await self.platform.submit(user, form.name, form.subject, {"community": community}, room, root)
            await self.settled()

    async def _thread(self, act: Act, user: str) -> tuple[str, str]:
        """Where a reply belongs: under the message itself, or under the bot's post of it in `room`."""
        room, root = self.messages[act.under]
        if not act.room or self._room(act, user) == room:
            return room, root
        asked = next(m for m in await self.platform.messages(room, root) if m.id == root)
        there, words = self._room(act, user), _letters(asked.text)[:TELLING]
        posts = [m for m in await self.platform.messages(there, viewer=user) if m.author == BOT and words in _letters(m.text)]
        if not posts:
            raise LookupError(f"{act.who} finds no post of {act.under!r} in {act.room!r}")
        return there, posts[-1].id

    async def _press(self, act: Act) -> None:
        """The newest message with that button that this person sees; then what it opens."""
        user = self.people[act.who]
        for _ in range(1 if act.optional else self.looks):
            found = [(m, b) for m in await self._seen(act, user) for b in m.buttons if _meant(act, m, b)]
            if found:
                message, button = found[-1]
                shown = await self.platform.press(user, message.id, button.action, button.value)
                await self._go_on(user, act, message, shown)
                return
            await asyncio.sleep(LOOK)
        if not act.optional:
            raise LookupError(f"{act.who} finds no button {act.press!r} {act.under or act.room}")

    async def _go_on(self, user: str, act: Act, message: Message, shown: Shown | None) -> None:
        """In what the button opened: the sheet's own button, the form's fields."""
        if act.then and shown is not None and isinstance(shown.now, Sheet):
            button = next((b for b in shown.buttons if b.action == act.then), None)
            if button is None:
                raise LookupError(f"{act.who} finds no button {act.then!r} on what opened")
            shown = await self.platform.press(user, "", button.action, button.value, message.channel, message.thread)
        await self._fill(user, act, shown, message)
        if message.only_for == user:  # done with: people put such a word away
            await self.settled()
            await self.platform.dismiss(user, message.id)

    async def _fill(self, user: str, act: Act, shown: Shown | None, on: Message | None = None) -> None:
        """Sends the form with `fill` in it; choices are named by their words. What is not filled stays as it was."""
        if not act.fill:
            return
        form = _form(shown)
        fields = {f.name: f.value for f in form.fields}
        for field in form.fields:
            if field.name in act.fill:
                named = {c.label.lower(): c.value for c in field.choices}
                typed = act.fill[field.name]
                fields[field.name] = named.get(typed.lower(), typed)
        channel, thread = (on.channel, on.thread) if on else (self._room(act, user), "")
        await self.platform.submit(user, form.name, form.subject, fields, channel, thread)

    async def _seen(self, act: Act, user: str) -> tuple[Message, ...]:
        if act.under:
            room, root = await self._thread(act, user)
            return await self.platform.messages(room, root, viewer=user)
        return await self.platform.messages(self._room(act, user), viewer=user)

    def _room(self, act: Act, user: str) -> str:
        return f"dm-{user}" if act.room in ("", "@") else self.rooms[act.room]


def _meant(act: Act, message: Message, button: Label) -> bool:
    """Whether it is this button on this message: by action, by its own words, by the message's words."""
    return button.action == act.press and act.label in button.text and _letters(act.about) in _letters(message.text)


def _letters(text: str) -> str:
    """Bare, so that quoting and escaping make no difference."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _form(shown: Shown | None) -> OpenForm:
    if shown is None or not isinstance(shown.now, OpenForm):
        raise LookupError(f"a form was expected, not {shown and shown.now}")
    return shown.now
