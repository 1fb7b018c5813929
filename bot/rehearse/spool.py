"""Anything of any number in order of time, in flat memory: sorted in pieces on the disk, then merged."""

from __future__ import annotations

import heapq
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Generic, TypeVar

T = TypeVar("T")
PIECE = 20_000  # sorted in memory at a time
Key = tuple[datetime, str]


class Spool(Generic[T]):
    """Takes in everything, then gives it out by `key`, as often as it is asked for. Its files have no names and go with it."""

    def __init__(self, key: Callable[[T], Key], piece: int = PIECE) -> None:
        self.key, self.piece = key, piece
        self.count = 0
        self._held: list[T] = []
        self._files: list[BinaryIO] = []
        self._closing = ExitStack()

    def __enter__(self) -> Spool[T]:
        return self

    def __exit__(self, *why: object) -> None:
        self._closing.close()

    def take(self, many: Iterable[T]) -> None:
        """All of these, in any order."""
        rest = iter(many)
        while held := list(islice(rest, self.piece - len(self._held))):
            self.count += len(held)
            self._held += held
            if len(self._held) >= self.piece:
                self._write()

    def _write(self) -> None:
        file = self._closing.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  # closed with all the others
        for one in sorted(self._held, key=self.key):
            pickle.dump(one, file, pickle.HIGHEST_PROTOCOL)
        self._files.append(file)
        self._held = []

    def __iter__(self) -> Iterator[T]:
        """In order. One reading at a time."""
        pieces: list[Iterable[T]] = [_read(file) for file in self._files]
        return heapq.merge(*pieces, sorted(self._held, key=self.key), key=self.key)


def _read(file: BinaryIO) -> Iterator[T]:
    file.seek(0)
    while True:
        try:
            one: T = pickle.load(file)  # our own, written a moment ago into a file without a name
        except EOFError:
            return
        yield one
