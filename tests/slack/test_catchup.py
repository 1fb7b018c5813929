"""Away for longer than Slack's retries: what happened meanwhile is read from the history, as the very same events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import catchup
from adapters.slack.catchup import CatchUp
from adapters.slack.errors import SlackRefused
from bot.doors import Watched
from bot.events import Deleted, Edited, Event, Missed, Reacted, Said
from bot.model.place import MessageRef
from tests.emulators.faults import rate_limited, status
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack.model import Message
from tests.slack.world import Moving, ScriptedEars, a_door, furnished, until

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
async def away(anyio_backend: str, clock: Moving) -> AsyncIterator[SlackEmulator]:
    """A Slack on simulated time."""
    async with SlackEmulator(clock=clock.seconds, ticking=None, limits=False) as slack:
        furnished(slack)
        yield slack


def watched(slack: SlackEmulator, *threads: Message) -> Watched:
    team = slack.workspace.id
    refs = tuple(MessageRef("slack", f"{team}:{one.channel}", one.ts) for one in threads)
    return Watched((f"{team}:{slack.channel('umum').id}",), refs)


def said(ears: ScriptedEars) -> list[str]:
    return [what.text for what in ears.whats if isinstance(what, Said)]


async def swallowed(slack: SlackEmulator, clock: Moving, text: str) -> None:
    """Said while we cannot be reached, until Slack gives up to tell us."""
    slack.sends_to("http://127.0.0.1:9/slack/events")
    slack.wait = False
    await slack.person("Sari Dewi").says(slack.channel("umum"), text)
    for minutes in (0, 1, 5):
        clock.forward(minutes=minutes, seconds=1)
        await slack.deliver_due()
        await slack.settled()
    assert slack.given_up


def ids(events: list[Event]) -> list[str]:
    return sorted(event.id for event in events)


@pytest.mark.parametrize("by_socket", [False, True], ids=["http", "socket"])
@pytest.mark.parametrize("gap", [240, 3600, 72_000], ids=["4 min", "1 h", "20 h"])
async def test_an_outage_loses_nothing(tmp_path: Path, away: SlackEmulator, clock: Moving, gap: int, by_socket: bool) -> None:
    sari, budi, umum = away.person("Sari Dewi"), away.person("Budi Santoso"), away.channel("umum")
    before = ScriptedEars()
    async with a_door(tmp_path, slack=away, clock=clock, ears=before, by_socket=by_socket):
        old = await sari.says(umum, "Sebelum padam?")
        root = await sari.says(umum, "Utas lama?")
        await sari.says(sari.dm, "Kita sudah pernah bicara.")
        await until(lambda: len(before.heard) == 3)
    await away.settled()
    clock.forward(seconds=gap / 2)
    away.wait = False
    asked = await sari.says(umum, f"{away.workspace.mention} Berapa denda?")
    await budi.says(umum, "Seribu.", thread_ts=asked)
    answer = await budi.says(umum, "Di utas lama.", thread_ts=root)
    await sari.edits(asked, f"{away.workspace.mention} Berapa dendanya?")
    await sari.edits(old, "Sebelum padam, ya?")
    await sari.reacts(answer, "white_check_mark")
    await sari.says(sari.dm, "pribadi")
    clock.forward(seconds=gap / 2)
    for _ in range(5):
        clock.forward(seconds=300)
        await away.settled()
    assert away.given_up
    ears = ScriptedEars(places=watched(away, root))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears, by_socket=by_socket):
        expected = {"Berapa dendanya?", "Seribu.", "Di utas lama.", "pribadi"}
        await until(lambda: expected <= set(said(ears)) and any(isinstance(what, Reacted) for what in ears.whats))
        question = next(event for event in ears.heard if isinstance(event.what, Said) and event.what.text == "Berapa dendanya?")
        assert isinstance(question.what, Said) and question.what.mentioned
        assert question.id == f"slack:{away.workspace.id}:{umum.id}:{asked.ts}"
        edits = [what for what in ears.whats if isinstance(what, Edited)]
        assert Edited("Berapa dendanya?", asked.ts, mentioned=True) in edits
        assert [what for what in ears.whats if isinstance(what, Reacted)] == [Reacted("✅", answer.ts)]
        assert not any(isinstance(what, Missed) for what in ears.whats)
        there = [
            event for event in ears.heard if event.place and event.place.channel.endswith(umum.id) and not event.place.thread
        ]
        times = [event.at for event in there if isinstance(event.what, Said)]
        assert times == sorted(times)


async def test_live_and_caught_up_are_the_same_events(tmp_path: Path, away: SlackEmulator, clock: Moving) -> None:
    sari, budi, umum = away.person("Sari Dewi"), away.person("Budi Santoso"), away.channel("umum")
    live = ScriptedEars()
    async with a_door(tmp_path, slack=away, clock=clock, ears=live):
        asked = await sari.says(umum, "Berapa?", files=[("a.txt", b"isi")])
        await budi.says(umum, "Seribu.", thread_ts=asked)
        await budi.says(umum, "Semua perlu tahu.", thread_ts=asked, broadcast=True)
        await sari.edits(asked, "Berapa ya?")
    ears = ScriptedEars(places=watched(away))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears):
        await until(lambda: len(ears.heard) >= len(live.heard))
        assert ids(ears.heard) == ids(live.heard)
        by_id = {event.id: event for event in ears.heard}
        for event in live.heard:
            if not isinstance(event.what, Said) or event.what.text != "Berapa?":
                assert by_id[event.id] == event


async def test_deletions_as_far_as_they_can_be_known(tmp_path: Path, away: SlackEmulator, clock: Moving) -> None:
    sari, budi, umum = away.person("Sari Dewi"), away.person("Budi Santoso"), away.channel("umum")
    async with a_door(tmp_path, slack=away, clock=clock):
        gone, kept = await sari.says(umum, "Hilang?"), await sari.says(umum, "Ada balasan?")
        await budi.says(umum, "balasan", thread_ts=kept)
    clock.forward(hours=1)
    away.wait = False
    await sari.deletes(gone)
    await sari.deletes(kept)
    ears = ScriptedEars(places=watched(away, gone, kept))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears):
        await until(lambda: len([what for what in ears.whats if isinstance(what, Deleted)]) == 2)
        assert {what.message for what in ears.whats if isinstance(what, Deleted)} == {gone.ts, kept.ts}


async def test_a_gap_that_slack_does_not_keep_is_told(tmp_path: Path, away: SlackEmulator, clock: Moving) -> None:
    sari = away.person("Sari Dewi")
    async with a_door(tmp_path, slack=away, clock=clock) as scene:
        await sari.says("umum", "dulu")
        since = scene.clock()
    away.wait = False
    await sari.says("umum", "segera sesudah itu")
    clock.forward(days=95)
    away.workspace.history_days = 90
    ears = ScriptedEars(places=watched(away))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears):
        await until(lambda: any(isinstance(what, Missed) for what in ears.whats))
        missed = next(what for what in ears.whats if isinstance(what, Missed))
        assert missed.door == "slack" and abs((missed.since - since).total_seconds()) < 5
        assert abs((missed.until - clock()).total_seconds()) < 30


async def test_what_was_broken_off_goes_on_at_the_next_start(tmp_path: Path, away: SlackEmulator, clock: Moving) -> None:
    sari = away.person("Sari Dewi")
    async with a_door(tmp_path, slack=away, clock=clock):
        await sari.says("umum", "dulu")
    away.wait = False
    clock.forward(hours=2)
    await sari.says("umum", "waktu padam")
    down = ScriptedEars(places=watched(away), down=True)
    async with a_door(tmp_path, slack=away, clock=clock, ears=down):
        await until(lambda: down.tries)
    clock.forward(hours=3)  # heard again meanwhile, but the gap is not forgotten
    ears = ScriptedEars(places=watched(away))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears):
        await until(lambda: "waktu padam" in said(ears))


async def test_slack_busy_while_catching_up(tmp_path: Path, away: SlackEmulator, clock: Moving) -> None:
    sari = away.person("Sari Dewi")
    async with a_door(tmp_path, slack=away, clock=clock):
        await sari.says("umum", "dulu")
    away.wait = False
    clock.forward(hours=2)
    await sari.says("umum", "waktu padam")
    away.faults.next("conversations.history", rate_limited("1"))
    away.faults.next("conversations.history", status(503))
    ears = ScriptedEars(places=watched(away))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears):
        await until(lambda: "waktu padam" in said(ears), 15)
    assert [method for method, _ in away.faults.struck] == ["conversations.history"] * 2


async def test_many_pages_come_in_order(
    tmp_path: Path, away: SlackEmulator, clock: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.catchup.PAGE", 7)
    sari = away.person("Sari Dewi")
    async with a_door(tmp_path, slack=away, clock=clock):
        await sari.says("umum", "dulu")
    away.wait = False
    clock.forward(hours=2)
    for number in range(30):
        await sari.says("umum", f"pesan {number}")
    ears = ScriptedEars(places=watched(away))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears):
        await until(lambda: len(said(ears)) == 31)
        assert said(ears) == ["dulu", *(f"pesan {number}" for number in range(30))]


async def test_the_first_start_reads_no_history(tmp_path: Path, away: SlackEmulator, clock: Moving) -> None:
    sari, umum = away.person("Sari Dewi"), away.channel("umum")
    away.wait = False
    await sari.says(umum, "sebelum ada Guyub")
    await away.settled()
    ears = ScriptedEars(places=watched(away))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears):
        away.wait = True
        await sari.says(umum, "sesudah")
        await until(lambda: "sesudah" in said(ears))
    assert said(ears) == ["sesudah"] and not away.calls("conversations.history")


@pytest.mark.parametrize("by_socket", [False, True], ids=["http", "socket"])
async def test_a_message_at_the_very_opening_hides_no_gap(
    tmp_path: Path, away: SlackEmulator, clock: Moving, by_socket: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However late the gap is looked up, and however often the start breaks off before it is."""
    sari, umum = away.person("Sari Dewi"), away.channel("umum")
    async with a_door(tmp_path, slack=away, clock=clock, by_socket=by_socket):
        await sari.says(umum, "dulu")
    await away.settled()
    away.wait = False
    clock.forward(hours=20)
    await sari.says(umum, "waktu padam")
    clock.forward(hours=2)
    for _ in range(5):
        clock.forward(seconds=300)
        await away.settled()

    held = asyncio.Event()
    look = CatchUp._look

    async def late(self: CatchUp, *given: Any) -> None:
        await held.wait()
        await look(self, *given)

    monkeypatch.setattr(CatchUp, "_look", late)
    for word in ("satu", "dua"):
        ears = ScriptedEars(places=watched(away))
        async with a_door(tmp_path, slack=away, clock=clock, ears=ears, by_socket=by_socket):
            await sari.says(umum, word)
            await until(lambda ears=ears, word=word: word in said(ears))  # type: ignore[misc]
            clock.forward(minutes=5)
            if word == "dua":
                held.set()
                await until(lambda ears=ears: "waktu padam" in said(ears))  # type: ignore[misc]


