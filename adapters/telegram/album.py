"""Media groups: each picture comes as a message of its own. They are kept as they come, and told as one after a moment."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from adapters.telegram.client import loads
from adapters.telegram.notes import A_DAY
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
        """Durable when it returns."""
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
        heard = [one for key in sorted(kept) for one in self._read(loads(kept[key]))]
        if heard:
            await self._tell(merged(heard))
        await self._memory.forget(*kept)
