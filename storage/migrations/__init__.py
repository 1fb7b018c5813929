"""Schema migrations, on both engines. `upgrade(url)` is all that the rest needs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url

from bot.errors import Unavailable
from storage.errors import sorted_error

HEAD = "0012"
HERE = Path(__file__).parent
_LOCK = 7_481_532  # any number, the same for all workers: only one migrates at a time


async def upgrade(url: str) -> None:
    """Bring the database to HEAD, making it where it is missing. `Unavailable`: it cannot be reached or written."""
    try:
        await asyncio.to_thread(_upgrade, url)
    except OSError as error:
        raise Unavailable(why=type(error).__name__) from error
    except sa.exc.DBAPIError as error:
        raise sorted_error(error) from error


def _upgrade(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = _sqlite(parsed)
    else:
        engine = sa.create_engine(parsed, poolclass=sa.pool.NullPool, connect_args={"connect_timeout": 2})
    try:
        with engine.connect() as connection:
            found = revision(connection)
        if found != HEAD:
            with engine.begin() as connection:
                migrate(connection)
    finally:
        engine.dispose()


def _sqlite(url: URL) -> sa.Engine:
    """A migration is one transaction here too: Python's driver must be kept from beginning and ending them itself."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool, connect_args={"isolation_level": None})
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA journal_mode=WAL").close())
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def revision(connection: Connection) -> str | None:
    """The revision that the database is at; None where it is empty. Cheap: Alembic is not loaded for it."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def migrate(connection: Connection) -> None:
    """Run what is missing, in the connection's transaction."""
    from alembic import command  # a third of a second, needed once
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
