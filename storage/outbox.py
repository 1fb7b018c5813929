"""The outbox: what goes in, and which row may go out next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, func, literal, or_, select, text, update

from bot.model.place import Posting
from bot.outcome import Out, Say, Under
from bot.ports import Refusal
from storage.claim import Lanes, Truth
from storage.codec import encode
from storage.tables.place import posting, save_posting
from storage.tables.queue import outbox, row
from storage.tables.types import begins


def add(c: Connection, library: str, out: tuple[tuple[str, Out], ...], now: datetime) -> None:
    rows = [row(library, id, o.lane, encode(o), now) | _cards(o) for id, o in out]
    if rows:
        c.execute(outbox.insert(), rows)


def _cards(out: Out) -> dict[str, str | bool | None]:
    match out:
        case Say(to=Under(under), card=card, bulk=bulk):
            return {"card": card or None, "under": under, "bulk": bulk}
        case Say(card=card, bulk=bulk):
            return {"card": card or None, "under": None, "bulk": bulk}
        case _:
            return {"card": None, "under": None, "bulk": False}


def _in_order() -> tuple[Truth, ...]:
    """A card's words go out in their order, whatever their lanes.

    A reply under a card waits for the card's earlier words, and where the card is nowhere yet also for a later one. A parked
    word holds nobody up.
    """
    o, word = outbox.c, outbox.alias("word")
    unsent = and_(word.c.library == o.library, word.c.sent_at.is_(None), word.c.parked_at.is_(None))
    posted = exists().where(posting.c.library == o.library, posting.c.card == o.under)
    own_card = exists().where(unsent, word.c.card == o.card, word.c.seq < o.seq)
    its_thread = exists().where(unsent, word.c.card == o.under, word.c.seq < o.seq)
    to_come = exists().where(unsent, word.c.card == o.under, word.c.seq > o.seq)
    return ~own_card, ~its_thread, or_(posted, ~to_come)


# In the words of their indexes: SQLite uses one only so, and ten thousand digests that wait are not looked through each time.
OUTBOX = Lanes(outbox, text("NOT outbox.bulk"), *_in_order())
BULK = Lanes(outbox, text("outbox.bulk"), *_in_order())

_THIS = and_(outbox.c.library == bindparam("l"), outbox.c.id == bindparam("i"), outbox.c.sent_at.is_(None))
_SENT = update(outbox).where(_THIS)

_POSTED = exists().where(posting.c.library == outbox.c.library, posting.c.card == outbox.c.card)
_UNRECORDED = select(outbox.c.id).where(
    outbox.c.library == bindparam("l"),
    or_(begins(outbox.c.lane, bindparam("lane")), begins(outbox.c.lane, literal("under:"))),
    and_(outbox.c.sent_at.is_(None), outbox.c.parked_at.is_(None), outbox.c.card.is_not(None)),
    and_(outbox.c.tries > 0, outbox.c.not_before.is_(None), ~_POSTED),
)


def unrecorded(c: Connection, library: str, lane: str) -> frozenset[str]:
    """New cards whose delivery was begun and whose end is not known: they may be posted. `lane` is how their lanes begin."""
    return frozenset(c.execute(_UNRECORDED, {"l": library, "lane": lane}).scalars())


_REFUSALS = (
    select(outbox.c.why, func.count().label("many"), func.max(outbox.c.parked_at).label("last"))
    .where(outbox.c.library == bindparam("l"), outbox.c.parked_at.is_not(None))
    .group_by(outbox.c.why)
    .order_by(func.max(outbox.c.parked_at).desc())
    .limit(bindparam("most"))
)
_DEFER = update(outbox).where(_THIS, outbox.c.held_by == bindparam("w"))


def refusals(c: Connection, library: str, most: int) -> tuple[Refusal, ...]:
    """What was set aside, by its reason, the newest first."""
    return tuple(Refusal(row.why, row.many, row.last) for row in c.execute(_REFUSALS, {"l": library, "most": most}))


def defer(c: Connection, library: str, id: str, worker: str, at: datetime) -> None:
    """Back into its lane until then, as if it had not been claimed."""
    later = {"held_by": None, "held_until": None, "not_before": at, "tries": outbox.c.tries - 1}
    c.execute(_DEFER.values(later), {"l": library, "i": id, "w": worker})


def sent_elsewhere(c: Connection, library: str, until: datetime, now: datetime) -> int:
    """What was to go out up to then counts as sent; how many that were."""
    o = outbox.c
    done = {"sent_at": now, "payload": None, "held_by": None, "held_until": None, "parked_at": None, "why": "elsewhere"}
    waits = and_(o.library == library, o.created_at <= until, o.sent_at.is_(None))
    return int(c.execute(update(outbox).where(waits).values(done)).rowcount)


def sent(c: Connection, library: str, id: str, where: Posting | None, now: datetime) -> None:
    """Delivered, whoever holds it by now: sending it again would be worse. Forget what it said."""
    done = {"sent_at": now, "payload": None, "held_by": None, "held_until": None, "parked_at": None, "why": ""}
    c.execute(_SENT, done | {"l": library, "i": id})
    if where:
        save_posting(c, where)
