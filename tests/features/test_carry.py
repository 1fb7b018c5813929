"""Files of a question and of its answers, brought to the sides that did not see them sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.events import FileRef
from bot.flow.carrying import sent
from bot.links import pruned
from bot.model.attachment import Attachment
from bot.outcome import Say, Under
from bot.ports import Unit
from tests.world import Heard, World, a_world

pytestmark = pytest.mark.anyio
FINE = "Bagaimana cara menghitung denda buku yang terlambat?"
PHOTO = FileRef("f1", "rusak.jpg", "image/jpeg", 4)


def carried(world: World, channel: str = "") -> list[Heard]:
    return [m for m in world.door.messages if m.template == "carry.files" and channel in ("", m.ref.channel)]


def names(heard: list[Heard]) -> list[list[str]]:
    return [[name for name, _ in m.delivery.files] for m in heard]


async def test_the_file_stands_under_the_post_and_not_where_it_was_asked(world: World) -> None:
    world.door.files["f1"] = b"JPEG"
    await world.says("Budi", FINE, mentioned=True, files=(PHOTO,))
    [brought] = carried(world)
    assert (brought.ref.channel, brought.thread) == ("#sirkulasi", world.card("card.post").ref.message)
    assert names([brought]) == [["rusak.jpg"]]
    assert (await world.question()).files[0].sha256


async def test_asked_in_its_own_channel_it_is_in_view(world: World) -> None:
    world.door.files["f1"] = b"JPEG"
    await world.says("Budi", FINE, "#sirkulasi", mentioned=True, files=(PHOTO,))
    assert not carried(world)


async def test_what_cannot_be_had_just_now_comes_later_and_is_named_meanwhile(world: World) -> None:
    world.door.files["f2"] = b"PDF"
    both = (PHOTO, FileRef("f2", "tarif.pdf", "application/pdf", 3))
    await world.says("Budi", FINE, mentioned=True, files=both)
    [brought] = carried(world)
    assert names([brought]) == [["tarif.pdf"]] and "rusak.jpg" in brought.text
    world.door.files["f1"] = b"JPEG"
    await world.later(seconds=30)
    assert names(carried(world)) == [["tarif.pdf"], ["rusak.jpg"]]
    await world.later(minutes=30)
    assert len(carried(world)) == 2


async def test_nothing_at_first_is_no_word_but_soon_one(world: World) -> None:
    await world.says("Budi", FINE, mentioned=True, files=(PHOTO,))
    assert not carried(world)
    await world.later(seconds=30)
    [told] = carried(world)
    assert not told.delivery.files and "rusak.jpg" in told.text


async def test_after_a_week_or_an_end_it_is_asked_for_no_more(world: World) -> None:
    await world.says("Budi", FINE, mentioned=True, files=(PHOTO,))
    q = await world.question()
    await world.presses("Budi", "solved") if q.state.ended else await world.reacts("Budi", "✅", q.origin.message)
    world.door.files["f1"] = b"JPEG"
    await world.later(minutes=30)
    assert not (await world.again(q)).files[0].sha256 and not carried(world)


async def test_what_was_only_overheard_is_not_copied_and_forgotten_with_its_words(world: World) -> None:
    world.door.files["f1"] = b"JPEG"
    await world.binds("Ibu Rini", "#umum", "sirkulasi", mode="suggest")
    await world.says("Budi", FINE, "#umum", files=(PHOTO,))
    q = await world.question()
    assert q.files and not q.files[0].sha256
    await world.presses("Budi", "suggest_no")
    assert not (await world.again(q)).files


async def test_a_move_brings_it_to_the_next_community(world: World) -> None:
    world.door.files["f1"] = b"JPEG"
    await world.says("Budi", FINE, mentioned=True, files=(PHOTO,))
    other = await world.house.store.communities.by_key("preservasi")
    assert other
    await world.presses("Budi", "move")
    await world.fills("Budi", community=other.id)
    assert len(carried(world, "#preservasi")) == 1 == len(carried(world, "#sirkulasi"))


async def test_each_side_gets_the_others_files_and_a_sign_on_one_is_on_the_answer(world: World) -> None:
    world.door.files |= {"f1": b"JPEG", "f2": b"PDF"}
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", "Lihat ini.", q, "#sirkulasi", files=(FileRef("f2", "tarif.pdf", "application/pdf", 3),))
    [brought] = carried(world)
    assert (brought.ref.channel, names([brought])) == ("#umum", [["tarif.pdf"]])
    await world.replies("Budi", "Ini bukunya.", q, files=(PHOTO,))
    assert names(carried(world, "#sirkulasi")) == [["rusak.jpg"]]
    await world.reacts("Budi", "✅", brought.ref.message)
    assert [a.text for a in await world.house.store.questions.answers(q.id) if a.accepted] == ["Lihat ini."]
    assert (await world.item(q)).files[0].sha256


async def test_a_thank_you_with_a_file_keeps_the_file(world: World) -> None:
    world.door.files["f1"] = b"JPEG"
    q = await world.asks("Budi", FINE)
    await world.replies("Sari", "Seribu sehari.", q, "#sirkulasi")
    await world.replies("Budi", "Terima kasih", q, files=(PHOTO,))
    assert names(carried(world, "#sirkulasi")) == [["rusak.jpg"]]


async def test_what_belongs_under_a_card_waits_for_the_card(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        store, clock = world.house.store, world.clock
        under = Say(Under("ask:q"), "carry.files", {"author": {"id": "b", "name": "Budi"}, "files": 1, "missing": []})
        await store.commit(Unit(store.library, out=(("out-1", under),)))
        await world.settles()
        health = await store.health(clock())
        assert (health.outbox_waiting, health.outbox_parked) == (1, 0)
        clock.now += timedelta(hours=2)
        await world.settles()
        health = await store.health(clock())
        assert (health.outbox_waiting, health.outbox_parked) == (0, 1)
        world.parked = (0, 1)


def test_no_two_files_are_sent_under_one_name() -> None:
    files = [
        Attachment(name, "", 1, sha) for name, sha in (("a.jpg", "1"), ("a.jpg", "2"), ("b", "3"), ("b", "4"), ("c.d", ""))
    ]
    assert sent(files) == (("a.jpg", "1"), ("a-2.jpg", "2"), ("b", "3"), ("b-2", "4"))


async def test_no_link_leads_into_somebody_elses_private_chat(world: World) -> None:
    """Their own they may open: the asker is led back to it."""
    await world.says("Budi", FINE, "@budi")
    q = await world.question()
    assert "guyub:message" not in world.card("card.post", "#sirkulasi").text
    await world.replies("Sari", "Seribu sehari.", q, "#sirkulasi")
    await world.later(hours=25)
    assert any("@budi" in address for address in world.card("answer.nudge").delivery.links.values())


def test_the_words_of_a_link_go_with_it() -> None:
    link = "guyub:message/slack/C/1"
    kept = {
        f"Dari Budi [↗]({link}), Sari [↗]({link}).": "Dari Budi, Sari.",
        f"[Lihat di utasnya]({link}). Kalau setuju, diam saja.": "Kalau setuju, diam saja.",
        f"Siapa pun boleh. [Lihat di tempat asalnya]({link}).\n": "Siapa pun boleh. \n",
        f"a\n[Lihat di #x]({link}).\nb": "a\n\nb",
        "> [kata orang](https://x.test). Begitu.": "> [kata orang](https://x.test). Begitu.",
    }
    for text, without in kept.items():
        assert (pruned(text, {}), pruned(text, {link: "https://y.test"})) == (without, text)
