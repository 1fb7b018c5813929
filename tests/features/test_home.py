"""The home page: what is mine, in words, with addresses that open it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.features import ALL
from bot.model.place import Account
from bot.registry import Routes
from tests.fakes import user_of
from tests.world import World

pytestmark = pytest.mark.anyio

FINE = "Selamat pagi, bagaimana cara menghitung denda buku yang terlambat? Terima kasih"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."


async def home(world: World, who: str) -> dict[str, Any]:
    """As a door gets it: JSON and nothing else."""
    data = await world.house.app.view("home", Account(world.door.name, user_of(who), who))
    return dict(json.loads(json.dumps(data)))


async def section(world: World, who: str, key: str) -> dict[str, Any]:
    found: Mapping[str, Any] = next(s for s in (await home(world, who))["sections"] if s["key"] == key)
    return dict(found)


def said(text: str) -> str:
    """The template behind some words."""
    return text.rpartition("@@")[2]


async def test_somebody_new_is_told_what_to_do(world: World) -> None:
    page = await home(world, "Tono")
    assert set(page) == {"title", "sections", "buttons"}
    assert [s["key"] for s in page["sections"]] == ["questions", "communities", "settings"]
    for one in page["sections"]:
        assert set(one) == {"key", "title", "rows", "empty", "buttons"}
        assert said(one["title"]) == f"home.title_{one['key']}" and said(one["empty"]) == f"home.empty_{one['key']}"
    assert [s["key"] for s in page["sections"] if s["rows"]] == ["settings"]
    assert [b["command"] for b in page["buttons"]] == ["tanya", "cari", "komunitas", "profil"]
    assert await world.house.store.members.by_account("paper", "tono") is None, "looking makes nobody a member"


async def test_my_questions_with_their_state_and_where_they_are(world: World) -> None:
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    await world.commands("Budi", "tanya Bagaimana menandai buku hilang di katalog?")
    other = await world.question()
    await world.asks("Tono", "Ruas MARC mana untuk judul seri?")
    rows = (await section(world, "Budi", "questions"))["rows"]
    assert [set(r) for r in rows] == [{"text", "note", "link"}] * 2
    assert [r["text"] for r in rows] == [other.text, q.text], "what goes on comes first"
    card = await world.house.store.places.posting(f"ask:{other.id}")
    assert card and rows[0]["link"] == f"https://paper.test/#umum/{card.ref.message}"
    assert rows[1]["link"] == f"https://paper.test/#umum/{q.origin.message}"
    assert all(said(r["note"]) == "home.question" for r in rows)


async def test_a_question_only_suggested_or_forgotten_is_not_shown(world: World) -> None:
    await world.binds("Ibu Rini", "#umum", "sirkulasi", "suggest")
    await world.says("Budi", "Bagaimana cara menghitung denda buku yang terlambat?")
    assert (await section(world, "Budi", "questions"))["rows"] == []
    await world.presses("Budi", "suggest_no")
    assert (await section(world, "Budi", "questions"))["rows"] == []


async def test_words_of_people_are_no_markup(world: World) -> None:
    text = "Bagaimana *menebalkan* [ini](guyub:card/x) dan <b>itu</b> di katalog kita?"
    await world.asks("Budi", text)
    await world.asks("Budi", "guyub:card/ask:x denda?")
    rows = (await section(world, "Budi", "questions"))["rows"]
    assert [r["text"] for r in rows] == ["guyub:card/ask:x denda?", text]
    await world.edits("Budi", rows[0]["link"].rpartition("/")[2], "guyub:card/ask:x")
    assert (await section(world, "Budi", "questions"))["rows"][0]["text"] == "guyub:card/ask:x"


async def test_my_communities_and_what_i_am_there(world: World) -> None:
    rows = (await section(world, "Sari", "communities"))["rows"]
    assert [r["text"] for r in rows] == ["Sirkulasi"]
    assert "Pengampu" in rows[0]["note"] and "denda" in rows[0]["note"]
    await world.commands("Tono", "gabung pengolahan")
    (row,) = (await section(world, "Tono", "communities"))["rows"]
    assert "Belum mengizinkan" in row["note"]


async def test_my_settings_in_words(world: World) -> None:
    await world.commands("Budi", "profil")
    await world.fills("Budi", cap="1", away="week")
    rows = [r["text"] for r in (await section(world, "Budi", "settings"))["rows"]]
    assert [said(r) for r in rows] == ["home.asked", "home.language", "home.accounts"]
    assert "1 Desember 2026" in rows[0]


async def test_stewards_see_what_waits_for_them(world: World) -> None:
    assert (await section(world, "Sari", "reviews"))["rows"] == []
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    reviews = await section(world, "Sari", "reviews")
    assert [r["text"] for r in reviews["rows"]] == [(await world.item(q)).title]
    assert [b["command"] for b in reviews["buttons"]] == ["tinjau"]
    assert "reviews" in [s["key"] for s in (await home(world, "Ibu Rini"))["sections"]]
    assert "reviews" not in [s["key"] for s in (await home(world, "Wati"))["sections"]]
    await world.presses("Sari", "approve")
    assert (await section(world, "Sari", "reviews"))["rows"] == []


async def test_in_the_persons_language(world: World) -> None:
    await world.speaks("Daniel", "en")
    page = await home(world, "Daniel")
    assert [b["command"] for b in page["buttons"]] == ["ask", "find", "communities", "profile"]
    assert page["title"].startswith("Hello")


async def test_the_same_page_at_each_door_of_one_person(crossed: World) -> None:
    there = crossed.at("kertas")
    await crossed.asks("Wati", FINE)
    await crossed.commands("Wati", "hubungkan", "@wati")
    code = crossed.shown.now.data["code"]  # type: ignore[union-attr]
    await there.commands("Wati W", f"hubungkan {code}", "@wati.w")
    await crossed.presses("Wati", "link_yes", crossed.card("link.confirm", "@wati"))
    here = Account("paper", "wati", "Wati"), Account("kertas", "wati.w", "Wati W")
    pages = [await crossed.house.app.view("home", one) for one in here]
    assert pages[0] == pages[1]
    assert len((await section(there, "Wati W", "questions"))["rows"]) == 1


@pytest.mark.parametrize("language", ["id", "en"])
async def test_every_button_is_a_command_of_ones_own_language(world: World, language: str) -> None:
    await world.speaks("Sari", language)
    await world.solved("Budi", FINE, "Wati", ANSWER)  # so that a draft waits for its steward
    page = await world.house.app.view("home", Account("paper", "sari", "Sari"))
    buttons = [*page["buttons"], *(b for s in page["sections"] for b in s["buttons"])]  # type: ignore[misc,index,union-attr]
    names = {getattr(c, language) for c in Routes(ALL).commands}
    assert len(buttons) >= 6
    assert {b["command"] for b in buttons} <= names  # type: ignore[index,call-overload]
