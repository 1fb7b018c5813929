"""Media groups: each picture comes as a message of its own. They are kept as they come, and told as one after a moment.

A picture that comes after that moment is told as a reply to the first, so that it joins what was asked or answered with it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from adapters.telegram.client import loads
from adapters.telegram.notes import A_DAY, USED
from adapters.telegram.translate import Heard
from bot.doors import Memory
from bot.errors import Unavailable
from bot.events import Said

MOMENT = 0.8  # seconds after the last picture
AGAIN = 2.0


def merged(heard: Sequence[Heard]) -> Heard:
    """One message with all the files; the first words that there are. All are Said, in the order of their updates."""
    says = [one.event.what for one in heard if isinstance(one.event.what, Said)]
    first = heard[0]
    said = replace(
        says[0],
        text=next((one.text for one in says if one.text), ""),
        files=tuple(file for one in says for file in one.files),
        mentioned=any(one.mentioned for one in says),
    )
    return replace(first, event=replace(first.event, what=said), album="")


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of an album: its updates, together as they were told, and the thread that later pictures go to.

    Written down before they are told: a process that dies in between tells the same ones again, under the same name.
    """

    thread: str = ""
    groups: tuple[tuple[int, ...], ...] = ()

    def __contains__(self, update: int) -> bool:
        return any(update in group for group in self.groups)

    def and_then(self, heard: Sequence[Heard]) -> Told:
        said, place = heard[0].event.what, heard[0].event.place
        root = (place.thread if place else "") or (said.message if isinstance(said, Said) else "")
        return Told(self.thread or root, (*self.groups, tuple(one.update for one in heard)))

    def placed(self, number: int, heard: Heard) -> Heard:
        """`number`: which of the groups it is. A later one stands in the first one's thread, unless it has its own."""
        place = heard.event.place
        if not number or place is None or place.thread:
            return heard
        return replace(heard, event=replace(heard.event, place=replace(place, thread=self.thread)))


class Albums:
    """`read`: a raw update → what was heard; `tell`: hands a whole album on, `Unavailable` to be asked again."""

    def __init__(
        self, memory: Memory, read: Callable[[object], Sequence[Heard]], tell: Callable[[Heard], Awaitable[None]]
    ) -> None:
        self._memory, self._read, self._tell = memory, read, tell
        self._open: dict[tuple[int, str], asyncio.Task[None]] = {}

    async def resume(self) -> None:
        """What an earlier process kept and did not tell."""
        for key in await self._memory.recall_all("album:"):
            _, chat, album, _ = key.split(":", 3)
            self._start(int(chat), album)

    async def add(self, heard: Heard, raw: object) -> None:
        """Durable when it returns. One that was told, and comes again, is passed over."""
        if heard.update in await self._told(heard.chat, heard.album):
            return
        key = f"album:{heard.chat}:{heard.album}:{heard.update:020d}"
        await self._memory.remember({key: json.dumps(raw)}, A_DAY)
        self._start(heard.chat, heard.album)

    async def finish(self, chat: int) -> None:
        """Tell what is open in this chat: something else comes behind it."""
        for where, album in [key for key in self._open if key[0] == chat]:
            self._open.pop((where, album)).cancel()
            await self._flush(where, album)

    async def stop(self) -> None:
        for task in self._open.values():
            task.cancel()
        await asyncio.gather(*self._open.values(), return_exceptions=True)

    def _start(self, chat: int, album: str) -> None:
        if old := self._open.pop((chat, album), None):
            old.cancel()
        self._open[chat, album] = asyncio.create_task(self._soon(chat, album))

    async def _soon(self, chat: int, album: str) -> None:
        await asyncio.sleep(MOMENT)
        while True:
            try:
                await asyncio.shield(self._flush(chat, album))
            except Unavailable:
                await asyncio.sleep(AGAIN)
            else:
                break
        self._open.pop((chat, album), None)

    async def _flush(self, chat: int, album: str) -> None:
        kept = await self._memory.recall_all(f"album:{chat}:{album}:")
        heard = {one.update: (key, one) for key in sorted(kept) for one in self._read(loads(kept[key]))}
        told = await self._told(chat, album)
        if new := [one for update, (_, one) in heard.items() if update not in told]:
            told = told.and_then(new)
            await self._memory.remember({f"told:{chat}:{album}": json.dumps([told.thread, told.groups])}, USED)
        for number, group in enumerate(told.groups):
            if mine := [heard[update] for update in group if update in heard]:
                await self._tell(told.placed(number, merged([one for _, one in mine])))
                await self._memory.forget(*(key for key, _ in mine))

    async def _told(self, chat: int, album: str) -> Told:
        found = await self._memory.recall(f"told:{chat}:{album}")
        thread, groups = json.loads(found) if found else ("", ())
        return Told(thread, tuple(map(tuple, groups)))
