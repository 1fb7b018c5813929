"""What is shown at once, as Slack's views: forms, sheets, short words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk.models.blocks import SectionBlock
from slack_sdk.models.views import View

from adapters.slack.fields import cut, inputs
from adapters.slack.interactions import Kept
from adapters.slack.render import Block, blocks, button_blocks
from bot.doors import Shown
from bot.outcome import FieldErrors, OpenForm, Sheet

MOST_BLOCKS, LONGEST_TITLE = 100, 24
NAME = "Guyub"


def form_view(shown: Shown, form: OpenForm, kept: Kept, close: str) -> dict[str, Any]:
    """A form. `close`: the words of the button that leaves it."""
    words = _words(shown.words)
    fields = [block.to_dict() for field in form.fields for block in inputs(field, words)]
    intro = blocks(shown.words[form.intro]) if form.intro else []
    fields = [*intro[: MOST_BLOCKS - len(fields)], *fields][:MOST_BLOCKS]
    return View(
        type="modal",
        callback_id=form.name[:255],
        title=cut(words(form.title), LONGEST_TITLE) or NAME,
        submit=cut(words(form.submit), LONGEST_TITLE) or "OK",
        close=cut(close, LONGEST_TITLE),
        private_metadata=kept.written(),
        blocks=fields,
    ).to_dict()


def sheet_view(shown: Shown, sheet: Sheet, kept: Kept, close: str) -> dict[str, Any] | None:
    """Something to read, with its buttons. None where it is too long for a view."""
    actions = list(button_blocks(shown.buttons))
    body = blocks(shown.words[sheet.template])
    if len(body) + len(actions) > MOST_BLOCKS or not body:
        return None
    return _plain_view([*body, *actions], kept, close)


def short_view(words: str, kept: Kept, close: str) -> dict[str, Any]:
    """A short word in place of what a modal showed."""
    return _plain_view([SectionBlock(text={"type": "plain_text", "text": cut(words, 3000) or "…"}).to_dict()], kept, close)


def _plain_view(body: list[Block], kept: Kept, close: str) -> dict[str, Any]:
    metadata = kept.written()
    view = View(type="modal", title=NAME, close=cut(close, LONGEST_TITLE), private_metadata=metadata, blocks=body)
    return view.to_dict()


def errors_of(shown: Shown, errors: FieldErrors, shown_blocks: tuple[str, ...]) -> dict[str, str]:
    """Block id → what is wrong with it. `shown_blocks`: the ids of the form that was sent; an error of none of them is told
    at the first."""
    words, found = _words(shown.words), dict[str, str]()
    for field, key in errors.errors:
        block = next((one for one in shown_blocks if one == field or one.startswith(f"{field}|")), "")
        block = block or next(iter(shown_blocks), field)
        found[block] = f"{found[block]} {words(key)}" if block in found else words(key)
    return found


def home_view(body: list[Block]) -> dict[str, Any]:
    """A person's home page."""
    return View(type="home", blocks=body[:MOST_BLOCKS]).to_dict()


def _words(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda key: words.get(key, "")
