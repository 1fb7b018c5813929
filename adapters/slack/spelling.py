"""CommonMark → rows that each become one element of a Slack message. Pure.

Rich text and not mrkdwn: there nothing that people type means anything, so no `<!channel>`, `*` or `&` of theirs can do harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.slack.payload import clean

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_WEB = re.compile(r"https?://[^\s<>\"'`\u200b]+")
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
LONGEST_ADDRESS = 3000
PERSON, OURS = "guyub:person/", "guyub:"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `address`: it is a link; `user`: it is a mention of this user."""

    text: str
    styles: frozenset[str] = frozenset()
    address: str = ""
    user: str = ""

    @property
    def size(self) -> int:
        """About what it takes of a message's room."""
        return max(len(self.text), 30 if self.user or self.address or self.styles else 0) + len(self.address)


@dataclass(slots=True)
class Row:
    """A paragraph, one item of a list, a quote's paragraph, a block of code, or a rule.

    `group` is the same for rows of one list or quote. `number`: an ordered list's; None for a bullet.
    """

    kind: Literal["text", "item", "quote", "code", "rule"]
    spans: list[Span]
    group: int = 0
    indent: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What our own links lead to: member id → Slack's user id ("" for none), `guyub:message/…` → an address ("" for none)."""

    people: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int


def rows_of(text: str, look: Look) -> list[Row]:
    """All of the text: nothing is left out."""
    return _Reader(look).read(_PARSER.parse(clean(text)))


class _Reader:
    """Walks the tokens once; what stands in a list in a quote, or a quote in a list, is written out."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.rows: list[Row] = []
        self.lists: list[_List] = []
        self.quotes = 0
        self.group = 0
        self.fresh = False  # the next paragraph begins an item
        self.cells: list[Span] = []
        self.table = self.head = False

    def read(self, tokens: list[Token]) -> list[Row]:
        for token in tokens:
            if token.level == 0 and token.nesting >= 0:
                self.group += 1
            self._token(token)
        return self.rows

    def _token(self, token: Token) -> None:
        match token.type:
            case "blockquote_open" | "blockquote_close":
                self.quotes += token.nesting
            case "bullet_list_open" | "ordered_list_open":
                self.lists.append(_List(token.type.startswith("ordered"), int(token.attrGet("start") or 1) - 1))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.fresh = True
                self.lists[-1].number += 1
            case "heading_open" | "th_open":
                self.head = True
            case "heading_close" | "th_close":
                self.head = False
            case "inline" if self.table:
                self.cells += [*([Span(" | ")] if self.cells else []), *self._spans(token.children or [])]
            case "inline":
                self._add(list(self._spans(token.children or [])))
            case "fence" | "code_block":
                self._code(token.content.rstrip("\n"))
            case "hr":
                self._add([Span("———")]) if self.lists or self.quotes else self.rows.append(Row("rule", []))
            case "html_block":
                self._add([Span(token.content.rstrip("\n"))])
            case "table_open" | "table_close":
                self.table = token.nesting > 0
            case "tr_close":
                cells, self.cells = self.cells, []
                self._add(cells)

    def _add(self, spans: list[Span]) -> None:
        """A paragraph, where it stands."""
        if not any(span.text for span in spans):
            return
        if self.quotes:
            mark = [Span(self._marker())] if self.lists and self.fresh else []
            self.fresh = False
            self.rows.append(Row("quote", mark + spans, self.group))
        elif self.lists and not self.fresh and self.rows and self.rows[-1].group == self.group:
            self.rows[-1].spans += [Span("\n"), *spans]
        elif self.lists:
            here = self.lists[-1]
            self.fresh = False
            self.rows.append(Row("item", spans, self.group, len(self.lists) - 1, here.number if here.ordered else None))
        else:
            self.rows.append(Row("text", spans, self.group))

    def _code(self, words: str) -> None:
        if self.lists or self.quotes:
            self._add([Span(words, frozenset({"code"}))])
        elif words:
            self.rows.append(Row("code", [Span(words)], self.group))

    def _marker(self) -> str:
        here = self.lists[-1]
        return "  " * (len(self.lists) - 1) + (f"{here.number}. " if here.ordered else "• ")

    def _spans(self, tokens: list[Token]) -> Iterator[Span]:
        styles: list[str] = ["bold"] if self.head else []
        link: list[tuple[str, str]] = []
        for token in tokens:
            kind, _, end = token.type.rpartition("_")
            if kind in _STYLES:
                styles.append(_STYLES[kind]) if end == "open" else styles.remove(_STYLES[kind])
            elif token.type == "link_open":
                link.append(self._target(str(token.attrGet("href") or "")))
            elif token.type == "link_close":
                link.pop()
            elif token.type in ("softbreak", "hardbreak"):
                yield Span("\n")
            elif token.content:
                also = {"code"} if token.type == "code_inline" else set()
                yield from _written(token.content, frozenset(styles) | also, link[-1] if link else None)

    def _target(self, href: str) -> tuple[str, str]:
        """A link's address, and the user whom it mentions."""
        if href.startswith(PERSON):
            return "", self.look.people.get(href.removeprefix(PERSON), "")
        if href.startswith(OURS):
            href = self.look.links.get(href, "")
        return (href if href.startswith(("http://", "https://", "mailto:")) and len(href) <= LONGEST_ADDRESS else ""), ""


def _written(text: str, styles: frozenset[str], link: tuple[str, str] | None) -> Iterator[Span]:
    """Text, with bare addresses in it made alive."""
    if link is not None or "code" in styles:
        address, user = link or ("", "")
        yield Span(text, styles, address, user)
        return
    last = 0
    for found in _WEB.finditer(text):
        address = found[0].rstrip(".,;:!?…»”’*_)]}")
        if len(address) > LONGEST_ADDRESS:
            continue
        if found.start() > last:
            yield Span(text[last : found.start()], styles)
        yield Span(address, styles, address)
        last = found.start() + len(address)
    if last < len(text):
        yield Span(text[last:], styles)
