"""Terms to candidates: the same ones on both engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Text, and_, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from bot.model.access import Sight
from storage.clean import clean
from storage.search.shelves import on_shelves_of, token
from storage.search.tables import search_term, search_text

LONGEST = 100  # characters of a term: PostgreSQL indexes no long ones
ENOUGH = 600  # texts that the chosen terms may stand in, together
MOST_TERMS = 12
MOST_FOUND = 1000  # newest first, where even the rarest term is common


def storable(words: Iterable[str]) -> tuple[str, ...]:
    """The words as they are kept: without blanks, cut to a length that can be indexed."""
    return tuple(part[:LONGEST] for word in words for part in clean(word).split())


def documents(c: Connection, words: Iterable[str], sight: Sight) -> dict[str, int]:
    """In how many texts in sight each word stands; words that stand in none are left out."""
    t = search_term.c
    query = select(t.term, func.sum(t.texts)).where(t.term.in_(sorted(set(words))), on_shelves_of(t, sight))
    return {term: int(texts) for term, texts in c.execute(query.group_by(t.term))}


def rarest(documents: Mapping[str, int]) -> list[str]:
    """The rarest terms, as long as they stand in few enough texts together; at least one."""
    chosen: list[str] = []
    together = 0
    for term, texts in sorted(documents.items(), key=lambda pair: (pair[1], pair[0]))[:MOST_TERMS]:
        together += texts
        if chosen and together > ENOUGH:
            break
        chosen.append(term)
    return chosen


def found(c: Connection, terms: Sequence[str], sight: Sight) -> list[int]:
    """`seq` of the texts in sight that have any of these terms."""
    if not terms:
        return []
    t = search_text.c
    query = select(t.seq).where(t.kind == "item", on_shelves_of(t, sight)).order_by(t.id.desc()).limit(MOST_FOUND)
    return list(c.execute(query.where(_has_any(c.dialect.name, terms))).scalars())


def _has_any(engine: str, terms: Sequence[str]) -> Any:
    if engine == "postgresql":
        kept = func.string_to_array(search_text.c.terms, text("' '"), type_=ARRAY(Text))
        any_of = kept.bool_op("&&")(bindparam("any", list(terms), ARRAY(Text), unique=True))
        return and_(any_of, search_text.c.shelf != "")  # as the index says
    match = " OR ".join(f'"{token(term)}"' for term in terms)
    hits = text("SELECT rowid FROM search_fts WHERE search_fts MATCH :match").bindparams(bindparam("match", match, unique=True))
    return search_text.c.seq.in_(hits.columns(rowid=search_text.c.seq.type))
