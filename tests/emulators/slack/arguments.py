"""A call's arguments, wherever they were put: query, form or JSON body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.model import JSON


async def read(request: web.Request) -> JSON:
    """All arguments, the body's over the query's. Raises SlackError for a body that is not what it says."""
    found: JSON = dict(request.query)
    if request.method != "POST" or not request.body_exists:
        return found
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        return found | {key: value for key, value in body.items() if value is not None}
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.post()
        return found | {key: value for key, value in form.items() if isinstance(value, str)}
    if await request.read():
        raise SlackError("invalid_post_type")
    return found


@dataclass(frozen=True)
class Arguments:
    """Typed access. Missing and empty are the same, as on Slack."""

    given: JSON

    def text(self, name: str, default: str = "") -> str:
        value = self.given.get(name)
        return default if value in (None, "") else str(value)

    def need(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]})
        return value

    def flag(self, name: str) -> bool:
        return str(self.given.get(name, "")).lower() in ("1", "true", "yes")

    def number(self, name: str, default: int, least: int = 1, most: int = 1000) -> int:
        text = self.text(name)
        if not text:
            return default
        if not text.isdecimal() or not least <= int(text) <= most:
            raise SlackError("invalid_limit" if name == "limit" else "invalid_arguments")
        return int(text)

    def has(self, name: str) -> bool:
        return self.given.get(name) is not None

    def json(self, name: str, error: str) -> Any:
        """A structure given as such or as JSON text; None when absent."""
        value = self.given.get(name)
        if value in (None, "") or not isinstance(value, str):
            return None if value == "" else value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None

    def objects(self, name: str, error: str) -> list[JSON] | None:
        value = self.json(name, error)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise SlackError(error)
        return value
