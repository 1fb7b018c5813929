"""Wrong on the way out: lanes, limits, recording, whom it reaches."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text, true

from bot import outbox as bot_outbox
from bot.errors import Unavailable, Unreachable
from bot.model.member import Member
from bot.model.place import Account
from bot.outbox import Outbox
from bot.ports import Outgoing
from storage import claim
from storage import outbox as out
from storage import store as store_module
from storage.store import SqlStore
from storage.tables.place import save_posting
from storage.tables.queue import outbox
from tests.simulation.mutants.mutant import NOT_YET, Mutant, swapped

_deliver, _claim_out = Outbox._deliver, SqlStore.claim_out
Broken = AbstractContextManager[None]


def lanes_in_any_order() -> Broken:
    with swapped(claim, "_head", lambda queue: true()):
        lanes = claim.Lanes(outbox, text("NOT outbox.bulk"), *out._in_order())
    return swapped(store_module, "OUTBOX", lanes)


def replies_before_their_card() -> Broken:
    return swapped(store_module, "OUTBOX", claim.Lanes(outbox, text("NOT outbox.bulk")))


def recorded_before_it_is_sent() -> Broken:
    async def deliver(self: Outbox, row: Outgoing) -> Any:
        await self.store.sent(row.id, self.worker, None)
        return await _deliver(self, row)

    return swapped(Outbox, "_deliver", deliver)


def sent_again_after_it_was_recorded() -> Broken:
    def sent(c: Any, library: str, id: str, where: Any, now: Any) -> None:
        again = {"held_by": None, "held_until": None, "not_before": now + timedelta(seconds=30)}
        c.execute(outbox.update().where(outbox.c.library == library, outbox.c.id == id).values(again))
        if where:
            save_posting(c, where)

    return swapped(out, "sent", sent)


def not_insisted_that_it_was_sent() -> Broken:
    async def once(write: Any) -> None:
        try:
            await write()
        except Unavailable:
            return

    return swapped(bot_outbox, "insist", once)


def a_deferred_message_is_lost() -> Broken:
    def defer(c: Any, library: str, id: str, worker: str, at: Any) -> None:
        c.execute(outbox.update().where(outbox.c.id == id).values(held_by=None, not_before=at + timedelta(days=365)))

    return swapped(out, "defer", defer)


def retry_after_is_ignored() -> Broken:
    async def wait(self: Outbox, row: Outgoing, error: Any) -> None:
        await self._failed(row, "try later", self.clock() + timedelta(seconds=0.5))

    return swapped(Outbox, "_wait", wait)


def given_up_at_the_first_failure() -> Broken:
    return swapped(bot_outbox, "TRIES", 1)


def written_to_who_left() -> Broken:
    def reach(self: Outbox, member: Member | None, door: str) -> Account:
        accounts = [a for a in (member.accounts if member else ()) if a.door in self.doors]
        if not accounts:
            raise Unreachable("the member is gone")
        return min(accounts, key=lambda a: a.door != door)

    return swapped(Outbox, "_reach", reach)


def another_librarys_messages_too() -> Broken:
    async def claim_out(self: SqlStore, worker: str, most: int, *, bulk: bool = True) -> Any:
        mine, self.library = self.library, "lain"
        try:
            theirs = await _claim_out(self, worker, 1, bulk=bulk)
        finally:
            self.library = mine
        return tuple(replace(row, library=mine) for row in theirs) + tuple(await _claim_out(self, worker, most, bulk=bulk))

    return swapped(SqlStore, "claim_out", claim_out)


MUTANTS = (
    Mutant("lanes in any order", lanes_in_any_order, 2),
    Mutant("replies before their card", replies_before_their_card, NOT_YET),
    Mutant("recorded before it is sent", recorded_before_it_is_sent, 1),
    Mutant("sent again after it was recorded", sent_again_after_it_was_recorded, 1),
    Mutant("not insisted that it was sent", not_insisted_that_it_was_sent, NOT_YET),
    Mutant("a deferred message is lost", a_deferred_message_is_lost, NOT_YET),
    Mutant("Retry-After is ignored", retry_after_is_ignored, 1),
    Mutant("given up at the first failure", given_up_at_the_first_failure, 1),
    Mutant("written to who left", written_to_who_left, NOT_YET),
    Mutant("another library's messages are sent too", another_librarys_messages_too, 1),
)
