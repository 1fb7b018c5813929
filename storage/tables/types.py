"""The three column types beyond the plain ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Dialect, Text, TypeDecorator, func

from storage.clean import clean
from storage.codec import adapter, encode


def begins(column: ColumnElement[str], with_: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a text begins so; no sign in it means anything, and no collation matters."""
    return func.substr(column, 1, func.length(with_)) == with_


class Clean(TypeDecorator[str]):
    """Text, cleaned on its way in, also where it is compared with."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps it without its zone, as text that sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Nested(TypeDecorator[Any]):
    """A tuple of records or texts, as JSON. `shape` is its type, such as `tuple[Guess, ...]`."""

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return "[]" if value == () else encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return () if value in ("[]", None) else adapter(self.shape).validate_json(value)
