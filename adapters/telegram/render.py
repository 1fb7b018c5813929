"""CommonMark → what Telegram shows: runs of text with tags around them, cut into parts that it takes. Pure.

Telegram's HTML knows few tags (Bot API, "HTML style"); pre and code hold no others, quotes do not nest. A part is
at most 4,096 UTF-16 units after parsing (a caption 1,024) and 100 entities; longer text goes on in the next part.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.telegram.table import table_lines
from adapters.telegram.text import clean, longest_start, unmentioned, visible
from bot.model.place import Account

LONGEST, CAPTION = 4096, 1024
MOST_TAGGED = 45  # tagged runs in one part: each may hold two entities, and 100 are taken
NOTHING = "—"  # stands for a text that shows nothing: Telegram takes no empty message
PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
SIMPLE = {"strong": "b", "em": "i", "s": "s", "heading": "b"}

Span = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """One message's worth: as HTML, and as the same words without tags."""

    html: str
    plain: str


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int = 1


@dataclass(slots=True)
class _Page:
    """What has been written. `gap`: line ends wanted before the next words."""

    people: Mapping[str, Account | None]
    links: Mapping[str, str]
    spans: list[Span] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    gap: int = 0
    fresh: bool = False  # right behind a bullet
    sealed: bool = False  # a quote has just ended: the next one is another

    def write(self, text: str, tags: tuple[str, ...] | None = None) -> None:
        if not text:
            return
        own = tuple(dict.fromkeys(tag for tag in self.stack if tag)) if tags is None else tags
        if self.gap and self.spans:
            both = _shared(self.spans[-1][1], own)[:1]
            self.spans.append(("\n" * self.gap, both if both == ("blockquote",) and not self.sealed else ()))
        self.spans.append((text, own))
        self.gap, self.fresh, self.sealed = 0, False, False

    def space(self, lines: int) -> None:
        if not self.fresh:
            self.gap = max(self.gap, lines)

    def quoted(self) -> tuple[str, ...]:
        return ("blockquote",) if "blockquote" in self.stack else ()


def render(text: str, people: Mapping[str, Account | None], links: Mapping[str, str], most: int = LONGEST) -> tuple[Part, ...]:
    """The parts, at least one. `people` and `links` resolve `guyub:` links as a Delivery has them."""
    return parts(spans_of(text, people, links), most)


def spans_of(text: str, people: Mapping[str, Account | None], links: Mapping[str, str]) -> list[Span]:
    """The text as runs, each with its tags from the outside in."""
    page = _Page(people, links)
    tokens = PARSER.parse(clean(text))
    at = 0
    while at < len(tokens):
        if tokens[at].type == "table_open":
            end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
            _table(tokens[at:end], page)
            at = end
        else:
            _block(tokens[at], page)
        at += 1
    return page.spans


def parts(spans: Sequence[Span], most: int = LONGEST) -> tuple[Part, ...]:
    """Cut where it hurts least: between blocks, lines, words; tags are closed and opened again."""
    text = "".join(words for words, _ in spans)
    starts = [0, *accumulate(len(words) for words, _ in spans)]
    out: list[Part] = []
    at = 0
    while at < len(text):
        end = min(longest_start(text, at, most), _few_tags(spans, starts, at))
        end = _break(text, at, end) if end < len(text) else end
        piece = _slice(spans, starts, at, end)
        if visible(text[at:end]):
            out.append(Part(_html(piece), "".join(words for words, _ in piece)))
        at = end
    return tuple(out) or (Part(NOTHING, NOTHING),)


def _few_tags(spans: Sequence[Span], starts: Sequence[int], at: int) -> int:
    """Where the part must end so that Telegram takes all its entities."""
    first = bisect_right(starts, at) - 1
    tagged = 0
    for index in range(first, len(spans)):
        tagged += bool(spans[index][1])
        if tagged > MOST_TAGGED:
            return max(starts[index], at + 1)
    return starts[-1]


def _break(text: str, at: int, end: int) -> int:
    half = at + (end - at) // 2
    for mark in ("\n\n", "\n", " "):
        found = text.rfind(mark, half, end)
        if found > at:
            return found
    return end


def _slice(spans: Sequence[Span], starts: Sequence[int], at: int, end: int) -> list[Span]:
    """The runs between two places, without line ends at either end."""
    found: list[Span] = []
    index = bisect_right(starts, at) - 1
    while index < len(spans) and starts[index] < end:
        words, tags = spans[index]
        found.append((words[max(at - starts[index], 0) : end - starts[index]], tags))
        index += 1
    return _trimmed(found)


