"""A scripted conversation that survives its own death: whoever plays it again goes on where it stopped.

Each act has a name. It is written down in the same transaction in which the messenger accepts the act, so that an act is
played once however often the process dies; the event that tells the bot of it carries the act's name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from sqlite3 import Connection

from adapters.web import payloads, reading, writing
from adapters.web.rows import Channel, Message, Person
from adapters.web.translate import Payload
from bot.compose import House, open_house
from bot.doors import Label, Shown
from bot.scene import settled
from bot.serve import living
from tests.durability.houses import run, settings
from tests.world import WordVectors

NAMED: ContextVar[str] = ContextVar("act", default="")
SHOWN = "shown: "
LOOK = 0.02  # seconds between two looks at what the bot has said
PATIENCE = 20.0
ACTS = "CREATE TABLE IF NOT EXISTS acts (id TEXT PRIMARY KEY, message TEXT NOT NULL) STRICT"


@contextmanager
def kept_log() -> Iterator[None]:
    """Inside, the messenger names events by their acts, and writes them down as it accepts them."""
    begin, queue = payloads.begin, writing.queue

    def named(who: Person, room: Channel, at: datetime, thread: str = "") -> Payload:
        base = begin(who, room, at, thread)
        return {**base, "id": f"web:{NAMED.get()}"} if NAMED.get() else base

    def written(c: Connection, payload: Payload, lane: str) -> None:
        c.execute(ACTS)
        c.execute("INSERT INTO acts VALUES (?, ?)", (payload["id"], payload.get("message", "")))
        queue(c, payload, lane)

    payloads.begin, writing.queue = named, written
    try:
        yield
    finally:
        payloads.begin, writing.queue = begin, queue


def play(folder: Path, told: Pipe) -> None:
    """A child's whole life: open the house, go on with the script, tell "done"."""
    run(_play(folder, told))


async def _play(folder: Path, told: Pipe) -> None:
    told.send("start")
    async with open_house(settings(folder), model=WordVectors()) as house, living(house):
        await perform(house, told.send)
        told.send("done")


async def perform(house: House, tell: Callable[[str], None]) -> None:
    """The script from its beginning, or from where an earlier life left it. The house has to be alive."""
    player = Player(house, tell)
    with kept_log():
        for together in ROUNDS:
            await asyncio.gather(*(act(player, n) for n in CASTS for act in together))
            await settled(house)


class Player:
    """Acts for people, each act once ever."""

    def __init__(self, house: House, tell: Callable[[str], None]) -> None:
        self.house, self.platform, self.tell = house, house.web.platform, tell

    async def act(self, name: str, do: Callable[[], Awaitable[object]]) -> None:
        """Does it unless the messenger accepted it in an earlier life."""
        if await self.message(name) is None:
            self.tell(name)
            NAMED.set(name)
            shown = await do()
            NAMED.set("")
            if isinstance(shown, Shown):
                self.tell(SHOWN + "\n".join(shown.words.values()))

    async def message(self, name: str) -> str | None:
        """The message that an act made ("" where it makes none); None: it was not accepted yet."""

        def find(c: Connection) -> str | None:
            c.execute(ACTS)
            row = c.execute("SELECT message FROM acts WHERE id = ?", (f"web:{name}",)).fetchone()
            return str(row[0]) if row else None

        return await self.platform.store.write(find)

    async def made(self, name: str) -> str:
        found = await self.message(name)
        assert found, f"{name} made no message"
        return found

    async def press(self, name: str, user: str, action: str, room: str, thread: str = "") -> None:
        async def do() -> Shown | None:
            message, button = await self.button(user, action, room, thread)
            return await self.platform.press(user, message.id, button.action, button.value)

        await self.act(name, do)

    async def button(self, user: str, action: str, room: str, thread: str = "") -> tuple[Message, Label]:
        """The newest one that the person sees there, as soon as there is one."""
        async with asyncio.timeout(PATIENCE):
            while True:
                seen = await self.platform.messages(room, thread, user)
                found = [(m, b) for m in seen for b in m.buttons if b.action == action]
                if found:
                    return found[-1]
                await asyncio.sleep(LOOK)

    async def root(self, message: str) -> str:
        """The thread that a message is in."""
        found = await self.platform.store.read(reading.message, message)
        assert found
        return found.root


