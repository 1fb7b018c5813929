"""The outbox: what goes in, and which row may go out next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, or_, update

from bot.model.place import Posting
from bot.outcome import Out, Say, Under
from storage.claim import free_heads
from storage.codec import encode
from storage.tables.place import posting, save_posting
from storage.tables.queue import outbox, row


def add(c: Connection, library: str, out: tuple[tuple[str, Out], ...], now: datetime) -> None:
    rows = [row(library, id, o.lane, encode(o), now) | _cards(o) for id, o in out]
    if rows:
        c.execute(outbox.insert(), rows)


def _cards(out: Out) -> dict[str, str | None]:
    match out:
        case Say(to=Under(under), card=card):
            return {"card": card or None, "under": under}
        case Say(card=card):
            return {"card": card or None, "under": None}
        case _:
            return {"card": None, "under": None}


def ready(library: str, now: datetime, most: int) -> Select[Any]:
    """Free heads whose card has no unsent word before them, and whose thread's card is there.

    A card's words go out in their order, whatever their lanes. A reply under a card waits for the card's earlier words,
    and where the card is nowhere yet also for a later one. A parked word holds nobody up.
    """
    o, word = outbox.c, outbox.alias("word")
    unsent = and_(word.c.library == o.library, word.c.sent_at.is_(None), word.c.parked_at.is_(None))
    earlier = word.c.seq < o.seq
    posted = exists().where(posting.c.library == o.library, posting.c.card == o.under)
    own_card = exists().where(unsent, word.c.card == o.card, earlier)
    its_thread = exists().where(unsent, word.c.card == o.under, earlier)
    to_come = exists().where(unsent, word.c.card == o.under, word.c.seq > o.seq)
    return free_heads(outbox, library, now, most).where(~own_card, ~its_thread, or_(posted, ~to_come))


def sent(c: Connection, library: str, id: str, where: Posting | None, now: datetime) -> None:
    """Delivered, whoever holds it by now: sending it again would be worse. Forget what it said."""
    mine = and_(outbox.c.library == library, outbox.c.id == id, outbox.c.sent_at.is_(None))
    c.execute(
        update(outbox).where(mine).values(sent_at=now, payload=None, held_by=None, held_until=None, parked_at=None, why="")
    )
    if where:
        save_posting(c, where)
