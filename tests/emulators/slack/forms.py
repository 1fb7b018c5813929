"""What Slack's client lets a person enter: finding elements, filling them, required fields, `view.state.values`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.emulators.slack.blockkit_tree import acting, every_block
from tests.emulators.slack.model import JSON

TYPED = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
SINGLE = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
}
SEVERAL = {
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "file_input": "files",
}
INITIAL = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_conversation": "initial_conversation",
    "selected_channel": "initial_channel",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "selected_users": "initial_users",
    "selected_conversations": "initial_conversations",
    "selected_channels": "initial_channels",
    "rich_text_value": "initial_value",
}
SHAPES = {"datepicker": r"\d{4}-\d\d-\d\d", "timepicker": r"\d\d:\d\d", "email_text_input": r"[^@\s]+@[^@\s]+\.[^@\s]+",
          "url_text_input": r"https?://\S+", "number_input": r"-?\d+(\.\d+)?"}  # fmt: skip


class Refused(Exception):
    """Slack's own client would not let a person do this: nothing was sent."""


@dataclass(frozen=True)
class Spot:
    """An element, and the block that it is in."""

    block: JSON
    element: JSON

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def key(self) -> tuple[str, str]:
        return self.block["block_id"], self.element["action_id"]


def text_of(value: object) -> str:
    """A text object's text."""
    return str(value.get("text", "")) if isinstance(value, dict) else ""


def spots(blocks: list[JSON]) -> Iterator[Spot]:
    """Every element that a person can act on, top to bottom."""
    for block in every_block(blocks):
        for one in acting(block):
            yield Spot(block, one)


def find(blocks: list[JSON], which: str) -> Spot:
    """The element with this action_id, block_id, label or button text; the first, if several."""
    every = list(spots(blocks))
    for names in (
        lambda s: (s.element["action_id"],),
        lambda s: (s.block["block_id"],),
        lambda s: (text_of(s.element.get("text")), text_of(s.block.get("label")), text_of(s.element.get("placeholder"))),
        lambda s: [text_of(one["text"]) for one in options_of(s.element)] if s.kind == "overflow" else (),
    ):
        for spot in every:
            if which in names(spot):
                return spot
    raise Refused(f"nothing here is called {which!r}; there is {[s.element['action_id'] for s in every]}")


def options_of(element: JSON) -> list[JSON]:
    groups = element.get("option_groups")
    return [one for group in groups for one in group["options"]] if groups else list(element.get("options") or [])


def option(element: JSON, wanted: str) -> JSON:
    """An option by its value or its text."""
    for one in options_of(element):
        if wanted in (one["value"], text_of(one["text"])):
            return one
    raise Refused(f"{wanted!r} is not among {[text_of(one['text']) for one in options_of(element)]}")


def initial_state(blocks: list[JSON]) -> dict[str, JSON]:
    """`state.values` before anybody touched anything: all that keep a value, empty ones as null or []."""
    state: dict[str, JSON] = {}
    for spot in spots(blocks):
        kind, element = spot.kind, spot.element
        if kind in TYPED:
            value: Any = {"type": kind, "value": element.get("initial_value")}
        elif kind in SINGLE:
            value = {"type": kind, SINGLE[kind]: element.get(INITIAL[SINGLE[kind]])}
        elif kind in SEVERAL:
            value = {"type": kind, SEVERAL[kind]: list(element.get(INITIAL.get(SEVERAL[kind], ""), []))}
        else:
            continue
        state.setdefault(spot.block["block_id"], {})[spot.element["action_id"]] = value
    return state


def entered(spot: Spot, value: Any) -> JSON:
    """The state that an element has after a person gave it `value`. Raises Refused for what cannot be entered."""
    kind, element = spot.kind, spot.element
    if kind in TYPED:
        return {"type": kind, "value": _typed(kind, element, str(value)) if value not in (None, "") else None}
    if kind in SEVERAL:
        many = [value] if isinstance(value, str) else list(value)
        chosen = [option(element, one) if options_of(element) else one for one in many]
        most = element.get("max_selected_items")
        if most is not None and len(chosen) > most:
            raise Refused(f"no more than {most} may be chosen")
        if kind in ("checkboxes", "multi_static_select"):
            chosen = [one for one in options_of(element) if one in chosen]
        return {"type": kind, SEVERAL[kind]: chosen}
    if kind in SINGLE:
        chosen_one = None if value is None else option(element, value) if options_of(element) else value
        if isinstance(value, str) and kind in SHAPES and not re.fullmatch(SHAPES[kind], value):
            raise Refused(f"{value!r} is not what a {kind} takes")
        return {"type": kind, SINGLE[kind]: chosen_one}
    raise Refused(f"a {kind} takes no value")


def _typed(kind: str, element: JSON, value: str) -> str:
    if not element.get("multiline") and "\n" in value:
        raise Refused("this field has one line")
    if len(value) > int(element.get("max_length") or 3000):
        raise Refused(f"at most {element.get('max_length') or 3000} characters")
    if len(value) < int(element.get("min_length") or 0):
        raise Refused(f"at least {element['min_length']} characters")
    if kind in SHAPES and not re.fullmatch(SHAPES[kind], value):
        raise Refused(f"{value!r} is not what a {kind} takes")
    return value


def missing(blocks: list[JSON], state: dict[str, JSON]) -> list[str]:
    """The block ids of required inputs that are empty: the client does not submit then."""
    empty = []
    for block in blocks:
        if block["type"] == "input" and not block.get("optional"):
            value = state[block["block_id"]][block["element"]["action_id"]]
            if not any(v not in (None, "", []) for k, v in value.items() if k != "type"):
                empty.append(block["block_id"])
    return empty
