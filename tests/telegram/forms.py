"""The forms that the tests fill in."""

from __future__ import annotations

from adapters.telegram.form import Form, Where, opened
from bot.doors import Shown
from bot.outcome import Choice, Field, OpenForm

TOPICS = tuple(Choice(f"c{n}", f"Komunitas {n}") for n in range(3))
PROFILE = OpenForm(
    "profile",
    "me",
    "p.title",
    (
        Field("knows", "line", "p.knows", required=True, hint="p.hint", longest=40),
        Field("about", "text", "p.about", "Lima tahun di meja depan."),
        Field("topics", "many", "p.topics", "c1", choices=TOPICS),
        Field("often", "one", "p.often", "3", choices=(Choice("1", "Sekali"), Choice("3", "Tiga kali"))),
        Field("may_ask", "tick", "p.may_ask"),
    ),
    "p.save",
    "p.intro",
)
ONE = OpenForm("ask", "", "p.title", (Field("text", "text", "p.about", required=True),), "p.save")
PLACE = OpenForm("place", "q1", "p.other", (Field("community", "one", "p.topics", required=True, choices=TOPICS),), "p.save")
WORDS = {
    "p.title": "Profil", "p.other": "Pindahkan", "p.knows": "Yang dikuasai", "p.hint": "Pisahkan dengan koma",
    "p.about": "Cerita", "p.topics": "Komunitas",
    "p.often": "Seberapa sering", "p.may_ask": "Boleh ditanya", "p.save": "Simpan",
    "p.intro": "Supaya **tepat**.", "p.wrong": "Terlalu umum.", "p.saved": "Profil tersimpan.",
}  # fmt: skip


def shown(form: OpenForm) -> Shown:
    return Shown(form, WORDS)


def start(form: OpenForm = PROFILE) -> Form:
    return opened(shown(form), Where("501", "Sari", "501", "", True), "t0ken", 10)
