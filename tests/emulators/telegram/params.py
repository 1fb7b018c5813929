"""The parameters of one call, however they were sent: values arrive as text or as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.emulators.telegram.errors import bad


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes = field(repr=False)
    mime: str


def utf8(text: str) -> str:
    """Refuses lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    return text


@dataclass(frozen=True)
class Params:
    values: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """ "" where it is missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        return utf8(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))

    def has(self, name: str) -> bool:
        return self.text(name) != ""

    def whole(self, name: str, default: int = 0) -> int:
        """An integer; the default where it is missing or none."""
        try:
            return int(self.text(name).strip())
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, what: str) -> Any:
        """Parsed JSON, None where it is missing; `what` names it in the refusal."""
        value = self.values.get(name)
        if not isinstance(value, str):
            utf8(json.dumps(value, ensure_ascii=False))
            return value
        if not value.strip():
            return None
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            raise bad(f"can't parse {what} JSON object") from None
        utf8(json.dumps(parsed, ensure_ascii=False))
        return parsed
