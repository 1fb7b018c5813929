"""A person as the platform and the settings have them now: another name, the operator's role given later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.compose import open_house
from bot.events import Commanded, Event
from bot.model.base import new_id
from bot.model.place import Account, Place
from tests.world import PaperDoor, WordVectors, World, a_library

pytestmark = pytest.mark.anyio


async def writes(world: World, user: str, name: str) -> None:
    place = Place("paper", f"@{user}")
    event = Event(
        f"paper:{new_id()}", world.house.store.library, world.clock(), Commanded("help"), Account("paper", user, name), place
    )
    await world.receives(replace(event, private=True))


async def test_another_name_on_the_platform_is_another_name_here(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await world.asks("Budi", "Bagaimana menghitung denda buku yang telat?")
        before = await world.member("Budi")
        await writes(world, "budi", "Budi Santoso, S.IP.")
        after = await world.member("Budi")
        assert (after.id, after.name) == (before.id, "Budi Santoso, S.IP.")
        await writes(world, "budi", "")
        assert (await world.member("Budi")).name == "Budi Santoso, S.IP.", "a name that could not be looked up says nothing"


async def test_whose_name_could_not_be_looked_up_at_first_gets_it_later(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await writes(world, "U77", "")
        await writes(world, "U77", "Endah")
        member = await world.house.store.members.by_account("paper", "U77")
        assert member is not None
        assert member.name == "Endah"


async def test_who_is_made_operator_in_the_settings_is_one_from_their_next_word_on(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        await writes(world, "endah", "Endah")
        world.house.app.dispatcher.operators = frozenset({"paper:endah"})
        await writes(world, "endah", "Endah")
        assert {m.name for m in await world.house.store.members.with_role("operator")} >= {"Endah"}


async def test_who_is_taken_out_of_the_settings_is_none_from_their_next_word_on(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        world.house.app.dispatcher.operators = frozenset()
        await writes(world, "ibu.rini", "Ibu Rini")
        assert (await world.member("Ibu Rini")).role == "member"


async def test_who_was_taken_out_of_the_settings_is_none_from_the_start_on(tmp_path: Path) -> None:
    async with a_library(tmp_path) as world:
        assert [m.name for m in await world.house.store.members.with_role("operator")] == ["Ibu Rini"]
        settings, clock = world.house.settings.model_copy(update={"operators": ()}), world.clock
    async with open_house(settings, clock=clock, doors=(PaperDoor(),), model=WordVectors()) as house:
        assert await house.store.members.with_role("operator") == ()