class Cast:
    """A community's people in this script: who asks, who knows, who leads, and who asks again later."""

    def __init__(self, key: str, people: str, question: str, answer: str, again: str, ways: tuple[str, str]) -> None:
        self.key, self.question, self.answer, self.again = key, question, answer, again
        self.asker, self.knower, self.steward, self.later = (name.lower() for name in people.split())
        self.asks, self.settles = ways
        self.people = people.split()

    def room(self) -> str:
        """Where it is asked."""
        return self.key if self.asks == "overheard" else "ruang"


CASTS = (
    Cast(
        "sirkulasi",
        "Ani Budi Citra Dedi",
        "Bagaimana menghitung denda buku yang terlambat dikembalikan pemustaka?",
        "Denda dihitung per hari keterlambatan: buka menu sirkulasi, pilih pengembalian, lalu cetak bukti denda.",
        "Cara menghitung denda buku terlambat dikembalikan pemustaka bagaimana?",
        ("mentioned", "button"),
    ),
    Cast(
        "pengolahan",
        "Eka Fajar Gita Hadi",
        "Ruas MARC mana untuk judul seri dan nomor panggil terjemahan?",
        "Judul seri masuk ruas 490, lalu telusurannya di ruas 830. Nomor panggil terjemahan ada di ruas 082.",
        "Judul seri dan nomor panggil terjemahan memakai ruas MARC mana?",
        ("command", "thanks"),
    ),
    Cast(
        "preservasi",
        "Indra Joko Kiki Lina",
        "Bagaimana membersihkan jamur di buku lama koleksi langka?",
        "Pakai kuas lembut dan masker, lalu angin-anginkan bukunya dua hari. Jamur basah dikeringkan dulu.",
        "Membersihkan jamur di buku lama koleksi langka bagaimana caranya?",
        ("overheard", "reaction"),
    ),
)


async def arrive(p: Player, cast: Cast) -> None:
    for name in cast.people:
        await p.platform.add_person(name)
    await p.platform.add_channel(cast.key)


async def open_room(p: Player, cast: Cast) -> None:
    if cast is CASTS[0]:
        await p.platform.add_person("Rini")
        await p.platform.add_channel("ruang")


async def bind(p: Player, cast: Cast) -> None:
    community = await p.house.store.communities.by_key(cast.key)
    assert community
    fields = {"community": community.id, "mode": "auto"}
    await p.act(f"{cast.key}.bind", lambda: p.platform.submit("rini", "channel", cast.key, fields, cast.key))


async def join(p: Player, cast: Cast) -> None:
    for user in (cast.knower, cast.steward):
        await p.act(f"{user}.join", lambda user=user: p.platform.command(user, f"dm-{user}", f"/gabung {cast.key}"))  # type: ignore[misc]
    await p.press(f"{cast.steward}.lead", cast.steward, "take_lead", f"dm-{cast.steward}")


async def profile(p: Player, cast: Cast) -> None:
    community = await p.house.store.communities.by_key(cast.key)
    assert community
    fields = {f"knows:{community.id}": cast.answer, "may_ask": community.id, "cap": "10", "language": "id", "away": "no"}
    await p.act(f"{cast.knower}.profile", lambda: p.platform.submit(cast.knower, "profile", "", fields))


async def ask(p: Player, cast: Cast) -> None:
    await _ask(p, cast, f"{cast.key}.ask", cast.asker, cast.question)


async def _ask(p: Player, cast: Cast, name: str, user: str, text: str) -> None:
    match cast.asks:
        case "command":
            await p.act(name, lambda: p.platform.command(user, "ruang", f"/tanya {text}"))
        case "mentioned":
            await p.act(name, lambda: p.platform.say(user, "ruang", f"@Guyub {text}"))
        case _:
            await p.act(name, lambda: p.platform.say(user, cast.key, text))


