"""Codes that join one person's accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Row

from bot.model.base import Noun
from bot.model.linking import Linking
from storage.tables.base import Kind, fields, needed, noun_table, own
from storage.tables.types import Moment, Nested

linking = noun_table(
    "linking",
    needed("door"),
    needed("user"),
    needed("code"),
    Column("until", Moment),
    needed("taken_door"),
    needed("taken_user"),
    needed("wrong", Nested(tuple[datetime, ...])),
    Index("linking_code", "library", "code"),
)


def linking_from_row(row: Row[Any]) -> Linking:
    return Linking(**fields(row))


KINDS: dict[type[Noun], Kind] = {Linking: Kind(linking, lambda one: own(one, linking))}
