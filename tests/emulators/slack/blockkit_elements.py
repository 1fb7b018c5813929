"""Block Kit's elements and composition objects: their published limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.emulators.slack.model import JSON

SOURCES = ("static", "external", "users", "conversations", "channels")
SELECTS = frozenset(f"{one}_select" for one in SOURCES)
MULTI = frozenset(f"multi_{one}_select" for one in SOURCES)
DATES = frozenset({"datepicker", "timepicker"})
SECTION = SELECTS | MULTI | DATES | {"button", "checkboxes", "image", "overflow", "radio_buttons", "workflow_button"}
ACTIONS = (SECTION - {"image"}) | {"datetimepicker"}
CONTEXT = frozenset({"image", "plain_text", "mrkdwn"})
INPUTS = SELECTS | MULTI | DATES | {
    "checkboxes", "radio_buttons", "plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input",
    "rich_text_input", "datetimepicker",
}  # fmt: skip


class Problems:
    """Collects what is wrong, in Slack's words."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, what: str, where: str) -> None:
        self.lines.append(f"{what} [json-pointer:{where}]")


def length(found: Problems, value: Any, least: int, most: int, where: str) -> None:
    if not isinstance(value, str):
        found.add("must be a string", where)
    elif len(value) < least:
        found.add(f"must be more than {least - 1} characters", where)
    elif len(value) > most:
        found.add(f"must be less than {most + 1} characters", where)


def check_text(found: Problems, text: Any, most: int, where: str, plain: bool = False) -> None:
    """A text object; `plain`: only plain_text is allowed here."""
    if not isinstance(text, dict):
        found.add("missing required field: text", where)
        return
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if text.get("type") not in kinds:
        found.add(f"must be one of: {', '.join(kinds)}", where + "/type")
    length(found, text.get("text"), 1, most, where + "/text")


def check_image(found: Problems, image: JSON, where: str) -> None:
    length(found, image.get("alt_text"), 1, 2000, where + "/alt_text")
    if "slack_file" not in image:
        length(found, image.get("image_url"), 1, 3000, where + "/image_url")
    if image.get("title") is not None:
        check_text(found, image["title"], 2000, where + "/title", plain=True)


def check_option(found: Problems, option: Any, where: str, plain: bool) -> None:
    if not isinstance(option, dict):
        found.add("must be an object", where)
        return
    check_text(found, option.get("text"), 75, where + "/text", plain=plain)
    length(found, option.get("value"), 1, 150, where + "/value")
    if option.get("description") is not None:
        check_text(found, option["description"], 75, where + "/description", plain=plain)


def check_options(found: Problems, element: JSON, most: int, where: str, plain: bool = True) -> None:
    options, groups = element.get("options"), element.get("option_groups")
    if groups is not None:
        if not 1 <= len(groups) <= 100:
            found.add("no more than 100 items allowed", where + "/option_groups")
        for at, group in enumerate(groups):
            check_text(found, group.get("label"), 75, f"{where}/option_groups/{at}/label", plain=True)
            check_options(found, {"options": group.get("options")}, most, f"{where}/option_groups/{at}")
        options = [one for group in groups for one in group.get("options") or []]
    else:
        if not isinstance(options, list) or not options:
            found.add("no fewer than 1 items allowed", where + "/options")
            return
        if len(options) > most:
            found.add(f"no more than {most} items allowed", where + "/options")
        for at, one in enumerate(options):
            check_option(found, one, f"{where}/options/{at}", plain)
    chosen = list(element.get("initial_options") or []) + ([element["initial_option"]] if element.get("initial_option") else [])
    for one in chosen:
        if one not in options:
            found.add("initial option must be one of the options", where + "/initial_option")


def _button(found: Problems, element: JSON, where: str) -> None:
    check_text(found, element.get("text"), 75, where + "/text", plain=True)
    if "value" in element:
        length(found, element["value"], 0, 2000, where + "/value")
    if "url" in element:
        length(found, element["url"], 1, 3000, where + "/url")
    if element.get("style") not in (None, "primary", "danger"):
        found.add("must be one of: primary, danger", where + "/style")
    if "accessibility_label" in element:
        length(found, element["accessibility_label"], 1, 75, where + "/accessibility_label")


def _input(found: Problems, element: JSON, where: str) -> None:
    most, least = element.get("max_length"), element.get("min_length", 0)
    if most is not None and not 1 <= most <= 3000:
        found.add("must be less than 3001", where + "/max_length")
    if not 0 <= least <= 3000 or (most is not None and least > most):
        found.add("must be less than max_length", where + "/min_length")
    if len(element.get("initial_value") or "") > (most or 3000):
        found.add("must be less than max_length", where + "/initial_value")


def _number(found: Problems, element: JSON, where: str) -> None:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        found.add("missing required field: is_decimal_allowed", where)


def _feedback(found: Problems, element: JSON, where: str) -> None:
    for name in ("positive_button", "negative_button"):
        check_text(found, (element.get(name) or {}).get("text"), 75, f"{where}/{name}/text", plain=True)


def _of(most: int, plain: bool = True) -> Callable[[Problems, JSON, str], None]:
    return lambda found, element, where: check_options(found, element, most, where, plain)


def _nothing(found: Problems, element: JSON, where: str) -> None:
    """Pickers that Slack fills itself have no options to check."""


CHECKS: dict[str, Callable[[Problems, JSON, str], None]] = {
    "button": _button,
    "workflow_button": _button,
    "plain_text_input": _input,
    "number_input": _number,
    "image": check_image,
    "overflow": _of(5),
    "checkboxes": _of(10, plain=False),
    "radio_buttons": _of(10, plain=False),
    "static_select": _of(100),
    "multi_static_select": _of(100),
    "feedback_buttons": _feedback,
}


def check_element(found: Problems, element: Any, allowed: frozenset[str], where: str) -> None:
    if not isinstance(element, dict):
        found.add("must be an object", where)
        return
    kind = element.get("type")
    if kind not in allowed:
        found.add(f"unsupported type: {kind}", where + "/type")
        return
    if kind in ("plain_text", "mrkdwn"):
        length(found, element.get("text"), 1, 3000, where + "/text")
        return
    CHECKS.get(kind, _nothing)(found, element, where)
    if "action_id" in element:
        length(found, element["action_id"], 1, 255, where + "/action_id")
    if element.get("placeholder") is not None:
        check_text(found, element["placeholder"], 150, where + "/placeholder", plain=True)
    if element.get("confirm") is not None:
        _confirm(found, element["confirm"], where + "/confirm")


def _confirm(found: Problems, confirm: JSON, where: str) -> None:
    for name, most in (("title", 100), ("confirm", 30), ("deny", 30)):
        check_text(found, confirm.get(name), most, f"{where}/{name}", plain=True)
    check_text(found, confirm.get("text"), 300, where + "/text")
