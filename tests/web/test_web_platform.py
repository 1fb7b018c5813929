"""What people do is stored first, then told to the bot: in order, once, and again until it is heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from web_world import ScriptedEars, make_door, scene

from adapters.web.door import WebDoor
from adapters.web.platform import Refused
from bot.doors import Shown
from bot.errors import Unavailable
from bot.events import Deleted, Edited, Event, Left, Reacted, Said
from bot.outcome import OpenForm

pytestmark = pytest.mark.anyio


async def people(door: WebDoor) -> tuple[str, str, str]:
    p = door.platform
    return await p.add_person("Sari"), await p.add_person("Daniel", language="en"), await p.add_channel("sirkulasi")


async def until(true: Callable[[], bool]) -> None:
    """Looks again until it is so; the test's own time limit is the only one."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 (many things are waited for)
            await asyncio.sleep(0.01)


async def test_a_message_is_seen_and_heard(door: WebDoor, ears: ScriptedEars) -> None:
    sari, _, room = await people(door)
    id = await door.platform.say(sari, room, "gmn cara perpanjang?")
    (message,) = await door.platform.messages(room)
    assert (message.id, message.text, message.name) == (id, "gmn cara perpanjang?", "Sari")
    assert ears.said() == ["gmn cara perpanjang?"]


async def test_a_message_that_the_bot_cannot_take_is_seen_and_comes_later_once(door: WebDoor, ears: ScriptedEars) -> None:
    sari, _, room = await people(door)
    ears.down = True
    await door.platform.say(sari, room, "satu")
    assert [m.text for m in await door.platform.messages(room)] == ["satu"] and ears.heard == []
    ears.down = False
    await until(lambda: ears.said() == ["satu"])
    assert len(set(ears.tries)) == 1


async def test_order_holds_in_a_thread_while_the_bot_is_away(door: WebDoor, ears: ScriptedEars) -> None:
    sari, daniel, room = await people(door)
    root = await door.platform.say(sari, room, "akar")
    ears.down = True
    for number in range(5):
        await door.platform.say((sari, daniel)[number % 2], room, f"balasan {number}", thread=root)
    ears.down = False
    await door.platform.say(sari, room, "balasan 5", thread=root)
    assert ears.said() == ["akar", *(f"balasan {n}" for n in range(6))]


async def test_a_bot_that_is_away_for_one_thread_does_not_hold_up_another(door: WebDoor, ears: ScriptedEars) -> None:
    sari, _, room = await people(door)
    hear = ears.receive

    async def picky(event: Event) -> None:
        if isinstance(event.what, Said) and event.what.text == "tersendat":
            raise Unavailable()
        await hear(event)

    ears.receive = picky  # type: ignore[method-assign]
    await door.platform.say(sari, room, "tersendat")
    await door.platform.say(sari, room, "lancar")
    assert ears.said() == ["lancar"]


async def test_what_was_not_handed_over_goes_after_a_restart_under_the_same_name(tmp_path: Path) -> None:
    first = make_door(tmp_path)
    sari, _, room = await people(first)
    deaf = ScriptedEars(down=True)
    await first.start(deaf)
    await first.platform.say(sari, room, "sebelum mati")
    await first.stop()
    second, ears = make_door(tmp_path), ScriptedEars()
    await second.start(ears)
    await until(lambda: ears.said() == ["sebelum mati"])
    assert ears.heard[0].id == deaf.tries[0]
    await second.stop()


async def test_a_bug_behind_the_ears_loses_nothing(door: WebDoor, ears: ScriptedEars) -> None:
    sari, _, room = await people(door)
    hear, failures = ears.receive, 2

    async def buggy(event: Event) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise ValueError("bug")
        await hear(event)

    ears.receive = buggy  # type: ignore[method-assign]
    await door.platform.say(sari, room, "tetap sampai")
    await until(lambda: ears.said() == ["tetap sampai"])


async def test_edits_deletions_and_reactions_are_told_once(door: WebDoor, ears: ScriptedEars) -> None:
    sari, daniel, room = await people(door)
    p = door.platform
    id = await p.say(sari, room, "satu")
    await p.edit(sari, id, "dua")
    await p.edit(sari, id, "dua")
    await p.react(daniel, id, "✅")
    await p.react(daniel, id, "✅")
    await p.react(daniel, id, "✅", remove=True)
    await p.delete(sari, id)
    told = [event.what for event in ears.heard[1:]]
    assert told == [Edited("dua", id), Reacted("✅", id), Reacted("✅", id, True), Deleted(id)]
    assert await p.messages(room) == ()


async def test_only_the_author_changes_a_message(door: WebDoor) -> None:
    sari, daniel, room = await people(door)
    id = await door.platform.say(sari, room, "punya Sari")
    for attempt in (door.platform.edit(daniel, id, "x"), door.platform.delete(daniel, id)):
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.status == 403


