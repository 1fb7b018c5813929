"""The page over HTTP: what is shown to whom, what a POST does, who is let in."""

from __future__ import annotations

import re

import httpx
import pytest
from web_world import SAME_ORIGIN, ScriptedEars, client, delivery, scene

from adapters.web.door import WebDoor
from adapters.web.views import initials
from bot.model.place import Account

pytestmark = pytest.mark.anyio
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
async def ids(door: WebDoor) -> dict[str, str]:
    return await scene(door)


async def be(browser: httpx.AsyncClient, user: str) -> None:
    told = await browser.post("/as", data={"user": user, "to": "/"})
    assert told.status_code == 303


async def test_the_first_page_shows_the_scene_two_people_and_the_steps(
    door: WebDoor, ears: ScriptedEars, ids: dict[str, str]
) -> None:
    ears.steps = [{"key": "ask", "done": True}, {"key": "x", "done": False, "title": "Langkah lain", "hint": ""}]
    async with client(door) as browser:
        page = (await browser.get("/")).text
    for words in (
        "Anda sebagai Sari",
        "Jadi Daniel, cataloguing",
        "Langkah pertama",
        "1/2",
        "Ajukan satu pertanyaan",
        "Langkah lain",
    ):
        assert words in page
    assert "In SLiMS 9" not in page and "3 balasan" in page and "Kenapa tidak ada login?" in page


async def test_without_a_list_of_steps_there_is_no_such_panel(door: WebDoor, ids: dict[str, str]) -> None:
    async with client(door) as browser:
        page = (await browser.get("/")).text
    assert "Langkah pertama" not in page and "Jadi Daniel" in page


async def test_an_empty_messenger_asks_who_is_there(door: WebDoor) -> None:
    async with client(door) as browser:
        assert "Siapa yang mau mencoba?" in (await browser.get("/")).text
        told = await browser.post("/people", data={"name": "Wati", "about": "referensi", "language": "en"})
        assert told.json() == {"go": "/"}
        assert "You are Wati" in (await browser.get("/")).text


async def test_saying_something_shows_it_and_tells_the_bot(door: WebDoor, ears: ScriptedEars, ids: dict[str, str]) -> None:
    async with client(door) as browser:
        told = (await browser.post("/c/sirkulasi/say", data={"text": "halo <b>semua</b>", "thread": ""})).json()
    (piece,) = told["messages"]
    assert "halo &lt;b&gt;semua&lt;/b&gt;" in piece["html"] and piece["mine"] and ears.said() == ["halo <b>semua</b>"]


async def test_a_command_in_a_thread_tells_its_thread(door: WebDoor, ears: ScriptedEars, ids: dict[str, str]) -> None:
    async with client(door) as browser:
        told = (await browser.post("/c/sirkulasi/say", data={"text": "/profil", "thread": ids["card"]})).json()
    assert told["now"]["kind"] == "form" and "Yang Kakak kuasai" in told["now"]["html"]
    place = ears.heard[0].place
    assert place is not None and place.thread == ids["card"]


async def test_a_form_with_errors_then_without(door: WebDoor, ids: dict[str, str]) -> None:
    fields = {"form": "profile", "subject": "me", "channel": "sirkulasi", "name": ["knows", "where"], "f.where": ["a", "b"]}
    async with client(door) as browser:
        told = (await browser.post("/submit", data=fields | {"f.knows": " "})).json()["now"]
        assert told == {"kind": "errors", "errors": {"knows": "Isi dulu satu hal yang Kakak kuasai, ya."}}
        told = (await browser.post("/submit", data=fields | {"f.knows": "*denda*"})).json()["now"]
        assert told == {"kind": "toast", "text": "Profil tersimpan. Terima kasih, Kak!"}


async def test_several_choices_are_joined_by_newlines(door: WebDoor, ears: ScriptedEars, ids: dict[str, str]) -> None:
    fields = {"form": "profile", "name": ["knows", "where", "tick"], "f.where": ["a", "b"], "f.knows": "x"}
    async with client(door) as browser:
        await browser.post("/submit", data=fields)
    assert ears.heard[0].what.fields == (("knows", "x"), ("where", "a\nb"), ("tick", ""))  # type: ignore[union-attr]


async def test_buttons_on_messages_and_in_sheets(door: WebDoor, ears: ScriptedEars, ids: dict[str, str]) -> None:
    async with client(door) as browser:
        told = (await browser.post("/press", data={"action": "join", "value": "q1", "message": ids["card"]})).json()
        assert told["now"] == {"kind": "toast", "text": "Sip, dicatat."}
        sheet = (await browser.post("/c/sirkulasi/say", data={"text": "/help"})).json()["now"]
        assert sheet["kind"] == "sheet" and "<code>/tanya</code>" in sheet["html"] and "Lihat profil" in sheet["html"]
        await browser.post("/press", data={"action": "x", "value": "", "message": "", "channel": "umum"})
    assert [e.place.channel for e in ears.heard if e.place] == ["sirkulasi", "sirkulasi", "umum"]


