"""CommonMark → Slack messages: Block Kit within its limits, and the same words as plain text beside it. Pure.

A text that is too long for one message becomes several; nothing is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, DividerBlock, RichTextBlock
from slack_sdk.models.blocks.block_elements import (
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextQuoteElement,
    RichTextSectionElement,
)

from adapters.slack.fields import cut
from adapters.slack.spelling import Look, Row, Span, rows_of
from bot.doors import Label

Block = dict[str, Any]
BARE = Look()

ROOM = 11_000  # of one message; Slack refuses from about 13,200 on (bolt-js issue 2509)
LONGEST_ROW = 2_900  # of one block
MOST_BLOCKS = 50
MOST_IN_ROW = 25  # buttons in one block
LONGEST_BUTTON, LONGEST_BUTTON_VALUE = 75, 2000
_STYLE = {"good": "primary", "danger": "danger"}
_BREAK = re.compile(r"[\s\S]*[\n ]")


@dataclass(frozen=True, slots=True)
class Message:
    """What one call posts. `text` is for notifications, screen readers, and where the blocks are refused."""

    blocks: tuple[Block, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Piece:
    block: Block
    text: str
    size: int


def messages(text: str, look: Look = BARE, buttons: Sequence[Label] = ()) -> tuple[Message, ...]:
    """At least one. Buttons stand under the first."""
    actions = list(button_blocks(buttons))
    taken = sum(len(str(element["text"]["text"])) for block in actions for element in block["elements"])
    pieces = list(_pieces(rows_of(text, look)))
    groups: list[list[_Piece]] = [[]]
    for piece in pieces:
        first = len(groups) == 1
        room, most = (ROOM - taken, MOST_BLOCKS - len(actions)) if first else (ROOM, MOST_BLOCKS)
        if groups[-1] and (sum(one.size for one in groups[-1]) + piece.size > room or len(groups[-1]) >= most):
            groups.append([])
        groups[-1].append(piece)
    made = [_message(group, actions if number == 0 else []) for number, group in enumerate(groups)]
    return tuple(made)


def blocks(text: str, look: Look = BARE) -> list[Block]:
    """The same for a view, which takes more blocks than a message."""
    return [piece.block for piece in _pieces(rows_of(text, look))]


def button_blocks(buttons: Sequence[Label], first: int = 0) -> Iterator[Block]:
    """Rows of buttons. Each has an action id of its own: `solved|0`, `solved|1`."""
    elements = [_button(label, first + number) for number, label in enumerate(buttons)]
    for at in range(0, len(elements), MOST_IN_ROW):
        yield ActionsBlock(elements=elements[at : at + MOST_IN_ROW]).to_dict()


def _button(label: Label, number: int) -> ButtonElement:
    if len(label.value) > LONGEST_BUTTON_VALUE or len(label.action) > 200:
        raise ValueError("a button's value is too long for Slack")
    return ButtonElement(
        text=cut(label.text, LONGEST_BUTTON) or "…",
        action_id=f"{label.action}|{number}",
        value=label.value or None,
        style=_STYLE.get(label.style),
    )


def _message(pieces: Sequence[_Piece], actions: Sequence[Block]) -> Message:
    words = "\n".join(piece.text for piece in pieces if piece.text)
    return Message((*(piece.block for piece in pieces), *actions), words if words.strip() else "…")  # blank is none to Slack


def _pieces(rows: Iterable[Row]) -> Iterator[_Piece]:
    """Rows that belong together share a block, as far as it goes."""
    waiting: list[Row] = []
    for row in rows:
        for part in _parts(row):
            if waiting and not (_together(part, waiting[0]) and _size(waiting) + _size([part]) <= LONGEST_ROW):
                yield _piece(waiting)
                waiting = []
            waiting.append(part)
    if waiting:
        yield _piece(waiting)


def _together(row: Row, first: Row) -> bool:
    return row.kind in ("item", "quote") and (row.kind, row.group) == (first.kind, first.group)


def _size(rows: Iterable[Row]) -> int:
    return sum(span.size for row in rows for span in row.spans) + 1


def _parts(row: Row) -> Iterator[Row]:
    """A row that is too long for one block, in several."""
    rest: list[Span] = []
    size = 0
    for span in row.spans:
        for part in _cut(span):
            if rest and size + part.size > LONGEST_ROW:
                yield Row(row.kind, rest, row.group, row.indent, row.number)
                rest, size = [], 0
            rest.append(part)
            size += part.size
    if rest or row.kind == "rule":
        yield Row(row.kind, rest, row.group, row.indent, row.number)


def _cut(span: Span) -> Iterator[Span]:
    text = span.text
    while len(text) > LONGEST_ROW // 2:
        head = text[: LONGEST_ROW // 2]
        found = _BREAK.match(head)
        at = found.end() if found and found.end() > len(head) // 2 else len(head)
        yield Span(text[:at], span.styles, span.address, span.user)
        text = text[at:]
    yield Span(text, span.styles, span.address, span.user)


def _piece(rows: list[Row]) -> _Piece:
    kind = rows[0].kind
    if kind == "rule":
        return _Piece(DividerBlock().to_dict(), "", 3)
    inner: list[RichTextElement]
    match kind:
        case "item":
            inner = list(_lists(rows))
        case "quote":
            inner = [RichTextQuoteElement(elements=[one for n, row in enumerate(rows) for one in _elements(row, n > 0)])]
        case "code":
            inner = [RichTextPreformattedElement(elements=_elements(rows[0]))]
        case _:
            inner = [RichTextSectionElement(elements=_elements(rows[0]))]
    words = "\n".join(_prefix(row) + "".join(map(plain, row.spans)) for row in rows)
    return _Piece(RichTextBlock(elements=inner).to_dict(), words, _size(rows))


def _lists(rows: list[Row]) -> Iterator[RichTextListElement]:
    """Items of one depth and kind in a row make one list; an ordered one goes on counting."""
    at = 0
    while at < len(rows):
        first = rows[at]
        same = [first]
        while at + len(same) < len(rows) and _follows(rows[at + len(same)], same[-1]):
            same.append(rows[at + len(same)])
        yield RichTextListElement(
            style="bullet" if first.number is None else "ordered",
            indent=min(first.indent, 8),
            offset=max(first.number - 1, 0) if first.number else None,
            elements=[RichTextSectionElement(elements=_elements(row)) for row in same],
        )
        at += len(same)


def _follows(row: Row, last: Row) -> bool:
    if row.indent != last.indent or (row.number is None) != (last.number is None):
        return False
    return row.number is None or last.number is None or row.number == last.number + 1


def _elements(row: Row, gap: bool = False) -> list[RichTextElement]:
    found: list[Any] = [RichTextElementParts.Text(text="\n\n")] if gap else []
    for span in row.spans:
        style = RichTextElementParts.TextStyle(**dict.fromkeys(span.styles, True)) if span.styles else None
        if span.user:
            found.append(RichTextElementParts.User(user_id=span.user, style=style))
        elif span.address:
            found.append(RichTextElementParts.Link(url=span.address, text=span.text or None, style=style))
        elif span.text:
            found.append(RichTextElementParts.Text(text=span.text, style=style))
    return found


def _prefix(row: Row) -> str:
    """How a row begins in plain text."""
    if row.kind == "quote":
        return "> "
    return "  " * row.indent + ("• " if row.number is None else f"{row.number}. ") if row.kind == "item" else ""


def plain(span: Span) -> str:
    """A span as mrkdwn: the only marks that mean anything are ours."""
    if span.user:
        return f"<@{span.user}>"
    if span.address:
        label = _escaped(span.text).replace("|", "¦").replace("\n", " ")
        return f"<{_escaped(span.address)}>" if span.text == span.address else f"<{_escaped(span.address)}|{label}>"
    return _escaped(span.text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def look_of(team: str, people: Mapping[str, object], links: Mapping[str, str]) -> Look:
    """People of another workspace are not mentioned here: only their names show."""
    users = {member: str(getattr(account, "user", "")) for member, account in people.items()}
    own = {member: user.removeprefix(f"{team}:") for member, user in users.items() if user.startswith(f"{team}:")}
    return Look(own, links)
