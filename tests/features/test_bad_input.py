"""Bad input, each in both languages: a kind word where somebody should be told, nothing lost, nothing executed."""

from __future__ import annotations

import asyncio

import pytest
from markdown_it import MarkdownIt

from bot.events import Commanded, Deleted, Edited, Event, Left, Pressed, Said, Submitted, What
from bot.model.base import new_id
from bot.model.place import Account, Place
from bot.model.question import State
from tests.world import World, user_of

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."
INJECTIONS = (
    "<script>alert('denda')</script> berapa denda buku?",
    "[klik](javascript:alert(1)) ![x](http://jahat.test/a.png) berapa denda buku?",
    "@channel <!channel> <@U123> [Sari](guyub:person/abc) berapa denda buku?",
    "# Judul\n> kutipan\n```kode``` **tebal** berapa denda buku? {{ 7 * 7 }} {% raw %}",
)
LONG = "Berapa denda buku yang terlambat? "


def event(world: World, who: str, what: What, channel: str = "#umum", id: str = "") -> Event:
    account = Account("paper", user_of(who), who)
    return Event(id or f"paper:{new_id()}", world.house.store.library, world.clock(), what, account, Place("paper", channel))


@pytest.mark.parametrize("nothing", ["", "   ", "😀🎉", "​‍⁠", "?!…", "‮‬"])
async def test_a_mention_that_says_nothing_gets_a_hand_in_the_persons_language(world: World, nothing: str) -> None:
    for who, locale in (("Budi", "id"), ("Nick", "en")):
        world.forget()
        await world.speaks(who, locale)
        await world.says(who, nothing, mentioned=True)
        assert world.told(who) == ["ask.blank"]
        assert world.card("ask.blank").delivery.language == locale
    await world.commands("Budi", f"tanya {nothing}")
    assert world.toast == "ask.form_title"
    await world.fills("Budi", text=nothing)
    assert world.toast == "ask.blank"
    assert not await world.house.store.questions.recent(5)


async def test_forty_thousand_characters_are_taken_and_one_more_is_refused_kindly(world: World) -> None:
    text = (LONG * 2000)[:39_999] + "?"
    q = await world.asks("Budi", text)
    assert q.state is State.OPEN and q.text == text
    assert len(world.card("card.post").text) < 4_000
    for channel in ("#umum", "@budi"):
        world.forget()
        await world.says("Budi", text + "?", channel, mentioned=channel == "#umum")
        assert world.told("Budi") == ["ask.too_long"]
    await world.commands("Budi", f"tanya {text}?")
    assert world.toast == "ask.too_long"
    assert (await world.question()).id == q.id
    await world.replies("Sari", text, q)
    assert (await world.again(q)).state is State.ANSWERED


async def test_writing_from_right_to_left_and_invisible_characters_stay_what_they_are(world: World) -> None:
    q = await world.asks("Budi", "كيف أجدد إعارة كتاب في المكتبة؟")
    assert q.text.startswith("كيف") and q.state in (State.ASKED_BACK, State.UNPLACED, State.OPEN)
    await world.deletes("Budi", q.origin.message)
    q = await world.asks("Budi", "Berapa ‮adned‬ den​da buku\x00 yang\ud800 terlambat?")
    assert q.state is not State.SUGGESTED
    heard = world.card("card.")
    assert not set(heard.text) & {"‮", "\x00", "\ud800"}


@pytest.mark.parametrize("text", INJECTIONS)
async def test_markup_and_script_are_only_words(world: World, text: str) -> None:
    q = await world.asks("Budi", text)
    await world.commands("Budi", f"tanya {text}")
    await world.replies("Wati", f"{text} {ANSWER}", q)
    await world.commands("Tono", f"cari {text}")
    await world.commands("Tono", f"gabung {text}")
    await world.commands("Tono", text.split()[0])
    for message in world.door.messages:
        tokens = MarkdownIt("commonmark", {"html": True}).parse(message.text)
        inline = [child for token in tokens for child in token.children or []]
        assert not [t for t in (*tokens, *inline) if t.type in ("html_block", "html_inline", "image", "fence", "heading_open")]
        links = [str(t.attrs["href"]) for t in inline if t.type == "link_open"]
        assert all(link.startswith("guyub:") for link in links)
        assert not {link for link in links if link == "guyub:person/abc"}
        assert " 49 " not in message.text
    assert (await world.again(q)).text == text


@pytest.mark.parametrize(
    ("line", "template"),
    [
        ("gabung kereta api", "belong.no_such"),
        ("join railways", "belong.no_such"),
        ("keluar kereta api", "belong.no_such"),
        ("kelola kereta api", "steward.no_such"),
        ("mengapa tidak", "why.nothing"),
        ("cari 😀", "find.form_title"),
        ("gabung " + "x" * 5000, "belong.no_such"),
    ],
)
async def test_a_command_with_wrong_words_says_what_would_be_right(world: World, line: str, template: str) -> None:
    await world.commands("Budi", line)
    assert world.toast == template


async def test_a_button_pressed_twice_in_the_same_moment_counts_once(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q)
    press = Pressed("solved", q.id, world.card("card.answered").ref.message)
    shown = await asyncio.gather(*(world.house.app.respond(event(world, "Budi", press)) for _ in range(4)))
    await world.settles()
    told = sorted(one.now.template for one in shown if one)  # type: ignore[union-attr]
    assert told == ["answer.glad", "error.already", "error.already", "error.already"]
    assert len(await world.house.store.items.drafts((q.community or "",))) == 1
    assert [s.what for s in (await world.again(q)).trace].count("solved") == 1


