"""What is shown at once: forms with errors at their fields, sheets, short words, the home page. Acknowledged once stored."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.slack.home import home_blocks
from adapters.slack.views import home_view
from bot.doors import Label, Shown
from bot.events import Commanded, Event, Marked, Pressed, Submitted
from bot.outcome import Choice, Field, FieldErrors, OpenForm, Sheet, Toast
from tests.emulators.faults import status
from tests.emulators.slack.blockkit import check_view
from tests.emulators.slack.model import Message
from tests.slack.test_send import place, said
from tests.slack.world import Scene, a_door, until

pytestmark = pytest.mark.anyio

MANY = tuple(Choice(f"c{n}", f"Komunitas {n}") for n in range(250))
FORM = OpenForm(
    "profile",
    "me",
    "title",
    (
        Field("knows", "line", "knows", "katalog", required=True, hint="hint", longest=100),
        Field("about", "text", "about", longest=40_000),
        Field("often", "one", "often", "3", required=True, choices=(Choice("1", "Sekali"), Choice("3", "Tiga kali"))),
        Field("mode", "one", "mode", "", choices=tuple(Choice(str(n), f"Cara {n}") for n in range(9))),
        Field("where", "many", "where", "a", choices=(Choice("a", "Sirkulasi"), Choice("b", "Digital"))),
        Field("topics", "many", "topics", "c7\nc201", choices=MANY),
        Field("place", "one", "place", "c249", choices=MANY),
        Field("none", "one", "none"),
        Field("ok", "tick", "ok", "yes"),
    ),
    "save",
    "intro",
)
WORDS = {
    "title": "Judul yang lebih panjang dari dua puluh empat huruf",
    "save": "Simpan",
    "intro": "Supaya **tepat**.",
    "hint": "Koma di antaranya",
    "knows": "Yang dikuasai",
    "about": "Cerita",
    "often": "Seberapa sering",
    "mode": "Cara",
    "where": "Di mana",
    "topics": "Topik",
    "place": "Tempat",
    "none": "Kosong",
    "ok": "Boleh ditanya",
    "missing": "Isi dulu, ya.",
    "saved": "Tersimpan *rapi* <!channel>.",
    "sheet": "## Isi\n\n- satu\n- dua",
}
LONG = "\n".join(f"Baris {n} " + "kata " * 20 for n in range(90))


def answers(scene: Scene, **by: Shown) -> None:
    """What is shown for a command, press or form, by its name."""

    def answer(event: Event) -> Shown | None:
        match event.what:
            case Commanded(name) | Pressed(name) | Submitted(name):
                return by.get(name)
        return None

    scene.ears.answer = answer


def whispers(scene: Scene, channel: str = "umum") -> list[Message]:
    return [one for one in scene.slack.channel(channel).messages if one.only_for]


async def test_a_form_is_opened_filled_and_sent(scene: Scene) -> None:
    answers(scene, profil=Shown(FORM, WORDS), profile=Shown(Toast("saved"), WORDS))
    sari, umum = scene.slack.person("Sari Dewi"), scene.slack.channel("umum")
    assert (await sari.runs(umum, "/profil")).ok
    await until(lambda: sari.modals)
    assert sari.modal.body["title"]["text"] == "Judul yang lebih panjan…" and sari.modal.body["close"]["text"] == "Tutup"
    reply = await sari.submits(
        {"Yang dikuasai": "denda", "Cerita": "dua\nbaris", "where": ["Sirkulasi", "Digital"], "mode": "Cara 4"}
    )
    assert reply.ok and not sari.modals
    sent = scene.ears.heard[-1]
    assert isinstance(sent.what, Submitted) and (sent.what.form, sent.what.subject) == ("profile", "me")
    assert dict(sent.what.fields) == {
        "knows": "denda", "about": "dua\nbaris", "often": "3", "mode": "4", "where": "a\nb",
        "topics": "c7\nc201", "place": "c249", "ok": "yes",
    }  # fmt: skip
    assert sent.place == scene.ears.heard[0].place
    await until(lambda: whispers(scene))
    assert whispers(scene)[0].text == "Tersimpan *rapi* &lt;!channel&gt;."


async def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(scene: Scene) -> None:
    answers(scene, profil=Shown(FORM, WORDS), profile=Shown(FieldErrors((("knows", "missing"), ("gone", "missing"))), WORDS))
    sari = scene.slack.person("Sari Dewi")
    await sari.runs("umum", "/profil")
    await until(lambda: sari.modals)
    reply = await sari.submits({"knows": "x"})
    assert reply.errors == {"knows": "Isi dulu, ya. Isi dulu, ya."}
    assert sari.modals


async def test_a_long_text_is_edited_whole(scene: Scene) -> None:
    form = OpenForm(
        "edit_item", "i1:3", "title", (Field("solution", "text", "about", LONG, required=True, longest=40_000),), "save"
    )
    answers(scene, tanya=Shown(form, WORDS), edit_item=Shown(FieldErrors((("solution", "missing"),)), WORDS))
    sari = scene.slack.person("Sari Dewi")
    await sari.runs("umum", "/tanya")
    await until(lambda: sari.modals)
    labels = [block["label"]["text"] for block in sari.modal.body["blocks"]]
    assert labels == [f"Cerita ({n}/4)" for n in range(1, 5)]
    reply = await sari.submits()
    what = scene.ears.heard[-1].what
    assert isinstance(what, Submitted) and what["solution"] == LONG.strip()
    assert list(reply.errors.values()) == ["Isi dulu, ya."]


async def test_a_sheet_whose_buttons_know_where_the_person_was(scene: Scene) -> None:
    answers(
        scene,
        bantuan=Shown(Sheet("sheet"), WORDS, (Label("Buka profil", "profil", "me"), Label("Simpan", "saved", "1"))),
        profil=Shown(FORM, WORDS),
        saved=Shown(Toast("saved"), WORDS),
    )
    sari = scene.slack.person("Sari Dewi")
    await sari.runs("umum", "/bantuan")
    await until(lambda: sari.modals)
    assert "satu" in str(sari.modal.body["blocks"]) and not sari.modal.body.get("submit")
    await sari.presses(sari.modal, "Buka profil")
    await until(lambda: len(sari.modals) == 2)  # the form on top of the sheet
    await sari.closes()
    await sari.presses(sari.modal, "Simpan")
    await until(lambda: "Tersimpan" in str(sari.modal.body["blocks"]))  # the word in place of the sheet
    first, *presses = scene.ears.heard
    assert [event.what for event in presses] == [Pressed("profil", "me"), Pressed("saved", "1")]
    assert {event.place for event in presses} == {first.place}


async def test_a_form_that_was_sent_may_lead_on(scene: Scene) -> None:
    answers(scene, profil=Shown(FORM, WORDS), profile=Shown(Sheet("sheet"), WORDS))
    sari = scene.slack.person("Sari Dewi")
    await sari.runs("umum", "/profil")
    await until(lambda: sari.modals)
    await sari.submits({"knows": "x"})
    assert len(sari.modals) == 1 and "dua" in str(sari.modal.body["blocks"])


@pytest.mark.parametrize("where", ["umum", "luar", "private"])
async def test_a_short_word_reaches_the_person_wherever_they_are(scene: Scene, where: str) -> None:
    answers(scene, tanya=Shown(Toast("saved"), WORDS))
    sari = scene.slack.person("Sari Dewi")
    room = sari.dm if where == "private" else scene.slack.channel(where)
    await sari.runs(room, "/tanya", "apa")
    await until(lambda: room.messages)
    (word,) = room.messages
    assert word.only_for == (None if where == "private" else sari.id)
    assert word.text == "Tersimpan *rapi* &lt;!channel&gt;."


async def test_a_command_in_a_chat_of_two_others_is_answered_in_ours(scene: Scene) -> None:
    answers(scene, tanya=Shown(Toast("saved"), WORDS))
    sari, budi = scene.slack.person("Sari Dewi"), scene.slack.person("Budi Santoso")
    await sari.runs(scene.slack.workspace.im(sari.id, budi.id), "/tanya", "apa")
    await until(lambda: sari.dm.messages)
    assert scene.ears.heard[0].private and scene.ears.heard[0].place.channel == f"{scene.team}:{sari.dm.id}"  # type: ignore[union-attr]


async def test_a_button_is_acknowledged_as_soon_as_it_is_stored(scene: Scene) -> None:
    scene.ears.slow = 1.0
    answers(scene, tanya=Shown(Toast("saved"), WORDS))
    start = time.monotonic()
    assert (await scene.slack.person("Sari Dewi").runs("umum", "/tanya", "apa")).ok
    assert time.monotonic() - start < 0.9
    await until(lambda: whispers(scene))


async def test_a_form_that_takes_its_time_closes_and_is_answered_behind(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.reception.IN_TIME", 0.2)
    answers(scene, profil=Shown(FORM, WORDS), profile=Shown(FieldErrors((("knows", "missing"),)), WORDS))
    sari = scene.slack.person("Sari Dewi")
    await sari.runs("umum", "/profil")
    await until(lambda: sari.modals)
    scene.ears.slow = 0.5
    assert (await sari.submits({"knows": "x"})).ok and not sari.modals
    await until(lambda: whispers(scene))
    assert whispers(scene)[0].text == "Isi dulu, ya."


async def test_a_trigger_that_is_too_old_is_told(scene: Scene) -> None:
    answers(scene, profil=Shown(FORM, WORDS))
    scene.slack.faults.next("views.open", status(200, b'{"ok":false,"error":"expired_trigger_id"}', "application/json"))
    await scene.slack.person("Sari Dewi").runs("umum", "/profil")
    await until(lambda: whispers(scene))
    assert "telat terbuka" in whispers(scene)[0].text


async def test_a_form_that_slack_cannot_keep_is_told(scene: Scene) -> None:
    answers(scene, profil=Shown(OpenForm("profile", "s" * 3500, "title", FORM.fields, "save"), WORDS))
    await scene.slack.person("Sari Dewi").runs("umum", "/profil")
    await until(lambda: whispers(scene))
    assert "tidak beres" in whispers(scene)[0].text


async def test_a_command_that_cannot_be_stored_is_not_acknowledged(scene: Scene) -> None:
    scene.ears.down = True
    reply = await scene.slack.person("Sari Dewi").runs("umum", "/tanya", "apa")
    assert reply.attempt.status == 503


async def test_the_shortcuts(scene: Scene) -> None:
    answers(scene, tanya=Shown(FORM, WORDS))
    sari, budi = scene.slack.person("Sari Dewi"), scene.slack.person("Budi Santoso")
    message = await budi.says("umum", "Dendanya seribu.")
    await sari.shortcut("keep", message)
    what = scene.ears.heard[-1].what
    assert isinstance(what, Marked) and (what.message, what.text, what.author.name) == (message.ts, "Dendanya seribu.", "Budi")
    await sari.shortcut("ask")
    await until(lambda: sari.modals)
    assert scene.ears.heard[-1].what == Commanded("tanya")


async def test_a_press_on_a_card_in_a_thread(scene: Scene) -> None:
    sari, umum = scene.slack.person("Sari Dewi"), scene.slack.channel("umum")
    root = await sari.says(umum, "awal")
    await scene.door.deliver(said(scene, place=place(scene, thread=root.ts), buttons=(Label("Ya", "solved", "q1"),)))
    card = umum.thread(root.ts)[0]
    answers(scene, solved=Shown(Toast("saved"), WORDS))
    await sari.presses(card, "Ya")
    pressed = scene.ears.heard[-1]
    assert pressed.what == Pressed("solved", "q1", card.ts) and pressed.place == place(scene, thread=root.ts)
    await until(lambda: whispers(scene))
    assert whispers(scene)[0].thread_ts == root.ts


async def test_the_home_page(scene: Scene) -> None:
    sari = scene.slack.person("Sari Dewi")
    await sari.opens_home()
    await until(lambda: sari.home)
    assert "Guyub" in str(sari.home.body["blocks"])  # type: ignore[union-attr]
    scene.ears.views["home"] = {
        "title": "Halo, Sari *Dewi*",
        "buttons": [{"label": "Tanya", "command": "tanya"}],
        "sections": [
            {
                "key": "questions",
                "title": "Pertanyaan saya",
                "rows": [{"text": "Berapa *denda* <!channel>?", "note": "Terbuka.", "link": "https://a.id/1"}],
                "empty": "",
                "buttons": [],
            },
            {
                "key": "settings",
                "title": "Pengaturan",
                "rows": [],
                "empty": "Kosong.",
                "buttons": [{"label": "Ubah", "command": "profil"}],
            },
        ],
    }
    answers(scene, command=Shown(FORM, WORDS))
    await sari.opens_home()
    await until(lambda: "Pertanyaan saya" in str(sari.home.body))  # type: ignore[union-attr]
    shown = str(sari.home.body)  # type: ignore[union-attr]
    words = ("Halo, Sari *Dewi*", "Berapa *denda* <!channel>?", "Terbuka.", "https://a.id/1", "Pengaturan", "Kosong.", "Tanya")
    assert all(word in shown for word in words)
    assert sari.home is not None
    await sari.presses(sari.home, "Ubah")
    await until(lambda: sari.modals)
    assert scene.ears.heard[-1].what == Pressed("command", "profil") and scene.ears.heard[-1].private
    tries = scene.ears.tries
    await sari.opens_home(tab="messages")
    assert scene.ears.tries == tries


async def test_names_are_asked_once_a_day_and_never_hold_up_an_event(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.people.PATIENCE", 0.1)
    sari, budi = scene.slack.person("Sari Dewi"), scene.slack.person("Budi Santoso")
    for text in ("satu", "dua"):
        await sari.says("umum", text)
    assert [event.account.name for event in scene.ears.heard if event.account] == ["Sari", "Sari"]
    assert len(scene.slack.calls("users.info")) == 1
    scene.slack.faults.next("users.info", status(500))
    await budi.says("umum", "tiga")
    assert scene.ears.heard[-1].account.name == budi.id  # type: ignore[union-attr]
    await budi.says("umum", "empat")
    assert scene.ears.heard[-1].account.name == "Budi"  # type: ignore[union-attr]
    scene.clock.forward(days=1, hours=1)
    await sari.says("umum", "lima")
    assert len(scene.slack.calls("users.info")) == 3


async def test_over_a_socket_the_same(tmp_path: Path) -> None:
    async with a_door(tmp_path, by_socket=True) as scene:
        answers(scene, profil=Shown(FORM, WORDS), profile=Shown(FieldErrors((("knows", "missing"),)), WORDS))
        sari = scene.slack.person("Sari Dewi")
        assert (await sari.runs("umum", "/profil")).ok
        await until(lambda: sari.modals)
        assert (await sari.submits({"knows": "x"})).errors == {"knows": "Isi dulu, ya."}
        scene.ears.down = True
        scene.slack.ack_within = 0.3
        await sari.says("umum", "halo")
        assert [one.state for one in scene.slack.deliveries if one.kind == "event"] == ["waiting"]
        scene.ears.down = False
        await scene.slack.settled()
        await asyncio.sleep(0)
        await until(lambda: scene.slack.deliveries[-1].state == "accepted")


async def test_a_socket_comes_back_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.socket.PING", 0.2)
    async with a_door(tmp_path, by_socket=True) as scene:
        sari = scene.slack.person("Sari Dewi")
        for number, end in enumerate((scene.slack.sockets.refresh, scene.slack.sockets.cut)):
            before = set(scene.slack.sockets.open)
            await end()
            await until(lambda old=before: set(scene.slack.sockets.open) - old, 10)  # type: ignore[misc]
            await sari.says("umum", f"halo {number}")
            await until(lambda n=number: len(scene.ears.heard) == n + 1)  # type: ignore[misc]


HUGE = {"sections": [{"title": "a", "rows": [{"text": "b" * 200}] * 400}] * 3}
KEYS = ("title", "sections", "rows", "buttons", "text", "note", "link", "label", "command", "key", "empty")
ANYTHING = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=80)),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
)


@given(ANYTHING)
@example(HUGE)  # once: it takes as long as all others together
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_home_page_is_one_that_slack_takes(data: object) -> None:
    body = home_blocks(data if isinstance(data, dict) else {"sections": data})
    assert not body or check_view(home_view(body), "home", "surface") == []
