"""The gallery's index: which feature is where, and how many scenes it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.gallery.pages import gallery

INTRO = """# Everything Guyub says

Every message, form, sheet, short word and page, in Indonesian and English, as Slack and Telegram get them. Written by
`make gallery`; a test holds the text files to what the doors render today.

- **Pictures**: mock-ups drawn from the payloads, not screenshots of the apps. Left Indonesian in the light theme, right English
  in the dark one. Telegram at the width of a phone. What is not in a payload is not in its picture.
- **Slack**: one scene and language a line, the method and its Block Kit. **Telegram**: the HTML, and each keyboard row as
  `[words] data`.
- Names of rows are numbered anew, so that nothing changes unless a word or a button does.
- Not here: the local messenger, what `guyub import` and `guyub rehearse` print, Telegram's lists of commands.
"""


def readme(pictures: Path) -> str:
    found = gallery()
    rows = list(_rows("Slack", "slack", ".json", {k: len(v) for k, v in found.slack.items()}, pictures))
    rows += _rows("Telegram", "telegram", ".html.txt", {k: len(v) for k, v in found.telegram.items()}, pictures)
    table = ["| platform | feature | scenes | payloads | pictures |", "| --- | --- | --- | --- | --- |", *rows]
    return f"{INTRO}\n" + "\n".join(table) + "\n"


def _rows(title: str, platform: str, end: str, counts: dict[str, int], pictures: Path) -> Iterator[str]:
    for feature, count in sorted(counts.items()):
        taken = sorted(pictures.glob(f"{platform}-{feature}-*.png"), key=lambda p: int(re.findall(r"(\d+)\.png", p.name)[0]))
        links = " ".join(f"[{n}](pictures/{one.name})" for n, one in enumerate(taken, 1))
        yield f"| {title} | {feature} | {count} | [{feature}{end}]({platform}/{feature}{end}) | {links} |"
