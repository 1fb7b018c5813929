"""What the messenger's tests share: ears that record and answer by script, a small bilingual scene, a door on a folder."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from adapters.web.door import WebDoor
from bot.doors import CommandHelp, Delivery, Label, Shown
from bot.errors import Unavailable
from bot.events import Commanded, Event, Pressed, Said, Submitted
from bot.model.place import Account, Place
from bot.outcome import Choice, Data, Field, FieldErrors, OpenForm, Sheet, Toast

NOW = datetime(2026, 11, 26, 7, 3, tzinfo=UTC)
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
COMMANDS = (
    CommandHelp("tanya", "ask", "/tanya pertanyaan", "/ask question", "Tanya ke komunitas", "Ask the community"),
    CommandHelp("cari", "find", "/cari kata", "/find words", "Cari di catatan", "Search the notes"),
    CommandHelp("bantuan", "help", "/bantuan", "/help", "Apa yang bisa dilakukan", "What can be done"),
    CommandHelp("profil", "profile", "/profil", "/profile", "Apa yang Kakak kuasai", "What you know"),
)
PROFILE = OpenForm(
    "profile",
    "me",
    "profile.title",
    (
        Field("knows", "line", "profile.knows", required=True, hint="profile.knows.hint"),
        Field("about", "text", "profile.about", "Sudah lima tahun di meja depan."),
        Field(
            "often", "one", "profile.often", "3", choices=(Choice("1", "Sekali seminggu"), Choice("3", "Tiga kali seminggu"))
        ),
        Field(
            "where",
            "many",
            "profile.where",
            "sirkulasi",
            choices=(Choice("sirkulasi", "Sirkulasi"), Choice("digital", "Digital")),
        ),
        Field("may_ask", "tick", "profile.may_ask", "yes"),
    ),
    "profile.save",
    "profile.intro",
)
WORDS = {
    "profile.title": "Profil Kakak",
    "profile.knows": "Yang Kakak kuasai",
    "profile.knows.hint": "Pisahkan dengan koma",
    "profile.about": "Sedikit cerita",
    "profile.often": "Seberapa sering boleh ditanya?",
    "profile.where": "Komunitas",
    "profile.may_ask": "Boleh ditanya soal ini",
    "profile.save": "Simpan profil",
    "profile.intro": "Supaya pertanyaan sampai ke orang yang **tepat**.",
    "profile.missing": "Isi dulu satu hal yang Kakak kuasai, ya.",
    "help": "## Yang bisa Kakak lakukan\n\n- `/tanya` bertanya ke komunitas\n- `/cari` mencari di catatan\n\n"
    "Selebihnya cukup *bicara biasa*.",
    "saved": "Profil tersimpan. Terima kasih, Kak!",
    "pressed": "Sip, dicatat.",
}


@dataclass
class ScriptedEars:
    """Records events like the real ears; each id once. `down` makes `receive` and `respond` unavailable."""

    heard: list[Event] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)
    down: bool = False
    answer: Callable[[Event], Shown | None] | None = None
    steps: list[dict[str, str | bool]] | None = None

    async def receive(self, event: Event) -> None:
        self.tries.append(event.id)
        if self.down:
            raise Unavailable()
        if event.id not in {known.id for known in self.heard}:
            self.heard.append(event)

    async def respond(self, event: Event) -> Shown | None:
        await self.receive(event)
        return (self.answer or scripted)(event)

    async def view(self, name: str, account: Account) -> Data:
        if name != "first_steps" or self.steps is None:
            raise KeyError(name)
        return {"steps": self.steps}

    def commands(self) -> tuple[CommandHelp, ...]:
        return COMMANDS

    def said(self) -> list[str]:
        return [event.what.text for event in self.heard if isinstance(event.what, Said)]


def scripted(event: Event) -> Shown | None:
    match event.what:
        case Commanded("profil" | "profile"):
            return Shown(PROFILE, WORDS)
        case Commanded("bantuan" | "help"):
            return Shown(Sheet("help"), WORDS, (Label("Lihat profil", "profile", "me"),))
        case Submitted() as sent if not sent["knows"]:
            return Shown(FieldErrors((("knows", "profile.missing"),)), WORDS)
        case Submitted():
            return Shown(Toast("saved"), WORDS)
        case Pressed("profile"):
            return Shown(PROFILE, WORDS)
        case Pressed():
            return Shown(Toast("pressed"), WORDS)
    return None


def make_door(folder: Path, now: Callable[[], datetime] = lambda: NOW) -> WebDoor:
    return WebDoor(folder, "perpus", now)


def client(door: WebDoor) -> httpx.AsyncClient:
    """A browser of our own: same origin, cookies kept, errors raised as they are."""
    transport = httpx.ASGITransport(app=door.app)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=SAME_ORIGIN)


def delivery(text: str, channel: str = "sirkulasi", **more: object) -> Delivery:
    fields: dict[str, object] = {"place": Place("web", channel), "language": "id", "once": uuid.uuid4().hex} | more
    return Delivery(text=text, **fields)  # type: ignore[arg-type]


async def scene(door: WebDoor, now: datetime = NOW) -> dict[str, str]:
    """Three people, three channels, and talk in two languages. Returns ids by short names."""
    p = door.platform
    sari = await p.add_person("Sari", "sirkulasi", "id")
    daniel = await p.add_person("Daniel", "cataloguing", "en")
    budi = await p.add_person("Budi Santoso", "pengolahan", "id")
    sirkulasi = await p.add_channel("sirkulasi", "Peminjaman, pengembalian, denda, bebas pustaka")
    katalog = await p.add_channel("pengolahan", "Klasifikasi, katalog, metadata · cataloguing")
    await p.add_channel("umum", "Obrolan umum · small talk")
    day = now - timedelta(days=1)
    await p.say(budi, katalog, "Pagi semua. Ada yang sudah coba impor MARC dari *Perpusnas* minggu ini?", at=day, tell=False)
    await p.say(
        daniel,
        katalog,
        "Yes, with the **2024** template. Field 020 needs a subfield `$c` now.",
        at=day + timedelta(minutes=9),
        tell=False,
    )
    q = await p.say(
        sari,
        sirkulasi,
        "Kak, gmn cara perpanjang buku yg telat kalau pemustakanya lagi di luar kota? Belum ada di SOP kita.",
        at=now - timedelta(minutes=42),
        tell=False,
    )
    await p.say(
        sari, sirkulasi, "Yang kemarin 3 eksemplar, semuanya koleksi cadangan.", at=now - timedelta(minutes=41), tell=False
    )
    card = await door.deliver(
        delivery(
            "**Pertanyaan dari [Sari](guyub:person/m1)** untuk komunitas *Sirkulasi*\n\n> Kak, gmn cara perpanjang buku yg "
            "telat kalau pemustakanya lagi di luar kota?\n\n[Budi Santoso](guyub:person/m2) dan [Daniel](guyub:person/m3), "
            "mungkin Kakak tahu? Kakak pernah menjawab soal *perpanjangan*.",
            people={"m1": Account("web", sari), "m2": Account("web", budi), "m3": Account("web", daniel)},
            buttons=(
                Label("Saya juga", "join", "q1"),
                Label("Pindahkan", "move", "q1"),
                Label("Bukan saya", "pass", "q1"),
            ),
        )
    )
    await p.say(
        budi,
        sirkulasi,
        "Bisa lewat telepon, Kak: buka data anggota → *Perpanjang* → alasan “luar kota”. Dendanya tetap jalan.",
        thread=card.message,
        tell=False,
    )
    await p.say(
        daniel,
        sirkulasi,
        "In SLiMS 9 you need the *override* right for overdue items. @Sari I can switch it on for you.",
        thread=card.message,
        tell=False,
    )
    await door.deliver(
        delivery(
            "Apakah ini menjawab pertanyaan Kakak?",
            place=Place("web", sirkulasi, card.message),
            buttons=(Label("Ya, terjawab", "solved", "q1", "good"), Label("Belum", "unsolved", "q1")),
        )
    )
    await door.deliver(
        delivery(
            "Mungkin ini sudah pernah dijawab: **Memperpanjang pinjaman lewat telepon**\n\nDari Rina dan Budi, diperiksa Wati "
            "pada Kamis, 12 November 2026. Seberapa yakin: cukup yakin.",
            only_for=Account("web", sari),
            buttons=(Label("Ini menjawab", "fits", "i1", "good"), Label("Belum pas, tanya orang", "people", "i1")),
        )
    )
    for who, emoji in ((daniel, "👍"), (budi, "👍"), (budi, "🙏")):
        await p.react(who, q, emoji, tell=False)
    await door.react(card, "👀", False, "once-react")
    return {
        "sari": sari,
        "daniel": daniel,
        "budi": budi,
        "sirkulasi": sirkulasi,
        "pengolahan": katalog,
        "question": q,
        "card": card.message,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
