"""Every scene of the gallery in one language, in an order that does not change."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache

from bot.model.base import Language
from tests.gallery.scene import Remembering, Scene
from tests.gallery.states import others, stated
from tests.gallery.walk import Chapters, walked
from tests.gallery.walk_digests import digests
from tests.gallery.walk_meetings import meetings

#: Each in a library of its own; the first is all of tests/gallery/walk.py
WALKS: tuple[Chapters, ...] = ((), (meetings,), (digests,))


@cache
def scenes(language: Language) -> tuple[Scene, ...]:
    voice = Remembering()
    found = [one for chapters in WALKS for one in asyncio.run(walked(language, voice, chapters))]
    found += stated(language, voice)
    seen = frozenset(key for one in found for key in one.keys)
    pressed = frozenset(one.name.partition(",")[0] for one in found if getattr(one.what, "buttons", ()))
    found += others(language, voice, seen, pressed)
    return tuple(_named(sorted(found, key=_order)))


def _order(one: Scene) -> tuple[str, str, str, tuple[str, ...]]:
    return one.feature, one.name, one.kind, tuple(button.action for button in getattr(one.what, "buttons", ()))


def _named(found: list[Scene]) -> list[Scene]:
    """Names that are there once: the second of a name is "… (2)"."""
    count: dict[str, int] = {}
    out = []
    for one in found:
        count[one.name] = count.get(one.name, 0) + 1
        out.append(one if count[one.name] == 1 else replace(one, name=f"{one.name} ({count[one.name]})"))
    return out
