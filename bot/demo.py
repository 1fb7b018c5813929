"""`guyub demo`: a believable bilingual month in the local messenger, played through the same doors as everybody's days."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from shutil import rmtree

import structlog

from bot.compose import Act, House, Scene, Stage, StageClock, open_house, read_scene, utc_now
from bot.model.base import Words
from bot.scene import moments, settled
from bot.serve import listen, living
from bot.settings import Settings

log = structlog.get_logger(__name__)

LOOK = timedelta(hours=1)  # of the play's time: how often it is asked what has come due
PLAYING = Words("Sebulan percakapan sedang dimainkan: {done} dari {all}", "Playing a month of talk: {done} of {all}")


async def demo(settings: Settings) -> None:
    """Plays the month in a data folder of its own (once), then serves it."""
    folder = settings.data_dir / "demo"
    played = folder / "played"
    if not played.exists():  # a month broken off half way is played anew
        rmtree(folder, ignore_errors=True)
    own = settings.model_copy(update={"data_dir": folder, "database_url": f"sqlite:///{folder / 'guyub.db'}"})
    clock = StageClock(utc_now)
    async with open_house(own, clock=clock) as house, living(house):
        if not played.exists():
            await play_month(house, clock, read_scene("demo"), _progress(settings))
            played.touch()
        await listen(house)


def _progress(settings: Settings) -> Callable[[int, int], None]:
    """One line on the terminal that counts up; elsewhere only its beginning and its end."""
    words, live = PLAYING.in_(settings.language), sys.stderr.isatty()

    def show(done: int, all_: int) -> None:
        if live or done in (0, all_):
            end = "\n" if done == all_ or not live else "\r"
            print(words.format(done=done, all=all_), end=end, file=sys.stderr, flush=True)

    return show


async def play_month(
    house: House, clock: StageClock, scene: Scene, progress: Callable[[int, int], None] = lambda done, all_: None
) -> tuple[Act, ...]:
    """Every act on its day; what it causes is done before the next. Afterwards the clock is real again.

    Returns the acts that could not be played: none, as long as the bot takes the turns that the scene expects.
    """
    moment = moments(house, clock.real(), scene.acts[-1].time)
    stage = Stage(house.web.platform, lambda: settled(house), moment, looks=1)
    clock.set(moment(scene.acts[0]))
    await stage.set_up(scene)
    await stage.introduce(scene)
    await settled(house)
    missed: list[Act] = []
    for number, act in enumerate(scene.acts):
        progress(number, len(scene.acts))
        await _live_until(house, clock, moment(act))
        if act.day == 0 and scene.acts[number - 1].day:
            await stage.all_read()
        try:
            await stage.play(act)
        except LookupError as missing:  # the bot took another turn than the scene expects: the month goes on without this act
            log.warning("demo.missed", day=act.day, time=act.time, why=str(missing))
            missed.append(act)
    await _live_until(house, clock, clock.real())
    clock.end()
    progress(len(scene.acts), len(scene.acts))
    return tuple(missed)


async def _live_until(house: House, clock: StageClock, moment: datetime) -> None:
    """Time passes: what falls due meanwhile (reminders, the next who know) happens at its hour."""
    while clock() < moment:
        clock.set(min(clock() + LOOK, moment))
        if await house.store.claim_due(clock(), 200):
            house.app.wake_inbox.set()
            await settled(house)
