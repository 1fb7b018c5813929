"""Faults: what cannot be stored is told as such, nothing half-done stays, and the store mends itself."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from bot.errors import Conflict, Unavailable
from bot.model.place import Account
from storage import sqlite
from storage.store import SqlStore, open_store
from tests.contract.postgres_server import run
from tests.contract.store_things import LIBRARY, Opener, TestClock, ids_claimed, member, said, save

pytestmark = pytest.mark.anyio


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another process holds the write lock."""
    other = sqlite3.connect(sa.make_url(url).database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@pytest.fixture
async def lite(sqlite_url: str, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """A store on SQLite that waits only briefly for locks."""
    monkeypatch.setattr(sqlite, "PRAGMAS", ("PRAGMA busy_timeout=20", *sqlite.PRAGMAS[1:]))
    return await open_store(sqlite_url, library=LIBRARY, clock=clock)


async def test_a_locked_database_is_unavailable_until_it_is_free(lite: SqlStore, sqlite_url: str) -> None:
    with locked(sqlite_url):
        results = await asyncio.gather(*(lite.receive(said(str(n))) for n in range(5)), return_exceptions=True)
        assert {type(result) for result in results} == {Unavailable}
        assert await lite.members.named("Sari") == (), "reading goes on"
    assert await lite.receive(said("1"))
    assert await ids_claimed(lite) == ["1"]
    await lite.close()


async def test_a_full_disk_is_unavailable_until_there_is_room(lite: SqlStore) -> None:
    def limit(pages: int) -> object:
        return lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar()

    await lite._engine.write(limit(1))  # type: ignore[arg-type]  # rounded up by SQLite to what is used
    results = [await outcome(lite, str(n)) for n in range(200)]
    assert Unavailable in results
    stored = {str(n) for n, result in enumerate(results) if result is True}
    await lite._engine.write(limit(1_000_000))  # type: ignore[arg-type]
    assert await lite.receive(said("after", thread="after"))
    assert set(await ids_claimed(lite, most=300)) == stored | {"after"}, "what was acknowledged, and nothing else"
    await lite.close()


async def outcome(store: SqlStore, id: str) -> object:
    try:
        return await store.receive(said(id, thread=id, text="x" * 3000))
    except Unavailable:
        return Unavailable


async def test_a_units_error_undoes_it_alone(lite: SqlStore) -> None:
    taken = member(accounts=(Account("web", "sari"),))
    await save(lite, taken)
    doomed = member("Doomed", accounts=(Account("web", "sari"),))
    kept = [member(f"Kept {n}") for n in range(10)]
    tried = [save(lite, kept[n], *([doomed] if n == 4 else [])) for n in range(10)]
    results = await asyncio.gather(*tried, return_exceptions=True)
    assert [type(result) for result in results if result] == [Conflict]
    assert [bool(await lite.members.get(one.id)) for one in kept] == [n != 4 for n in range(10)]
    await lite.close()


async def test_a_bug_in_a_unit_reaches_its_caller_and_nobody_else(store: SqlStore) -> None:
    def bug(c: Connection) -> None:
        raise ZeroDivisionError

    results = await asyncio.gather(store._engine.write(bug), store.receive(said("1")), return_exceptions=True)
    assert isinstance(results[0], ZeroDivisionError) and results[1] is True


async def test_a_caller_that_gives_up_harms_nobody(store: SqlStore) -> None:
    gone = asyncio.ensure_future(store.receive(said("1", "a")))
    await asyncio.sleep(0)
    gone.cancel()
    assert await store.receive(said("2", "b"))
    assert set(await ids_claimed(store)) <= {"1", "2"}


async def test_closing_writes_what_waits(opened: Opener) -> None:
    store, after = await opened(), await opened()
    waiting = [asyncio.ensure_future(store.receive(said(str(n), str(n)))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*waiting) == [True] * 20
    assert len(await ids_claimed(after)) == 20


async def test_cut_connections_to_postgres_are_mended(postgres_url: str, clock: TestClock) -> None:
    store = await open_store(postgres_url, library=LIBRARY, clock=clock)
    assert await store.receive(said("1"))
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    run(postgres_url, cut)
    assert await store.receive(said("2", "b"))

    def cut_off(c: Connection) -> None:
        c.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(Unavailable):
        await store._engine.write(cut_off)
    assert await ids_claimed(store) == ["1", "2"]
    await store.close()


WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from bot.events import Event, Said
from bot.model.place import Place
from storage.store import open_store

async def main():
    store = await open_store(sys.argv[1], library="pusat", clock=lambda: datetime.now(UTC))
    async def one(n):
        await store.receive(Event(str(n), "pusat", datetime.now(UTC), Said("halo", str(n)), None, Place("web", "umum", str(n))))
        print(n, flush=True)
    for start in range(0, 100_000, 20):
        await asyncio.gather(*(one(n) for n in range(start, start + 20)))

asyncio.run(main())
"""


def killed_while_writing(url: str) -> set[str]:
    """Runs WRITER and kills it: the ids that it saw received."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(137)]
    os.kill(writer.pid, signal.SIGKILL)
    acknowledged += writer.stdout.read().splitlines()[:-1]
    writer.wait()
    return {*acknowledged}


async def test_what_was_acknowledged_is_there_after_a_kill(url: str, opened: Opener) -> None:
    acknowledged = await asyncio.to_thread(killed_while_writing, url)
    store = await opened()
    assert len(acknowledged) >= 137 and acknowledged <= {*await ids_claimed(store, most=100_000)}
