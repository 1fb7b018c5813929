"""A fortnight in a small library, walked once a language through the real core: what everybody sees on the way, as it comes.

Cards, traces and codes are left out, since they are never twice the same: tests/gallery/states.py shows them as set.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.doors import Delivery, Shown
from bot.events import Event, FileRef, Marked, Missed, Pressed, Room
from bot.model.base import Language, new_id
from bot.model.knowledge import Credit, Item
from bot.model.member import Member
from bot.model.place import Account, Place
from bot.model.question import State
from bot.outcome import FieldErrors, OpenForm, Sheet, Toast
from bot.ports import Unit
from tests.gallery.scene import Remembering, Scene, cleared, keys_of, kind_of, scene
from tests.world import World, a_library, user_of

LEFT_OUT = ("card.", "why.trace", "link.code", "ask.same", "carry.")

SAY: dict[Language, dict[str, str]] = {
    "id": {
        "fine": "Selamat pagi, bagaimana cara menghitung denda buku yang terlambat? Terima kasih",
        "fine_again": "Cara menghitung denda buku yang terlambat bagaimana?",
        "answer": "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi.",
        "renew": "Berapa lama perpanjangan pinjaman buku boleh dilakukan?",
        "renew_answer": "Dua kali, masing-masing tujuh hari, selama belum dipesan pemustaka lain.",
        "clear": "Bagaimana mengurus surat bebas pustaka untuk mahasiswa yang wisuda?",
        "clear_answer": "Pastikan tidak ada pinjaman dan denda, lalu cetak suratnya dari menu keanggotaan.",
        "loss": "Pemustaka menghilangkan buku pinjaman, apa gantinya?",
        "reason": "Sudah ada catatan yang lebih lengkap.",
        "nothing": "jadwal bioskop keliling",
        "lost": "Di mana jadwal bioskop keliling bulan ini bisa dilihat?",
        "thanks": "Terima kasih, sangat membantu!",
        "find": "denda terlambat",
        "draft": "Surat bebas pustaka bagi mahasiswa pindah",
    },
    "en": {
        "fine": "Good morning, how do we calculate the fine for overdue books? Thanks",
        "fine_again": "How is the fine for overdue books calculated?",
        "answer": "One thousand rupiah a day, holidays do not count. Note it in the circulation menu.",
        "renew": "How long can a patron renew a loan?",
        "renew_answer": "Twice, seven days each, as long as nobody else has reserved the book.",
        "clear": "What does a student need for library clearance before graduation?",
        "clear_answer": "Make sure there are no loans or fines left, then print the letter from the membership menu.",
        "loss": "A patron lost a borrowed book, what now?",
        "reason": "There is a fuller note already.",
        "nothing": "travelling cinema timetable",
        "lost": "Where can I see this month's timetable of the travelling cinema?",
        "thanks": "Thank you, that helped a lot!",
        "find": "overdue fine",
        "draft": "Library clearance for students who move",
    },
}  # fmt: skip


class Walk:
    """`scenes` grows with every look around."""

    def __init__(self, world: World, language: Language, voice: Remembering) -> None:
        self.world, self.language, self.voice, self.words = world, language, voice, SAY[language]
        self.scenes: list[Scene] = []
        self.seen: set[object] = set()
        self.form: Shown | None = None
        self.kept: list[Any] = []

    def skip(self) -> None:
        """What there is so far belongs to no picture."""
        self.look()
        self.scenes.clear()

    def look(self) -> None:
        """Everything new: messages as they stand, and what was shown at once."""
        for m in sorted(self.world.door.messages, key=lambda m: m.ref.channel):  # what comes at once comes in any order
            self._new((str(m.ref), m.edits, m.delivery.text), m.delivery, kind_of(m.delivery))
        shown = self.world.shown
        if shown is None:
            return
        match shown.now:
            case OpenForm():
                self.form = shown
                self._new(id(shown), shown, "form")
            case Sheet():
                self._new(id(shown), shown, "sheet")
            case Toast():
                self._new(id(shown), shown, "toast")
            case FieldErrors():
                self._new(id(shown), shown, "errors")

    def again(self, name: str) -> None:
        """The same form with something else in it is a picture of its own."""
        self.seen.discard((name, "form", (), ""))
        self.look()

    def _new(self, mark: object, what: Any, kind: Any) -> None:
        if mark in self.seen:
            return
        self.seen.add(mark)
        self.kept.append(what)  # so that its id() stays taken
        name = self._name(what)
        actions = tuple(one.action for one in what.buttons)
        like = (name, kind, actions, self.form.now.name if kind == "errors" and self.form else "")  # type: ignore[union-attr]
        if name.startswith(LEFT_OUT) or like in self.seen:
            return
        self.seen.add(like)
        form = self.form if kind == "errors" else None
        made = scene(name.partition(".")[0], name, self.language, kind, as_slack(what), self.voice)
        self.scenes.append(replace(made, form=cleared(form)) if form else made)

    @staticmethod
    def _name(what: Any) -> str:
        if isinstance(what, Shown):
            now = what.now
            return getattr(now, "template", "") or getattr(now, "title", "") or now.errors[0][1]  # type: ignore[union-attr]
        return sorted(keys_of(what.text))[0]

    def command(self, indonesian: str, english: str) -> str:
        return indonesian if self.language == "id" else english

    async def solved(self, who: str, what: str, by: str, files: tuple[FileRef, ...] = ()) -> Item:
        """Asked of people, whatever was found; answered and accepted: the draft."""
        q = await self.world.asks(who, self.words[what])
        if q.state is State.OFFERED:
            await self.world.happens(who, Pressed("ask_people", q.id, ""))
        reply = await self.world.replies(by, self.words[f"{what}_answer"], q, files=files)
        await self.world.reacts(who, "✅", reply)
        return await self.world.item(q)

    async def member(self, id: str) -> Member | None:
        return await self.world.house.store.members.get(id)

    async def room(self, change: str, channel: str, who: str = "", name: str = "") -> None:
        """A channel opens or closes."""
        if who:
            await self.world.happens(who, Room(change, name or channel), channel)  # type: ignore[arg-type]
            return
        place = Place(self.world.door.name, channel)
        what = Room(change, name)  # type: ignore[arg-type]
        await self.world.receives(
            Event(f"paper:{new_id()}", self.world.house.store.library, self.world.clock(), what, place=place)
        )


Chapters = Sequence[Callable[[Walk], Awaitable[None]]]


def as_slack(what: Any) -> Any:
    """The tests' paper doors under the names of real ones."""
    if isinstance(what, Delivery):
        return replace(what, text=what.text.replace("Paper", "Slack").replace("Kertas", "Telegram"))
    if isinstance(what, Shown):
        return replace(what, words=as_slack(what.words))
    return json.loads(json.dumps(what).replace("Paper", "Slack").replace("Kertas", "Telegram"))


