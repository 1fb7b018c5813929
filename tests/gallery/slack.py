"""A scene as Slack gets it: what the door's own render functions make of it, with the method that would carry it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from adapters.slack.fields import cut
from adapters.slack.home import home_blocks
from adapters.slack.interactions import Kept
from adapters.slack.render import look_of, messages
from adapters.slack.send import LONGEST_NOTICE
from adapters.slack.views import errors_of, form_view, home_view, sheet_view
from bot.commonmark import prose
from bot.doors import Delivery, Shown
from bot.model.base import Language
from bot.model.place import Account
from bot.outcome import FieldErrors, OpenForm, Sheet, Toast
from bot.show import plain
from bot.voice import Voice
from tests.gallery.scene import Scene, clear

TEAM, LINK = "T01GUYUB", "https://guyub.slack.com/archives/C0UMUM/p1764036000000100"
OURS = re.compile(r"https://(?:guyub\.test|paper\.test/[^)\s\"]*)")
METHODS = {
    "channel": "chat.postMessage",
    "whisper": "chat.postEphemeral",
    "direct": "chat.postMessage",
    "toast": "chat.postEphemeral",
}
Call = dict[str, Any]


def user_of(name: str) -> str:
    """A user id that can be read: U0WATI."""
    return "U0" + re.sub(r"[^A-Z]", "", name.upper().split("@")[0])


def localised(what: Any) -> Any:
    """People and links as this workspace has them."""
    match what:
        case Delivery():
            people = {id: a and Account("slack", f"{TEAM}:{user_of(a.user)}", a.name) for id, a in what.people.items()}
            return replace(what, people=people, links={key: LINK if found else "" for key, found in what.links.items()})
        case Shown():
            return replace(what, words={key: OURS.sub(LINK, text) for key, text in what.words.items()})
        case str():
            return OURS.sub(LINK, what)
        case Mapping():
            return {key: localised(value) for key, value in what.items()}
        case list():
            return [localised(one) for one in what]
    return what


@cache
def closing(language: Language, voice: Voice) -> str:
    return clear(plain(voice("slack.close", {}, language)))


def calls(one: Scene, voice: Voice) -> list[Call]:
    """What is sent, in order; the second message of a long text goes into the thread of the first."""
    what = localised(one.what)
    close = closing(one.language, voice)
    if one.kind == "home":
        return [{"method": "views.publish", "view": home_view(home_blocks(what))}]
    if isinstance(what, Delivery):
        return _said(one, what)
    match what.now:
        case Toast(template):
            return _messages(METHODS["toast"], prose(what.words[template]))
        case Sheet(template) as sheet:
            view = sheet_view(what, sheet, Kept(channel="C0UMUM"), close)
            said = _messages("chat.postEphemeral", what.words[template], what.buttons) if view is None else []
            return said or [{"method": "views.open", "view": view}]
        case OpenForm() as form:
            return [{"method": "views.open", "view": _form(what, form, close)}]
        case FieldErrors() as errors:
            form = localised(one.form) if one.form else None
            view = _form(form, form.now, close) if form else {"blocks": []}
            ids = tuple(block["block_id"] for block in view["blocks"] if block["type"] == "input") or ("field",)
            answer = {"response_action": "errors", "errors": errors_of(what, errors, ids)}
            return [{"method": "view_submission", "answer": answer, "view": view}]
    raise TypeError(one.kind)


def _form(shown: Shown, form: OpenForm, close: str) -> Call:
    return form_view(shown, form, Kept(form.name, form.subject, "C0UMUM"), close)


def _said(one: Scene, what: Delivery) -> list[Call]:
    names = ", ".join(name for name, _ in what.files)
    look = look_of(TEAM, what.people, what.links)
    method = METHODS[one.kind]
    made = [_message(method, part) for part in messages(what.text or names, look, what.buttons)]
    return made + [{"method": "files.completeUploadExternal", "title": name} for name, _ in what.files]


def _messages(method: str, text: str, buttons: Any = ()) -> list[Call]:
    return [_message(method, part) for part in messages(text, buttons=buttons)]


def _message(method: str, part: Any) -> Call:
    return {"method": method, "text": cut(part.text, LONGEST_NOTICE), "blocks": list(part.blocks)}