async def test_a_second_outage_while_catching_up_hides_nothing_of_what_was_read(
    tmp_path: Path, away: SlackEmulator, clock: Moving
) -> None:
    sari, umum = away.person("Sari Dewi"), away.channel("umum")
    async with a_door(tmp_path, slack=away, clock=clock):
        waited_on = await sari.says(umum, "dulu")
    places = watched(away, waited_on)
    away.wait = False
    clock.forward(hours=2)
    await sari.says(umum, "waktu padam")
    away.faults.always("conversations.replies", rate_limited("60"))  # the channel can be read, the thread cannot
    ears = ScriptedEars(places=places)
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears):
        await until(lambda: "waktu padam" in said(ears) and away.faults.struck)
    clock.forward(hours=2)
    await sari.says(umum, "padam lagi")
    away.faults.clear()
    ears = ScriptedEars(places=places)
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears):
        await until(lambda: "padam lagi" in said(ears))


async def test_over_http_silence_beyond_the_retries_is_looked_into(tmp_path: Path, away: SlackEmulator, clock: Moving) -> None:
    """The process ran all the time, but Slack could not reach it."""
    sari, umum = away.person("Sari Dewi"), away.channel("umum")
    ears = ScriptedEars(places=watched(away))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears) as scene:
        await sari.says(umum, "satu")
        away.sends_to("http://127.0.0.1:9/slack/events")
        away.wait = False
        await sari.says(umum, "dua")
        clock.forward(minutes=20)
        away.sends_to(scene.url)
        await sari.says(umum, "tiga")
        await until(lambda: set(said(ears)) == {"satu", "dua", "tiga"})


