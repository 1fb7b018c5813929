"""Hands what people did to the bot, in order per conversation, again until the bot has it.

A platform such as Slack sends an event again until it is acknowledged. This is our own: an event is stored with the
message it tells of, its row goes once the bot holds it, and its id is the same at every try, so that the bot can tell.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from sqlite3 import Connection
from weakref import WeakValueDictionary

from adapters.web.store import Store
from adapters.web.translate import Payload, to_event
from bot.doors import Ears, Shown
from bot.errors import Unavailable

log = logging.getLogger(__name__)
PAUSE = 1.0
PATIENCE = 10.0
TRIES = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that the bot does not have yet."""

    id: str
    lane: str
    payload: Payload
    tries: int


class Courier:
    """Delivers events to the bot's ears; between `start` and `stop` it retries every second."""

    def __init__(self, store: Store, library: str) -> None:
        self._store, self._library = store, library
        self._ears: Ears | None = None
        self._task: asyncio.Task[None] | None = None
        # A lane's lock lives as long as somebody holds it or waits for it.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._answering: set[str] = set()

    def start(self, ears: Ears) -> None:
        self._ears = ears
        self._task = asyncio.create_task(self._keep_trying(), name="messenger-courier")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._ears = self._task = None

    @property
    def ears(self) -> Ears | None:
        return self._ears

    def lane(self, payload: Payload) -> str:
        """The conversation in which this event must keep its place."""
        return to_event(payload, self._library).lane

    async def flush(self, lane: str) -> bool:
        """Hand over what waits in this conversation, oldest first; False where it stopped at one that did not go."""
        lock = self._locks.get(lane)
        if lock is None:
            lock = self._locks[lane] = asyncio.Lock()
        async with lock:
            try:
                for waiting in await self._store.read(_waiting, lane):
                    if waiting.id not in self._answering and not await self._hand_over(waiting):
                        return False
            except Unavailable:  # the messenger's own database: what waits, waits on
                return False
        return True

    async def ask(self, payload: Payload) -> Shown | None:
        """Hand over what wants an answer at once. Its row is stored already: after a crash it is retried like the others.

        `Unavailable`: the bot could not take it; the person is told, so it is not tried again behind their back.
        """
        if self._ears is None:
            await self._store.write(_done, payload["id"])
            raise Unavailable()
        self._answering.add(payload["id"])
        try:
            await self.flush(self.lane(payload))
            shown = await self._ears.respond(to_event(payload, self._library))
        except Unavailable:
            await self._store.write(_done, payload["id"])
            raise
        except Exception as error:  # a bug behind the ears: the log has it, the person hears that it did not work
            log.exception("the bot failed on event %s", payload["id"])
            await self._store.write(_done, payload["id"])
            raise Unavailable() from error
        finally:
            self._answering.discard(payload["id"])  # cut off by a stop: the row stays, the next start hands it over
        await self._store.write(_done, payload["id"])
        return shown

    async def _hand_over(self, waiting: Waiting) -> bool:
        if self._ears is None:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                await self._ears.receive(to_event(waiting.payload, self._library))
        except (Unavailable, TimeoutError):
            return False
        except Exception as error:  # a bug behind the ears must not lose the event, nor hold up the others for ever
            log.exception("the bot failed on event %s", waiting.id)
            return await self._store.write(_failed, waiting.id, type(error).__name__)
        await self._store.write(_done, waiting.id)
        return True

    async def _keep_trying(self) -> None:
        while True:
            try:
                for lane in await self._store.read(_lanes):
                    await self.flush(lane)
            except Unavailable:
                log.warning("the messenger's database is not available; trying again")
            await asyncio.sleep(PAUSE)


def _lanes(c: Connection) -> tuple[str, ...]:
    rows = c.execute("SELECT lane FROM undelivered WHERE parked = 0 GROUP BY lane ORDER BY MIN(seq)")
    return tuple(row[0] for row in rows)


def _waiting(c: Connection, lane: str) -> tuple[Waiting, ...]:
    rows = c.execute("SELECT * FROM undelivered WHERE lane = ? AND parked = 0 ORDER BY seq", (lane,))
    return tuple(Waiting(row["id"], row["lane"], json.loads(row["payload"]), row["tries"]) for row in rows)


def _done(c: Connection, id: str) -> None:
    c.execute("DELETE FROM undelivered WHERE id = ?", (id,))


def _failed(c: Connection, id: str, why: str) -> bool:
    """Whether it was parked, so that the next may go."""
    c.execute("UPDATE undelivered SET tries = tries + 1, why = ?, parked = tries + 1 >= ? WHERE id = ?", (why, TRIES, id))
    return bool(c.execute("SELECT parked FROM undelivered WHERE id = ?", (id,)).fetchone()[0])
