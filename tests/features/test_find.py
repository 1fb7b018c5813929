"""Finding: /cari over what the person may see, filters, reading; and who may not see what."""

from __future__ import annotations

import pytest

from bot.events import Pressed
from bot.features.find import Wanted, wanted
from bot.model.knowledge import Item
from bot.model.question import State
from bot.outcome import OpenForm
from tests.world import Heard, World, user_of

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."
LOST = "How do we charge a patron who lost a borrowed book?"
CHARGE = "Charge the current price plus a processing fee, then mark the copy as lost."


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ("denda buku", Wanted("denda buku")),
        ("denda di:sirkulasi", Wanted("denda", "sirkulasi")),
        ("denda in:Circulation lang:en", Wanted("denda", "circulation", "en")),
        ("bahasa:Indonesia denda", Wanted("denda", "", "id")),
        ("bahasa:jawa denda", Wanted("denda")),
        ("di: denda", Wanted("di: denda")),
    ],
)
def test_filters_are_read_out_of_the_words(args: str, found: Wanted) -> None:
    assert wanted(args) == found


async def looks(world: World, who: str, line: str) -> Heard:
    world.forget()
    await world.commands(who, line)
    return world.card("find.")


async def community_only(world: World, item: Item) -> None:
    await world.happens("Sari", Pressed("edit_item", item.id, ""), "@sari")
    await world.fills("Sari", visibility="community")
    assert (await world.item_of(item)).visibility == "community"


async def test_what_was_kept_is_found_in_other_words_and_read(world: World) -> None:
    item = await world.published("Budi", FINE, "Wati", ANSWER)
    heard = await looks(world, "Tono", "cari hitung denda keterlambatan")
    assert heard.template == "find.results" and heard.alone == "tono"
    assert heard.buttons["open"].value == f"{item.id}:"
    await world.presses("Tono", "open", heard)
    assert world.toast == "find.item"
    assert world.shown and "Seribu rupiah" in world.shown.words["find.item"]
    assert [label.action for label in world.shown.buttons] == []
    await world.presses("Sari", "open", heard)
    assert world.shown and [label.action for label in world.shown.buttons] == ["edit_item"]


async def test_filters_narrow_by_community_and_language(world: World) -> None:
    await world.published("Budi", FINE, "Wati", ANSWER)
    english = await world.published("Budi", LOST, "Wati", CHARGE)
    assert english.language == "en"
    for line in ("cari denda di:sirkulasi", "find fine in:circulation", "cari denda bahasa:id"):
        assert (await looks(world, "Tono", line)).template == "find.results"
    for line in ("cari denda di:preservasi", "cari denda di:tidakada", "cari denda di:preservasi bahasa:en"):
        heard = await looks(world, "Tono", line)
        assert heard.template == "find.nothing", line
    heard = await looks(world, "Tono", "cari lost book bahasa:en")
    assert [label.value for label in heard.delivery.buttons] == [f"{english.id}:"]


async def test_nothing_found_says_so_and_the_command_alone_opens_a_form(world: World) -> None:
    assert (await looks(world, "Tono", "cari kurikulum merdeka")).template == "find.nothing"
    await world.commands("Tono", "cari")
    assert world.shown and isinstance(world.shown.now, OpenForm)
    form = world.shown
    await world.fills("Tono", text="   ")
    assert world.toast == "find.what"
    world.shown = form
    world.forget()
    await world.fills("Tono", text="denda")
    assert world.told("Tono")[-1] == "find.nothing"


async def test_an_unrelated_search_does_not_show_whatever_is_there(world: World) -> None:
    await world.published("Budi", FINE, "Wati", ANSWER)
    assert (await looks(world, "Tono", "cari resep soto lamongan")).template == "find.nothing"


async def test_what_is_for_the_community_stays_with_the_community(world: World) -> None:
    item = await world.published("Budi", FINE, "Wati", ANSWER)
    await community_only(world, item)
    assert (await looks(world, "Wati", "cari denda terlambat")).template == "find.results"
    assert (await looks(world, "Tono", "cari denda terlambat")).template == "find.nothing"
    await world.happens("Tono", Pressed("open", f"{item.id}:", ""), "@tono")
    assert world.toast == "find.gone"

    q = await world.asks("Tono", "Cara menghitung denda buku yang terlambat bagaimana?")  # and is not offered to outsiders
    assert q.state is State.OPEN
    await world.deletes("Tono", q.origin.message)
    q = await world.asks("Wati", "Cara menghitung denda buku yang terlambat bagaimana?", "#umum")  # nor before outsiders' eyes
    assert q.state is State.OPEN
    await world.deletes("Wati", q.origin.message)
    for place in ("#sirkulasi", "@wati"):
        await world.says("Wati", "Cara menghitung denda buku yang terlambat bagaimana?", place, mentioned=place[0] == "#")
        q = await world.question()
        assert q.state is State.OFFERED, place
        await world.deletes("Wati", q.origin.message, place)


async def test_whoever_leaves_the_community_no_longer_sees_it(world: World) -> None:
    item = await world.published("Budi", FINE, "Wati", ANSWER)
    await community_only(world, item)
    await world.commands("Wati", "keluar sirkulasi")
    await world.happens("Wati", Pressed("open", f"{item.id}:", ""), f"@{user_of('Wati')}")
    assert world.toast == "find.gone"


async def test_an_item_that_is_gone_says_so(world: World) -> None:
    await world.happens("Tono", Pressed("open", "nothing:", ""), "@tono")
    assert world.toast == "find.gone"
