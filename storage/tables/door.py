"""What doors must remember, and when they sent: for all workers of a library together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Float, Index, Table, bindparam, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.doors import Limit
from bot.ports import Clock
from storage.engine import Engine
from storage.tables.base import metadata, needed
from storage.tables.types import Clean, Moment, Nested, begins

remembered = Table(
    "remembered",
    metadata,
    Column("library", Clean, primary_key=True),
    Column("door", Clean, primary_key=True),
    Column("key", Clean, primary_key=True),
    needed("value"),
    Column("until", Moment),
    Index("remembered_until", "library", "until"),
)
pace = Table(
    "pace",
    metadata,
    Column("library", Clean, primary_key=True),
    Column("key", Clean, primary_key=True),
    needed("times", Nested(tuple[float, ...])),  # seconds since 1970 of the last sends, oldest first
    needed("until", Float),  # from this moment on, in the same seconds, the row tells nothing
)

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_HERE = (remembered.c.library == bindparam("l"), remembered.c.door == bindparam("d"))
_ALIVE = or_(remembered.c.until.is_(None), remembered.c.until > bindparam("now", type_=Moment))
_RECALL = select(remembered.c.value).where(*_HERE, remembered.c.key == bindparam("k"), _ALIVE)
_BEGINNING = select(remembered.c.key, remembered.c.value).where(*_HERE, begins(remembered.c.key, bindparam("k")), _ALIVE)
_FORGET = remembered.delete().where(*_HERE, remembered.c.key == bindparam("k"))
_TIMES = select(pace.c.times).where(pace.c.library == bindparam("l"), pace.c.key == bindparam("k")).with_for_update()


class StoredMemory:
    """`bot.ports.Memory` of one door."""

    def __init__(self, engine: Engine, library: str, door: str, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._mine = {"l": library, "d": door}

    async def recall(self, key: str) -> str | None:
        asked = self._mine | {"k": key, "now": self._clock()}
        return await self._engine.read(lambda c: c.execute(_RECALL, asked).scalar())

    async def recall_all(self, prefix: str) -> Mapping[str, str]:
        asked = self._mine | {"k": prefix, "now": self._clock()}
        return await self._engine.read(lambda c: {row.key: row.value for row in c.execute(_BEGINNING, asked)})

    async def remember(self, texts: Mapping[str, str], keep: timedelta | None = None) -> None:
        until = self._clock() + keep if keep else None
        base = {"library": self._mine["l"], "door": self._mine["d"], "until": until}
        rows = [base | {"key": key, "value": value} for key, value in texts.items()]
        if rows:
            await self._engine.write(lambda c: _put(c, rows))

    async def forget(self, *keys: str) -> None:
        if keys:
            await self._engine.write(lambda c: [c.execute(_FORGET, self._mine | {"k": key}) for key in keys])


def _put(c: Connection, rows: list[dict[str, Any]]) -> None:
    new = _INSERT[c.dialect.name](remembered)
    replaced = {"value": new.excluded.value, "until": new.excluded.until}
    c.execute(new.on_conflict_do_update(index_elements=["library", "door", "key"], set_=replaced), rows)


def take_turn(c: Connection, library: str, limits: Sequence[Limit], now: datetime) -> datetime | None:
    """A place under every limit, counted over a window that slides; or, nothing taken, from when on there may be one."""
    moment = now.timestamp()
    known = {limit.key: _times(c, library, limit.key) for limit in sorted(limits, key=lambda one: one.key)}
    free = max((_free_at(known[limit.key], limit, moment) for limit in limits), default=moment)
    if free > moment:
        return datetime.fromtimestamp(free, UTC)
    for limit in limits:
        times = (*known[limit.key], moment)[-limit.most :]
        _save_times(c, library, limit.key, times, moment + limit.seconds)
    return None


def _times(c: Connection, library: str, key: str) -> tuple[float, ...]:
    return c.execute(_TIMES, {"l": library, "k": key}).scalar() or ()


def _free_at(times: tuple[float, ...], limit: Limit, moment: float) -> float:
    """A clock that was set back makes nobody wait longer than the window."""
    if len(times) < limit.most:
        return moment
    return min(times[-limit.most] + limit.seconds, moment + limit.seconds)


def _save_times(c: Connection, library: str, key: str, times: tuple[float, ...], until: float) -> None:
    new = _INSERT[c.dialect.name](pace)
    changed = {"times": new.excluded.times, "until": new.excluded.until}
    row = {"library": library, "key": key, "times": times, "until": until}
    c.execute(new.on_conflict_do_update(index_elements=["library", "key"], set_=changed), row)


def forget_old(c: Connection, library: str, now: datetime) -> int:
    """What doors need no longer; how many rows."""
    gone = c.execute(remembered.delete().where(remembered.c.library == library, remembered.c.until <= now)).rowcount
    gone += c.execute(pace.delete().where(pace.c.library == library, pace.c.until < now.timestamp())).rowcount
    return gone
