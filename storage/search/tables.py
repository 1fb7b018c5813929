"""What search keeps. Derived from the nouns: it can be dropped and built anew."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, LargeBinary, Table

from storage.tables.base import metadata, needed
from storage.tables.queue import Sequence
from storage.tables.types import Clean

# A text that was dropped stays as an empty row, so that other processes' memory hears of it.
# `shelf`: where a published item may be seen (see shelves.py), "" for all else. `model` is "" where there is no vector.
search_text = Table(
    "search_text",
    metadata,
    Column("seq", Sequence, Identity(), primary_key=True),
    needed("library"),
    needed("kind"),
    needed("id"),
    needed("shelf"),
    needed("terms"),  # joined by single spaces
    needed("length", Integer),  # in terms
    needed("model"),
    needed("dimension", Integer),
    Column("vector", LargeBinary),  # float32, little endian
    needed("changed", BigInteger),
    needed("dropped", Boolean),
    Index("search_text_id", "library", "kind", "id", unique=True),
    Index("search_text_changed", "kind", "changed"),
    Index("search_text_model", "library", "dropped", "model"),
)
# In how many of a shelf's texts a term stands.
search_term = Table(
    "search_term",
    metadata,
    Column("term", Clean, primary_key=True),
    Column("library", Clean, primary_key=True),
    Column("shelf", Clean, primary_key=True),
    needed("texts", Integer),
)
# Counts the changes of a kind. Whoever changes a text holds this row's lock, so that changes are seen in their order.
search_change = Table("search_change", metadata, Column("kind", Clean, primary_key=True), needed("count", BigInteger))

# Beyond what the table language says, the migration adds: on SQLite `search_fts`, a full text index that holds only rowids
# (`detail=none`) of terms made safe by `shelves.token`; on PostgreSQL an index over the same terms as an array.
