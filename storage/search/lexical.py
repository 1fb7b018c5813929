"""Terms to candidates: the same ones on both engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Text, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from bot.model.access import Sight
from storage.clean import clean
from storage.search.shelves import PUBLIC, is_open, token
from storage.search.tables import search_term, search_text

LONGEST = 100  # characters of a term: PostgreSQL indexes no long ones
ENOUGH = 600  # texts that the chosen terms may stand in, together
MOST_TERMS = 12


def storable(words: Iterable[str]) -> tuple[str, ...]:
    """The words as they are kept: without blanks, cut to a length that can be indexed."""
    return tuple(part[:LONGEST] for word in words for part in clean(word).split())


_T = search_term.c
_TERMS = select(_T.library, _T.shelf, _T.term, _T.texts).where(
    _T.term.in_(bindparam("terms", expanding=True)), or_(_T.library == bindparam("home"), _T.shelf == PUBLIC)
)


def documents(c: Connection, words: Iterable[str], sight: Sight) -> Counter[str]:
    """In how many texts in sight each word stands; words that stand in none are left out."""
    counts = Counter[str]()
    for library, shelf, term, texts in c.execute(_TERMS, {"terms": sorted(set(words)), "home": sight.library}):
        if is_open(sight, library, shelf):
            counts[term] += texts
    return counts


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


def found(c: Connection, terms: Sequence[str]) -> list[int]:
    """`seq` of the texts on shelves that have any of these terms, whoever may see them."""
    if not terms:
        return []
    if c.dialect.name == "postgresql":
        return list(c.execute(_POSTGRES, {"any": list(terms)}).scalars())
    return list(c.execute(_SQLITE, {"any": " OR ".join(f'"{token(term)}"' for term in terms)}).scalars())


_SQLITE = text("SELECT rowid FROM search_fts WHERE search_fts MATCH :any")
_ANY = func.string_to_array(search_text.c.terms, text("' '"), type_=ARRAY(Text)).bool_op("&&")(
    bindparam("any", type_=ARRAY(Text))
)
# worded as the index is
_POSTGRES = select(search_text.c.seq).where(_ANY, search_text.c.kind == text("'item'"), search_text.c.shelf != text("''"))
