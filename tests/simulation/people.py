"""What people do in a week: every act is one event at a platform, chosen by the seed from what they could see and press."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from bot.events import Commanded, Deleted, Edited, Event, FileRef, Left, Marked, Pressed, Reacted, Said, Submitted, What
from bot.model.place import Account, Place
from bot.outcome import Field, OpenForm
from tests.simulation.fate import Fate
from tests.simulation.house import Life
from tests.simulation.platform import Platform, Post

HOME = {
    "slack": ("rini", "sari", "budi", "wati", "tono", "daniel"),
    "telegram": ("ayu", "bima", "citra", "dewi", "eko", "fajar"),
}
CHANNELS = ("umum", "sirkulasi", "pengolahan", "preservasi", "obrolan")
KEYS = ("sirkulasi", "pengolahan", "preservasi")
QUESTIONS = (
    "Bagaimana cara menghitung denda buku yang terlambat dikembalikan?",
    "Berapa lama perpanjangan pinjaman boleh dilakukan untuk dosen?",
    "Pemustaka menghilangkan buku pinjaman, apa gantinya?",
    "How do we calculate fines for overdue books?",
    "Can a patron renew a loan online?",
    "Ruas MARC mana untuk judul seri?",
    "Tajuk subjek apa untuk buku tentang batik?",
    "How do I classify comics in DDC?",
    "Which MARC field holds the series title?",
    "Bagaimana membersihkan jamur di buku lama?",
    "Obat apa untuk rayap di rak kayu?",
    "How do we clean mould off old books?",
    "Siapa pemenang liga sepak bola kemarin malam?",
    "Di mana tempat makan siang yang enak dekat sini?",
)
ANSWERS = (
    "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi.",
    "Pakai ruas 490, lalu 830 untuk titik akses tambahan.",
    "Bersihkan dengan kuas halus, lalu angin-anginkan dua hari.",
    "Check the circulation policy first, then open the loans menu and press renew.",
    "Use 741.5 for comics, then the country number.",
)
POLITE = ("makasih kak", "thanks a lot!", "👍", "siap")
MEETINGS = (
    "besok jam 10 di ruang rapat",
    "setiap Selasa jam 14.00 di ruang baca",
    "every Thursday at 3pm, https://meet.example/a",
    "tiap Jumat pertama jam 9",
    "lusa 13.30",
)
COMMANDS = ("bantuan", "komunitas", "profil", "mengapa", "tinjau", "why", "communities", "profile", "review", "kelola")


@dataclass
class People:
    """Everybody, at all platforms."""

    fate: Fate
    platforms: dict[str, Platform]
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # (platform, channel, message) of what was said
    written: list[tuple[str, str, str, str, str]] = field(default_factory=list)  # (platform, who, channel, thread, message)
    askers: dict[tuple[str, str], str] = field(default_factory=dict)  # (message, platform) of a question → who asked
    serial: int = 0
    secrets: int = 0

    @property
    def chance(self) -> random.Random:
        return self.fate.of("people")

    def anybody(self) -> tuple[str, str]:
        name = self.chance.choice(tuple(HOME))
        return name, self.chance.choice(HOME[name])

    def act(self, life: Life) -> None:
        """One thing that somebody does now."""
        kinds = (self.asks, self.replies, self.presses, self.presses, self.fills, self.fills, self.settles, self.reviews)
        rare = (
            self.reacts,
            self.commands,
            self.changes,
            self.joins,
            self.leaves_community,
            self.finds,
            self.meets,
            self.marks,
            self.goes,
        )
        self.chance.choice((*kinds, *kinds, *rare))(life)

    def happens(self, life: Life, at: str, who: str, what: What, channel: str, thread: str = "") -> None:
        platform = self.platforms[at]
        event = Event(
            platform.next_event(),
            life.judge.library,
            self.fate(),
            what,
            Account(at, who, who.title()),
            Place(at, channel, thread) if channel else None,
            private=channel.startswith("@"),
        )
        life.doors[at].happens(event)

    def numbered(self, text: str) -> str:
        """No two questions are the same to the letter."""
        self.serial += 1
        return f"{text} (no. {self.serial})"

    def channel_of(self, who: str) -> str:
        return self.chance.choice((*CHANNELS, f"@{who}"))

    # ---- saying ------------------------------------------------------------------------------------------------------

    def says(self, life: Life, at: str, who: str, text: str, channel: str, thread: str = "", mentioned: bool = False) -> str:
        message = self.platforms[at].next_message()
        direct = channel.startswith("@")
        files = (FileRef(f"f{self.serial}", "foto.jpg", "image/jpeg", 1000),) if self.chance.random() < 0.05 else ()
        self.happens(life, at, who, Said(text, message, files, mentioned=mentioned, direct=direct), channel, thread)
        self.written.append((at, who, channel, thread, message))
        return message

    def asks(self, life: Life) -> None:
        at, who = self.anybody()
        channel, text = self.channel_of(who), self.numbered(self.chance.choice(QUESTIONS))
        if self.chance.random() < 0.3:
            self.happens(life, at, who, Commanded(self.chance.choice(("tanya", "ask")), text), channel)
            return
        message = self.says(life, at, who, text, channel, mentioned=self.chance.random() < 0.6)
        self.asked.append((at, channel, message))
        self.askers[message, at] = who

    def replies(self, life: Life) -> None:
        """Under a question, or under one of our cards."""
        at, who = self.anybody()
        cards = [(at, p.ref.channel, p.ref.message) for p in self.platforms[at].posts[-40:] if not p.thread and not p.alone]
        own = [(at, p.ref.channel, p.ref.message) for p in self.platforms[at].posts[-40:] if p.alone == who]
        places = [*[a for a in self.asked[-12:] if a[0] == at], *cards[-6:], *own[-4:]]
        if places:
            _, channel, root = self.chance.choice(places)
            polite = self.chance.random() < 0.15
            text = self.chance.choice(POLITE) if polite else self.numbered(self.chance.choice(ANSWERS))
            self.says(life, at, who, text, channel, root)

    def settles(self, life: Life) -> None:
        """Who asked puts a ✅ on a reply to it."""
        replies = [w for w in self.written[-30:] if (w[3], w[0]) in self.askers]
        if replies:
            at, _, channel, thread, message = self.chance.choice(replies)
            self.happens(life, at, self.askers[thread, at], Reacted("✅", message), channel)

    def reviews(self, life: Life) -> None:
        """Somebody decides on a draft, whoever they are, or edits it."""
        at, who = self.anybody()
        here = [p for p in self.platforms[at].posts[-80:] if p.alone in ("", who)]
        found = [(p, b) for p in here for b in p.buttons if b.action in ("approve", "approve", "edit_item", "review")]
        if found:
            post, button = self.chance.choice(found[-6:])
            self.happens(life, at, who, Pressed(button.action, button.value, post.ref.message), post.ref.channel, post.thread)

    def reacts(self, life: Life) -> None:
        at, who = self.anybody()
        said = [(c, m) for a, _, c, _, m in self.written[-10:] if a == at]
        posts = [(p.ref.channel, p.ref.message) for p in self.platforms[at].posts[-10:] if not p.alone]
        if said or posts:
            channel, message = self.chance.choice((*said, *said, *posts))
            self.happens(life, at, who, Reacted(self.chance.choice("✅✅👍"), message, self.chance.random() < 0.1), channel)

    def changes(self, life: Life) -> None:
        """A writer edits or deletes what they wrote."""
        if self.written:
            at, who, channel, thread, message = self.chance.choice(self.written[-20:])
            if self.chance.random() < 0.6:
                text = self.numbered(self.chance.choice((*QUESTIONS, *ANSWERS)))
                self.happens(life, at, who, Edited(text, message), channel, thread)
            else:
                self.happens(life, at, who, Deleted(message), channel, thread)

    def marks(self, life: Life) -> None:
        if self.written:
            at, author, channel, thread, message = self.chance.choice(self.written[-10:])
            who = self.chance.choice(HOME[at])
            what = Marked(message, f"{self.chance.choice(ANSWERS)} [{message}]", Account(at, author, author.title()))
            self.happens(life, at, who, what, channel, thread)

    # ---- buttons and forms -------------------------------------------------------------------------------------------

    def presses(self, life: Life) -> None:
        """Among the newest buttons that this person sees; sometimes twice."""
        at, who = self.anybody()
        seen: list[tuple[Post | None, str, str]] = [
            (p, b.action, b.value) for p in self.platforms[at].posts[-60:] if p.alone in ("", who) for b in p.buttons
        ]
        mine = [s for s in self.platforms[at].shown[-10:] if s[0] == who]
        seen += [(None, b.action, b.value) for _, _, shown in mine for b in shown.buttons]
        if not seen:
            return
        post, action, value = self.chance.choice(seen[-30:])
        channel, thread = (post.ref.channel, post.thread) if post else (f"@{who}", "")
        for _ in range(2 if self.chance.random() < 0.15 else 1):
            self.happens(life, at, who, Pressed(action, value, post.ref.message if post else ""), channel, thread)

    def fills(self, life: Life) -> None:
        """A form that stands open on somebody's screen."""
        at = self.chance.choice(tuple(HOME))
        forms = [(s, e) for s in self.platforms[at].shown if isinstance((e := s[2].now), OpenForm)]
        if not forms:
            return
        (who, event, shown), form = forms[-1]
        self.platforms[at].shown.remove((who, event, shown))
        fields = tuple((f.name, self.filled(form.name, f)) for f in form.fields)
        place = event.place or Place(at, f"@{who}")
        self.happens(life, at, who, Submitted(form.name, form.subject, fields), place.channel, place.thread)

    def filled(self, form: str, field: Field) -> str:
        chance = self.chance
        values = [c.value for c in field.choices]
        match field.kind:
            case "one" if values:
                return "auto" if "auto" in values and chance.random() < 0.7 else chance.choice(values)
            case "many":
                return "\n".join(v for v in values if chance.random() < 0.7)
            case "tick":
                return chance.choice(("", "yes"))
        if form == "edit_item" and field.name == "solution":
            self.secrets += 1
            return f"{field.value} rahasia{self.secrets}"
        if field.name == "when":
            return field.value or chance.choice(MEETINGS)
        return field.value or self.numbered(chance.choice((*ANSWERS, "denda dan MARC")))

    # ---- the rest ----------------------------------------------------------------------------------------------------

    def commands(self, life: Life) -> None:
        at, who = self.anybody()
        name = self.chance.choice(COMMANDS)
        args = self.chance.choice(KEYS) if name == "kelola" else ""
        self.happens(life, at, who, Commanded(name, args), self.channel_of(who))

    def joins(self, life: Life) -> None:
        at, who = self.anybody()
        self.happens(life, at, who, Commanded("gabung", self.chance.choice(KEYS)), self.channel_of(who))
        if self.chance.random() < 0.5:
            self.happens(life, at, who, Commanded("profil", ""), f"@{who}")

    def leaves_community(self, life: Life) -> None:
        at, who = self.anybody()
        self.happens(life, at, who, Commanded("keluar", self.chance.choice(KEYS)), self.channel_of(who))

    def finds(self, life: Life) -> None:
        at, who = self.anybody()
        words = self.chance.choice(("denda buku", "MARC seri", "jamur", "renew loan", "comics", "bebas pustaka"))
        self.happens(life, at, who, Commanded("cari", words), self.channel_of(who))

    def meets(self, life: Life) -> None:
        at, who = self.anybody()
        line = self.chance.choice((*MEETINGS, ""))
        self.happens(life, at, who, Commanded("rapat", line), self.chance.choice(CHANNELS[1:4]))

    def goes(self, life: Life) -> None:
        """Off the platform; whoever does something later is back."""
        at, who = self.anybody()
        if who != "rini":
            self.happens(life, at, who, Left(), "")
