"""The opening scene: set at the first start, taken up again where the first start was broken off, never set twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.compose import House, open_house
from bot.scene import introduce, open_scene
from bot.serve import living
from bot.settings import Settings
from tests.world import WordVectors

pytestmark = pytest.mark.anyio


async def belonging(house: House) -> set[tuple[str, str, bool]]:
    members = {m.id: m.name for m in await house.store.members.many(await _ids(house))}
    return {(members[m.member], m.role, m.may_ask) for m in await house.store.members.memberships()}


async def _ids(house: House) -> tuple[str, ...]:
    return tuple({m.member for m in await house.store.members.memberships()})


EVERYBODY = {("Sari", "steward", True), ("Daniel", "steward", True), ("Daniel", "member", True)}


@pytest.mark.parametrize("seconds", [0.05, 0.3, 0.8])
async def test_a_broken_off_first_start_is_taken_up_again(tmp_path: Path, seconds: float) -> None:
    settings = Settings(data_dir=tmp_path)
    async with open_house(settings, model=WordVectors()) as house:
        stage = await open_scene(house)
        assert stage is not None
        async with living(house):
            broken_off = asyncio.create_task(introduce(house, stage))
            await asyncio.sleep(seconds)
            broken_off.cancel()
    async with open_house(settings, model=WordVectors()) as house:
        stage = await open_scene(house)
        async with living(house):
            if stage:
                await introduce(house, stage)
            assert await belonging(house) == EVERYBODY
            talk = [m for m in await house.web.platform.messages("ruang-bersama") if m.author != "guyub"]
            assert len(talk) == 3
            assert await open_scene(house) is None


async def test_a_library_with_its_own_communities_opens_too(tmp_path: Path) -> None:
    own = tmp_path / "ours.yaml"
    words = "{id: Naskah Kuno, en: Manuscripts}"
    own.write_text(
        f"communities:\n  - {{key: naskah, name: {words}, description: {words}, examples: {{id: [Naskah lontar], en: []}}}}\n"
    )
    async with open_house(Settings(data_dir=tmp_path / "data", communities=own), model=WordVectors()) as house:
        stage = await open_scene(house)
        assert stage is not None
        async with living(house):
            await introduce(house, stage)
            assert await belonging(house) == set()
            assert {b.community for b in await house.store.places.bindings()} <= {None}
            assert await open_scene(house) is None
