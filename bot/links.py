"""Links of ours in a text that was said: `guyub:person/…`, `guyub:message/…`, `guyub:card/…` → accounts and addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.doors import Door, Shown
from bot.model.place import Account, MessageRef
from bot.outcome import JSON, Data
from bot.ports import Store

PEOPLE = re.compile(r"\(guyub:person/([0-9a-zA-Z-]+)\)")
LINKS = re.compile(r"\(guyub:((?:message|card)/[^()\s]+)\)")
LINK = re.compile(r"guyub:((?:message|card)/\S+)")
LINKED = re.compile(r"\[((?:\\.|[^\]\\])*)\]\((guyub:(?:message|card)/[^()\s]+)\)")


class Links:
    """Resolves them with what the store knows and the doors can address."""

    def __init__(self, store: Store, doors: Mapping[str, Door]) -> None:
        self.store, self.doors = store, doors

    async def people(self, text: str, door: str) -> dict[str, Account | None]:
        """Member id → their account at this door; None where they have none or are gone."""
        ids = tuple(dict.fromkeys(PEOPLE.findall(text)))
        members = await self.store.members.many(ids) if ids else ()
        return {id: next((m.on(door) for m in members if m.id == id and not m.gone), None) for id in ids}

    async def addresses(self, text: str) -> dict[str, str]:
        """The whole `guyub:` link → an address, "" where there is none."""
        return {f"guyub:{name}": await self._address(name) for name in dict.fromkeys(LINKS.findall(text))}

    async def _address(self, name: str) -> str:
        kind, _, rest = name.partition("/")
        if kind == "card":
            posting = await self.store.places.posting(rest)
            ref = posting.ref if posting else None
        else:
            door, channel, message = [*rest.split("/", 2), "", ""][:3]
            ref = MessageRef(door, channel, message)
        return await self.doors[ref.door].link(ref) if ref and ref.door in self.doors else ""

    async def shown(self, shown: Shown) -> Shown:
        """What is shown at once has no delivery that carries addresses beside it: they are written into its words."""
        return replace(shown, words={key: await self._written(text) for key, text in shown.words.items()})

    async def resolved(self, data: Data) -> Data:
        """The same data with each `link` in it that is one of ours as its address ("" where there is none)."""
        return {key: await self._value(key, value) for key, value in data.items()}

    async def _value(self, key: str, value: JSON) -> JSON:
        if isinstance(value, str):  # anywhere else it is somebody's words
            ours = LINK.fullmatch(value) if key == "link" else None
            return await self._address(ours[1]) if ours else value
        if isinstance(value, Mapping):
            return await self.resolved(value)
        return [await self._value("", one) for one in value] if isinstance(value, Sequence) else value

    async def _written(self, text: str) -> str:
        found = await self.addresses(text)
        return LINKED.sub(lambda m: f"[{m[1]}]({found[m[2]]})" if found.get(m[2]) else m[1], text) if found else text
