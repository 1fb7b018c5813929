"""Block Kit's published rules for messages, modals and homes: problems with their JSON pointers, as Slack words them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from tests.emulators.slack.blockkit_elements import (
    ACTIONS,
    CONTEXT,
    INPUTS,
    SECTION,
    Problems,
    check_element,
    check_image,
    check_text,
    length,
)
from tests.emulators.slack.blockkit_new import check_alert, check_card, check_carousel, container
from tests.emulators.slack.blockkit_tree import acting, every_block
from tests.emulators.slack.model import JSON

Surface = Literal["message", "modal", "home"]
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
UNCHECKED = ("data_table", "data_visualization", "task_card", "plan")
MESSAGE_ONLY = ("markdown", "context_actions", "table", "file", "alert", "card", "carousel", "container", *UNCHECKED)


def check_blocks(blocks: object, surface: Surface, where: str = "/blocks", unique_action_ids: str = "block") -> list[str]:
    """Everything wrong with `blocks`; empty when Slack would take them.

    Slack wants action ids unique inside a block; `unique_action_ids="surface"` wants it of the whole message or view.
    """
    found = Problems()
    if not isinstance(blocks, list):
        return [f"must be an array [json-pointer:{where}]"]
    if len(blocks) > MOST_BLOCKS[surface]:
        found.add(f"no more than {MOST_BLOCKS[surface]} items allowed", where)
    for at, block in enumerate(blocks):
        check_block(found, block, surface, f"{where}/{at}")
    known = [block for block in blocks if isinstance(block, dict)]
    nested = [(block, f"{where}/{at}") for at, top in enumerate(known) for block in every_block([top])]
    unique(found, [(block.get("block_id"), at) for block, at in nested], "block_id")
    ids = [[(one.get("action_id"), at) for one in acting(block)] for block, at in nested]
    for group in ids if unique_action_ids == "block" else [[pair for pairs in ids for pair in pairs]]:
        unique(found, group, "action_id")
    total = sum(len(str(block.get("text", ""))) for block in known if block.get("type") == "markdown")
    if total > 12_000:
        found.add("markdown blocks must be less than 12001 characters in all", where)
    if sum(block.get("type") == "table" for block in known) > 1:
        found.add("only one table allowed", where)
    return found.lines


def unique(found: Problems, ids: list[tuple[Any, str]], name: str) -> None:
    seen: set[str] = set()
    for value, where in ids:
        if value and value in seen:
            found.add(f'`{name}` "{value}" already exists', where)
        seen.add(value)


def check_block(found: Problems, block: object, surface: Surface, where: str) -> None:
    if not isinstance(block, dict):
        found.add("must be an object", where)
        return
    kind = block.get("type")
    if kind not in CHECKS and kind not in UNCHECKED:
        found.add(f"unsupported type: {kind}", where + "/type")
        return
    if surface != "message" and kind in MESSAGE_ONLY:
        found.add(f"unsupported type: {kind}", where + "/type")
        return
    if "block_id" in block:
        length(found, block["block_id"], 1, 255, where + "/block_id")
    if kind in CHECKS:
        CHECKS[kind](found, block, where)


def _section(found: Problems, block: JSON, where: str) -> None:
    if not block.get("text") and not block.get("fields"):
        found.add("missing required field: text", where)
    if "text" in block:
        check_text(found, block["text"], 3000, where + "/text")
    fields = block.get("fields", [])
    if "fields" in block and not 1 <= len(fields) <= 10:
        found.add("no more than 10 items allowed" if fields else "no fewer than 1 items allowed", where + "/fields")
    for at, one in enumerate(fields):
        check_text(found, one, 2000, f"{where}/fields/{at}")
    if "accessory" in block:
        check_element(found, block["accessory"], SECTION, where + "/accessory")


def _header(found: Problems, block: JSON, where: str) -> None:
    check_text(found, block.get("text"), 150, where + "/text", plain=True)


def _elements(allowed: frozenset[str], most: int) -> Callable[[Problems, JSON, str], None]:
    def check(found: Problems, block: JSON, where: str) -> None:
        elements = block.get("elements")
        if not isinstance(elements, list) or not elements:
            found.add("no fewer than 1 items allowed", where + "/elements")
            return
        if len(elements) > most:
            found.add(f"no more than {most} items allowed", where + "/elements")
        for at, one in enumerate(elements):
            check_element(found, one, allowed, f"{where}/elements/{at}")

    return check


def _input(found: Problems, block: JSON, where: str) -> None:
    check_text(found, block.get("label"), 2000, where + "/label", plain=True)
    if block.get("hint") is not None:
        check_text(found, block["hint"], 2000, where + "/hint", plain=True)
    check_element(found, block.get("element"), INPUTS, where + "/element")


def _markdown(found: Problems, block: JSON, where: str) -> None:
    length(found, block.get("text"), 1, 12_000, where + "/text")


def _rich_text(found: Problems, block: JSON, where: str) -> None:
    known = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
    for at, one in enumerate(block.get("elements") or []):
        if not isinstance(one, dict) or one.get("type") not in known:
            found.add("unsupported type", f"{where}/elements/{at}/type")


def _table(found: Problems, block: JSON, where: str) -> None:
    rows = block.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= 100:
        found.add("no more than 100 items allowed", where + "/rows")
    elif any(len(row) > 20 for row in rows):
        found.add("no more than 20 items allowed", where + "/rows")


def _video(found: Problems, block: JSON, where: str) -> None:
    for name in ("alt_text", "title", "thumbnail_url", "video_url"):
        if not block.get(name):
            found.add(f"missing required field: {name}", where)


def _nothing(found: Problems, block: JSON, where: str) -> None:
    """A divider has nothing to check, a file was checked when it was uploaded."""


CHECKS: dict[str, Callable[[Problems, JSON, str], None]] = {
    "section": _section,
    "header": _header,
    "actions": _elements(ACTIONS, 25),
    "context": _elements(CONTEXT, 10),
    "context_actions": _elements(frozenset({"feedback_buttons", "icon_button"}), 5),
    "image": check_image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "table": _table,
    "video": _video,
    "alert": check_alert,
    "card": check_card,
    "carousel": check_carousel,
    "container": container(lambda found, block, where: check_block(found, block, "message", where)),
    "divider": _nothing,
    "file": _nothing,
}


def check_view(view: object, kind: Literal["modal", "home"], unique_action_ids: str = "block") -> list[str]:
    """Everything wrong with a view given to views.open, push, update or publish."""
    found = Problems()
    if not isinstance(view, dict):
        return ["must be an object [json-pointer:/view]"]
    if view.get("type") != kind:
        found.add(f"must be {kind}", "/view/type")
    if len(view.get("callback_id") or "") > 255:
        found.add("must be less than 256 characters", "/view/callback_id")
    if len(view.get("private_metadata") or "") > 3000:
        found.add("must be less than 3001 characters", "/view/private_metadata")
    if len(view.get("external_id") or "") > 255:
        found.add("must be less than 256 characters", "/view/external_id")
    blocks = view.get("blocks")
    if kind == "modal":
        check_text(found, view.get("title"), 24, "/view/title", plain=True)
        for name in ("submit", "close"):
            if view.get(name) is not None:
                check_text(found, view[name], 24, f"/view/{name}", plain=True)
        inputs = isinstance(blocks, list) and any(isinstance(one, dict) and one.get("type") == "input" for one in blocks)
        if inputs and not view.get("submit"):
            found.add("missing required field: submit", "/view")
    return found.lines + check_blocks(blocks, kind, "/view/blocks", unique_action_ids)
