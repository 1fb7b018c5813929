"""A person's home page: what the core's view `home` tells, as Slack's blocks. Pure.

Its shape is in bot/features/home.py: a title, sections with rows and buttons, all plain text in the person's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapters.slack.payload import items, text
from adapters.slack.render import Block, blocks, button_blocks
from bot.afterwards import FORM
from bot.commonmark import bold, escape
from bot.doors import Label
from bot.outcome import Data

MOST = 98  # Slack takes a hundred blocks


def home_blocks(data: Data) -> list[Block]:
    """Nothing where the core tells nothing. What is too much for one page ends with a whole section."""
    if not data:
        return []
    title = text(data, "title")
    made = [*(blocks(f"# {escape(title)}") if title else []), *_buttons(data, 0)]
    for number, section in enumerate(items(data, "sections"), start=1):
        lines = list(_lines(section))
        more = blocks("\n".join(lines)) if lines else []
        more += _buttons(section, number)
        if len(made) + len(more) > MOST:
            break
        made += [{"type": "divider"}, *more]
    return made


def _lines(section: Mapping[str, object]) -> Iterator[str]:
    """CommonMark of a section: its heading, then its rows or the words for none."""
    yield f"{bold(text(section, 'title') or text(section, 'key'))}\n"
    rows = items(section, "rows")
    for row in rows:
        words, note, link = escape(text(row, "text")), escape(text(row, "note")), text(row, "link")
        shown = f"[{words}](<{link}>)" if link.startswith(("http://", "https://")) and not set("<>\n ") & set(link) else words
        yield f"- {shown}" + (f"  \n  {note}" if note else "")
    if not rows:
        yield escape(text(section, "empty"))


def _buttons(where: Mapping[str, object], number: int) -> list[Block]:
    """Each runs a command, as if it had been typed."""
    labels = [Label(text(one, "label"), FORM, text(one, "command")) for one in items(where, "buttons")]
    return list(button_blocks([one for one in labels if one.text and one.value], number * 100))