async def asks_and_answers(w: Walk) -> None:
    world, say = w.world, w.words
    lost = await world.asks("Endah", say["lost"])
    await world.happens("Endah", Pressed("place_other", lost.id, ""))
    w.again("place.form_title")
    await world.commands("Budi", w.command("tanya", "ask"))
    w.look()
    await world.fills("Budi", text=say["fine"])
    q = await world.question()
    w.look()
    asked = [m.name for a in await world.house.store.questions.asks(question=q.id) if (m := await w.member(a.member))]
    for who, action in (("Tono", "me_too"), ("Tono", "me_too"), ("Hasan", "pass"), ("Budi", "move"), (asked[0], "refer")):
        await world.presses(who, action, world.card("card.post", "#sirkulasi"))
        w.again("place.form_title")
    await world.fills(asked[0], member=world.shown.now.fields[0].choices[0].value)  # type: ignore[union-attr]
    w.look()
    await world.presses(asked[-1], "pass", world.card("card.post", "#sirkulasi"))
    w.look()
    await world.replies("Wati", say["answer"], q, "#sirkulasi")
    w.look()
    await world.later(hours=30)
    w.look()
    await world.says("Budi", say["thanks"], "#umum", world.card("card.answered").ref.message)
    w.look()
    await world.presses("Budi", "solved")
    w.look()


