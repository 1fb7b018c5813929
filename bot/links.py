"""Links of ours in a text that was said: `guyub:person/…`, `guyub:message/…`, `guyub:card/…` → accounts and addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.doors import Door, Reader, Shown
from bot.model.place import Account, MessageRef, Place
from bot.outcome import JSON, Data
from bot.ports import Store

PEOPLE = re.compile(r"\(guyub:person/([0-9a-zA-Z-]+)\)")
LINKS = re.compile(r"\(guyub:((?:message|card)/[^()\s]+)\)")
LINK = re.compile(r"guyub:((?:message|card)/\S+)")
LINKED = re.compile(r"\[((?:\\.|[^\]\\])*)\]\((guyub:(?:message|card)/[^()\s]+)\)")
SENTENCE = re.compile(rf"(^|[.!?:] ){LINKED.pattern}(?:\. ?)?", re.MULTILINE)
WITHIN = re.compile(rf" ?{LINKED.pattern}")


def pruned(text: str, addresses: Mapping[str, str]) -> str:
    """Without the words of a link that leads nowhere for whoever reads it: "See it there." would be no help to them."""
    text = SENTENCE.sub(lambda m: m[0] if addresses.get(m[3]) else m[1], text)
    return WITHIN.sub(lambda m: m[0] if addresses.get(m[2]) else "", text)


class Links:
    """Resolves them with what the store knows and the doors can address."""

    def __init__(self, store: Store, doors: Mapping[str, Door]) -> None:
        self.store, self.doors = store, doors

    async def people(self, text: str, door: str) -> dict[str, Account | None]:
        """Member id → their account at this door; None where they have none or are gone."""
        ids = tuple(dict.fromkeys(PEOPLE.findall(text)))
        members = await self.store.members.many(ids) if ids else ()
        return {id: next((m.on(door) for m in members if m.id == id and not m.gone), None) for id in ids}

    async def reader(self, place: Place | None, alone: Account | None) -> Reader:
        """`alone`: nobody else reads it."""
        if alone is None:
            return Reader(place)
        member = await self.store.members.by_account(alone.door, alone.user)
        return Reader(place, member.accounts if member else (alone,))

    async def posted(self, text: str) -> bool:
        """Whether every card that it links to stands somewhere."""
        cards = [name.partition("/")[2] for name in LINKS.findall(text) if name.startswith("card/")]
        return all([await self.store.places.posting(card) for card in cards])

    async def addresses(self, text: str, place: Place | None, alone: Account | None = None) -> dict[str, str]:
        """The whole `guyub:` link → an address, "" where there is none or not all who read it could open it.

        `place`: where it is read; `alone`: by this account only.
        """
        names = tuple(dict.fromkeys(LINKS.findall(text)))
        reader = await self.reader(place, alone) if names else Reader(None)
        return {f"guyub:{name}": await self._address(name, reader) for name in names}

    async def _address(self, name: str, reader: Reader) -> str:
        kind, _, rest = name.partition("/")
        if kind == "card":
            posting = await self.store.places.posting(rest)
            ref = posting.ref if posting else None
        else:
            door, channel, message = [*rest.split("/", 2), "", ""][:3]
            ref = MessageRef(door, channel, message)
        if ref is None or ref.door not in self.doors:
            return ""
        there, here = self.doors[ref.door], reader.place
        in_view = here is not None and (here.door, here.channel) == (ref.door, ref.channel)
        return await there.link(ref) if in_view or await there.opens(ref, reader) else ""

    async def shown(self, shown: Shown, place: Place | None, to: Account | None) -> Shown:
        """What is shown at once has no delivery that carries addresses beside it: they are written into its words."""
        return replace(shown, words={key: await self._written(text, place, to) for key, text in shown.words.items()})

    async def resolved(self, data: Data, to: Account) -> Data:
        """The same data with each `link` in it that is one of ours as its address ("" where there is none for this reader)."""
        return await self._all(data, await self.reader(None, to))

    async def _all(self, data: Data, reader: Reader) -> Data:
        return {key: await self._value(key, value, reader) for key, value in data.items()}

    async def _value(self, key: str, value: JSON, reader: Reader) -> JSON:
        if isinstance(value, str):  # anywhere else it is somebody's words
            ours = LINK.fullmatch(value) if key == "link" else None
            return await self._address(ours[1], reader) if ours else value
        if isinstance(value, Mapping):
            return await self._all(value, reader)
        return [await self._value("", one, reader) for one in value] if isinstance(value, Sequence) else value

    async def _written(self, text: str, place: Place | None, to: Account | None) -> str:
        found = await self.addresses(text, place, to)
        return LINKED.sub(lambda m: f"[{m[1]}]({found[m[2]]})", pruned(text, found)) if found else text
