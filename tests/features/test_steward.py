"""A steward's tools: communities made and edited, channels bound, and who may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import Commanded, Submitted
from bot.features.steward import slug
from bot.model.question import State
from bot.outcome import FieldErrors, OpenForm
from tests.world import World

pytestmark = pytest.mark.anyio


@given(st.text(max_size=80))
def test_a_key_is_short_plain_and_never_empty(name: str) -> None:
    key = slug(name)
    assert 0 < len(key) <= 40 and key.isascii() and not key.startswith("-") and key == key.lower()


async def test_a_steward_makes_a_community_that_is_searched_at_once(world: World) -> None:
    await world.commands("Sari", "kelola")
    assert world.shown and isinstance(world.shown.now, OpenForm) and world.shown.now.title == "steward.new_title"
    about = "Layanan braille, buku bicara, alat bantu baca, dan pemustaka difabel netra."
    await world.fills("Sari", name_id="Layanan Difabel", name_en="Accessibility", about_id=about)
    assert world.toast == "steward.saved"
    community = await world.house.store.communities.by_key("layanan-difabel")
    assert community and community.name.en == "Accessibility"
    sari = await world.member("Sari")
    founder = await world.house.store.members.membership(sari.id, community.id)
    assert founder and founder.role == "steward"
    await world.binds("Sari", "#difabel", "layanan-difabel")
    q = await world.asks("Budi", "Alat bantu baca untuk pemustaka difabel netra yang bagus apa ya?")
    assert q.guesses[0].id == community.id


async def test_a_steward_edits_their_own_community_only(world: World) -> None:
    await world.commands("Sari", "kelola sirkulasi")
    assert world.shown and isinstance(world.shown.now, OpenForm) and world.shown.now.title == "steward.edit_title"
    sari_form = world.shown
    await world.fills("Sari", name_id="Sirkulasi dan Denda")
    community = await world.house.store.communities.by_key("sirkulasi")
    assert community and community.name.id == "Sirkulasi dan Denda"
    world.shown = sari_form  # a form that was opened before the change
    await world.fills("Sari", name_id="Lain")
    assert world.shown and isinstance(world.shown.now, FieldErrors)
    await world.commands("Sari", "kelola pengolahan")
    assert world.toast == "steward.only"
    await world.commands("Wati", "kelola")
    assert world.toast == "steward.only"
    await world.commands("Ibu Rini", "kelola pengolahan")
    assert world.toast == "steward.edit_title"
    await world.commands("Ibu Rini", "kelola perkapalan")
    assert world.toast == "steward.no_such"


async def test_a_form_that_lacks_something_names_it(world: World) -> None:
    await world.commands("Sari", "kelola")
    form = world.shown
    await world.fills("Sari", name_id=" ", about_id="🙂")
    assert world.shown and isinstance(world.shown.now, FieldErrors)
    assert {name for name, _ in world.shown.now.errors} == {"name_id", "about_id"}
    world.shown = form
    await world.fills("Sari", name_id="SIRKULASI", about_id="Pinjam dan kembali.")
    assert world.shown and isinstance(world.shown.now, FieldErrors)
    assert dict(world.shown.now.errors) == {"name_id": "steward.name_taken"}


async def test_where_nobody_leads_anybody_may_begin(empty: World) -> None:
    await empty.commands("Budi", "kelola")
    assert empty.toast == "steward.new_title"
    await empty.fills("Budi", name_id="Anak", about_id="Layanan anak dan dongeng.")
    await empty.commands("Tono", "kelola")
    assert empty.toast == "steward.only"


async def test_binding_a_channel_is_for_those_who_lead(world: World) -> None:
    await world.commands("Wati", "kanal", "#obrolan")
    assert world.toast == "steward.only"
    await world.binds("Sari", "#obrolan", "sirkulasi", "suggest")
    binding = await world.house.store.places.binding("paper", "#obrolan")
    assert binding and binding.mode == "suggest"
    await world.commands("Sari", "kanal", "#pengolahan")
    assert world.toast == "steward.only"  # another community's channel


async def test_a_channel_cannot_be_taken_from_another_community_by_a_made_up_form(world: World) -> None:
    community = await world.house.store.communities.by_key("sirkulasi")
    assert community
    fields = (("community", community.id), ("mode", "off"))
    await world.happens("Sari", Submitted("channel", "#pengolahan", fields), "#pengolahan")
    assert world.toast == "steward.only"
    binding = await world.house.store.places.binding("paper", "#pengolahan")
    assert binding and binding.mode == "auto"


async def test_a_channel_of_the_whole_library_sends_questions_where_they_belong(world: World) -> None:
    world.shown = await world.happens("Ibu Rini", Commanded("kanal"), "#halo")
    await world.fills_in("Ibu Rini", "#halo", community="any", mode="auto")
    assert world.toast == "steward.bound_auto"
    await world.says("Budi", "Ruas MARC mana untuk judul seri?", "#halo")
    assert (await world.question()).state is State.OPEN
    assert world.heard("#pengolahan") == ["card.post"]


async def test_changing_the_mode_changes_what_is_heard(world: World) -> None:
    await world.binds("Sari", "#sirkulasi", "sirkulasi", "off")
    await world.says("Budi", "Bagaimana cara menghitung denda?", "#sirkulasi")
    assert not await world.house.store.questions.recent(1)
    await world.binds("Sari", "#sirkulasi", "sirkulasi", "auto")
    await world.says("Budi", "Bagaimana cara menghitung denda?", "#sirkulasi")
    assert (await world.question()).state is State.OPEN


async def test_a_private_chat_is_no_channel_to_bind(world: World) -> None:
    await world.commands("Ibu Rini", "kanal", "@ibu.rini")
    assert world.toast == "steward.not_in_private"
    assert await world.house.store.places.binding("paper", "@ibu.rini") is None
