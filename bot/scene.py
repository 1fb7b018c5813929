"""The first start's scene in the local messenger, and the clockwork that plays scenes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from sqlite3 import Connection
from zoneinfo import ZoneInfo

from bot.compose import Act, House, Stage, read_scene

FRIDAY = 4
PATIENCE = 60.0  # seconds for one act to be handled and delivered


async def open_scene(house: House) -> Stage | None:
    """Sets the opening scene where nobody is there yet: people, channels and old talk, at once.

    None: it was set before, to its end, or others were there first. One that was broken off is taken up again.
    """
    scene, there = read_scene("opening"), {person.name for person in await house.web.platform.people()}
    if _marker(house).exists() or (there and not there & {actor.name for actor in scene.people}):
        return None
    stage = Stage(house.web.platform, lambda: asyncio.sleep(0), moments(house, house.app.dispatcher.clock()))
    await stage.set_up(scene)
    if not there:
        for act in scene.acts:
            await stage.play(act)
    return stage


async def introduce(house: House, stage: Stage) -> None:
    """The scene's people join their communities, while the first pages are being opened already."""
    await stage.introduce(read_scene("opening"))
    _marker(house).touch()


def _marker(house: House) -> Path:
    """Says that the opening scene has been set."""
    return house.settings.data_dir / "opening-scene"


def moments(house: House, today: datetime, last: str = "") -> Callable[[Act], datetime]:
    """When an act happens: so many working days back, at that time in the library's zone, never in the future.

    Day 0 is today; on a weekend, or before the time `last` ("HH:MM"), it is the working day before.
    """
    zone = ZoneInfo(house.settings.timezone)
    local = today.astimezone(zone)
    early = bool(last) and local.strftime("%H:%M") < last
    zero = _back(local.date() - timedelta(days=early), 0)

    def moment(act: Act) -> datetime:
        if not act.time:
            return today - timedelta(days=act.day)
        hour, minute = map(int, act.time.split(":"))
        return min(datetime.combine(_back(zero, act.day), time(hour, minute), zone), today)

    return moment


def _back(day: date, working_days: int) -> date:
    """That many working days before; from a weekend, counted from the Friday before it."""
    while day.weekday() > FRIDAY:
        day -= timedelta(days=1)
    weeks, days = divmod(working_days, 5)
    return day - timedelta(weeks=weeks, days=days + 2 * (days > day.weekday()))


async def settled(house: House) -> None:
    """Waits until nothing is left to handle or deliver. TimeoutError: something hangs."""
    async with asyncio.timeout(PATIENCE):
        while True:
            health = await house.store.health(house.app.dispatcher.clock())
            if (
                not health.inbox_waiting
                and not health.outbox_waiting
                and not await house.web.platform.store.read(_not_handed_over)
            ):
                return
            await asyncio.sleep(0.02)


def _not_handed_over(c: Connection) -> int:
    found: int = c.execute("SELECT COUNT(*) FROM undelivered WHERE parked = 0").fetchone()[0]
    return found