def _trimmed(spans: list[Span]) -> list[Span]:
    while spans and not spans[0][0].lstrip("\n "):
        spans.pop(0)
    while spans and not spans[-1][0].rstrip():
        spans.pop()
    if spans:
        spans[0] = (spans[0][0].lstrip("\n"), spans[0][1])
        spans[-1] = (spans[-1][0].rstrip(), spans[-1][1])
    return spans


def _html(spans: Sequence[Span]) -> str:
    out: list[str] = []
    opened: tuple[str, ...] = ()
    for words, tags in (*spans, ("", ())):
        kept = len(_shared(opened, tags))
        out += [f"</{tag.partition(' ')[0]}>" for tag in reversed(opened[kept:])]
        out += [f"<{tag}>" for tag in tags[kept:]]
        out.append(escape(words))
        opened = tags
    return "".join(out)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return one[:count]


def _block(token: Token, page: _Page) -> None:
    match token.type:
        case "inline":
            for child in token.children or ():
                _inline(child, page)
        case "paragraph_open":
            page.space(1 if token.hidden else 2)
        case "heading_open" | "blockquote_open":
            page.space(2)
            page.stack.append("b" if token.type == "heading_open" else "blockquote")
        case "heading_close" | "blockquote_close":
            page.stack.pop()
            page.space(2)
            page.sealed = token.type == "blockquote_close"
        case "bullet_list_open" | "ordered_list_open":
            page.space(1 if page.lists else 2)
            page.lists.append(_List(token.type[0] == "o", int(token.attrGet("start") or 1)))
        case "bullet_list_close" | "ordered_list_close":
            page.lists.pop()
            page.space(1 if page.lists else 2)
        case "list_item_open":
            _bullet(page)
        case "list_item_close":
            page.fresh = False
            page.space(1)
        case "fence" | "code_block":
            _code(token, page)
        case "hr":
            page.space(2)
            page.write("———")
            page.space(2)
        case "html_block":
            page.write(unmentioned(token.content))


def _bullet(page: _Page) -> None:
    here = page.lists[-1]
    page.fresh = False
    page.space(1)
    indent = "\u2003" * (len(page.lists) - 1)
    page.write(f"{indent}{here.number}. " if here.ordered else f"{indent}{'•' if len(page.lists) == 1 else '◦'} ")
    here.number += 1
    page.fresh = True


def _code(token: Token, page: _Page) -> None:
    info = (token.info.split() or [""])[0]
    inner = (f'code class="language-{escape(info)}"',) if info else ()
    page.space(2)
    page.write(token.content.rstrip("\n"), (*page.quoted(), "pre", *inner))
    page.space(2)


def _inline(token: Token, page: _Page) -> None:
    kind, _, end = token.type.rpartition("_")
    match token.type:
        case "text" | "html_inline":
            linked = any(tag.startswith("a ") for tag in page.stack)
            page.write(token.content if linked else unmentioned(token.content))
        case "softbreak" | "hardbreak":
            page.write("\n" + "\u2003" * len(page.lists))
        case "code_inline":
            linked = any(tag.startswith("a ") for tag in page.stack)
            page.write(token.content, None if linked else (*page.quoted(), "code"))
        case "image":
            page.write(unmentioned(token.content))
        case "link_open":
            page.stack.append(_link(str(token.attrGet("href") or ""), page))
        case "link_close":
            page.stack.pop()
        case _ if kind in SIMPLE and end == "open":
            page.stack.append(SIMPLE[kind])
        case _ if kind in SIMPLE and end == "close":
            page.stack.pop()


def _link(href: str, page: _Page) -> str:
    """The tag, "" where it leads nowhere that Telegram opens: then only its words show."""
    if href.startswith("guyub:person/"):
        account = page.people.get(href.removeprefix("guyub:person/"))
        known = account is not None and account.user.isascii() and account.user.isdigit()
        return f'a href="tg://user?id={account.user}"' if account and known else ""
    if href.startswith("guyub:"):
        href = page.links.get(href, "")
    return f'a href="{escape(href)}"' if href.startswith(("http://", "https://", "tg://")) else ""


def _table(tokens: Sequence[Token], page: _Page) -> None:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(" ".join("".join(child.content or " " for child in token.children or ()).split()))
    lines, aligned = table_lines(rows)
    page.space(2)
    if aligned:
        page.write("\n".join(lines), (*page.quoted(), "pre"))
    else:
        page.write(unmentioned("\n".join(lines)))
    page.space(2)
