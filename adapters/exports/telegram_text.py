"""Telegram's ways to write a message in an export, as plain text: a string, or a list of strings and marked pieces."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.exports.records import Json, Record, child, children, text
from adapters.exports.words import name

MOST_PIECES = 5_000


def plain(message: Record) -> str:
    """A message's words; a poll is its question and its choices."""
    said = _said(message.get("text")) or _said(message.get("text_entities"))
    return said or _poll(child(message, "poll"))


def _said(value: Json) -> str:
    if isinstance(value, str):
        return value
    return "".join(_pieces(value)) if isinstance(value, list) else ""


def _pieces(value: list[Json]) -> Iterator[str]:
    for one in value[:MOST_PIECES]:
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            yield _piece(one)


def _piece(one: Record) -> str:
    """A marked piece: bold, mention, hashtag … as they read; a hidden link with its address behind."""
    words, kind = text(one, "text"), text(one, "type")
    if kind == "text_link":
        address = text(one, "href")
        return f"{words} ({address})" if address.startswith(("http://", "https://")) and address != words else words
    if kind == "blockquote":
        return f"\n{words}\n"
    return words


def _poll(poll: Record) -> str:
    question = name(text(poll, "question")) if isinstance(poll.get("question"), str) else name(_said(poll.get("question")))
    if not question:
        return ""
    choices = [name(text(one, "text") or _said(one.get("text"))) for one in children(poll, "answers")[:20]]
    return "\n".join([question, *(f"- {choice}" for choice in choices if choice)])
