"""Alembic runs this. The connection is ours (`storage.migrations.migrate`): there is no alembic.ini."""

from alembic import context

from storage.search import tables as _search
from storage.tables import metadata

__all__ = ["_search"]

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
