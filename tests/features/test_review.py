"""Reviewing: the steward, or two members; edit, merge, reject; every edit keeps history."""

from __future__ import annotations

import asyncio

import pytest

from bot.doors import Shown
from bot.events import Event, Pressed
from bot.model.base import new_id
from bot.model.knowledge import Item
from bot.model.place import Account, Place
from bot.outcome import FieldErrors, OpenForm, Sheet
from tests.world import World, user_of

pytestmark = pytest.mark.anyio

FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
ANSWER = "Seribu rupiah sehari, hari libur tidak dihitung. Catat di menu sirkulasi."
SERIES = "Ruas MARC mana untuk judul seri?"
FIELD = "Ruas 490 untuk pernyataan seri, dan 830 untuk titik akses tambahan."


async def press(world: World, who: str, action: str, value: str) -> Shown | None:
    """A button of a review card, wherever it hangs."""
    return await world.happens(who, Pressed(action, value, ""), f"@{user_of(who)}")


def pressing(world: World, who: str, action: str, value: str) -> Event:
    account, place = Account("paper", user_of(who), who), Place("paper", f"@{user_of(who)}")
    return Event(f"paper:{new_id()}", world.house.store.library, world.clock(), Pressed(action, value, "m"), account, place)


async def at_once(world: World, *events: Event) -> list[str]:
    """Several people in the same moment; the templates that they are shown."""
    shown = await asyncio.gather(*(world.house.app.respond(event) for event in events))
    await world.settles()
    return sorted(getattr(one.now, "template", "") if one else "" for one in shown)


async def reviewers(item: Item) -> list[str]:
    return [c.name for c in item.credits if c.part == "reviewer"]


async def test_a_stewards_word_publishes_credits_and_announces(world: World) -> None:
    item = await world.published("Budi", FINE, "Wati", ANSWER)
    assert [(c.name, c.part) for c in item.credits] == [("Budi", "asker"), ("Wati", "answerer"), ("Sari", "reviewer")]
    assert item.published_at and item.review_by and (item.review_by - item.published_at).days == 365
    assert world.heard("#sirkulasi", thread=False)[-1] == "review.published"
    assert [e.what for e in await world.house.store.items.editions(item.id)] == ["published"]
    assert "review.decided" in world.told("Sari")
    await press(world, "Sari", "approve", item.id)
    assert world.toast == "review.decided_already"


async def test_two_members_publish_where_no_steward_decides(world: World) -> None:
    q = await world.solved("Budi", SERIES, "Daniel", FIELD)
    item = await world.item(q)
    for name in ("Endah", "Fajar"):
        await world.joins(name, "pengolahan", may_ask=False)
    await press(world, "Daniel", "approve", item.id)
    assert world.toast == "review.not_your_own"
    await press(world, "Tono", "approve", item.id)
    assert world.toast == "review.members_only"
    await press(world, "Endah", "approve", item.id)
    assert world.toast == "review.one_more"
    await press(world, "Endah", "approve", item.id)
    assert world.toast == "review.approved_already"
    assert (await world.item(q)).status == "draft"
    await press(world, "Fajar", "approve", item.id)
    assert world.toast == "review.thanks"
    item = await world.item(q)
    assert item.status == "published" and await reviewers(item) == ["Endah", "Fajar"]


async def test_two_members_in_the_same_moment_publish_once(world: World) -> None:
    q = await world.solved("Budi", SERIES, "Daniel", FIELD)
    item = await world.item(q)
    for name in ("Endah", "Fajar"):
        await world.joins(name, "pengolahan", may_ask=False)
    told = await at_once(world, *(pressing(world, name, "approve", item.id) for name in ("Endah", "Fajar")))
    assert told == ["review.one_more", "review.thanks"]
    item = await world.item(q)
    assert item.status == "published" and sorted(await reviewers(item)) == ["Endah", "Fajar"]
    assert world.heard("#pengolahan", thread=False).count("review.published") == 1


async def test_of_two_stewards_in_the_same_moment_one_decides_and_the_other_is_told(world: World) -> None:
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    item = await world.item(q)
    told = await at_once(world, pressing(world, "Sari", "approve", item.id), pressing(world, "Ibu Rini", "approve", item.id))
    assert told == ["review.decided_already", "review.thanks"]
    item = await world.item(q)
    assert item.status == "published" and len(await reviewers(item)) == 1
    assert world.heard("#sirkulasi", thread=False).count("review.published") == 1


