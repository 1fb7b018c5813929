"""Texts of one kind in memory: their terms, and their vectors as one matrix. Kept up to date by the change counter.

All libraries of the database are in it; a shelf's code says who may see a text. Positions are never given away again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, and_, bindparam, case, select

from bot.model.access import Sight
from bot.ports import Vector
from storage.search.shelves import is_open
from storage.search.tables import search_change, search_text

Centre = Callable[[Vector], Vector]
Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
_COUNT = select(search_change.c.count).where(search_change.c.kind == bindparam("k"))
GONE = 0  # the code of a text that was dropped


class Texts:
    """id, terms, length and shelf of every text of a kind, by position."""

    def __init__(self, kind: str) -> None:
        self.kind, self.seen = kind, 0
        self.ids: list[str] = []
        self.terms: list[tuple[str, ...]] = []
        self.at_seq: dict[int, int] = {}
        self.at_id: dict[tuple[str, str], int] = {}
        self._shelves: list[tuple[str, str]] = [("", "")]
        self._codes: dict[tuple[str, str], int] = {("", ""): GONE}
        self._code = np.zeros(0, np.int64)
        self._length = np.zeros(0, np.int64)

    def refresh(self, c: Connection) -> None:
        """Take in what changed since the last time."""
        count = c.execute(_COUNT, {"k": self.kind}).scalar() or 0
        if count <= self.seen:
            return
        t = search_text.c
        query = select(t.seq, t.library, t.id, t.shelf, t.terms, t.length, t.dropped)
        rows = c.execute(query.where(t.kind == self.kind, t.changed > self.seen).order_by(t.seq)).all()
        self._make_room(sum(row.seq not in self.at_seq for row in rows))
        for row in rows:
            self._take(row)
        self.seen = count

    def in_sight(self, sight: Sight) -> Mask:
        """Which positions may be seen."""
        open_ = np.array([is_open(sight, library, shelf) for library, shelf in self._shelves])
        return open_[self._code]

    def sizes(self, mask: Mask) -> tuple[int, float]:
        """How many texts are in the mask, and their mean length."""
        many = int(np.count_nonzero(mask))
        return many, float(self._length[mask].mean()) if many else 0.0

    def positions(self, library: str, ids: Sequence[str]) -> list[int]:
        """Of those ids that are there."""
        found = (self.at_id.get((library, id)) for id in dict.fromkeys(ids))
        return [at for at in found if at is not None and self._code[at] != GONE]

    def _make_room(self, more: int) -> None:
        if more:
            self._code = np.concatenate([self._code, np.zeros(more, np.int64)])
            self._length = np.concatenate([self._length, np.zeros(more, np.int64)])

    def _take(self, row: Any) -> None:
        at = self.at_seq.setdefault(row.seq, len(self.ids))
        terms = tuple(map(sys.intern, row.terms.split(" "))) if row.terms else ()
        if at == len(self.ids):
            self.ids.append(row.id)
            self.terms.append(terms)
            self.at_id[row.library, row.id] = at
        self.terms[at] = terms
        self._code[at] = GONE if row.dropped else self._code_of(row.library, row.shelf)
        self._length[at] = row.length

    def _code_of(self, library: str, shelf: str) -> int:
        code = self._codes.setdefault((library, shelf), len(self._shelves))
        if code == len(self._shelves):
            self._shelves.append((library, shelf))
        return code


class Vectors:
    """The vectors of one model, in the same positions; centred, of unit length; zero where a text has none."""

    def __init__(self, texts: Texts, model: str, dimension: int, centre: Centre) -> None:
        self._texts, self._model, self._dimension, self._centre = texts, model, dimension, centre
        self._seen = 0
        self.matrix: Vector = np.zeros((0, dimension), np.float32)
        self.known: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)

    def refresh(self, c: Connection) -> None:
        """Follow the texts, which were refreshed on the same snapshot."""
        if self._seen >= self._texts.seen:
            return
        self._make_room()
        t = search_text.c
        mine = and_(t.model == self._model, t.dimension == self._dimension, ~t.dropped)
        query = select(t.seq, case((mine, t.vector), else_=None)).where(t.kind == self._texts.kind, t.changed > self._seen)
        rows = [(self._texts.at_seq[seq], vector) for seq, vector in c.execute(query) if seq in self._texts.at_seq]
        self.known[[at for at, _ in rows]] = False
        here = [(at, vector) for at, vector in rows if vector is not None]
        if here:
            ats = np.array([at for at, _ in here])
            raw = np.frombuffer(b"".join(vector for _, vector in here), "<f4").reshape(len(here), self._dimension)
            self.matrix[ats] = self.centred(raw)
            self.known[ats] = True
        self._seen = self._texts.seen

    def centred(self, vectors: Vector) -> Vector:
        """(n, dimension) → the same, centred and of unit length."""
        moved = np.asarray(self._centre(vectors), np.float32)
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        unit: Vector = np.divide(moved, lengths, out=np.zeros_like(moved), where=lengths > 0)
        return unit

    def _make_room(self) -> None:
        """A third more than needed, so that single additions do not copy the matrix each time."""
        many = len(self._texts.ids)
        if many > len(self.known):
            room = max(many * 4 // 3, 64) - len(self.known)
            self.matrix = np.concatenate([self.matrix, np.zeros((room, self._dimension), np.float32)])
            self.known = np.concatenate([self.known, np.zeros(room, np.bool_)])
