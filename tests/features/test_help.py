"""Help, mistyped commands, commands by message, and the newcomer's list."""

from __future__ import annotations

import pytest

from bot.features import ALL
from bot.model.place import Account
from bot.registry import Routes
from tests.world import World

pytestmark = pytest.mark.anyio


async def test_help_knows_every_command(world: World) -> None:
    await world.commands("Budi", "help")
    text = world.card("help.help").text
    assert [c.id for c in Routes(ALL).commands if f"/{c.en}" not in text and f"`{c.en}`" not in text] == []


async def test_help_in_the_language_it_was_asked_in(world: World) -> None:
    for line, language in (("bantuan", "id"), ("help", "en"), ("guyub", "en"), ("guyub bantuan", "id")):
        await world.commands("Budi", line)
        card = world.card("help.help")
        assert (card.delivery.language, card.alone) == (language, "budi"), line


async def test_a_mistyped_command_gets_a_hand(world: World) -> None:
    await world.commands("Budi", "tanyaa berapa denda")
    card = world.card("help.mistyped")
    assert "tanya" in card.text and "berapa denda" in card.text
    await world.commands("Budi", "xyzzy")
    assert world.card("help.mistyped").text
    await world.commands("Budi", "guyub gabun sirkulasi")
    assert "gabung" in world.card("help.mistyped").text
    assert not await world.house.store.questions.recent(1)


async def test_a_command_by_mention_or_in_private_works_as_a_message(world: World) -> None:
    await world.says("Budi", "gabung sirkulasi", mentioned=True)
    assert world.told("Budi") == ["belong.joined"]
    await world.says("Budi", "/komunitas", "@budi")
    assert world.told("Budi")[-1] == "belong.list"
    await world.says("Budi", "help me find the overdue fines rule please", mentioned=True)
    assert (await world.question()).text.startswith("help me")


async def test_a_form_asked_for_by_message_comes_behind_a_button(world: World) -> None:
    await world.says("Budi", "profil", mentioned=True)
    card = world.card("help.form")
    assert card.alone == "budi"
    await world.presses("Budi", "command", card)
    assert world.toast == "profile.form_title"


async def test_what_a_command_by_message_has_to_say_is_said(world: World) -> None:
    await world.says("Budi", "gabung perkeretaapian", mentioned=True)
    assert world.told("Budi") == ["belong.no_such"]
    await world.says("Wati", "gabung sirkulasi", mentioned=True)
    assert world.told("Wati") == ["belong.joined_already"]
    await world.says("Budi", "mengapa", mentioned=True)
    assert world.told("Budi")[-1] == "why.nothing"
    await world.says("Budi", "Bagaimana cara menghitung denda?", mentioned=True)
    await world.says("Budi", "mengapa", mentioned=True)
    assert world.told("Budi")[-1] == "why.trace"


async def test_the_first_steps_tick_themselves(world: World) -> None:
    async def done() -> list[str]:
        data = await world.house.app.view("first_steps", Account("paper", "budi", "Budi"))
        return [s["key"] for s in data["steps"] if s["done"]]  # type: ignore[union-attr,index,call-overload,misc]

    assert await done() == []
    q = await world.asks("Budi", "Bagaimana cara menghitung denda buku yang terlambat?")
    assert await done() == ["ask"]
    reply = await world.replies("Wati", "Seribu rupiah sehari, hari libur tidak dihitung.", q)
    assert await done() == ["ask", "answer"]
    await world.reacts("Budi", "✅", reply)
    assert await done() == ["ask", "answer", "solve"]
    await world.presses("Sari", "approve")
    assert await done() == ["ask", "answer", "solve", "review"]
    await world.asks("Tono", "Cara menghitung denda buku yang terlambat bagaimana?")
    assert await done() == ["ask", "answer", "solve", "review", "find"]


async def test_an_unknown_view_is_an_error(world: World) -> None:
    with pytest.raises(KeyError):
        await world.house.app.view("nothing", Account("paper", "budi", "Budi"))
