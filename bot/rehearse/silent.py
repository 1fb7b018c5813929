"""A door behind which nobody is: whatever Guyub says in a rehearsal is written nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.doors import Asgi, Delivery, Ears, Limit, Reader
from bot.errors import Unreachable
from bot.model.place import MessageRef
from bot.outcome import React


@dataclass
class SilentDoor:
    """Named as the platform of the export, so that its channels and people are those of the live door."""

    name: str
    said: int = 0
    paths: Mapping[str, Asgi] = field(default_factory=dict)

    async def start(self, ears: Ears) -> None: ...

    async def stop(self) -> None: ...

    def limits(self, what: Delivery | React) -> tuple[Limit, ...]:
        return ()

    async def deliver(self, delivery: Delivery) -> MessageRef:
        if delivery.edit:
            return delivery.edit
        self.said += 1
        user = delivery.private_to.user if delivery.private_to else ""
        return MessageRef(self.name, delivery.place.channel if delivery.place else f"@{user}", f"guyub-{self.said}")

    async def react(self, ref: MessageRef, emoji: str, remove: bool, once: str) -> None: ...

    async def link(self, ref: MessageRef) -> str:
        return ""

    async def opens(self, ref: MessageRef, reader: Reader) -> bool:
        return False

    async def fetch(self, file: str) -> bytes:
        raise Unreachable("nothing is fetched in a rehearsal")
