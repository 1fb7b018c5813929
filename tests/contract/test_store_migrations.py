"""The migrations and the tables say the same, on both engines."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import Unavailable
from storage import migrations
from storage.migrations import HEAD, HERE, revision, upgrade
from storage.store import open_store
from storage.tables import metadata
from tests.contract.postgres_server import run
from tests.contract.store_things import LIBRARY, TestClock

pytestmark = pytest.mark.anyio


def ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Beyond the table language: SQLite's full text index (tables of its own) and PostgreSQL's array index."""
    return not (name or "").startswith(("search_fts", "search_text_terms"))


def test_a_migrated_database_has_the_tables_that_the_code_names(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert revision(connection) == HEAD
    engine.dispose()


def test_head_is_the_last_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_every_table_has_the_library_in_it() -> None:
    without = {table.name for table in metadata.sorted_tables if "library" not in table.c}
    assert without == {"search_change"}, "a counter of changes only"


async def test_an_upgrade_again_changes_nothing(url: str, clock: TestClock) -> None:
    await upgrade(url)
    store = await open_store(url, library=LIBRARY, clock=clock)
    await store.close()


async def test_ten_first_starts_at_once_make_one_database(postgres_database: str, tmp_path: Path) -> None:
    run(postgres_database, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    for url in (postgres_database, f"sqlite:///{tmp_path}/guyub.db"):
        await asyncio.gather(*(upgrade(url) for _ in range(10)))
        await upgrade(url)


async def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/guyub.db"

    with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
        broken.setattr(migrations, "migrate", lambda connection, whole=migrations.migrate: (whole(connection), 1 / 0))
        await upgrade(url)
    with sqlite3.connect(tmp_path / "guyub.db") as left:
        assert left.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    await upgrade(url)


async def test_a_database_is_made_where_there_is_none(tmp_path: Path, clock: TestClock) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/new/folder/guyub.db", library=LIBRARY, clock=clock)
    assert (await store.health(clock())).inbox_waiting == 0
    await store.close()


async def test_a_place_that_cannot_be_written_is_unavailable(tmp_path: Path, clock: TestClock) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable):
        await open_store(f"sqlite:///{tmp_path}/file/guyub.db", library=LIBRARY, clock=clock)


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path, clock: TestClock) -> None:
    (tmp_path / "guyub.db").write_bytes(b"not a database, but long enough to look at" * 30)
    with pytest.raises(Unavailable):
        await open_store(f"sqlite:///{tmp_path}/guyub.db", library=LIBRARY, clock=clock)


async def test_a_server_that_is_not_there_is_unavailable(clock: TestClock) -> None:
    with pytest.raises(Unavailable):
        await open_store("postgresql+psycopg://nobody@127.0.0.1:1/none", library=LIBRARY, clock=clock)


def test_a_start_on_a_migrated_database_loads_no_alembic(sqlite_url: str) -> None:
    script = f"""
import asyncio, sys
from storage.migrations import upgrade
asyncio.run(upgrade({sqlite_url!r}))
assert "alembic" not in sys.modules and "psycopg" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)
