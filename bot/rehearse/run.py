"""A rehearsal from end to end: read the export, put it in order, replay it in a house of its own, count."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.compose import House, export, kind_of_export
from bot.evaluate.cold import cold_house
from bot.importing.keeping import DOORS
from bot.importing.talk import Talks
from bot.importing.told import Report, Told
from bot.model.base import Words
from bot.rehearse.fate import Fate, Tally, tallied
from bot.rehearse.replay import Clock, Replay
from bot.rehearse.silent import SilentDoor
from bot.rehearse.spool import Spool
from bot.serve import embed_missing
from bot.settings import Settings

Progress = Callable[[int, int], None]  # so much of so much


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was replayed and what came of it. `fates` may be gone through again and again, in order of asking."""

    kind: str
    model: str
    messages: int
    channels: tuple[str, ...]
    troubles: int
    names: dict[str, Words]  # of communities, by key
    tally: Tally
    fates: Spool[Fate]


async def rehearse(settings: Settings, path: Path, fates: Spool[Fate], reading: Progress, replaying: Progress) -> Rehearsal:
    """Replays the export. `BadExport` where it is none."""
    kind = kind_of_export(path)
    report = Report(reading)
    with Spool[Told](lambda one: (one.at, one.id)) as told:
        with export(kind, path, report, settings.timezone) as (messages, _):
            told.take(messages)
        first = next(iter(told), None)
        if first is None:
            return Rehearsal(kind, "", 0, (), report.count, {}, Tally(), fates)
        clock, door = Clock(first.at), SilentDoor(DOORS[kind])
        async with cold_house(settings, settings.communities, clock=clock, doors=(door,)) as house:
            while house.finder.model and await embed_missing(house):
                pass
            replay = await _replay(house, door.name, clock, told, fates, replaying)
            names = {c.key: c.name for c in await house.store.communities.all()}
            model = house.finder.model
        tally = tallied(fates, replay.willing.values())
        return Rehearsal(kind, model, told.count, tuple(replay.channels.values()), report.count, names, tally, fates)


async def _replay(house: House, door: str, clock: Clock, told: Spool[Told], fates: Spool[Fate], replaying: Progress) -> Replay:
    async def tell(one: Fate) -> None:
        fates.take((one,))

    async def counted() -> AsyncIterator[tuple[Told, str]]:
        for number, placed in enumerate(under(told), start=1):
            yield placed
            replaying(number, told.count)

    replay = Replay(house, door, clock, tell)
    await replay.play(counted())
    return replay


def under(messages: Iterable[Told]) -> Iterator[tuple[Told, str]]:
    """Each message with the one that its thread grows under, as a live door tells it; "" for the channel itself.

    WhatsApp has neither threads nor often replies: there it is the question that is being talked about.
    """
    talks: dict[str, Talks] = {}
    for one in messages:
        if one.source == "whatsapp-export":
            going = talks.setdefault(one.channel, Talks())
            root = going.take(one)
            going.take_over()
            yield one, root
        else:
            above = one.reply_to or (one.thread if one.thread != one.id else "")
            yield one, above.rpartition(":")[2]
