"""The methods, each with its rate tier, the scopes it needs and the tokens it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.emulators.slack.arguments import Arguments
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.model import JSON, Channel, Message, Token
from tests.emulators.slack.workspace import Workspace


@dataclass(frozen=True)
class Call:
    """One call under way. Methods have no await: what they do is whole or not at all."""

    space: Workspace
    token: Token
    args: Arguments

    def channel(self, name: str = "channel", member: bool = False) -> Channel:
        """The channel that an argument names, if the caller may know of it; `member`: the caller must be in it."""
        channel = self.space.channels.get(self.args.need(name))
        if channel is None or (channel.kind != "public" and self.token.user not in channel.members):
            raise SlackError("channel_not_found")
        if member and self.token.user not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        message = channel.by_ts.get(self.args.need(name))
        if message is None:
            raise SlackError("message_not_found")
        return message

    def scope_for(self, family: str, channel: Channel) -> None:
        """`channels:history` for a public channel, `groups:…` for a private one, `im:…` for direct messages."""
        prefix = {"public": "channels", "private": "groups", "im": "im"}[channel.kind]
        self.require(f"{prefix}:{family}")

    def require(self, *any_of: str) -> None:
        if any_of and not self.token.scopes & set(any_of):
            raise SlackError("missing_scope", needed=",".join(any_of), provided=",".join(sorted(self.token.scopes)))


Handler = Callable[[Call], JSON]


@dataclass(frozen=True)
class Method:
    name: str
    handler: Handler
    tier: int
    scopes: tuple[str, ...]
    tokens: tuple[str, ...]


METHODS: dict[str, Method] = {}
Answerer = Callable[[Call], Awaitable[JSON]]


def method(name: str, *scopes: str, tier: int = 3, tokens: tuple[str, ...] = ("bot", "user")) -> Callable[[Handler], Handler]:
    """Register a handler. `scopes`: any one of them is enough."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, tier, scopes, tokens)
        return handler

    return register


def page(items: list[JSON], args: Arguments, default: int = 100, most: int = 1000) -> tuple[list[JSON], JSON]:
    """A page of `items` by `cursor` and `limit`, and the metadata that leads to the next."""
    start = cursor_at(args)
    limit = args.number("limit", default, most=most)
    following = make_cursor(start + limit) if start + limit < len(items) else ""
    return items[start : start + limit], {"response_metadata": {"next_cursor": following}}


def make_cursor(at: int | str) -> str:
    import base64

    return base64.b64encode(f"next:{at}".encode()).decode()


def cursor_value(args: Arguments) -> str:
    """What was put into a cursor; empty without one. Raises invalid_cursor."""
    import base64
    import binascii

    given = args.text("cursor")
    if not given:
        return ""
    try:
        word, _, value = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    if word != "next" or not value:
        raise SlackError("invalid_cursor")
    return value


def cursor_at(args: Arguments) -> int:
    value = cursor_value(args)
    if value and not value.isdecimal():
        raise SlackError("invalid_cursor")
    return int(value or 0)
