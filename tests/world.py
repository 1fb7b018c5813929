"""A whole Guyub in one helper that speaks in sentences: the real core, the real store (SQLite), a door of the tests' own.

    async with a_world(tmp_path) as world:
        await world.asks("Sari", "Bagaimana cara menghitung denda?", "#sirkulasi")
        assert world.heard("#sirkulasi") == ["card.open"]

What is heard is asserted by template name, never by wording. Only door, clock, embedder and LLM are the tests' own.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.compose import House, open_house
from bot.desk import Rules
from bot.doors import Shown
from bot.events import Commanded, Deleted, Edited, Event, FileRef, Left, Marked, Pressed, Reacted, Said, Submitted, What
from bot.loops import settle
from bot.model.base import new_id
from bot.model.knowledge import Item
from bot.model.member import Member
from bot.model.place import Account, Place
from bot.model.question import Question
from bot.settings import Settings
from tests.fakes import Heard, MarkedVoice, PaperDoor, TestClock, WordVectors, marked_voice, user_of

__all__ = ["Heard", "MarkedVoice", "PaperDoor", "TestClock", "WordVectors", "marked_voice", "user_of"]

COMMUNITIES = Path(__file__).parent / "communities.yaml"


class World:
    """People who act, and what is heard. Every act is delivered, handled and answered before it returns."""

    def __init__(self, house: House, door: PaperDoor, clock: TestClock) -> None:
        self.house, self.door, self.clock = house, door, clock
        self.shown: Shown | None = None
        self.last = ""
        self.parked = (0, 0)  # how many events and messages a test expects to be given up

    def at(self, door: str) -> World:
        """The same house as it is at another of its doors."""
        other = self.house.doors[door]
        assert isinstance(other, PaperDoor)
        return World(self.house, other, self.clock)

    # ---- acting ----------------------------------------------------------------------------------------------------

    async def happens(self, who: str, what: What, channel: str = "#umum", thread: str = "", id: str = "") -> Shown | None:
        """One event, through the door a platform would use."""
        event = Event(
            id or f"paper:{new_id()}",
            self.house.store.library,
            self.clock(),
            what,
            Account(self.door.name, user_of(who), who),
            Place(self.door.name, channel, thread),
            private=channel.startswith("@"),
        )
        return await self.receives(event)

    async def receives(self, event: Event) -> Shown | None:
        self.clock.forward(seconds=1)
        if isinstance(event.what, (Commanded, Pressed, Submitted, Marked)):
            self.shown = await self.house.app.respond(event)
        else:
            await self.house.app.receive(event)
        await self.settles()
        return self.shown

    async def settles(self) -> None:
        await settle(self.house.app, self.house.outbox)

    async def solved(
        self, who: str, text: str, by: str, answer: str, channel: str = "#umum", files: tuple[FileRef, ...] = ()
    ) -> Question:
        """Asked, answered and accepted: a draft is there."""
        q = await self.asks(who, text, channel)
        reply = await self.replies(by, answer, q, files=files)
        await self.reacts(who, "✅", reply, channel)
        return await self.again(q)

    async def published(self, who: str, text: str, by: str, answer: str, steward: str = "Sari") -> Item:
        """The same, and approved by a steward."""
        q = await self.solved(who, text, by, answer)
        item = await self.item(q)
        await self.happens(steward, Pressed("approve", item.id, ""), f"@{user_of(steward)}")
        item = await self.item(q)
        assert item.status == "published", self.toast
        return item

    async def later(self, **by: float) -> None:
        """Time passes; what has come due is done."""
        self.clock.forward(**by)
        for _ in range(20):
            due = await self.house.store.claim_due(self.clock(), 200)
            await self.settles()
            if not due:
                return
        raise AssertionError("there is no end to what comes due")

    async def says(self, who: str, text: str, channel: str = "#umum", thread: str = "", **more: object) -> str:
        """A message; its id."""
        self.last = f"m{new_id()}"
        direct = channel.startswith("@")
        await self.happens(who, Said(text, self.last, direct=direct, **more), channel, thread)  # type: ignore[arg-type]
        return self.last

    async def asks(self, who: str, text: str, channel: str = "#umum") -> Question:
        """Mentions the bot with a question."""
        await self.says(who, text, channel, mentioned=True)
        return await self.question()

    async def replies(self, who: str, text: str, question: Question, channel: str = "", files: tuple[FileRef, ...] = ()) -> str:
        """Answers in the question's thread: at its origin, or under its card in that channel."""
        channel = channel or question.origin.channel
        root = question.origin.message if channel == question.origin.channel else self.card("card.post", channel).ref.message
        return await self.says(who, text, channel, root, files=files)

    async def reacts(self, who: str, emoji: str, message: str, channel: str = "#umum") -> None:
        await self.happens(who, Reacted(emoji, message), channel)

    async def edits(self, who: str, message: str, text: str, channel: str = "#umum", thread: str = "") -> None:
        await self.happens(who, Edited(text, message), channel, thread)

    async def deletes(self, who: str, message: str, channel: str = "#umum", thread: str = "") -> None:
        await self.happens(who, Deleted(message), channel, thread)

    async def presses(self, who: str, action: str, heard: Heard | None = None, id: str = "") -> Shown | None:
        """A button: on this message, or on the newest that has it, or on the sheet just shown."""
        sheet = {label.action: label for label in self.shown.buttons} if self.shown else {}
        self.shown = None
        if heard is None and action in sheet:
            label, channel, message, thread = sheet[action], f"@{user_of(who)}", "", ""
        else:
            heard = heard or next(m for m in reversed(self.door.messages) if action in m.buttons)
            label, channel, message, thread = heard.buttons[action], heard.ref.channel, heard.ref.message, heard.thread
        return await self.happens(who, Pressed(label.action, label.value, message), channel, thread, id)

    async def speaks(self, who: str, language: str) -> None:
        """Sets the language in the profile."""
        await self.commands(who, "profile" if language == "en" else "profil")
        await self.fills(who, language=language)

    async def commands(self, who: str, line: str, channel: str = "#umum", thread: str = "") -> Shown | None:
        self.shown = None
        name, _, args = line.lstrip("/").partition(" ")
        return await self.happens(who, Commanded(name, args), channel, thread)

    async def fills(self, who: str, **fields: str) -> Shown | None:
        """Sends the form just shown, its other fields as they stood."""
        return await self.fills_in(who, "#umum", **fields)

    async def fills_in(self, who: str, channel: str, **fields: str) -> Shown | None:
        """The same in another channel."""
        assert self.shown is not None, "no form is open"
        form = self.shown.now
        kept = {f.name: f.value for f in form.fields}  # type: ignore[union-attr]
        told = {name.replace("__", ":"): value for name, value in fields.items()}
        shown, self.shown = self.shown, None
        what = Submitted(form.name, form.subject, tuple((kept | told).items()))  # type: ignore[union-attr]
        self.shown = await self.happens(who, what, channel)
        self.form = shown
        return self.shown

    async def leaves(self, who: str) -> None:
        await self.happens(who, Left(), "")

    async def joins(self, who: str, *keys: str, may_ask: bool = True, knows: str = "", steward: bool = False) -> Member:
        """Joins through the commands, and agrees to be asked."""
        for key in keys:
            await self.commands(who, f"gabung {key}")
            if steward:
                await self.presses(who, "take_lead")
        if may_ask:
            await self.commands(who, "profil")
            form = self.shown.now  # type: ignore[union-attr]
            topics = [f.name.split(":")[1] for f in form.fields if f.name.startswith("knows:")]  # type: ignore[union-attr]
            told = {f"knows__{t}": knows for t in topics}
            await self.fills(who, may_ask="\n".join(topics), **told)
        return await self.member(who)

    async def binds(self, who: str, channel: str, key: str, mode: str = "auto") -> None:
        community = await self.house.store.communities.by_key(key)
        assert community is not None
        self.shown = await self.happens(who, Commanded("kanal"), channel)
        form = self.shown.now  # type: ignore[union-attr]
        fields = (("community", community.id), ("mode", mode))
        await self.happens(who, Submitted(form.name, form.subject, fields), channel)  # type: ignore[union-attr]

    # ---- looking ---------------------------------------------------------------------------------------------------

    def heard(self, channel: str, *, thread: bool | None = None) -> list[str]:
        """Template names of what stands in a channel for all to see, in order; `thread` narrows to in or outside of threads."""
        here = [m for m in self.door.messages if m.ref.channel == channel and not m.alone]
        return [m.template for m in here if thread in (None, bool(m.thread))]

    def told(self, who: str) -> list[str]:
        """Template names of what somebody was told alone: in private, or in passing where they were."""
        user = user_of(who)
        return [m.template for m in self.door.messages if m.template and (m.ref.channel == f"@{user}" or m.alone == user)]

    def forget(self) -> None:
        """What was heard so far is no longer looked at (it stays where it is)."""
        for message in self.door.messages:
            message.template = ""

    def card(self, template: str, channel: str = "") -> Heard:
        """The newest message of that template (or beginning so), in that channel."""
        found = [m for m in self.door.messages if m.template.startswith(template) and channel in ("", m.ref.channel)]
        assert found, f"{template} was not heard; heard: {[(m.ref.channel, m.template) for m in self.door.messages]}"
        return found[-1]

    @property
    def toast(self) -> str:
        """The template of what was shown at once."""
        now = self.shown.now if self.shown else None
        return getattr(now, "template", "") or getattr(now, "title", "") or type(now).__name__

    async def question(self, id: str = "") -> Question:
        """This one, or the newest."""
        found = await self.house.store.questions.get(id) if id else (await self.house.store.questions.recent(1))[0]
        assert found is not None
        return found

    async def again(self, question: Question) -> Question:
        return await self.question(question.id)

    async def item(self, question: Question) -> Item:
        found = await self.house.store.items.of_question(question.id)
        assert found is not None, "nothing was kept of it"
        return found

    async def item_of(self, item: Item) -> Item:
        """The item as it is now."""
        found = await self.house.store.items.get(item.id)
        assert found is not None
        return found

    async def member(self, name: str) -> Member:
        found = await self.house.store.members.by_account(self.door.name, user_of(name))
        assert found is not None
        return found


