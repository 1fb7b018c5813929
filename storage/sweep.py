"""Sweeps out queue rows that are done and old. Their names are kept long enough to know a late repeat by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from storage.tables.queue import inbox, outbox

AT_A_TIME = 500  # rows, so that nobody waits long behind it


def sweep(connection: Connection, library: str, before: datetime) -> int:
    """Deletes rows that were done before that moment; how many. Parked and waiting ones stay."""
    gone = 0
    for table, done in ((inbox, inbox.c.done_at), (outbox, outbox.c.sent_at)):
        old = select(table.c.seq).where(table.c.library == library, done < before).order_by(table.c.seq).limit(AT_A_TIME)
        gone += connection.execute(delete(table).where(table.c.seq.in_(old))).rowcount
    return gone
