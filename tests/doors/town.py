"""A platform with our bot in it, as people use it: the same sentences for each, so that one test walks the line on any.

People are named; rooms are named; a message is found by its words or by its buttons, as a person would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

WITHIN = 20.0  # seconds of real time that something may take on a busy machine


@dataclass(frozen=True)
class Seen:
    """A message of the bot's as a person sees it. `handle` is what the platform's own tools call it."""

    id: str
    text: str
    buttons: tuple[str, ...]
    files: tuple[str, ...]
    handle: object

    def has(self, words: str) -> bool:
        return words in self.text or words in self.buttons


class Town(Protocol):
    """`name` is the door's. `private` as a room is the person's own conversation with the bot."""

    name: str

    async def arrives(self, who: str) -> None:
        """The person is in the workspace, in every room, and has said hello to the bot once where a platform asks for it."""
        ...

    async def asks(self, who: str, text: str, room: str, file: tuple[str, bytes] | None = None) -> str:
        """Mentions the bot, or writes to it in private; the message's id."""
        ...

    async def replies(self, who: str, text: str, to: Seen, file: tuple[str, bytes] | None = None) -> None: ...

    async def runs(self, who: str, command: str, words: str = "", room: str = "private") -> None: ...

    async def presses(self, who: str, button: str, on: Seen) -> None: ...

    async def fills(self, who: str, answers: Mapping[str, str]) -> None:
        """Fills in the form that is open for this person: label → value, or label of an option. The rest stays as it is."""
        ...

    async def reads(self, who: str, room: str) -> list[Seen]:
        """The bot's messages that this person sees there now, in threads too, oldest first."""
        ...

    async def emoji_on(self, message: str, room: str) -> list[str]:
        """What the bot put on a person's message."""
        ...

    async def downloads(self, who: str, seen: Seen) -> bytes:
        """The first file of a message."""
        ...


async def until(true: Callable[[], Awaitable[object]], what: str) -> None:
    """Waits for it. AssertionError with `what` after too long."""
    try:
        async with asyncio.timeout(WITHIN):
            while not await true():  # noqa: ASYNC110 (whatever a test waits for)
                await asyncio.sleep(0.03)
    except TimeoutError:
        raise AssertionError(what) from None


async def sees(town: Town, who: str, words: str, room: str = "private", *, button: str = "") -> Seen:
    """Waits for the newest message there with these words (and this button)."""
    found: list[Seen] = []

    async def there() -> bool:
        found[:] = [m for m in await town.reads(who, room) if m.has(words) and (not button or button in m.buttons)]
        return bool(found)

    try:
        await until(there, "")
    except AssertionError:
        now = [f"{m.text[:200]!r} {m.buttons}" for m in await town.reads(who, room)]
        raise AssertionError(f"{who} on {town.name} in {room} sees no {words!r} {button!r}, but:\n" + "\n".join(now)) from None
    return found[-1]