@asynccontextmanager
async def a_world(folder: Path, *, embedder: WordVectors | None = None, rules: Rules | None = None) -> AsyncIterator[World]:
    """A library with three communities (tests/communities.yaml), each with its channel, and nobody in them yet."""
    async with _as_it_was("world", _nobody_yet, folder, embedder, rules) as world:
        yield world


@asynccontextmanager
async def a_library(
    folder: Path, *, embedder: WordVectors | None = None, rules: Rules | None = None, doors: Sequence[str] = ()
) -> AsyncIterator[World]:
    """A world at work: Rini the operator, Sari steward of circulation, Daniel and Wati who know, each channel bound.

    `doors`: names of further paper doors beside it, nobody there yet (`world.at(name)`).
    """
    async with _as_it_was("library", _at_work, folder, embedder, rules, doors) as world:
        yield world


async def _nobody_yet(world: World) -> None:
    await world.settles()


async def _at_work(world: World) -> None:
    await world.settles()
    for key in ("sirkulasi", "pengolahan", "preservasi"):
        await world.binds("Ibu Rini", f"#{key}", key)
    await world.joins("Sari", "sirkulasi", steward=True, knows="denda dan bebas pustaka")
    await world.joins("Daniel", "sirkulasi", "pengolahan", knows="MARC, call numbers")
    await world.joins("Wati", "sirkulasi", "preservasi", knows="perpanjangan")