BUTTONS = (
    *("suggest_yes", "suggest_no", "ask_anyway", "fits", "ask_people", "join_question", "me_too", "withdraw", "solved"),
    *("not_yet", "place", "place_other", "move", "why", "pass", "refer", "withhold", "allow", "review", "approve"),
    *("edit_item", "reject", "merge", "open", "join", "take_lead", "profile", "command", "no_such_button"),
)


@pytest.mark.parametrize("language", ["id", "en"])
async def test_a_button_about_nothing_is_answered_kindly(world: World, language: str) -> None:
    await world.speaks("Nick", language)
    for action in BUTTONS:
        for value in ("", "nothing", "nothing:nothing", ":", "x" * 2000):
            await world.happens("Nick", Pressed(action, value, "m"), "@nick")
            assert world.shown is not None or action in ("command", "profile"), (action, value)
            assert world.toast != "error.failed"
            assert getattr(world.shown.now if world.shown else None, "language", language) == language


async def test_a_form_that_nobody_opened_is_answered_kindly(world: World) -> None:
    for form in ("ask", "find", "place", "refer", "profile", "edit_item", "reject", "community", "channel", "no_such_form"):
        for fields in ((), (("member", "x"), ("text", ""), ("community", "x"), ("reason", ""))):
            await world.happens("Nick", Submitted(form, "nothing:0", fields))
            assert world.shown is not None, form
            assert world.toast != "error.failed"


async def test_buttons_that_are_somebody_elses_are_left_to_them(world: World) -> None:
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", ANSWER, q)
    for action in ("solved", "not_yet"):
        await world.happens("Tono", Pressed(action, q.id, ""))
        assert world.toast == "error.only_asker"
    assert (await world.again(q)).state is State.ANSWERED


async def test_two_first_contacts_in_the_same_moment_are_one_person(world: World) -> None:
    says = [event(world, "Nina", Said(text, f"m{n}", mentioned=True)) for n, text in enumerate((FINE, "Ruas MARC mana?"))]
    commands = [event(world, "Nina", Commanded("gabung", key)) for key in ("sirkulasi", "preservasi")]
    await asyncio.gather(*(world.house.app.receive(one) for one in says), *(world.house.app.respond(one) for one in commands))
    await world.settles()
    nina = await world.member("Nina")
    mine = await world.house.store.questions.of(nina.id)
    assert {q.text for q in mine} == {FINE, "Ruas MARC mana?"}
    assert len(await world.house.store.members.memberships(member=nina.id)) == 2
    assert len(await world.house.store.members.named("Nina")) == 1


async def test_two_who_take_the_lead_in_the_same_moment(world: World) -> None:
    community = await world.house.store.communities.by_key("pengolahan")
    assert community
    for name in ("Endah", "Fajar"):
        await world.commands(name, "gabung pengolahan")
    presses = (event(world, n, Pressed("take_lead", community.id, "m"), f"@{user_of(n)}") for n in ("Endah", "Fajar"))
    shown = await asyncio.gather(*(world.house.app.respond(one) for one in presses))
    await world.settles()
    assert sorted(one.now.template for one in shown if one) == ["belong.leads_now", "belong.led_already"]  # type: ignore[union-attr]


async def test_replies_that_arrive_before_the_question_was_handled_are_its_answers(world: World) -> None:
    app = world.house.app
    root = "m-root"
    await app.receive(event(world, "Budi", Said(FINE, root, mentioned=True)))
    for n, who in enumerate(("Sari", "Wati")):
        one = event(world, who, Said(f"{ANSWER} {n}", f"m-{n}"))
        await app.receive(Event(one.id, one.library, one.at, one.what, one.account, Place("paper", "#umum", root)))
    await world.settles()
    q = await world.question()
    assert q.state is State.ANSWERED
    assert [a.text[-1] for a in await world.house.store.questions.answers(q.id)] == ["0", "1"]


async def test_deleted_before_it_was_handled_it_is_asked_and_taken_back(world: World) -> None:
    app = world.house.app
    await app.receive(event(world, "Budi", Said(FINE, "m-root", mentioned=True)))
    await app.receive(event(world, "Budi", Edited("Apa?", "m-root")))
    await app.receive(event(world, "Budi", Deleted("m-root")))
    await world.settles()
    q = await world.question()
    assert (q.state, q.text) == (State.WITHDRAWN, "Apa?")


async def test_people_with_odd_names_are_themselves(world: World) -> None:
    for name in ("<b>Budi</b>", "[x](y)", "علي", "​", "x" * 500):
        q = await world.asks(name, FINE)
        await world.deletes(name, q.origin.message)
        assert (await world.again(q)).state is State.WITHDRAWN
        for message in world.door.messages:
            tokens = MarkdownIt("commonmark", {"html": True}).parse(message.text)
            inline = [child for token in tokens for child in token.children or []]
            assert not [t for t in inline if t.type == "html_inline" or (t.type == "link_open" and t.attrs["href"] == "y")]


async def test_somebody_who_left_may_still_be_told_about_twice(world: World) -> None:
    await world.happens("Wati", Left())
    await world.happens("Wati", Left())
    assert (await world.member("Wati")).gone


async def test_other_talk_is_neither_stored_nor_logged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "Gaji saya terlambat lagi bulan ini, sedih sekali, rahasia antara kita"
    await world.says("Budi", secret, "#sirkulasi")
    await world.says("Budi", secret, "#tak-terhubung")
    root = await world.says("Tono", "Selamat pagi", "#sirkulasi")
    await world.says("Budi", secret, "#sirkulasi", root)
    folder = world.house.settings.data_dir
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"antara kita" not in written
    out = capsys.readouterr()
    assert "antara kita" not in out.out + out.err
