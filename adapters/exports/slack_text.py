"""Slack's ways to write a message, as plain text: rich text blocks where they are, its own markup elsewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import emoji

from adapters.exports.records import Record, children, number, pieces, text

_ANGLE = re.compile(r"<([^<>]{1,4000})>")
_COLON = re.compile(r":([a-z0-9_+'-]{1,60}):")
_SKIN = re.compile(r"^skin-tone-[2-6]$")
DEEPEST = 8  # lists in lists
Named = Callable[[str], str]  # a user's id → the name


def plain(message: Record, named: Named, channel: Named) -> str:
    """A message's words. `named` and `channel` tell the names behind ids."""
    for block in children(message, "blocks"):
        if text(block, "type") == "rich_text" and (words := _rich(block, named, channel)).strip():
            return words
    return marked(text(message, "text"), named, channel)


def marked(words: str, named: Named, channel: Named) -> str:
    """Slack's mrkdwn: <@U1>, <#C1|name>, <https://…|label>, <!here>, &lt;, :smile:. Bold and the like stay as typed."""
    told = _ANGLE.sub(lambda found: _angle(found[1], named, channel), words)
    return _COLON.sub(lambda found: sign(found[1], found[0]), html.unescape(told))


@lru_cache(maxsize=4096)
def sign(name: str, otherwise: str = "") -> str:
    """The emoji of a Slack name such as "white_check_mark" or "+1::skin-tone-2"; `otherwise` for one of their own making."""
    base = name.partition("::")[0]
    if _SKIN.match(base):
        return ""
    found = emoji.emojize(f":{base}:", language="alias")
    return found if not found.startswith(":") else otherwise


def _angle(inside: str, named: Named, channel: Named) -> str:
    target, _, label = inside.partition("|")
    if target.startswith(("@", "#")):
        if label:
            return target[0] + label.lstrip("@#")
        return target[0] + (named if target[0] == "@" else channel)(target[1:])
    if target.startswith("!"):
        if label:
            return label
        return "@" + target[1:].partition("^")[0]
    return _link(target, label)


def _link(target: str, label: str) -> str:
    target = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label == target or target.removeprefix("https://").removeprefix("http://").rstrip("/") == label.rstrip("/"):
        return target
    return f"{label} ({target})"


def _rich(block: Record, named: Named, channel: Named) -> str:
    """A rich_text block: paragraphs, lists (indented, numbered), quotes, code."""
    lines: list[str] = []
    for part in children(block, "elements"):
        if text(part, "type") == "rich_text_list":
            lines += _list(part, named, channel)
        else:
            lines.append("".join(_inline(part, named, channel)).strip("\n"))
    return "\n".join(lines)


def _list(part: Record, named: Named, channel: Named) -> Iterator[str]:
    indent = "  " * min(max(number(part, "indent"), 0), DEEPEST)
    start = number(part, "offset") + 1
    ordered = text(part, "style") == "ordered"
    for n, item in enumerate(children(part, "elements"), start=start):
        yield f"{indent}{f'{n}.' if ordered else '-'} {''.join(_inline(item, named, channel))}"


def _inline(section: Record, named: Named, channel: Named) -> Iterator[str]:
    for one in pieces(section, "elements"):
        if not isinstance(one, dict):
            continue
        kind = text(one, "type")
        if kind == "user":
            yield "@" + named(text(one, "user_id"))
        elif kind == "channel":
            yield "#" + channel(text(one, "channel_id"))
        elif kind == "broadcast":
            yield "@" + text(one, "range")
        elif kind == "link":
            yield _link(text(one, "url"), text(one, "text"))
        elif kind == "emoji":
            yield sign(text(one, "name"), f":{text(one, 'name')}:")
        else:  # text, date, colour, and what Slack may think of next
            yield text(one, "text", "fallback", "value")
