"""CommonMark → HTML that cannot do anything: tokens from markdown-it, our own tags, nh3 as the last line. Pure.

The bot's text is whole CommonMark. People's text is what they typed: emphasis, code, quotes and addresses come alive,
every other character stays visible as it is, and no link can hide where it goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_BOT = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_PERSON = MarkdownIt("zero", {"html": False}).enable(["backticks", "emphasis", "fence", "blockquote", "newline"])
_PLAIN_PERSON = MarkdownIt("zero", {"html": False}).enable(["newline"])
LIVELY = 600  # marks of emphasis, code and quotes in one message; beyond, it is shown as typed, in bounded time
_WEB = re.compile(r"https?://[^\s<>\"'`\u200b]+")
_PLAIN = {
    "paragraph": "p", "bullet_list": "ul", "ordered_list": "ol", "list_item": "li", "blockquote": "blockquote",
    "strong": "strong", "em": "em", "s": "s", "table": "table", "thead": "thead", "tbody": "tbody", "tr": "tr",
    "th": "th", "td": "td",
}  # fmt: skip
_TAGS = {*_PLAIN.values(), "h2", "pre", "code", "hr", "br", "a", "span", "div"}
_ATTRIBUTES = {"a": {"href", "class", "target", "rel"}, "span": {"class"}, "ol": {"start"}, "div": {"class"}}


@dataclass(frozen=True, slots=True)
class Names:
    """Who may be mentioned: `@Name` as typed → user id; `members`: member id → user id; `links`: guyub:message/… → address."""

    me: str = ""
    typed: tuple[tuple[str, str], ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Context:
    me: str
    typed: Mapping[str, str] = field(default_factory=dict)
    mention: re.Pattern[str] | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    closing: list[str] = field(default_factory=list)


@lru_cache(2000)
def person_html(text: str, names: Names = Names()) -> str:
    """A person's message."""
    parser = _PERSON if sum(map(text.count, "*_`>")) <= LIVELY else _PLAIN_PERSON
    return _safe(_blocks(parser.parse(text), _context(names)))


@lru_cache(2000)
def bot_html(text: str, names: Names = Names()) -> str:
    """The bot's message, sheet or hint."""
    return _safe(_blocks(_BOT.parse(text), _context(names)))


def plain(text: str, longest: int = 160) -> str:
    """Its words alone, for a screen reader's announcement."""
    words = re.sub(r"\]\([^)\s]*\)|[*_`#>\[\]|\\]", "", text)
    return " ".join(words.split())[:longest]


def _context(names: Names) -> _Context:
    typed = {name.casefold(): user for name, user in names.typed}
    longest_first = sorted((re.escape(name) for name, _ in names.typed), key=len, reverse=True)
    mention = re.compile(rf"(?<![\w@./-])@({'|'.join(longest_first)})(?!\w)", re.IGNORECASE) if typed else None
    return _Context(names.me, typed, mention, dict(names.members), dict(names.links))


def _safe(html: str) -> str:
    return nh3.clean(
        html.replace('">@@', '">@'),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )


def _blocks(tokens: Sequence[Token], context: _Context) -> str:
    return "".join(_token(token, context) for token in tokens)


def _token(token: Token, context: _Context) -> str:
    match token.type:
        case "inline":
            return _blocks(token.children or [], context)
        case "text" | "html_inline" | "html_block":
            return _words(token.content, context)
        case "softbreak" | "hardbreak":
            return "<br>"
        case "code_inline":
            return f"<code>{escape(token.content)}</code>"
        case "fence" | "code_block":
            told = f'<span class="lang">{escape(token.info.strip())}</span>\n' if token.info.strip() else ""
            return f"<pre>{told}<code>{escape(token.content)}</code></pre>"
        case "image":
            return _words(token.content, context)
        case "hr":
            return "<hr>"
        case "link_open":
            return _link(str(token.attrGet("href") or ""), context)
        case "link_close":
            return context.closing.pop()
    return _wrap(token)


def _wrap(token: Token) -> str:
    kind, _, end = token.type.rpartition("_")
    if kind == "heading":
        tag = "h2"  # below the page's own heading; levels within one message say nothing
    elif kind in _PLAIN:
        tag = _PLAIN[kind]
    else:
        return escape(token.content)
    if token.hidden:
        return ""
    if end == "close":
        return f"</{tag}>"
    start = token.attrGet("start") if tag == "ol" else None
    return f'<{tag} start="{int(start)}">' if start is not None else f"<{tag}>"


def _link(href: str, context: _Context) -> str:
    if href.startswith("guyub:person/"):
        user = context.members.get(href.removeprefix("guyub:person/"), "")
        context.closing.append("</span>" if user else "")
        return f'<span class="{_chip(user, context)}">@' if user else ""
    if href.startswith("guyub:"):
        href = context.links.get(href, "")
    if not href.startswith(("http://", "https://", "mailto:", "/c/")):
        context.closing.append("")
        return ""
    context.closing.append("</a>")
    away = "" if href.startswith("/c/") else ' target="_blank" rel="noopener noreferrer nofollow"'
    return f'<a href="{escape(href)}"{away}>'


def _chip(user: str, context: _Context) -> str:
    return "mention me" if user and user == context.me else "mention"


def _words(text: str, context: _Context) -> str:
    """Text with bare addresses and typed mentions made alive; inside of a link neither."""
    if context.closing:
        return escape(text)
    parts: list[str] = []
    last = 0
    for match in _WEB.finditer(text):
        address = _trim(match[0])
        parts += [_mentions(text[last : match.start()], context), _anchor(address)]
        last = match.start() + len(address)
    return "".join([*parts, _mentions(text[last:], context)])


def _trim(address: str) -> str:
    """Without the punctuation that ends the sentence, not the address."""
    address = address.rstrip(".,;:!?…»”’*_")
    return address.rstrip(")]}") if not any(opening in address for opening in "([{") else address


def _anchor(address: str) -> str:
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer nofollow">{escape(address)}</a>'


def _mentions(text: str, context: _Context) -> str:
    if context.mention is None:
        return escape(text)
    parts: list[str] = []
    last = 0
    for match in context.mention.finditer(text):
        user = context.typed[match[1].casefold()]
        parts += [escape(text[last : match.start()]), f'<span class="{_chip(user, context)}">{escape(match[0])}</span>']
        last = match.end()
    return "".join([*parts, escape(text[last:])])