async def reviews(w: Walk) -> None:
    world = w.world
    for action in ("withhold", "allow"):
        await world.presses("Wati", action)
        w.look()
    for who in ("Endah", "Fajar"):
        await world.commands(who, w.command("gabung sirkulasi", "join circulation"))
        w.look()
    await world.presses("Sari", "review")
    w.look()
    await world.presses("Sari", "edit_item")
    w.look()
    await world.fills("Sari", title=" ")
    w.look()
    item = await world.item(await world.question())
    await world.happens("Sari", Pressed("reject", item.id, ""), "@sari")
    w.look()
    await world.fills("Sari", reason="")
    w.look()
    for who in ("Wati", "Tono", "Sari", "Sari"):
        await world.happens(who, Pressed("approve", item.id, ""), f"@{user_of(who)}")
        w.look()


async def finds(w: Walk) -> None:
    world, say = w.world, w.words
    await world.commands("Tono", w.command("cari", "find"))
    w.look()
    for text in (say["find"], say["nothing"]):
        await world.commands("Tono", f"{w.command('cari', 'find')} {text}")
        w.look()
    world.door.files["f1"] = b"a form"
    form = FileRef("f1", "formulir.pdf", "application/pdf", 6)
    item = await w.solved("Budi", "renew", "Daniel", (form,))
    await world.happens("Sari", Pressed("approve", item.id, ""), "@sari")
    w.look()
    for who in ("Tono", "Sari"):
        await world.happens(who, Pressed("open", f"{item.id}:", ""), f"@{user_of(who)}")
        w.look()
    await world.presses("Sari", "item_files")
    w.look()
    again = await world.asks("Tono", say["fine_again"])
    await world.happens("Tono", Pressed("fits", f"{again.id}:{item.id}", ""))
    w.look()
    await world.asks("Endah", say["loss"])
    draft = await w.solved("Endah", "clear", "Wati")
    await world.happens("Sari", Pressed("reject", draft.id, ""), "@sari")
    await world.fills("Sari", reason=say["reason"])
    w.look()


async def belongs(w: Walk) -> None:
    world, c = w.world, w.command
    await world.commands("Tono", c("komunitas", "communities"))
    w.look()
    for line in (c("gabung pengolahan", "join cataloguing"), c("gabung pengolahan", "join cataloguing")):
        await world.commands("Tono", line)
        w.look()
    await world.presses("Tono", "take_lead")
    w.look()
    await world.commands("Tono", c("profil", "profile"))
    w.look()
    await world.fills("Tono")
    w.look()
    for who in ("Hasan", "Tono"):
        await world.commands(who, c("profil", "profile"))
        w.again("profile.form_title")
        await world.fills(who, away="month")
    await world.commands("Tono", c("profil", "profile"))
    w.again("profile.form_title")
    await world.says("Tono", c("profil", "profile"), mentioned=True)
    w.look()
    for name in ("", c(" pengolahan", " cataloguing"), c(" preservasi", " preservation")):
        await world.commands("Tono", c("keluar", "leave") + name)
        w.look()
    for line in (c("gabung sirku", "join circus"), c("bantuan", "help"), c("tanyaa berapa denda", "aks about fines")):
        await world.commands("Tono", line)
        w.look()
    await world.says("Tono", c("halo", "hello"), mentioned=True)
    w.look()


