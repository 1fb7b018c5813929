"""What Slack refuses, as an exception that carries the answer."""

from __future__ import annotations


class SlackError(Exception):
    """Becomes `{"ok": false, "error": code, …extra}`."""

    def __init__(self, code: str, **extra: object) -> None:
        super().__init__(code)
        self.code, self.extra = code, extra


class RateLimited(SlackError):
    """Becomes HTTP 429 with Retry-After in whole seconds."""

    def __init__(self, after: int) -> None:
        super().__init__("ratelimited")
        self.after = after


def invalid(code: str, problems: list[str]) -> SlackError:
    """`invalid_blocks`, `invalid_arguments`, with what is wrong and where, as Slack words it."""
    return SlackError(code, errors=problems, response_metadata={"messages": [f"[ERROR] {one}" for one in problems]})
