"""`guyub import`: reads an export to its end, keeps what was answered, and tells those whom it concerns once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from bot.events import Event, Happened
from bot.finder import Finder
from bot.importing.answered import found
from bot.importing.keeping import Keeper, Kept
from bot.importing.told import Report, Told, ToldFile
from bot.model.base import Language
from bot.ports import Clock, Files, Store, Unit

BATCH = 20  # answered questions stored together: little is read again after a stop


@dataclass(frozen=True, slots=True)
class Brought:
    """What was read and what came of it. `messages` counts all that were read."""

    messages: int
    kept: Kept
    report: Report


class Counted:
    """Counts what passes."""

    def __init__(self, messages: Iterable[Told]) -> None:
        self.messages, self.count = messages, 0

    def __iter__(self) -> Iterator[Told]:
        for one in self.messages:
            self.count += 1
            yield one


async def bring(
    messages: Iterable[Told],
    report: Report,
    bytes_of: Callable[[ToldFile], bytes],
    store: Store,
    finder: Finder,
    files: Files,
    clock: Clock,
    language: Language,
) -> Brought:
    """May be stopped and started anywhere: what is kept already is passed over.

    Raises what the reader raises; what it gave before is kept.
    """
    counted, keeper = Counted(messages), Keeper(store, finder, files, clock, language, bytes_of)
    rest = found(counted)
    try:
        while batch := list(islice(rest, BATCH)):
            await keeper.keep(batch)
    finally:
        await _tell(keeper.kept, store, finder.library, clock)
    return Brought(counted.count, keeper.kept, report)


async def _tell(kept: Kept, store: Store, library: str, clock: Clock) -> None:
    """The stewards of each community, and everybody here whose answers are among the drafts: one follow-up each."""
    facts = [("drafts.imported", community, n) for community, n in kept.drafts.items() if community]
    facts += [("answers.imported", member, n) for member, n in kept.answers.items()]
    at = clock()
    events = tuple(
        Event(_name(what, subject, at.isoformat()), library, at, Happened(what, subject, (("count", str(n)),)))
        for what, subject, n in facts
    )
    if events:
        await store.commit(Unit(library, events=events))


def _name(*parts: str) -> str:
    return "import:" + hashlib.sha256("/".join(parts).encode()).hexdigest()[:24]
