"""The Door port: deliveries arrive once, where they belong, or say why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from web_world import delivery, make_door, scene

from adapters.web.door import WebDoor
from bot.doors import Label
from bot.errors import GuyubError, Unreachable
from bot.model.place import Account, MessageRef, Place

pytestmark = pytest.mark.anyio


class Bytes:
    """A file store of one file."""

    async def put(self, data: bytes) -> str:
        raise NotImplementedError

    async def get(self, sha256: str) -> bytes:
        if sha256 != "abc":
            raise GuyubError()
        return b"isi berkas"


@pytest.fixture
async def ids(door: WebDoor) -> dict[str, str]:
    return await scene(door)


async def test_the_same_delivery_twice_is_one_message(door: WebDoor, ids: dict[str, str]) -> None:
    before = len(await door.platform.messages("umum"))
    one = delivery("halo", "umum", once="row-1")
    assert await door.deliver(one) == await door.deliver(one)
    assert len(await door.platform.messages("umum")) == before + 1


async def test_a_delivery_repeated_after_a_restart_is_one_message(tmp_path: Path) -> None:
    first = make_door(tmp_path)
    await first.platform.add_channel("umum")
    ref = await first.deliver(delivery("halo", "umum", once="row-1"))
    await first.stop()
    second = make_door(tmp_path)
    assert await second.deliver(delivery("halo", "umum", once="row-1")) == ref
    assert len(await second.platform.messages("umum")) == 1
    await second.stop()


async def test_an_edit_changes_the_card_in_place(door: WebDoor, ids: dict[str, str]) -> None:
    ref = MessageRef("web", "sirkulasi", ids["card"])
    assert await door.deliver(delivery("Terjawab ✅", edit=ref, buttons=(Label("Buka", "open", "i1"),))) == ref
    card = next(m for m in await door.platform.messages("sirkulasi") if m.id == ids["card"])
    assert (card.text, [b.action for b in card.buttons], card.edited) == ("Terjawab ✅", ["open"], False)


async def test_an_edit_of_a_message_that_is_gone_is_posted_anew(door: WebDoor, ids: dict[str, str]) -> None:
    ref = await door.deliver(delivery("baru", edit=MessageRef("web", "sirkulasi", "tidak-ada")))
    assert ref.message != "tidak-ada" and (await door.platform.messages("sirkulasi"))[-1].text == "baru"


async def test_nobody_elses_message_can_be_edited_by_the_bot(door: WebDoor, ids: dict[str, str]) -> None:
    await door.deliver(delivery("bukan kata Sari", edit=MessageRef("web", "sirkulasi", ids["question"])))
    question = next(m for m in await door.platform.messages("sirkulasi") if m.id == ids["question"])
    assert question.text.startswith("Kak, gmn")


async def test_a_whisper_is_seen_by_one_person(door: WebDoor, ids: dict[str, str]) -> None:
    await door.deliver(delivery("psst", "umum", only_for=Account("web", ids["daniel"])))
    texts = {who: [m.text for m in await door.platform.messages("umum", viewer=ids[who])] for who in ("sari", "daniel")}
    assert texts["daniel"][-1:] == ["psst"] and "psst" not in texts["sari"]


async def test_a_private_delivery_goes_to_the_persons_own_room(door: WebDoor, ids: dict[str, str]) -> None:
    ref = await door.deliver(delivery("untuk Budi", place=None, private_to=Account("web", ids["budi"])))
    assert ref.channel == f"dm-{ids['budi']}"


@pytest.mark.parametrize(
    "where",
    [
        {"place": Place("web", "tidak-ada")},
        {"place": None, "private_to": Account("web", "siapa")},
        {"only_for": Account("web", "siapa")},
        {"place": None},
    ],
)
async def test_nowhere_is_unreachable(door: WebDoor, ids: dict[str, str], where: dict[str, object]) -> None:
    with pytest.raises(Unreachable):
        await door.deliver(delivery("halo?", **where))


async def test_who_left_is_unreachable(door: WebDoor, ids: dict[str, str]) -> None:
    await door.platform.leave(ids["budi"])
    for where in ({"place": None, "private_to": Account("web", ids["budi"])}, {"place": Place("web", f"dm-{ids['budi']}")}):
        with pytest.raises(Unreachable):
            await door.deliver(delivery("masih di sana?", **where))


async def test_a_reply_under_a_reply_joins_the_thread(door: WebDoor, ids: dict[str, str]) -> None:
    reply = (await door.platform.messages("sirkulasi", ids["card"]))[-1]
    ref = await door.deliver(delivery("di utas", place=Place("web", "sirkulasi", reply.id)))
    assert (await door.platform.messages("sirkulasi", ids["card"]))[-1].id == ref.message


async def test_reactions_of_the_bot_come_and_go(door: WebDoor, ids: dict[str, str]) -> None:
    ref = MessageRef("web", "sirkulasi", ids["question"])
    for _ in range(2):
        await door.react(ref, "✅", False, "a")
    assert await _reactions(door, ids["question"], "✅") == ("guyub",)
    await door.react(ref, "✅", True, "b")
    assert await _reactions(door, ids["question"], "✅") == ()
    with pytest.raises(Unreachable):
        await door.react(MessageRef("web", "sirkulasi", "x"), "✅", False, "c")


async def _reactions(door: WebDoor, id: str, emoji: str) -> tuple[str, ...]:
    return next(m for m in await door.platform.messages("sirkulasi") if m.id == id).reactions.get(emoji, ())


async def test_links_open_the_message_and_its_thread(door: WebDoor, ids: dict[str, str]) -> None:
    assert await door.link(MessageRef("web", "sirkulasi", ids["card"])) == f"/c/sirkulasi?m={ids['card']}"
    reply = (await door.platform.messages("sirkulasi", ids["card"]))[1]
    assert await door.link(MessageRef("web", "sirkulasi", reply.id)) == f"/c/sirkulasi?m={reply.id}&t={ids['card']}"
    assert await door.link(MessageRef("web", "sirkulasi", "x")) == ""


async def test_files_go_both_ways(tmp_path: Path) -> None:
    door = make_door(tmp_path)
    door._files = Bytes()
    room = await door.platform.add_channel("umum")
    sari = await door.platform.add_person("Sari")
    await door.platform.say(sari, room, "", files=(("C:\\x\\../laporan.txt", b"halo"),))
    for _ in range(2):
        await door.deliver(delivery("ini berkasnya", "umum", once="row-2", files=(("hilang.txt", "x"), ("catatan.txt", "abc"))))
    assert len(ours_once := list((tmp_path / "messenger-files").iterdir())) == 2, ours_once
    theirs, ours = await door.platform.messages(room)
    assert (theirs.files[0].name, await door.fetch(theirs.files[0].id)) == ("laporan.txt", b"halo")
    assert (ours.files[0].name, await door.fetch(ours.files[0].id)) == ("catatan.txt", b"isi berkas")
    with pytest.raises(Unreachable):
        await door.fetch("../messenger.db")
    await door.stop()
