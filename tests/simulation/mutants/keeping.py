"""Wrong in what is kept, who may see it, who is credited, and who is waited for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from bot.desk import Desk
from bot.features import belong, keep
from bot.flow import drafting
from bot.flow.drafting import drafted
from bot.flow.reviewing import credited
from bot.model.access import Sight
from bot.model.knowledge import Item
from bot.outcome import NOTHING, Outcome
from storage import save as save_module
from tests.simulation.mutants.mutant import NOT_YET, Mutant, swapped

_sight = Desk.sight
Broken = AbstractContextManager[None]


def published_without_review() -> Broken:
    def unseen(*args: Any) -> Item:
        return replace(drafted(*args), status="published")

    return swapped(keep, "drafted", unseen)


def anybody_decides() -> Broken:
    async def leads(self: Desk, community: str | None) -> bool:
        return True

    return swapped(Desk, "leads", leads)


def who_answered_is_not_credited() -> Broken:
    def only_askers(item: Item, member: Any, part: Any) -> Item:
        return item if part == "answerer" else credited(item, member, part)

    return swapped(drafting, "credited", only_askers)


def everybody_sees_everything() -> Broken:
    async def sight(self: Desk, member: Any = None) -> Sight:
        return replace(await _sight(self, member), everything=True)

    return swapped(Desk, "sight", sight)


def questions_of_who_left_stay() -> Broken:
    async def without(who: str, desk: Desk) -> Outcome:
        return NOTHING

    return swapped(belong, "_without", without)


def whoever_saves_last_wins() -> Broken:
    def update(c: Any, table: Any, record: Any) -> None:
        changed = {name: value for name, value in record.items() if name not in ("library", "id", "version")}
        same = (table.c.library == record["library"], table.c.id == record["id"])
        c.execute(table.update().where(*same).values(**changed, version=table.c.version + 1))

    return swapped(save_module, "_update", update)


MUTANTS = (
    Mutant("published without review", published_without_review, 2),
    Mutant("anybody decides on a draft", anybody_decides, NOT_YET),
    Mutant("who answered is not credited", who_answered_is_not_credited, 2),
    Mutant("everybody sees everything", everybody_sees_everything, 2),
    Mutant("questions of who left stay", questions_of_who_left_stay, NOT_YET),
    Mutant("whoever saves last wins", whoever_saves_last_wins, NOT_YET),
)