async def test_each_person_reads_in_their_language(door: WebDoor, ids: dict[str, str]) -> None:
    async with client(door) as browser:
        assert re.search(r"<time[^>]*>14\.03</time>", (await browser.get("/c/sirkulasi")).text)
        await be(browser, ids["daniel"])
        page = (await browser.get("/c/sirkulasi")).text
        assert "You are Daniel" in page and re.search(r"<time[^>]*>14:03</time>", page) and "Today" in page
        await browser.post("/language", data={"language": "id", "to": "/c/sirkulasi"})
        assert "Anda sebagai Daniel" in (await browser.get("/c/sirkulasi")).text


async def test_a_whisper_is_in_one_persons_page_only(door: WebDoor, ids: dict[str, str]) -> None:
    ref = await door.deliver(delivery("psst rahasia", "umum", only_for=Account("web", ids["daniel"])))
    async with client(door) as browser:
        assert "psst rahasia" not in (await browser.get("/c/umum")).text
        assert (await browser.post(f"/m/{ref.message}/dismiss")).status_code == 404
        await be(browser, ids["daniel"])
        page = (await browser.get("/c/umum")).text
        assert "psst rahasia" in page and "Only you can see this" in page
        await browser.post(f"/m/{ref.message}/dismiss")
        assert "psst rahasia" not in (await browser.get("/c/umum")).text


async def test_unread_marks_come_and_go(door: WebDoor, ids: dict[str, str]) -> None:
    await door.platform.say(ids["daniel"], "umum", "kopi?")
    async with client(door) as browser:
        assert "1 belum dibaca" in (await browser.get("/c/sirkulasi")).text
        page = (await browser.get("/c/umum")).text
        seq = re.search(r'data-read="(\d+)"', page)
        assert seq
        await browser.post("/c/umum/read", data={"seq": seq[1]})
        assert "1 belum dibaca" not in (await browser.get("/c/sirkulasi")).text


async def test_reacting_toggles(door: WebDoor, ids: dict[str, str]) -> None:
    async with client(door) as browser:
        address = f"/m/{ids['question']}/react"
        first = (await browser.post(address, data={"emoji": "✅"})).json()["messages"][0]["html"]
        second = (await browser.post(address, data={"emoji": "✅"})).json()["messages"][0]["html"]
        assert "✅, 1 orang, termasuk Anda" in first and 'data-react="✅"' not in second
        assert (await browser.post(address, data={"emoji": "<b>"})).status_code == 422


async def test_pictures_are_shown_and_everything_else_is_a_download(door: WebDoor, ids: dict[str, str]) -> None:
    evil = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    files = [
        ("files", ("a.png", PNG, "image/png")),
        ("files", ("b.svg", evil, "image/svg+xml")),
        ("files", ("c.png", b"<html><script>alert(1)</script>", "image/png")),
        ("files", ("d.html", b"<script>alert(1)</script>", "image/png")),
    ]
    async with client(door) as browser:
        html = (await browser.post("/c/umum/say", data={"text": "berkas"}, files=files)).json()["messages"][0]["html"]
        addresses = re.findall(r'href="(/files/[^"]+)"', html)
        answers = [await browser.get(address) for address in addresses]
    assert [a.headers["content-type"] for a in answers] == ["image/png", *["application/octet-stream"] * 3]
    assert [a.headers["content-disposition"].partition(";")[0] for a in answers] == ["inline", *["attachment"] * 3]
    assert all("sandbox" in a.headers["content-security-policy"] for a in answers) and html.count("<img") == 1


async def test_a_file_in_a_private_room_is_private(door: WebDoor, ids: dict[str, str]) -> None:
    await door.platform.say(ids["daniel"], f"dm-{ids['daniel']}", "", files=(("a.txt", b"rahasia"),))
    kept = (await door.platform.messages(f"dm-{ids['daniel']}"))[0].files[0]
    async with client(door) as browser:
        assert (await browser.get(f"/files/{kept.id}/a.txt")).status_code == 404
        await be(browser, ids["daniel"])
        assert (await browser.get(f"/files/{kept.id}/a.txt")).content == b"rahasia"


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("", 422, "Tulis sesuatu dulu"),
        ("\u200b \n", 422, "Tulis sesuatu dulu"),
        ("x" * 40_001, 413, "tulisannya masih ada di kotak"),
        ("👍", 200, ""),
        ("x" * 40_000, 200, ""),
    ],
)
async def test_bad_text_gets_kind_words(door: WebDoor, ids: dict[str, str], text: str, status: int, words: str) -> None:
    async with client(door) as browser:
        told = await browser.post("/c/umum/say", data={"text": text})
    assert told.status_code == status and words in told.text


