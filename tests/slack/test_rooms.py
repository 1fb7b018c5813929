"""Channels that come and go, people who leave, apps that are removed; asked of the emulator as it happens on Slack."""

from __future__ import annotations

import pytest

from bot.errors import TryLater
from bot.events import Left, Room
from tests.slack.test_send import in_channel, said, texts
from tests.slack.world import Scene, until

pytestmark = pytest.mark.anyio


async def test_the_bot_is_invited_kicked_and_asked_back(scene: Scene) -> None:
    sari, luar = scene.slack.person("Sari Dewi"), scene.slack.channel("luar")
    await sari.invites(luar)
    await sari.kicks(luar)
    await sari.invites(luar)
    rooms = [(event.what, event.account and event.account.name) for event in scene.ears.heard if isinstance(event.what, Room)]
    assert [what for what, _ in rooms] == [Room("opened", "luar"), Room("closed"), Room("opened", "luar")]
    assert rooms[0][1] == "Sari"
    assert len({event.id for event in scene.ears.heard}) == 3
    assert {event.place.channel for event in scene.ears.heard if event.place} == {f"{scene.team}:{luar.id}"}


async def test_a_channel_is_renamed_and_archived(scene: Scene) -> None:
    sari, umum = scene.slack.person("Sari Dewi"), scene.slack.channel("umum")
    await sari.renames(umum, "layanan")
    await sari.archives(umum)
    await sari.unarchives(umum)
    assert scene.ears.whats == [Room("renamed", "layanan"), Room("closed"), Room("reopened")]


async def test_a_private_channel_is_renamed_and_left(scene: Scene) -> None:
    sari = scene.slack.person("Sari Dewi")
    secret = scene.slack.add_channel("rapat", [sari], private=True)
    await sari.renames(secret, "rapat-baru")
    await sari.kicks(secret)
    assert scene.ears.whats == [Room("renamed", "rapat-baru"), Room("closed")]


async def test_somebody_leaves_the_workspace(scene: Scene) -> None:
    await scene.slack.person("Budi Santoso").deactivated()
    await until(lambda: scene.ears.heard)
    (event,) = scene.ears.heard
    assert event.what == Left() and event.account and event.account.user.endswith(scene.slack.person("Budi Santoso").id)


async def test_a_new_name_is_learnt(scene: Scene) -> None:
    sari = scene.slack.person("Sari Dewi")
    await sari.says("umum", "satu")
    await sari.changes(display_name="Kak Sari")
    await sari.says("umum", "dua")
    assert [event.account.name for event in scene.ears.heard if event.account] == ["Sari", "Kak Sari"]


async def test_an_app_that_was_removed_rests_and_comes_back(scene: Scene) -> None:
    token = scene.slack.bot_token
    await scene.slack.workspace.uninstalls()
    for _ in range(3):
        with pytest.raises(TryLater) as caught:
            await scene.door.deliver(said(scene))
        assert caught.value.after > 200
    calls = len(scene.slack.ledger) + len(scene.slack.refused)
    scene.clock.forward(seconds=310)
    with pytest.raises(TryLater):
        await scene.door.deliver(said(scene))
    assert len(scene.slack.ledger) + len(scene.slack.refused) == calls + 1  # one look, and rest again
    scene.slack.workspace.reinstalls()
    scene.slack.workspace.tokens[token].state = "live"
    await scene.slack.person("Sari Dewi").invites("umum")
    scene.clock.forward(seconds=310)
    await scene.door.deliver(said(scene))
    assert texts(in_channel(scene))[1:] == ["Halo"]  # after the line that we joined


async def test_other_programs_and_ourselves_are_not_heard(scene: Scene) -> None:
    await scene.slack.workspace.integration_says("umum", "berita?")
    await scene.door.deliver(said(scene, "Ada pertanyaan?"))
    await scene.slack.settled()
    asked = await scene.slack.person("Sari Dewi").says("umum", "lihat https://a.id ini?")
    await scene.slack.workspace.unfurls(asked, [{"title": "a", "title_link": "https://a.id"}])
    assert len(scene.ears.heard) == 1