_BUILT: dict[str, tuple[tempfile.TemporaryDirectory[str], datetime]] = {}


@asynccontextmanager
async def _as_it_was(
    kind: str,
    build: Callable[[World], Awaitable[None]],
    folder: Path,
    embedder: WordVectors | None,
    rules: Rules | None,
    doors: Sequence[str] = (),
) -> AsyncIterator[World]:
    """A world built once a process; each test gets a copy of its files, at the same moment in time."""
    if kind not in _BUILT:
        made = tempfile.TemporaryDirectory()
        async with _opened(Path(made.name), TestClock(), None, None) as world:
            await build(world)
            _BUILT[kind] = made, world.clock.now
    made, then = _BUILT[kind]
    shutil.copytree(made.name, folder, dirs_exist_ok=True)
    clock = TestClock()
    clock.now = then
    async with _opened(folder, clock, embedder, rules, doors=doors) as world:
        yield world


@asynccontextmanager
async def a_library_on(database_url: str, folder: Path) -> AsyncIterator[World]:
    """A world at work on that (empty) database."""
    async with _opened(folder, TestClock(), None, None, database_url) as world:
        await _at_work(world)
        yield world


@asynccontextmanager
async def _opened(
    folder: Path,
    clock: TestClock,
    embedder: WordVectors | None,
    rules: Rules | None,
    database_url: str = "",
    doors: Sequence[str] = (),
) -> AsyncIterator[World]:
    door = PaperDoor()
    beside = tuple(PaperDoor(name) for name in doors)
    settings = Settings(data_dir=folder, database_url=database_url, communities=COMMUNITIES, operators=("paper:ibu.rini",))
    async with open_house(settings, clock=clock, doors=(door, *beside), model=embedder or WordVectors(), rules=rules) as house:
        house.outbox.voice = house.app.dispatcher.voice = marked_voice()
        yield World(house, door, clock)
