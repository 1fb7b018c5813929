"""Answers at once: opens forms and sheets, says short words where the person is, draws their home page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from adapters.slack.errors import SlackRefused
from adapters.slack.home import home_blocks
from adapters.slack.ids import DOOR, joined, split
from adapters.slack.interactions import Heard, Kept
from adapters.slack.payload import Json, items, text
from adapters.slack.render import messages
from adapters.slack.views import errors_of, form_view, home_view, sheet_view, short_view
from adapters.slack.workspace import Workspace
from bot.commonmark import prose
from bot.doors import Ears, Label, Shown
from bot.errors import TryLater
from bot.model.base import Language
from bot.model.place import Account
from bot.outcome import Data, FieldErrors, OpenForm, Sheet, Toast
from bot.show import plain

log = logging.getLogger(__name__)
Words = Callable[[str, Data, Language], str]


class Showing:
    """One for all workspaces."""

    def __init__(self, ears: Ears, words: Words, hosts: Callable[[str], bool]) -> None:
        self._ears, self._words, self._trusted = ears, words, hosts

    def in_answer(self, shown: Shown, heard: Heard, view: Json) -> Json | None:
        """What a form that was sent gets as its own answer; None where the form closes and the word is said elsewhere."""
        try:
            return self._answer(shown, heard, view)
        except ValueError:  # too long for a view: `show` says what it can
            return None

    def _answer(self, shown: Shown, heard: Heard, view: Json) -> Json | None:
        kept, close = _kept(shown, heard), self._close(shown)
        match shown.now:
            case FieldErrors() as errors:
                ids = tuple(text(block, "block_id") for block in items(view, "blocks") if text(block, "type") == "input")
                return {"response_action": "errors", "errors": errors_of(shown, errors, ids)}
            case OpenForm() as form:
                return {"response_action": "update", "view": form_view(shown, form, kept, close)}
            case Sheet() as sheet:
                made = sheet_view(shown, sheet, kept, close)
                return {"response_action": "update", "view": made} if made else None
        return None

    async def show(self, shown: Shown, heard: Heard, space: Workspace) -> None:
        """For whatever else was done: a command, a button, a shortcut."""
        try:
            await self._shown(shown, heard, space)
        except ValueError as error:
            log.error("slack: %s", error)
            await self._say(self._words("error.unknown", {}, shown.now.language), heard, space)

    async def _shown(self, shown: Shown, heard: Heard, space: Workspace) -> None:
        kept, close = _kept(shown, heard), self._close(shown)
        match shown.now:
            case OpenForm() as form:
                await self._open(form_view(shown, form, kept, close), heard, space, form.language)
            case Sheet() as sheet:
                made = sheet_view(shown, sheet, kept, close)
                if made is None or not await self._opened(made, heard, space):
                    await self._say(shown.words[sheet.template], heard, space, shown.buttons)
            case Toast(template=template):
                await self._toast(shown.words[template], kept, close, heard, space)
            case FieldErrors(errors=errors):
                await self._toast(" ".join(shown.words[key] for _, key in errors[:1]), kept, close, heard, space)

    async def home(self, space: Workspace, user: str) -> None:
        """A person's home page, as the core tells it; a greeting where it has none."""
        account = Account(DOOR, joined(space.team, user))
        try:
            data = await self._ears.view("home", account)
        except KeyError:
            data = {}
        body = home_blocks(data) or messages(self._words("slack.home", {}, "id"))[0].blocks
        await _tried(space, "views.publish", user_id=user, view=home_view(list(body)))

    # ---- views -----------------------------------------------------------------------------------------------------------

    async def _open(self, view: dict[str, Any], heard: Heard, space: Workspace, language: Language) -> None:
        if not await self._opened(view, heard, space):
            await self._say(self._words("slack.too_late", {}, language), heard, space)

    async def _opened(self, view: dict[str, Any], heard: Heard, space: Workspace) -> bool:
        """False: the trigger was too old, or Slack refused."""
        if not heard.trigger:
            return False
        method = "views.push" if heard.modal and not heard.submitted else "views.open"
        return await _tried(space, method, trigger_id=heard.trigger, view=view) is not None

    async def _toast(self, words: str, kept: Kept, close: str, heard: Heard, space: Workspace) -> None:
        if heard.modal and not heard.submitted:
            view = short_view(words, kept, close)
            if await _tried(space, "views.update", view_id=heard.modal, view=view) is not None:
                return
        await self._say(_literal(words), heard, space)

    def _close(self, shown: Shown) -> str:
        return plain(self._words("slack.close", {}, shown.now.language))

    # ---- words -----------------------------------------------------------------------------------------------------------

    async def _say(self, words: str, heard: Heard, space: Workspace, buttons: tuple[Label, ...] = ()) -> None:
        """To the person alone: in place, else through the act's own address, else in private. `words`: CommonMark."""
        place, account = heard.event.place, heard.event.account
        if place is None or account is None:
            return
        channel, user = split(place.channel)[1], split(account.user)[1]
        for message in messages(words, buttons=buttons):
            body: dict[str, Any] = {"text": message.text, "blocks": list(message.blocks)}
            if channel.startswith("D") or channel == user:
                await _tried(space, "chat.postMessage", channel=channel, thread_ts=place.thread or None, **body)
                continue
            where = {"channel": channel, "thread_ts": place.thread or None}
            if await _tried(space, "chat.postEphemeral", user=user, **where, **body) is not None:
                continue
            if not await self._answered(heard.response_url, space, body):
                await _tried(space, "chat.postMessage", channel=user, **body)

    async def _answered(self, url: str, space: Workspace, body: dict[str, Any]) -> bool:
        """Through the address that came with the act; it works where we are no member. Only ever to Slack itself."""
        if not url or not self._trusted(url):
            return False
        given = {"response_type": "ephemeral", "replace_original": False, **body}
        try:
            async with space.api.session.post(url, json=given, allow_redirects=False) as answer:
                return answer.status == 200
        except (OSError, TimeoutError, ValueError):
            return False


async def _tried(space: Workspace, method: str, **args: object) -> Json | None:
    """What is shown at once is shown once: None where Slack would not or could not."""
    try:
        return await space.api.call(method, **args)
    except (SlackRefused, TryLater):
        return None


def _kept(shown: Shown, heard: Heard) -> Kept:
    place = heard.event.place
    channel, thread = (split(place.channel)[1], place.thread) if place else ("", "")
    if isinstance(shown.now, OpenForm):
        return Kept(shown.now.name, shown.now.subject, channel, thread)
    return Kept(channel=channel, thread=thread)


def _literal(words: str) -> str:
    """Plain words as CommonMark that shows just them."""
    return prose(words)
