"""Digests: who may change when they come, and answering from one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.events import Pressed
from bot.outcome import OpenForm
from tests.features.digesting import MONDAY, TOLD, digests, in_channel, monday, of, planned, until, waits
from tests.world import World

pytestmark = pytest.mark.anyio


# ---- choosing --------------------------------------------------------------------------------------------------------


async def test_day_hour_and_language_are_the_members_choice(world: World) -> None:
    await planned(world)
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await monday(world)
    await world.presses("Daniel", "digest_settings", world.card(TOLD, "@daniel"))
    assert world.shown and isinstance(world.shown.now, OpenForm)
    await world.fills("Daniel", digest_day="4", digest_hour="15", digest_language="en")
    assert world.toast == "digest.saved"
    await waits(world, "Andi", "Boleh meminjam lebih dari lima buku?", "sirkulasi")
    await until(world, MONDAY + timedelta(days=4, hours=7))
    assert digests(world, "Daniel") == [], "this week's has come already"
    await monday(world, 1)
    assert digests(world, "Daniel") == [] and digests(world, "Wati") == [TOLD]
    await until(world, MONDAY + timedelta(days=11, hours=7))
    assert digests(world, "Daniel") == [TOLD] and "Still waiting" in world.card(TOLD, "@daniel").text


async def test_one_tap_and_it_comes_no_more_until_it_is_wanted_again(world: World) -> None:
    await planned(world)
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await monday(world)
    await world.presses("Daniel", "digest_stop", world.card(TOLD, "@daniel"))
    assert world.toast == "digest.stopped" and (await of(world, "Daniel")).off
    await waits(world, "Andi", "Boleh meminjam lebih dari lima buku?", "sirkulasi")
    await monday(world, 1)
    assert digests(world, "Daniel") == []
    await world.commands("Daniel", "profil")
    await world.fills("Daniel", digest_day="1")
    await waits(world, "Andi", "Kartu anggota hilang, bagaimana menggantinya?", "sirkulasi")
    await until(world, MONDAY + timedelta(days=8))
    assert digests(world, "Daniel") == [TOLD]


async def test_the_profile_leaves_a_digest_alone_that_is_not_changed_there(world: World) -> None:
    await planned(world)
    before = await of(world, "Wati")
    await world.commands("Wati", "profil")
    await world.fills("Wati", cap="5")
    assert await of(world, "Wati") == before
    await world.commands("Wati", "profil")
    await world.fills("Wati", digest_day="nonsense", digest_hour="99")
    assert await of(world, "Wati") == before


async def test_whoever_chooses_before_they_are_planned_keeps_their_choice(world: World) -> None:
    await world.commands("Daniel", "profil")
    await world.fills("Daniel", digest_day="off")
    await planned(world)
    assert (await of(world, "Daniel")).off


async def test_a_channels_digest_is_its_stewards_to_set(world: World) -> None:
    await planned(world)
    await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await monday(world)
    card = world.card("digest.community", "#sirkulasi")
    assert "digest_stop" not in card.buttons
    await world.presses("Daniel", "digest_settings", card)
    assert world.toast == "digest.stewards_only"
    await world.presses("Sari", "digest_settings", card)
    await world.fills("Sari", digest_day="off")
    await waits(world, "Andi", "Boleh meminjam lebih dari lima buku?", "sirkulasi")
    await monday(world, 1)
    assert in_channel(world, "#sirkulasi") == [] and digests(world, "Sari") == [TOLD]


# ---- answering -------------------------------------------------------------------------------------------------------


async def test_what_is_open_can_be_answered_from_the_digest(world: World) -> None:
    await planned(world)
    q = await waits(world, "Andi", "Berapa lama buku referensi boleh dipinjam?", "sirkulasi")
    await monday(world)
    card = world.card(TOLD, "@daniel")
    await world.presses("Daniel", "digest_answer", card)
    assert world.toast == "digest.answer"
    assert world.shown and f"paper.test/#umum/{q.origin.message}" in next(iter(world.shown.words.values()))
    await world.happens("Andi", Pressed("digest_answer", card.buttons["digest_answer"].value, ""), "@andi")
    assert world.toast == "digest.members_only"
    await world.replies("Wati", "Tujuh hari.", q)
    await world.presses("Andi", "solved")
    await world.presses("Daniel", "digest_answer", card)
    assert world.toast == "digest.ended"
