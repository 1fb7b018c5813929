"""Shelves: published items that the same people may see stand on one shelf of their library.

Term counts are kept a shelf, so that whoever searches meets figures of what they may see, and nothing else.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.model.access import Sight
from bot.model.knowledge import Item
from storage.search.tables import search_change, search_term, search_text
from storage.tables.knowledge import item

NOWHERE = ""
PUBLIC = "public"
HOUSE = "library"
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def shelf_of(status: str, visibility: str, community: str) -> str:
    """The shelf of an item; NOWHERE while it is not published."""
    if status != "published":
        return NOWHERE
    match visibility:
        case "community":
            return f"c:{community}"
        case "public":
            return PUBLIC
        case _:
            return HOUSE


def is_open(sight: Sight, library: str, shelf: str) -> bool:
    """Whether a shelf of a library is in sight: what `Sight.sees` says of the items on it."""
    if shelf == NOWHERE or library != sight.library:
        return shelf == PUBLIC
    return sight.everything or shelf in (PUBLIC, HOUSE) or shelf.removeprefix("c:") in sight.communities


def changed(c: Connection, kind: str) -> int:
    """The number of a new change to texts of this kind. Changes of a kind wait for each other here."""
    new = _INSERT[c.dialect.name](search_change).values(kind=kind, count=1)
    new = new.on_conflict_do_update(index_elements=["kind"], set_={"count": search_change.c.count + 1})
    return int(c.execute(new.returning(search_change.c.count)).scalar_one())


def current_shelf(c: Connection, library: str, id: str) -> str:
    """Where the item belongs as it is stored; its row stays locked, so that nobody moves it meanwhile."""
    i = item.c
    query = select(i.status, i.visibility, i.community).where(i.library == library, i.id == id).with_for_update()
    row = c.execute(query).first()
    return shelf_of(row.status, row.visibility, row.community) if row else NOWHERE


def reshelve(c: Connection, saved: Item) -> None:
    """Move the item's text to the shelf where it belongs now."""
    t = search_text.c
    shelf = shelf_of(saved.status, saved.visibility, saved.community)
    query = select(t.seq, t.shelf, t.terms).where(t.library == saved.library, t.kind == "item", t.id == saved.id, ~t.dropped)
    row = c.execute(query).first()
    if row is None or row.shelf == shelf:
        return
    number = changed(c, "item")
    take_off(c, saved.library, row.shelf, row.seq, row.terms)
    put_on(c, saved.library, shelf, row.seq, row.terms)
    c.execute(search_text.update().where(t.seq == row.seq).values(shelf=shelf, changed=number))


def put_on(c: Connection, library: str, shelf: str, seq: int, terms: str) -> None:
    """Count and index a text that came to a shelf."""
    if shelf != NOWHERE:
        _count(c, library, shelf, terms, 1)
        _index(c, "INSERT INTO search_fts(rowid, terms) VALUES (:seq, :terms)", seq, terms)


def take_off(c: Connection, library: str, shelf: str, seq: int, terms: str) -> None:
    """The reverse; `terms` must be those it was put on with."""
    if shelf != NOWHERE:
        _count(c, library, shelf, terms, -1)
        _index(c, "INSERT INTO search_fts(search_fts, rowid, terms) VALUES ('delete', :seq, :terms)", seq, terms)


def _index(c: Connection, statement: str, seq: int, terms: str) -> None:
    """SQLite's index is ours to keep; PostgreSQL keeps its own."""
    if c.dialect.name == "sqlite":
        c.execute(text(statement), {"seq": seq, "terms": " ".join(token(term) for term in terms.split(" "))})


def _count(c: Connection, library: str, shelf: str, terms: str, by: int) -> None:
    rows = [{"library": library, "shelf": shelf, "term": term, "texts": by} for term in _distinct(terms)]
    if not rows:
        return
    new = _INSERT[c.dialect.name](search_term)
    c.execute(new.on_conflict_do_update(index_elements=_KEY, set_={"texts": search_term.c.texts + new.excluded.texts}), rows)
    if by < 0:
        t = search_term.c
        gone = search_term.delete().where(t.term.in_(_distinct(terms)), t.library == library, t.shelf == shelf, t.texts <= 0)
        c.execute(gone)


_KEY = ["library", "shelf", "term"]


def _distinct(terms: str) -> list[str]:
    return sorted(set(terms.split(" ")) - {""})


def token(term: str) -> str:
    """The term as SQLite's index holds it: lower-case letters and digits stay, all else becomes hex digits."""
    plain = term.isascii() and term.isalnum() and term == term.lower() and not term.startswith("zz")
    return term if plain else "zz" + term.encode().hex()
