"""A person's home page: whatever sections the core tells, as Slack's blocks. Pure.

`{"questions": [{"text", "state", "link"}], "communities": [{"name", "role", "may_ask"}], "settings": {…}, "words": {…}}`:
each section under its heading from `words`; texts that people wrote are shown as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.slack.render import Block, blocks, button_blocks
from bot.commonmark import bold, escape
from bot.doors import Label
from bot.outcome import JSON, Data

MOST = 90  # Slack takes a hundred
MOST_ROWS = 20  # of one section


def home_blocks(data: Data) -> list[Block]:
    """Nothing where the core tells nothing."""
    words = data.get("words")
    named = words if isinstance(words, Mapping) else {}
    made: list[Block] = []
    for number, (key, section) in enumerate(data.items()):
        if key == "words":
            continue
        lines = list(_lines(key, section, named))
        if lines:
            made += blocks("\n\n".join([str(bold(_word(named, key))), "\n".join(lines)]))
            made += button_blocks(_buttons(section), number * 100)
    return made[:MOST]


def _word(words: Mapping[str, JSON], key: str) -> str:
    found = words.get(key)
    return found if isinstance(found, str) else key


def _lines(key: str, section: JSON, words: Mapping[str, JSON]) -> Iterator[str]:
    match section:
        case str():
            yield escape(section)
        case Mapping():
            for name, value in section.items():
                if (shown := _shown(value, words)) and name != "buttons":
                    yield f"- {escape(_word(words, name))}: {shown}"
        case Sequence():
            for row in section[:MOST_ROWS]:
                yield f"- {_row(row, words)}"
            if not section:
                yield escape(_word(words, f"no_{key}")) if f"no_{key}" in words else ""


def _row(row: JSON, words: Mapping[str, JSON]) -> str:
    if not isinstance(row, Mapping):
        return _shown(row, words)
    link = row.get("link")
    parts = [(name, _shown(value, words)) for name, value in row.items() if name != "link"]
    shown = [(name, part) for name, part in parts if part]
    if isinstance(link, str) and link.startswith(("http://", "https://")) and shown:
        shown[0] = (shown[0][0], f"[{shown[0][1]}](<{link}>)")
    return " · ".join(part for _, part in shown)


def _shown(value: JSON, words: Mapping[str, JSON]) -> str:
    match value:
        case bool():
            return escape(_word(words, "yes" if value else "no"))
        case str():
            return escape(_word(words, value))
        case int() | float():
            return escape(value)
    return ""


def _buttons(section: JSON) -> list[Label]:
    """A section may carry buttons: `{"buttons": [{"text", "action", "value"}]}`."""
    found = section.get("buttons") if isinstance(section, Mapping) else None
    rows = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
    return [
        Label(str(row["text"]), str(row["action"]), str(row.get("value", "")))
        for row in rows
        if isinstance(row, Mapping) and row.get("text") and row.get("action")
    ]
