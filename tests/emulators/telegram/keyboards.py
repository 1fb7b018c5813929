"""reply_markup: what Telegram takes as a keyboard."""

from __future__ import annotations

from typing import Any

from tests.emulators.telegram.errors import bad
from tests.emulators.telegram.html import checked_link
from tests.emulators.telegram.params import Params
from tests.emulators.telegram.text import clean

MOST_BUTTONS, MOST_IN_A_ROW, MOST_BYTES = 100, 8, 64
ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


def read_markup(params: Params, inline_only: bool = False) -> dict[str, Any] | None:
    """The keyboard of a call, checked; None where there is none."""
    markup = params.json("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = inline_rows(markup["inline_keyboard"])
        return {"inline_keyboard": rows} if rows else None
    if inline_only and markup:
        raise bad("inline keyboard expected")
    if not markup:
        return None
    if not any(one in markup for one in ("keyboard", "remove_keyboard", "force_reply")):
        raise bad("can't parse reply keyboard markup JSON object")
    return markup


def inline_rows(rows: Any) -> list[list[dict[str, Any]]]:
    if not isinstance(rows, list):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    kept = []
    for row in rows:
        if not isinstance(row, list):
            raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
        if len(row) > MOST_IN_A_ROW:
            raise bad("reply markup is too long")
        if row:
            kept.append([inline_button(one) for one in row])
    if sum(map(len, kept)) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    return kept


def inline_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: expected an Object")
    text = clean(button["text"], [])[0] if isinstance(button.get("text"), str) else ""
    if not text:
        raise bad("inline keyboard button text must be non-empty")
    actions = [one for one in ACTIONS if one in button]
    if not actions:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad("can't parse inline keyboard button: exactly one of the optional fields must be used")
    value = button[actions[0]]
    if actions == ["callback_data"] and not (isinstance(value, str) and 1 <= len(value.encode()) <= MOST_BYTES):
        raise bad("BUTTON_DATA_INVALID")
    if actions == ["url"]:
        url = checked_link(value) if isinstance(value, str) else None
        if url is None:
            raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
        value = url
    return {"text": text, actions[0]: value}