async def test_a_deleted_message_leaves_its_thread_and_no_words(door: WebDoor, tmp_path: Path) -> None:
    sari, daniel, room = await people(door)
    id = await door.platform.say(sari, room, "rahasia besar", files=(("a.txt", b"rahasia"),))
    await door.platform.say(daniel, room, "balasan", thread=id)
    await door.platform.delete(sari, id)
    (root,) = await door.platform.messages(room)
    assert root.deleted and not root.text and not root.files and root.replies == 1
    assert list((tmp_path / "messenger-files").iterdir()) == []


async def test_messages_stand_in_the_order_of_their_moments_whatever_the_zone(door: WebDoor) -> None:
    sari, _, room = await people(door)
    for hour, zone in ((9, "Asia/Jakarta"), (3, "UTC"), (10, "Asia/Jayapura")):
        await door.platform.say(sari, room, zone, at=datetime(2026, 11, 26, hour, tzinfo=ZoneInfo(zone)), tell=False)
    assert [m.text for m in await door.platform.messages(room)] == ["Asia/Jayapura", "Asia/Jakarta", "UTC"]


async def test_history_is_neither_told_nor_unread(door: WebDoor, ears: ScriptedEars) -> None:
    ids = await scene(door)
    assert ears.heard == []
    shown = await door.platform.store.read(lambda c: c.execute("SELECT COUNT(*) FROM messages WHERE history").fetchone()[0])
    assert shown == 6 and ids["card"]


async def test_private_rooms_are_private(door: WebDoor) -> None:
    sari, daniel, _ = await people(door)
    await door.platform.say(sari, f"dm-{sari}", "hanya kita")
    with pytest.raises(Refused) as refused:
        await door.platform.say(daniel, f"dm-{sari}", "mengintip")
    assert refused.value.status == 404


@pytest.mark.parametrize("text", ["", "  \n", "\u200b\u2060", "x" * 40_001])
async def test_what_cannot_be_said_is_refused_and_nothing_is_stored(door: WebDoor, ears: ScriptedEars, text: str) -> None:
    sari, _, room = await people(door)
    with pytest.raises(Refused):
        await door.platform.say(sari, room, text)
    assert await door.platform.messages(room) == () and ears.heard == []


@pytest.mark.parametrize("text", ["👍", "x" * 40_000, "\u202eterbalik", "مرحبا", "a\u200bb", "<script>", "\0", "e\u0301"])
async def test_odd_messages_are_kept_whole(door: WebDoor, ears: ScriptedEars, text: str) -> None:
    sari, _, room = await people(door)
    await door.platform.say(sari, room, text)
    kept = text.replace("\0", "\ufffd")
    assert [m.text for m in await door.platform.messages(room)] == [kept] and ears.said() == [kept]


async def test_a_command_opens_what_the_bot_shows(door: WebDoor, ears: ScriptedEars) -> None:
    sari, _, room = await people(door)
    shown = await door.platform.command(sari, room, "/profil")
    assert isinstance(shown, Shown) and isinstance(shown.now, OpenForm)
    assert await door.platform.messages(room) == ()


async def test_a_command_that_the_bot_cannot_take_is_not_done_later_behind_ones_back(door: WebDoor, ears: ScriptedEars) -> None:
    sari, _, room = await people(door)
    ears.down = True
    with pytest.raises(Unavailable):
        await door.platform.command(sari, room, "/tanya apa?")
    assert await door.platform.store.read(lambda c: c.execute("SELECT COUNT(*) FROM undelivered").fetchone()[0]) == 0


async def test_a_command_cut_off_by_a_crash_reaches_the_bot_at_the_next_start(tmp_path: Path) -> None:
    first, asleep = make_door(tmp_path), ScriptedEars()
    sari, _, room = await people(first)
    await first.start(asleep)
    stuck = asyncio.Event()

    async def never(event: Event) -> Shown | None:
        stuck.set()
        await asyncio.Event().wait()
        return None

    asleep.respond = never  # type: ignore[method-assign]
    task = asyncio.create_task(first.platform.command(sari, room, "/tanya apa?"))
    await stuck.wait()
    # What a killed process leaves behind is what a second one finds in the file.
    second, ears = make_door(tmp_path), ScriptedEars()
    await second.start(ears)
    await until(lambda: len(ears.heard) == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await first.stop()
    await second.stop()


async def test_people_and_channels_of_the_same_name_are_the_same(door: WebDoor) -> None:
    sari, _, room = await people(door)
    assert await door.platform.add_person("sari") == sari == "sari"
    assert await door.platform.add_channel("#Sirkulasi") == room == "sirkulasi"
    assert await door.platform.add_channel("sirkulasi!") != room
    assert await door.platform.add_channel("📚")
    with pytest.raises(Refused):
        await door.platform.add_person("Guyub")


async def test_who_leaves_is_told_and_cannot_act_any_more(door: WebDoor, ears: ScriptedEars) -> None:
    sari, _, room = await people(door)
    await door.platform.say(sari, room, "dadah")
    await door.platform.leave(sari)
    assert isinstance(ears.heard[-1].what, Left)
    assert [p.id for p in await door.platform.people()] == ["daniel"]
    assert [m.name for m in await door.platform.messages(room)] == ["Sari"]
    with pytest.raises(Refused):
        await door.platform.say(sari, room, "masih di sini?")