async def me_too(p: Player, cast: Cast) -> None:
    if cast.asks != "overheard":
        await p.press(f"{cast.key}.too", cast.steward, "me_too", cast.key)


async def reply(p: Player, cast: Cast) -> None:
    """As soon as the question is seen there, as an eager colleague does."""
    name = f"{cast.key}.reply"
    if await p.message(name) is None:
        asked = cast.asks == "overheard"
        root = await p.made(f"{cast.key}.ask") if asked else (await p.button(cast.knower, "me_too", cast.key))[0].id
        await p.act(name, lambda: p.platform.say(cast.knower, cast.key, cast.answer, root))


async def edit(p: Player, cast: Cast) -> None:
    answer = await p.made(f"{cast.key}.reply")
    await p.act(f"{cast.key}.edit", lambda: p.platform.edit(cast.knower, answer, cast.answer + " Semoga membantu."))


async def add(p: Player, cast: Cast) -> None:
    """Somebody adds to it, and takes back what was a slip."""
    root = await p.root(await p.made(f"{cast.key}.reply"))
    await p.act(f"{cast.key}.add", lambda: p.platform.say(cast.steward, cast.key, f"Betul, {cast.answer.lower()}", root))
    await p.act(f"{cast.key}.slip", lambda: p.platform.say(cast.steward, cast.key, "Eh, salah utas ini, maaf.", root))
    slip = await p.made(f"{cast.key}.slip")
    await p.act(f"{cast.key}.undo", lambda: p.platform.delete(cast.steward, slip))


async def like(p: Player, cast: Cast) -> None:
    answer = await p.made(f"{cast.key}.reply")
    for user in (cast.steward, cast.later):
        await p.act(f"{user}.like", lambda user=user: p.platform.react(user, answer, "👍"))  # type: ignore[misc]


async def settle(p: Player, cast: Cast) -> None:
    name, answer = f"{cast.key}.solve", await p.made(f"{cast.key}.reply")
    match cast.settles:
        case "button":
            await p.press(name, cast.asker, "solved", "ruang", await p.made(f"{cast.key}.ask"))
        case "reaction":
            await p.act(name, lambda: p.platform.react(cast.asker, answer, "✅"))
        case _:
            thread = (await p.button(cast.asker, "solved", "ruang"))[0].root if await p.message(name) is None else ""
            await p.act(f"{cast.key}.thanks", lambda: p.platform.say(cast.asker, "ruang", "Makasih banyak, Kak!", thread))
            await p.press(name, cast.asker, "solved", "ruang", thread)


async def approve(p: Player, cast: Cast) -> None:
    await p.press(f"{cast.key}.approve", cast.steward, "approve", f"dm-{cast.steward}")


async def ask_again(p: Player, cast: Cast) -> None:
    await _ask(p, cast, f"{cast.key}.again", cast.later, cast.again)


async def found_again(p: Player, cast: Cast) -> None:
    name = f"{cast.key}.fits"
    thread = await p.made(f"{cast.key}.again") if cast.asks != "command" else ""
    await p.press(name, cast.later, "fits", cast.room(), thread)


async def look_around(p: Player, cast: Cast) -> None:
    private = f"dm-{cast.later}"
    for command in ("cari denda jamur seri", "mengapa", "bantuan", "komunitas", "nonsens"):
        name = f"{cast.later}.{command.split()[0]}"
        await p.act(name, lambda command=command: p.platform.command(cast.later, private, f"/{command}"))  # type: ignore[misc]


ROUNDS: tuple[tuple[Callable[[Player, Cast], Awaitable[None]], ...], ...] = (
    (arrive, open_room),
    (bind,),
    (join,),
    (profile,),
    (ask,),
    (me_too,),
    (reply,),
    (edit,),
    (add,),
    (like,),
    (settle,),
    (approve,),
    (ask_again,),
    (found_again,),
    (look_around,),
)
