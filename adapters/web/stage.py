"""Plays a scene on the local messenger: people who join, talk, ask and answer, through the same doors as everybody.

A scene is a YAML file, so that a library can write its own. `people`, `channels` and `joins` set it up; `acts` are played in
order, each on its day. All of it goes through the messenger's own platform, nothing is written behind the bot's back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from adapters.web.platform import Platform
from adapters.web.rows import BOT, Message
from bot.model.base import Language
from bot.outcome import OpenForm
from bot.ports import Shown

LOOK, LOOKS = 0.05, 400  # seconds between two looks for a button that has not come yet, and how many
SCENES = Path(__file__).parent / "scenes"


class Part(BaseModel):
    """A part of a scene; a misspelt key is an error that names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Actor(Part):
    key: str
    name: str
    about: str = ""
    language: Language = "id"


class Room(Part):
    """A channel. `serves`: a community's name, "any" (questions go where they belong), or "" for none."""

    key: str
    name: str
    topic: str = ""
    serves: str = ""
    mode: str = "auto"


class Join(Part):
    """Somebody in a community, with what they say they know. `steward`: takes the lead."""

    who: str
    community: str
    knows: str = ""
    may_ask: bool = True
    steward: bool = False


class Act(Part):
    """One thing somebody does. `day` counts back from today (0), `time` is local, "HH:MM".

    `say` in `room` (or in the thread of `under`, an earlier act's `name`); or `press` a button (`action`) on the newest bot
    message that has it, in the thread of `under`, in private (`room: "@"`), or in `room`; or a slash `command`.
    `overheard` False: old talk that the bot never gets.
    """

    who: str
    room: str = ""
    say: str = ""
    press: str = ""
    command: str = ""
    under: str = ""
    name: str = ""
    day: int = 0
    time: str = ""
    react: str = ""
    overheard: bool = True


class Scene(Part):
    people: tuple[Actor, ...]
    channels: tuple[Room, ...]
    joins: tuple[Join, ...] = ()
    acts: tuple[Act, ...] = ()


def read_scene(name: str) -> Scene:
    """A scene shipped with Guyub. Pydantic's ValidationError names what is wrong."""
    return Scene.model_validate(yaml.safe_load((SCENES / f"{name}.yaml").read_text("utf-8")))


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
    """Plays one scene. `settled` waits until the bot has nothing left to do."""

    def __init__(self, platform: Platform, settled: Callable[[], Awaitable[None]], moment: Callable[[Act], datetime]) -> None:
        self.platform, self.settled, self.moment = platform, settled, moment
        self.people: dict[str, str] = {}
        self.english: dict[str, bool] = {}
        self.rooms: dict[str, str] = {}
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
        for join in scene.joins:
            await self._join(join)

    async def _bind(self, room: Room, who: str) -> None:
        user, channel = self.people[who], self.rooms[room.key]
        form = _form(await self.platform.command(user, channel, "/kanal"))
        names = {c.label.lower(): c.value for f in form.fields if f.name == "community" for c in f.choices}
        community = "any" if room.serves == "any" else names[room.serves.lower()]
        await self.platform.submit(user, form.name, form.subject, {"community": community, "mode": room.mode}, channel)

    async def _join(self, join: Join) -> None:
        user = self.people[join.who]
        private = f"dm-{user}"
        gabung, profil = ("/join", "/profile") if self.english[join.who] else ("/gabung", "/profil")
        await self.platform.command(user, private, f"{gabung} {join.community}")
        if join.steward:
            await self._press(Act(who=join.who, room="@", press="take_lead"))
        form = _form(await self.platform.command(user, private, profil))
        fields = {f.name: f.value for f in form.fields}
        topics = {c.label.lower(): c.value for f in form.fields if f.name == "may_ask" for c in f.choices}
        topic = topics[join.community.lower()]
        agreed = {*fields.get("may_ask", "").split("\n"), topic} if join.may_ask else set()
        fields |= {f"knows:{topic}": join.knows, "may_ask": "\n".join(sorted(agreed - {""}))}
        await self.platform.submit(user, form.name, form.subject, fields, private)
        for told in await self.platform.messages(private, viewer=user):
            if told.only_for == user and not told.deleted:
                await self.platform.dismiss(user, told.id)

    async def play(self, act: Act) -> None:
        """One act, and all that follows from it."""
        user = self.people[act.who]
        if act.say:
            await self._say(user, act)
        elif act.press:
            await self._press(act)
        elif act.command:
            await self.platform.command(user, self._room(act, user), act.command)
        elif act.react:
            await self.platform.react(user, self.messages[act.under][1], act.react)
        await self.settled()

    async def _say(self, user: str, act: Act) -> None:
        room, thread = self._room(act, user), ""
        if act.under:
            room, thread = await self._thread(act, user)
        at = self.moment(act)
        id = await self.platform.say(user, room, act.say, thread, at=at, tell=act.overheard)
        if act.name:
            self.messages[act.name] = (room, id)

    async def _thread(self, act: Act, user: str) -> tuple[str, str]:
        """Where a reply belongs: under the message itself, or under the bot's post of it in `room`."""
        room, root = self.messages[act.under]
        if not act.room or self.rooms.get(act.room) == room:
            return room, root
        there = self.rooms[act.room]
        posts = [m for m in await self.platform.messages(there, viewer=user) if m.author == BOT and not m.thread]
        return there, posts[-1].id

    async def _press(self, act: Act) -> None:
        """The newest message with that button that this person sees."""
        user = self.people[act.who]
        for _ in range(LOOKS):
            found = [(m, b) for m in await self._seen(act, user) for b in m.buttons if b.action == act.press]
            if found:
                message, button = found[-1]
                await self.platform.press(user, message.id, button.action, button.value)
                return
            await asyncio.sleep(LOOK)
        raise LookupError(f"{act.who} finds no button {act.press!r} {act.under or act.room}")

    async def _seen(self, act: Act, user: str) -> tuple[Message, ...]:
        if act.under:
            room, root = self.messages[act.under]
            return await self.platform.messages(room, root, viewer=user)
        return await self.platform.messages(self._room(act, user), viewer=user)

    def _room(self, act: Act, user: str) -> str:
        return f"dm-{user}" if act.room in ("", "@") else self.rooms[act.room]


def _form(shown: Shown | None) -> OpenForm:
    if shown is None or not isinstance(shown.now, OpenForm):
        raise LookupError(f"a form was expected, not {shown and shown.now}")
    return shown.now