async def test_an_approval_counts_for_the_text_that_was_read(world: World) -> None:
    q = await world.solved("Budi", SERIES, "Daniel", FIELD)
    item = await world.item(q)
    for name in ("Endah", "Fajar", "Gita"):
        await world.joins(name, "pengolahan", may_ask=False)
    await press(world, "Endah", "approve", item.id)
    await press(world, "Fajar", "edit_item", item.id)
    await world.fills("Fajar", solution="Ruas 490 saja.")
    await press(world, "Gita", "approve", item.id)
    assert world.toast == "review.one_more"
    await press(world, "Endah", "approve", item.id)
    assert world.toast == "review.thanks"
    assert sorted(await reviewers(await world.item(q))) == ["Endah", "Gita"]


async def test_the_draft_is_read_with_its_sources_and_what_each_may_do(world: World) -> None:
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    item = await world.item(q)
    await press(world, "Wati", "review", item.id)
    assert world.shown and isinstance(world.shown.now, Sheet)
    assert {label.action for label in world.shown.buttons} == {"approve", "edit_item"}
    await press(world, "Sari", "review", item.id)
    assert world.shown and {label.action for label in world.shown.buttons} == {"approve", "edit_item", "reject"}


async def test_a_member_edits_a_draft_in_a_form_and_the_history_keeps_what_was(world: World) -> None:
    q = await world.solved("Budi", FINE, "Sari", ANSWER)
    item = await world.item(q)
    await press(world, "Tono", "edit_item", item.id)
    assert world.toast == "review.members_only"
    await press(world, "Wati", "edit_item", item.id)
    assert world.shown and isinstance(world.shown.now, OpenForm)
    await world.fills("Wati", title="Denda keterlambatan", steps="Buka menu\n\nCatat")
    assert world.toast == "review.saved"
    changed = await world.item(q)
    assert (changed.title, changed.steps) == ("Denda keterlambatan", ("Buka menu", "Catat"))
    assert ("Wati", "editor") in {(c.name, c.part) for c in changed.credits}
    (before,) = await world.house.store.items.editions(item.id)
    assert (before.what, before.item_version, before.title, before.solution) == ("edited", 1, item.title, item.solution)
    assert world.told("Sari").count("review.card") == 1


async def test_what_is_published_only_its_steward_changes(world: World) -> None:
    item = await world.published("Budi", FINE, "Wati", ANSWER)
    await press(world, "Wati", "edit_item", item.id)
    assert world.toast == "review.steward_only"
    await press(world, "Sari", "edit_item", item.id)
    await world.fills("Sari", title="Denda")
    changed = await world.item_of(item)
    assert (changed.status, changed.title) == ("published", "Denda")
    assert [(e.what, e.item_version) for e in await world.house.store.items.editions(item.id)] == [
        ("published", 1),
        ("edited", 2),
    ]


async def test_of_two_who_edit_nobody_overwrites_the_other_unseen(world: World) -> None:
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    item = await world.item(q)
    await press(world, "Wati", "edit_item", item.id)
    watis = world.shown
    await press(world, "Sari", "edit_item", item.id)
    await world.fills("Sari", title="Judul Sari")
    world.shown = watis
    await world.fills("Wati", title="Judul Wati")
    assert world.shown and isinstance(world.shown.now, FieldErrors)
    assert dict(world.shown.now.errors)["title"] == "review.changed_meanwhile"
    assert (await world.item(q)).title == "Judul Sari"


async def test_an_approval_meanwhile_does_not_cost_the_editor_their_text(world: World) -> None:
    q = await world.solved("Budi", SERIES, "Daniel", FIELD)
    item = await world.item(q)
    for name in ("Endah", "Fajar"):
        await world.joins(name, "pengolahan", may_ask=False)
    await press(world, "Endah", "edit_item", item.id)
    endahs = world.shown
    await press(world, "Fajar", "approve", item.id)
    world.shown = endahs
    await world.fills("Endah", title="Ruas seri")
    assert world.toast == "review.saved"
    assert (await world.item(q)).title == "Ruas seri"


async def test_a_form_with_nothing_in_it_names_its_fields(world: World) -> None:
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    item = await world.item(q)
    await press(world, "Sari", "edit_item", item.id)
    await world.fills("Sari", title=" ", solution="🙂")
    assert world.shown and isinstance(world.shown.now, FieldErrors)
    assert {name for name, _ in world.shown.now.errors} == {"title", "solution"}