async def leads(w: Walk) -> None:
    world, c = w.world, w.command
    for who, line, channel in (
        ("Sari", c("kelola", "manage"), "#umum"),
        ("Sari", c("kelola sirkulasi", "manage circulation"), "#umum"),
        ("Sari", c("kanal", "channel"), "#umum"),
    ):
        await world.commands(who, line, channel)
        w.look()
    await world.fills_in("Sari", "#umum", community=world.shown.now.fields[0].choices[0].value, mode="suggest")  # type: ignore[union-attr]
    w.look()
    await world.says("Budi", w.words["renew"], "#umum")
    w.look()
    await world.presses("Budi", "suggest_no")
    w.look()
    await world.happens("Tono", Marked("m77", w.words["clear_answer"], Account("paper", "wati", "Wati")), "#umum")
    w.look()
    await drafts(w)
    await world.commands("Sari", c("tinjau", "review"))
    w.look()
    await world.presses("Sari", "next_drafts")
    w.look()


async def drafts(w: Walk) -> None:
    """As an import leaves them, one a day."""
    store, now = w.world.house.store, w.world.clock()
    community = await store.communities.by_key("sirkulasi")
    assert community
    made = tuple(
        Item(
            id=f"{n:032}",
            library=store.library,
            community=community.id,
            title=f"{w.words['draft']} ({n + 1})",
            problem=w.words["clear"],
            solution=w.words["clear_answer"],
            language=w.language,
            created_at=now - timedelta(days=12 - n),
            credits=(Credit("x", "Pak Amin", "asker"),),
        )
        for n in range(8)
    )
    await store.commit(Unit(store.library, save=made))


async def moves_about(w: Walk) -> None:
    """Channels that come and go, an outage, and one person at two doors."""
    world = w.world
    await w.room("opened", "#baru", "Wati")
    w.look()
    await w.room("closed", "#sirkulasi", name="sirkulasi")
    w.look()
    await w.room("opened", "#sirkulasi", "Wati", "sirkulasi")
    w.look()
    since = world.clock() - timedelta(hours=30)
    gap = Event(f"paper:{new_id()}", world.house.store.library, world.clock(), Missed("paper", since, world.clock()))
    await world.receives(gap)
    w.look()
    shown = await world.commands("Wati", w.command("hubungkan", "link"), "@wati")
    w.look()
    there = world.at("kertas")
    await there.commands("Wati W", w.command("komunitas", "communities"))
    await there.speaks("Wati W", w.language)
    await there.commands("Wati W", f"{w.command('hubungkan', 'link')} {shown.now.data['code']}", "@wati.w")  # type: ignore[union-attr]
    other = Walk(there, w.language, w.voice)
    other.look()
    w.look()
    await world.presses("Wati", "link_yes", world.card("link.confirm", "@wati"))
    other.look()
    w.scenes += [one for one in other.scenes if one.feature == "link"]
    w.look()


async def homes(w: Walk) -> None:
    """The home page of a steward, of an asker, of somebody new, and of an operator."""
    for whose, who in (
        ("a steward's", "Sari"),
        ("an asker's", "Endah"),
        ("somebody new's", "Hasan"),
        ("an operator's", "Ibu Rini"),
    ):
        await home(w, f"home, {whose}", who)


async def home(w: Walk, name: str, who: str) -> None:
    data = as_slack(await w.world.house.app.view("home", Account("paper", user_of(who), who)))
    w.scenes.append(scene("home", name, w.language, "home", data, w.voice))


async def walked(language: Language, voice: Remembering, chapters: Chapters = ()) -> list[Scene]:
    """The chapters (all of this file, or those given), in a library that nothing has happened in."""
    with TemporaryDirectory() as folder:
        async with a_library(Path(folder), doors=("kertas",)) as world:
            world.house.outbox.voice = world.house.app.dispatcher.voice = voice
            world.house.app.dispatcher.library = replace(world.house.app.dispatcher.library, language=language)
            for who in ("Budi", "Sari", "Wati", "Daniel", "Tono", "Endah", "Fajar", "Hasan", "Ibu Rini"):
                await world.speaks(who, language)
            world.shown = None
            w = Walk(world, language, voice)
            w.skip()
            for chapter in chapters or (asks_and_answers, reviews, finds, belongs, leads, homes, moves_about):
                await chapter(w)
    return w.scenes