async def test_quiet_hours_are_looked_into_once_an_hour_and_lose_nothing(
    tmp_path: Path, away: SlackEmulator, clock: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catchup, "BEAT", 0.02)
    sari, umum = away.person("Sari Dewi"), away.channel("umum")
    ears = ScriptedEars(places=watched(away))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears) as scene:
        await sari.says(umum, "satu")
        clock.forward(minutes=10)
        await sari.says(umum, "dua")
        await until(lambda: away.calls("conversations.history"))
        await asyncio.sleep(0.3)
        looks = len(away.calls("conversations.history"))
        await swallowed(away, clock, "tiga, ditelan")
        clock.forward(minutes=10)
        away.sends_to(scene.url)
        for quiet in ("empat", "lima"):
            await sari.says(umum, quiet)
            await until(lambda quiet=quiet: quiet in said(ears))  # type: ignore[misc]
            clock.forward(minutes=10)
        await asyncio.sleep(0.2)
        assert len(away.calls("conversations.history")) == looks and "tiga, ditelan" not in said(ears)
        clock.forward(minutes=30)
        await until(lambda: "tiga, ditelan" in said(ears))


async def test_a_retry_after_silence_is_looked_into_at_once(tmp_path: Path, away: SlackEmulator, clock: Moving) -> None:
    sari, umum = away.person("Sari Dewi"), away.channel("umum")
    ears = ScriptedEars(places=watched(away))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears) as scene:
        await sari.says(umum, "satu")
        clock.forward(minutes=10)
        await sari.says(umum, "dua")
        await until(lambda: away.calls("conversations.history"))
        await swallowed(away, clock, "tiga, ditelan")
        await sari.says(umum, "empat")
        await away.settled()
        away.sends_to(scene.url)
        clock.forward(minutes=2)
        await away.deliver_due()
        await until(lambda: {"tiga, ditelan", "empat"} <= set(said(ears)))


async def test_a_channel_that_cannot_be_read_holds_up_nothing(tmp_path: Path, away: SlackEmulator, clock: Moving) -> None:
    sari = away.person("Sari Dewi")
    async with a_door(tmp_path, slack=away, clock=clock):
        await sari.says("umum", "dulu")
    away.wait = False
    clock.forward(hours=2)
    await sari.says("umum", "waktu padam")
    secret = away.add_channel("rahasia", [sari], private=True, bot=False)
    places = watched(away)
    ears = ScriptedEars(places=Watched((f"{away.workspace.id}:{secret.id}", *places.channels), ()))
    async with a_door(tmp_path, slack=away, clock=clock, ears=ears):
        await until(lambda: "waktu padam" in said(ears))
    assert SlackRefused("channel_not_found").code in [code for _, _, code in away.refused]
