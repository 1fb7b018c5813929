"""JSON of any length as single records, in flat memory: each is built within limits, what is around it is only looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import ijson  # type: ignore[import-untyped]

from adapters.exports.encoding import PIECE, Utf8
from adapters.exports.errors import BadMember

Json = None | bool | int | float | Decimal | str | list["Json"] | dict[str, "Json"]
Record = dict[str, Json]
Event = tuple[str, Json]
Path = tuple[str, ...]

DEEPEST = 40  # containers in each other, inside a record
MOST_NODES = 50_000  # values of a record: the longest honest message has some hundreds
DEEP = 8  # containers around the records
#: SystemError: the parser written in C trips over numbers with more digits than Python reads
FAULTS = (ijson.JSONError, ValueError, SystemError, OverflowError, RecursionError)


def records(
    stream: Utf8, at: Callable[[Path], bool], beside: Callable[[Path, Json], None] = lambda path, value: None
) -> Iterator[Record | None]:
    """Every object at a path for which `at` holds; None for one over the limits.

    A path names the keys on the way, "[]" for a list: ("messages", "[]"). `beside` is told the single values outside of
    records. Raises BadMember where the JSON ends too early or makes no sense any more.
    """
    events = ijson.basic_parse(stream, buf_size=PIECE)
    path: list[str] = []
    try:
        for event, value in events:
            if event == "map_key":
                path[-1] = value
            elif event in ("start_map", "start_array"):
                if event == "start_map" and at(tuple(path)):
                    yield _build(events)
                    stream.mark()
                elif len(path) >= DEEP:
                    _skip(events, 1)
                else:
                    path.append("" if event == "start_map" else "[]")
            elif event in ("end_map", "end_array"):
                path.pop()
            else:
                beside(tuple(path), value)
                stream.mark()
    except FAULTS as error:
        raise BadMember("import.part_cut", name=stream.name) from error


def _build(events: Iterator[Event]) -> Record | None:
    """The object whose start was just seen, or None when it is over the limits (it is read to its end all the same)."""
    root: Record = {}
    open_: list[Record | list[Json]] = [root]
    keys: list[str] = [""]
    nodes = 0
    for event, value in events:
        if event == "map_key":
            keys[-1] = str(value)
            continue
        if event in ("end_map", "end_array"):
            open_.pop()
            keys.pop()
            if not open_:
                return root
            continue
        nodes += 1
        new: Json = {} if event == "start_map" else [] if event == "start_array" else value
        top = open_[-1]
        if isinstance(top, dict):
            top[keys[-1]] = new
        else:
            top.append(new)
        if event in ("start_map", "start_array"):
            assert isinstance(new, (dict, list))
            open_.append(new)
            keys.append("")
        if nodes > MOST_NODES or len(open_) > DEEPEST:
            _skip(events, len(open_))
            return None
    return None


def _skip(events: Iterator[Event], depth: int) -> None:
    for event, _ in events:
        if event in ("start_map", "start_array"):
            depth += 1
        elif event in ("end_map", "end_array"):
            depth -= 1
            if not depth:
                return


def text(record: Record, *keys: str) -> str:
    """The first of these keys that holds words, or ""."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def number(record: Record, key: str) -> int:
    """A whole number, also one written as text; 0 when there is none."""
    value = record.get(key)
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**19 else 0


def child(record: Record, key: str) -> Record:
    """The object behind a key, or an empty one."""
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def children(record: Record, key: str) -> list[Record]:
    """The objects in a list behind a key."""
    value = record.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def pieces(record: Record, key: str) -> list[Json]:
    """A list behind a key, of whatever; empty when there is none."""
    value = record.get(key)
    return value if isinstance(value, list) else []
