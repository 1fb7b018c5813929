"""`guyub demo`: a believable bilingual month in the local messenger, played through the same doors as everybody's days."""

from __future__ import annotations

import structlog

from bot.compose import House, Scene, Stage, StageClock, open_house, read_scene, utc_now
from bot.scene import moments, settled
from bot.serve import listen, living
from bot.settings import Settings

log = structlog.get_logger(__name__)


async def demo(settings: Settings) -> None:
    """Plays the month in a data folder of its own (once), then serves it."""
    folder = settings.data_dir / "demo"
    own = settings.model_copy(update={"data_dir": folder, "database_url": f"sqlite:///{folder / 'guyub.db'}"})
    clock = StageClock(utc_now)
    async with open_house(own, clock=clock) as house, living(house):
        if not await house.web.platform.people():
            await play_month(house, clock, read_scene("demo"))
        await listen(house)


async def play_month(house: House, clock: StageClock, scene: Scene) -> None:
    """Every act on its day; what it causes is done before the next. Afterwards the clock is real again."""
    moment = moments(house, clock.real())
    stage = Stage(house.web.platform, lambda: settled(house), moment)
    clock.set(moment(scene.acts[0]))
    await stage.set_up(scene)
    await stage.introduce(scene)
    await settled(house)
    for act in scene.acts:
        clock.set(moment(act))
        await stage.play(act)
    clock.end()
