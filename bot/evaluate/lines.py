"""JSON Lines as `guyub eval` takes them. A bad line is an error that names file, line and reason; unknown keys are ignored.

A line's label is read only by `gold`, which the commands call after all predictions are made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from bot.errors import GuyubError

Id = str | int
_MISSING = object()


class BadLine(GuyubError):
    """A file of labelled lines cannot be used. `line` counts from 1."""

    def __init__(self, where: str, line: int, why: str) -> None:
        super().__init__(where=where, line=line, why=why)
        self.where, self.line, self.why = where, line, why

    def __str__(self) -> str:
        return f"{self.where}, line {self.line}: {self.why}"


@dataclass(frozen=True, slots=True)
class Line:
    """One object of a file; `at` is its line. What it says is asked for by name."""

    where: str
    at: int
    _fields: Mapping[str, object] = field(repr=False)

    def id(self, name: str) -> Id:
        """A name of its own: a text or a whole number."""
        value = self._fields.get(name, _MISSING)
        if value is _MISSING:
            self.refuse(f"`{name}` is missing")
        if not isinstance(value, (str, int)) or isinstance(value, bool) or value == "":
            self.refuse(f"`{name}` must be a text or a whole number")
        return value

    def text(self, name: str, *, needed: bool = True) -> str:
        """A text; "" where it may be missing or null and is."""
        value = self._fields.get(name, _MISSING)
        if not needed and (value is _MISSING or value is None):
            return ""
        if value is _MISSING:
            self.refuse(f"`{name}` is missing")
        if not isinstance(value, str):
            self.refuse(f"`{name}` must be a text")
        return value

    def rows(self, name: str) -> list[Line]:
        """A list of objects."""
        value = self._fields.get(name, _MISSING)
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.refuse(f"`{name}` must be a list of objects")
        return [Line(self.where, self.at, one) for one in value]

    def has(self, name: str) -> bool:
        """Whether the line is labelled; says nothing of the label."""
        return name in self._fields

    def gold(self, name: str) -> object:
        """The label. Read it after predicting only."""
        return self._fields[name]

    def refuse(self, why: str) -> NoReturn:
        """BadLine for this line."""
        raise BadLine(self.where, self.at, why)


def read(path: Path, id_name: str = "id") -> list[Line]:
    """The lines of a file, in order; ids differ. Empty lines are passed over."""
    try:
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as problem:
        raise BadLine(str(path), 1, f"cannot be read ({problem.strerror})") from problem
    found: list[Line] = []
    seen: set[Id] = set()
    for at, raw in enumerate(data.split(b"\n"), start=1):
        if raw.strip():
            line = Line(str(path), at, _object(raw, str(path), at))
            if (own := line.id(id_name)) in seen:
                line.refuse(f"`{id_name}` {own!r} is there twice")
            seen.add(own)
            found.append(line)
    return found


def acceptable(line: Line, name: str, known: Sequence[str] | frozenset[str]) -> frozenset[str]:
    """A label that is a known key, a list of them, or null (none is right)."""
    value = line.gold(name)
    many = [] if value is None else value if isinstance(value, list) else [value]
    if value == [] or not all(isinstance(one, str) for one in many):
        line.refuse(f"`{name}` must be a key, a list of keys, or null")
    for one in many:
        if one not in known:
            line.refuse(f"`{name}`: {one!r} is not known")
    return frozenset(many)


def _object(raw: bytes, where: str, at: int) -> Mapping[str, object]:
    try:
        value: object = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as problem:
        raise BadLine(where, at, "is not UTF-8 text; save the file as UTF-8") from problem
    except json.JSONDecodeError as problem:
        raise BadLine(where, at, f"is not JSON ({problem.msg}, column {problem.colno})") from problem
    except (RecursionError, ValueError) as problem:
        raise BadLine(where, at, "is not JSON that can be read (nested too deeply, or a number too long)") from problem
    if not isinstance(value, dict):
        raise BadLine(where, at, "must be an object: {…}")
    return value
