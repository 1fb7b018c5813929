"""Bytes that Slack, or somebody else, sent → JSON that is what it should be; and looking into it without surprises. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

Json = Mapping[str, object]
Kind = Literal["event", "command", "interaction"]

NOTHING: Json = {}
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_UNFIT = re.compile("[\ud800-\udfff\0]")


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery of Slack's: what kind of thing it is, and its JSON (a command's form as a flat object).

    `again`: Slack tried before and did not reach us.
    """

    kind: Kind
    payload: Json
    again: bool = False


def clean(text: str) -> str:
    """NUL and lone surrogates, which no database and no wire carries, as U+FFFD."""
    return _UNFIT.sub("\ufffd", text)


def parsed(raw: bytes) -> Json | None:
    """A JSON object; None for whatever is not one: bad UTF-8, another type, nested too deep, numbers beyond measure."""
    try:
        value = json.loads(raw.decode())
        if not isinstance(value, dict):
            return None
        found = _cleaned(value) if _SUSPECT.search(raw) else value
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _cleaned(value: object) -> object:
    match value:
        case str():
            return clean(value)
        case dict():
            return {clean(key): _cleaned(inner) for key, inner in value.items()}
        case list():
            return [_cleaned(inner) for inner in value]
    return value


def read(content_type: str, body: bytes) -> Sent | None:
    """What a genuine request says; None where it is not of a shape that Slack sends."""
    media = content_type.partition(";")[0].strip().lower()
    if media == "application/json":
        payload = parsed(body)
        return Sent("event", payload) if payload else None
    if media != "application/x-www-form-urlencoded":
        return None
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return None
    if "payload" in fields:
        inner = parsed(fields["payload"].encode(errors="replace"))
        return Sent("interaction", inner) if inner and text(inner, "type") else None
    found = {clean(key): clean(value) for key, value in fields.items()}
    return Sent("command", found) if found.get("command") else None


def obj(value: object, key: str) -> Json:
    """The object under a key; an empty one where there is none."""
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else NOTHING


def text(value: object, key: str) -> str:
    """The text under a key; "" where there is none."""
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, str) else ""


def number(value: object, key: str) -> int:
    """The whole number under a key; 0 where there is none."""
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, int) and not isinstance(inner, bool) and abs(inner) < 2**53 else 0


def items(value: object, key: str) -> tuple[Json, ...]:
    """The objects of the list under a key; what is no object is left out."""
    inner = value.get(key) if isinstance(value, dict) else None
    return tuple(one for one in inner if isinstance(one, dict)) if isinstance(inner, list) else ()


def texts(value: object, key: str) -> tuple[str, ...]:
    """The texts of the list under a key."""
    inner = value.get(key) if isinstance(value, dict) else None
    return tuple(one for one in inner if isinstance(one, str)) if isinstance(inner, list) else ()
