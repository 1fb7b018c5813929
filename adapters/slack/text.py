"""Slack's message text → what a person reads: mentions, channels, links, dates and entities written out. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adapters.slack.ids import character

_MARK = re.compile(r"<([@#!][^<>\s][^<>]{0,4000}|[a-z][a-z+.-]{1,20}:[^<>]{1,4000})>")
_PERSON = re.compile(r"<@([A-Z0-9]{1,40})(?:\|[^<>]{0,200})?>")
_EMOJI = re.compile(r":([a-z0-9_+'-]{1,64}):(?::skin-tone-[2-6]:)?")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))


def people_in(text: str) -> tuple[str, ...]:
    """Whoever is mentioned, each once."""
    return tuple(dict.fromkeys(_PERSON.findall(text)))


def readable(text: str, names: Mapping[str, str]) -> str:
    """`names`: user id → name; who is not in it keeps their id."""
    out, at = [], 0
    for mark in _MARK.finditer(text):
        out += [_words(text[at : mark.start()]), _written(mark[1], names)]
        at = mark.end()
    return "".join([*out, _words(text[at:])])


def without(text: str, user: str) -> tuple[str, bool]:
    """The text with every mention of this user cut out, and whether there was one."""
    cut, count = re.subn(rf"<@{re.escape(user)}(?:\|[^<>]{{0,200}})?>[,:]?[ \t]?", "", text) if user else (text, 0)
    return (cut.strip(), True) if count else (text, False)


def unescaped(text: str) -> str:
    """Slack escapes three characters and no more."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)


def _words(text: str) -> str:
    return _EMOJI.sub(_emoji, unescaped(text))


def _emoji(found: re.Match[str]) -> str:
    shown = character(found[1])
    return found[0] if shown.startswith(":") else shown


def _written(inside: str, names: Mapping[str, str]) -> str:
    target, _, label = inside.partition("|")
    label = unescaped(label)
    match target[:1]:
        case "@":
            return f"@{names.get(target[1:]) or label or target[1:]}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return _special(target[1:], label)
    address = unescaped(target)
    known = not label or label in (address, _plain(address))
    return _plain(address, "mailto:", "tel:") if known else f"{label} ({_plain(address, 'mailto:', 'tel:')})"


def _plain(address: str, *schemes: str) -> str:
    """Without these schemes, or without any."""
    scheme = next((one for one in schemes or ("https://", "http://", "mailto:", "tel:") if address.startswith(one)), "")
    return address.removeprefix(scheme)


def _special(what: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@staff>`, `<!date^…|fallback>`."""
    name = what.partition("^")[0]
    if name in ("here", "channel", "everyone"):
        return f"@{name}"
    return label or f"@{name}"
