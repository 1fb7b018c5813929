"""Stores to test: `store` runs each test on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from storage.migrations import upgrade
from storage.search import tables as _search
from storage.store import SqlStore, open_store
from storage.tables import metadata
from tests.contract.postgres_server import run, running_server, text_of
from tests.contract.store_things import LIBRARY, Opener, TestClock

__all__ = ["_search"]


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    with running_server() as url:
        yield url


@pytest.fixture(scope="module")
def postgres_database(request: pytest.FixtureRequest, postgres: URL) -> Iterator[str]:
    """A database of the module's own."""
    name = request.module.__name__.rpartition(".")[2]
    run(postgres, f'CREATE DATABASE "{name}"')
    url = text_of(postgres.set(database=name))
    asyncio.run(upgrade(url))
    yield url
    run(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "guyub.db"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "guyub.db")
    return f"sqlite:///{tmp_path}/guyub.db"


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """The module's database, emptied."""
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    run(postgres_database, f"TRUNCATE {names} RESTART IDENTITY")
    return postgres_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
async def opened(url: str, clock: TestClock) -> AsyncIterator[Opener]:
    """Opens further stores over the same database; they are closed at the end."""
    stores: list[SqlStore] = []

    async def open_one(library: str = LIBRARY, **more: object) -> SqlStore:
        stores.append(await open_store(url, library=library, clock=clock, **more))  # type: ignore[arg-type]
        return stores[-1]

    yield open_one
    for store in stores:
        await store.close()


@pytest.fixture
async def store(opened: Opener) -> SqlStore:
    return await opened()
