"""A member's own settings: what I know, may I be asked, how often, when not, in which language."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.outcome import FieldErrors, OpenForm
from tests.world import World

pytestmark = pytest.mark.anyio


async def test_the_form_has_a_line_for_each_community_and_keeps_what_was_said(world: World) -> None:
    await world.commands("Wati", "profil")
    assert world.shown and isinstance(world.shown.now, OpenForm)
    names = [f.name.split(":")[0] for f in world.shown.now.fields]
    assert names == ["knows", "knows", "may_ask", "cap", "away", "language", "digest_day", "digest_hour"]
    knows = world.shown.now.fields[0].name
    await world.fills("Wati", **{knows.replace(":", "__"): "perpanjangan, kartu anggota"}, cap="5", language="en", away="month")
    assert world.toast == "profile.saved"
    wati = await world.member("Wati")
    assert (wati.cap, wati.language, wati.away_until) == (5, "en", world.clock() + timedelta(days=30))
    kept = await world.house.store.members.membership(wati.id, knows.split(":")[1])
    assert kept and kept.knows == "perpanjangan, kartu anggota" and kept.may_ask

    await world.commands("Wati", "profile")
    assert world.shown and isinstance(world.shown.now, OpenForm)
    away = next(f for f in world.shown.now.fields if f.name == "away")
    assert away.value == "keep"
    await world.fills("Wati", away="keep")
    assert (await world.member("Wati")).away_until == wati.away_until
    await world.commands("Wati", "profile")
    await world.fills("Wati", away="no")
    assert (await world.member("Wati")).away_until is None


async def test_without_a_community_the_form_says_so_and_still_keeps_the_language(empty: World) -> None:
    await empty.commands("Budi", "profil")
    assert empty.shown and isinstance(empty.shown.now, OpenForm) and empty.shown.now.intro == "profile.intro_alone"
    await empty.fills("Budi", language="en")
    assert (await empty.member("Budi")).language == "en"


async def test_nonsense_in_a_field_is_named_and_nothing_is_lost(world: World) -> None:
    before = await world.member("Wati")
    await world.commands("Wati", "profil")
    await world.fills("Wati", cap="ribuan", language="xx", away="never")
    assert world.shown and isinstance(world.shown.now, FieldErrors) and world.shown.now.errors == (("cap", "profile.cap"),)
    assert await world.member("Wati") == before


async def test_a_community_joined_while_the_form_was_open_keeps_what_it_has(world: World) -> None:
    await world.commands("Budi", "profil")
    form = world.shown
    await world.joins("Budi", "sirkulasi", knows="denda")
    world.shown = form
    await world.fills("Budi")
    budi = await world.member("Budi")
    (kept,) = await world.house.store.members.memberships(member=budi.id)
    assert kept.knows == "denda" and kept.may_ask
