"""The one place where text is made storable: PostgreSQL holds no NUL, and a lone surrogate is no UTF-8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

INSTEAD = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """The same text where it can be stored; NUL and lone surrogates become U+FFFD, a split pair becomes its character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", INSTEAD) if "\0" in text else text


T = TypeVar("T")


def cleaned(value: T) -> T:
    """A copy of a record (dataclasses, tuples, lists, mappings, text) in which every text is clean."""
    return cast(T, _cleaned(value))


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case tuple():
            return tuple(_cleaned(v) for v in value)
        case list():
            return [_cleaned(v) for v in value]
        case Mapping():
            return {clean(k): _cleaned(v) for k, v in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            own = {f.name: _cleaned(getattr(value, f.name)) for f in fields(value) if f.init and f.name != "kind"}
            return replace(value, **own)
        case _:
            return value
