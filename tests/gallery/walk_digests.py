"""Digests, walked: a member's week, a community's channel, the learning centre's month, and a week without news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.events import Pressed
from bot.outcome import Later
from bot.ports import Unit
from tests.gallery.walk import Walk

MONDAY = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # 8.00 in Jakarta


async def digests(w: Walk) -> None:
    await happens(w)
    store = w.world.house.store
    hasan = replace(await w.world.member("Hasan"), role="librarian")
    await store.commit(Unit(store.library, save=(hasan,), later=(Later("digest.plan", "", w.world.clock()),)))
    await w.world.later(seconds=2)
    for day in (0, 1, 7):
        await until(w, MONDAY + timedelta(days=day))
        w.look()
        if day == 1:
            await press(w, "Hasan", "digest_settings", "digest.centre")
    await press(w, "Wati", "digest_settings", "digest.yours", "@wati")
    await w.world.fills("Wati")
    w.look()
    await press(w, "Sari", "digest_settings", "digest.community", "#sirkulasi")
    await press(w, "Wati", "digest_settings", "digest.community", "#sirkulasi")
    await press(w, "Wati", "digest_stop", "digest.yours", "@wati")


async def happens(w: Walk) -> None:
    """A note is published, a question waits, somebody joins."""
    item = await w.solved("Budi", "renew", "Daniel")
    await w.world.happens("Sari", Pressed("approve", item.id, ""), "@sari")
    waiting = await w.world.asks("Tono", w.words["fine"])
    await w.world.commands("Endah", w.command("gabung sirkulasi", "join circulation"))
    w.skip()
    await w.world.happens("Wati", Pressed("digest_answer", waiting.id, ""), "@wati")
    w.look()


async def until(w: Walk, at: datetime) -> None:
    """Time passes minute by minute around the digests' hour."""
    w.world.clock.now = max(w.world.clock.now, at)
    for _ in range(6):
        await w.world.later(minutes=1)


async def press(w: Walk, who: str, action: str, template: str, channel: str = "") -> None:
    await w.world.presses(who, action, w.world.card(template, channel))
    w.again("digest.form_title")
