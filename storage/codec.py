"""Events and messages as JSON, for the inbox and the outbox. `decode(encode(x)) == cleaned(x)`.

Sequences inside a `Say`'s data come back as lists.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import Discriminator, TypeAdapter
from pydantic_core import PydanticSerializationError, from_json, to_json

from bot.events import Event
from bot.outcome import Address, At, Button, Direct, Out, React, Say, Under, Whisper
from storage.clean import cleaned

_EVENT = TypeAdapter(Event)
_REACT = TypeAdapter(React)
_ADDRESS: TypeAdapter[Address] = TypeAdapter(Annotated[At | Whisper | Direct | Under, Discriminator("kind")])


@cache
def adapter(shape: Any) -> TypeAdapter[Any]:
    """The reader of a nested value of this type."""
    return TypeAdapter(shape)


def encode(value: object) -> str:
    """A record as JSON. Text that cannot be stored is cleaned."""
    try:
        written = to_json(value)
    except PydanticSerializationError:
        written = to_json(cleaned(value))
    if rb"\u0000" in written:
        written = to_json(cleaned(value))
    return written.decode()


def decode_event(text: str) -> Event:
    return _EVENT.validate_json(text)


def decode_out(text: str) -> Out:
    raw = from_json(text)
    return _REACT.validate_python(raw) if raw["kind"] == "react" else _say(raw)


def _say(raw: dict[str, Any]) -> Say:
    """By hand: pydantic cannot read the recursive type of `data`."""
    del raw["kind"]
    to = _ADDRESS.validate_python(raw.pop("to"))
    buttons = tuple(Button(**b) for b in raw.pop("buttons"))
    return Say(to, buttons=buttons, files=tuple((name, sha256) for name, sha256 in raw.pop("files")), **raw)
