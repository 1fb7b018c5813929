"""Message text: what is too long, and how a person's typing reaches the app."""

from __future__ import annotations

import re

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.model import JSON

LONGEST_TEXT = 40_000
LONGEST_BLOCKS = 13_200
KEPT = re.compile(r"<(?:@[UW]\w+(?:\|[^<>]*)?|#C\w+(?:\|[^<>]*)?|![^<>]+|(?:https?|mailto):[^<>\s]+)>")
URL = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]}'\"]")


def checked(text: str) -> str:
    """Slack truncates above 40,000 characters; here it is an error, so that nobody loses text unnoticed."""
    if len(text) > LONGEST_TEXT:
        raise SlackError("msg_too_long")
    return text


def typed(text: str) -> str:
    """What a person typed, as Slack sends it: &, < and > escaped, addresses linked; `<@U…>`, `<#C…>`, `<!…>` are mentions."""
    out, at = [], 0
    for kept in KEPT.finditer(text):
        out += [_plain(text[at : kept.start()]), kept.group()]
        at = kept.end()
    return "".join([*out, _plain(text[at:])])


def _plain(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return URL.sub(lambda match: f"<{match.group()}>", escaped)


def rich_text(text: str, block_id: str) -> list[JSON]:
    """The block that Slack's own editor makes of what was typed (see `typed`)."""
    elements: list[JSON] = []
    at = 0
    for found in re.finditer(r"<([^<>]+)>", text):
        if found.start() > at:
            elements.append({"type": "text", "text": _unescaped(text[at : found.start()])})
        elements.append(_element(found.group(1)))
        at = found.end()
    if at < len(text) or not elements:
        elements.append({"type": "text", "text": _unescaped(text[at:])})
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _element(inside: str) -> JSON:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": _unescaped(target)} | ({"text": label} if label else {})


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def length_of(value: object) -> int:
    """Characters of every text in a block structure, as `msg_blocks_too_long` counts them (undocumented, about)."""
    if isinstance(value, list):
        return sum(length_of(one) for one in value)
    if isinstance(value, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else length_of(v) for k, v in value.items())
    return 0
