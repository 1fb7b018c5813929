"""Walking Block Kit: blocks inside blocks, and what in them a person can act on."""

from __future__ import annotations

from collections.abc import Iterator

from tests.emulators.slack.model import JSON

RICH = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
STATIC = ("image", "mrkdwn", "plain_text", "card", "raw_text", *RICH)


def every_block(blocks: list[JSON]) -> Iterator[JSON]:
    """Each block, then the blocks inside it (cards of a carousel, children of a container)."""
    for block in blocks:
        yield block
        kind = block.get("type")
        inner = block.get("elements") if kind == "carousel" else block.get("child_blocks") if kind == "container" else None
        yield from every_block([one for one in inner or [] if isinstance(one, dict)])


def acting(block: JSON) -> list[JSON]:
    """The interactive elements of one block itself, top to bottom."""
    inside = [block.get("accessory"), block.get("element")]
    for name in ("elements", "actions"):
        inside += list(block.get(name) or [])
    return [one for one in inside if isinstance(one, dict) and one.get("type") not in STATIC]