async def test_a_rejection_has_a_reason_that_the_reviewers_see(world: World) -> None:
    q = await world.solved("Budi", FINE, "Wati", ANSWER)
    item = await world.item(q)
    await press(world, "Wati", "reject", item.id)
    assert world.toast == "review.steward_only"
    await press(world, "Sari", "reject", item.id)
    form = world.shown
    await world.fills("Sari", reason="  ")
    assert world.shown and isinstance(world.shown.now, FieldErrors)
    world.shown = form
    await world.fills("Sari", reason="Sudah tidak berlaku sejak tarif baru.")
    assert world.toast == "review.rejected"
    item = await world.item(q)
    assert (item.status, item.reason) == ("rejected", "Sudah tidak berlaku sejak tarif baru.")
    assert "tarif baru" in world.card("review.decided", "@sari").text
    for act in ("approve", "edit_item"):
        await press(world, "Sari", act, item.id)
        assert world.toast in ("review.decided_already", "review.gone")


async def test_a_near_duplicate_is_shown_beside_and_merged_into(world: World) -> None:
    old = await world.published("Budi", FINE, "Wati", ANSWER)
    q = await world.asks("Tono", FINE)
    await world.presses("Tono", "ask_people")
    reply = await world.replies("Daniel", f"{ANSWER} Dosen setengahnya.", q)
    await world.reacts("Tono", "✅", reply)
    draft = await world.item(q)
    await press(world, "Sari", "review", draft.id)
    assert world.shown and world.shown.now.data["near"]["id"] == old.id  # type: ignore[union-attr,index,call-overload]
    await world.presses("Sari", "merge")
    assert world.toast == "review.merged"

    draft, into = await world.item(q), await world.item_of(old)
    assert (draft.status, draft.merged_into) == ("merged", old.id)
    assert "Dosen setengahnya" in into.solution and into.status == "published"
    assert {(c.name, c.part) for c in into.credits} >= {
        ("Budi", "asker"),
        ("Tono", "asker"),
        ("Wati", "answerer"),
        ("Daniel", "answerer"),
        ("Sari", "reviewer"),
    }
    assert [e.what for e in await world.house.store.items.editions(old.id)] == ["published", "merged"]

    await world.presses("Daniel", "withhold", world.card("keep.consent", "@daniel"))  # also out of what it was merged into
    into = await world.item_of(old)
    assert into.status == "draft" and "Dosen setengahnya" not in into.text and "Seribu" in into.solution
    assert "Daniel" not in {c.name for c in into.credits}
    assert {("Budi", "asker"), ("Tono", "asker"), ("Wati", "answerer")} <= {(c.name, c.part) for c in into.credits}


async def test_merging_is_for_whoever_leads_both_communities(world: World) -> None:
    old = await world.published("Budi", FINE, "Wati", ANSWER)
    q = await world.solved("Tono", SERIES, "Daniel", FIELD)
    draft = await world.item(q)
    await press(world, "Sari", "merge", f"{draft.id}:{old.id}")
    assert world.toast == "review.steward_only"
    await press(world, "Ibu Rini", "merge", f"{draft.id}:{old.id}")
    assert world.toast == "review.merged"


async def test_a_draft_waits_for_whoever_leads_now(world: World) -> None:
    q = await world.solved("Budi", SERIES, "Daniel", FIELD)
    assert world.told("Endah") == []
    await world.joins("Endah", "pengolahan", steward=True, may_ask=False)
    assert "review.card" in world.told("Endah")
    await world.presses("Endah", "approve", world.card("review.card", "@endah"))
    assert (await world.item(q)).status == "published"


async def test_without_steward_and_channel_the_centre_reviews(empty: World) -> None:
    await empty.commands("Ibu Rini", "bantuan")
    await empty.joins("Sari", "sirkulasi", knows="denda")
    q = await empty.asks("Budi", FINE)
    card = empty.card("card.post", "@sari")
    reply = await empty.says("Sari", ANSWER, "@sari", card.ref.message)
    await empty.presses("Budi", "solved")
    assert reply and "review.card" in empty.told("Ibu Rini")
    await empty.presses("Ibu Rini", "approve", empty.card("review.card", "@ibu.rini"))
    assert (await empty.item(q)).status == "published"