async def test_a_bot_that_is_down_is_said_kindly(door: WebDoor, ears: ScriptedEars, ids: dict[str, str]) -> None:
    ears.down = True
    async with client(door) as browser:
        told = await browser.post("/c/umum/say", data={"text": "/tanya apa?"})
        assert told.status_code == 503 and "Coba lagi sebentar lagi" in told.json()["say"]
        assert (await browser.post("/c/umum/say", data={"text": "biasa saja"})).status_code == 200


async def test_a_bug_behind_the_ears_keeps_no_page_from_opening(door: WebDoor, ears: ScriptedEars, ids: dict[str, str]) -> None:
    def buggy(*_: object) -> None:
        raise ValueError("bug")

    ears.answer = buggy
    ears.view = buggy  # type: ignore[assignment]
    async with client(door) as browser:
        assert (await browser.get("/")).status_code == 200
        told = await browser.post("/press", data={"action": "x", "message": ids["card"]})
    assert told.status_code == 503 and "Coba lagi" in told.json()["say"]


async def test_a_link_to_an_old_message_opens_where_it_is(door: WebDoor, ids: dict[str, str]) -> None:
    for number in range(130):
        await door.platform.say(ids["sari"], "umum", f"pesan nomor {number:03}", tell=False)
    old = (await door.platform.messages("umum"))[20]
    async with client(door) as browser:
        assert "pesan nomor 020" not in (await browser.get("/c/umum")).text
        page = (await browser.get(f"/c/umum?m={old.id}")).text
        assert "pesan nomor 020" in page and "pesan nomor 010" in page and "pesan nomor 129" in page
        older = (await browser.get(f"/c/umum/older?before={old.id}")).text
        assert "pesan nomor 019" in older and "pesan nomor 020" not in older


async def test_the_thread_panel_has_an_address(door: WebDoor, ids: dict[str, str]) -> None:
    async with client(door) as browser:
        page = (await browser.get(f"/c/sirkulasi?t={ids['card']}")).text
        assert "In SLiMS 9" in page and "in-thread" in page
        assert "In SLiMS 9" in (await browser.get(f"/c/sirkulasi/thread/{ids['card']}")).text
        assert (await browser.get(f"/c/umum/thread/{ids['card']}")).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://jahat.example"},
        {"origin": "null"},
        {"origin": "http://[", "sec-fetch-site": "same-origin"},
        {},
    ],
)
async def test_another_sites_post_is_turned_away(door: WebDoor, ids: dict[str, str], headers: dict[str, str]) -> None:
    async with client(door) as browser:
        for name in SAME_ORIGIN:
            del browser.headers[name]
        told = await browser.post("/c/umum/say", data={"text": "jahat"}, headers=headers)
    assert told.status_code == 403 and await door.platform.messages("umum") == ()


async def test_a_foreign_name_for_this_host_reads_nothing(door: WebDoor, ids: dict[str, str]) -> None:
    async with client(door) as browser:
        told = await browser.get("/", headers={"host": "jahat.example"})
        assert told.status_code == 421 and "sirkulasi" not in told.text
        assert (await browser.get("/", headers={"host": "localhost:8765"})).status_code == 200


async def test_every_answer_carries_the_strict_headers(door: WebDoor, ids: dict[str, str]) -> None:
    async with client(door) as browser:
        for address in ("/", "/c/tidak-ada", "/static/app.css", "/favicon.ico", "/steps"):
            headers = (await browser.get(address)).headers
            assert "script-src 'self'" in headers["content-security-policy"] and "unsafe" not in str(headers)
            assert headers["x-content-type-options"] == "nosniff"


async def test_a_forged_cookie_is_nobody_in_particular(door: WebDoor, ids: dict[str, str]) -> None:
    async with client(door) as browser:
        await be(browser, ids["daniel"])
        good = browser.cookies["guyub_as"]
        browser.cookies.clear()
        browser.cookies["guyub_as"] = good[:-2] + ("aa" if good[-2:] != "aa" else "bb")
        assert "Anda sebagai Sari" in (await browser.get("/")).text
        told = await browser.post("/as", data={"user": ids["daniel"], "to": "https://jahat.example/"})
        assert told.headers["location"] == "/" and "HttpOnly" in told.headers["set-cookie"]


def test_initials() -> None:
    assert [initials(n) for n in ("Sari", "Budi Santoso", "Ni Luh Putu", "👩‍🏫", "")] == ["S", "BS", "NP", "👩", "?"]
