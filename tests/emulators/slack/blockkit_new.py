"""Blocks of 2026: card, carousel, container, alert. Limits as slack_sdk 3.48's models state them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.emulators.slack.blockkit_elements import ACTIONS, Problems, check_element, check_image, check_text
from tests.emulators.slack.model import JSON

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = (None, "default", "info", "warning", "error", "success")


def check_card(found: Problems, block: JSON, where: str) -> None:
    if not any(block.get(name) for name in ("hero_image", "title", "actions", "body")):
        found.add("missing required field: title", where)
    for name, most in (("title", 150), ("subtitle", 150), ("body", 200)):
        if block.get(name) is not None:
            check_text(found, block[name], most, f"{where}/{name}")
    for name in ("hero_image", "icon"):
        if block.get(name) is not None:
            check_image(found, block[name], f"{where}/{name}")
    for at, one in enumerate(block.get("actions") or []):
        check_element(found, one, ACTIONS, f"{where}/actions/{at}")


def check_carousel(found: Problems, block: JSON, where: str) -> None:
    cards = block.get("elements")
    if not isinstance(cards, list) or not 1 <= len(cards) <= 10:
        found.add("no more than 10 items allowed" if cards else "no fewer than 1 items allowed", where + "/elements")
        return
    for at, one in enumerate(cards):
        if not isinstance(one, dict) or one.get("type") != "card":
            found.add("must be a card", f"{where}/elements/{at}")
        else:
            check_card(found, one, f"{where}/elements/{at}")


def check_alert(found: Problems, block: JSON, where: str) -> None:
    check_text(found, block.get("text"), 3000, where + "/text")
    if block.get("level") not in LEVELS:
        found.add("must be one of: default, info, warning, error, success", where + "/level")


def container(check_child: Callable[[Problems, object, str], None]) -> Callable[[Problems, JSON, str], None]:
    """The check of a container, whose children are checked as blocks of a message are."""

    def check(found: Problems, block: JSON, where: str) -> None:
        if block.get("rich_text_title") is None:
            check_text(found, block.get("title"), 150, where + "/title", plain=True)
        if block.get("subtitle") is not None:
            check_text(found, block["subtitle"], 150, where + "/subtitle")
        children = block.get("child_blocks")
        if not isinstance(children, list) or not 1 <= len(children) <= 10:
            found.add("no more than 10 items allowed" if children else "no fewer than 1 items allowed", where + "/child_blocks")
            return
        for at, one in enumerate(children):
            check_child(found, one, f"{where}/child_blocks/{at}")

    return check
