"""Commands, buttons, forms and shortcuts → the core's neutral events, with what is needed to answer them at once. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from adapters.slack.fields import submitted
from adapters.slack.ids import DOOR, is_id, is_ts
from adapters.slack.payload import Json, Sent, items, obj, text
from adapters.slack.translate import Scene, files_of, ours, thread_of
from bot.events import Commanded, Event, Marked, Pressed, Submitted, What
from bot.model.place import Account, Place

KEEP, ASK = "keep", "ask"  # the shortcuts' callback ids in the manifest
LONGEST_KEPT = 3000  # characters of a view's private_metadata


@dataclass(frozen=True, slots=True)
class Heard:
    """An act that wants an answer at once. `trigger` opens one view within three seconds.

    `response_url` answers in the channel even where we are no member. `modal`: the id of the view that it was done in, and
    `submitted`: that view was a form and was sent.
    """

    event: Event
    trigger: str
    response_url: str = ""
    modal: str = ""
    submitted: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What a modal remembers for when it comes back: which form on what, and where the person was."""

    form: str = ""
    subject: str = ""
    channel: str = ""
    thread: str = ""

    def written(self) -> str:
        """Four lines, the subject last. ValueError: longer than Slack keeps."""
        words = "\n".join((self.form, self.channel, self.thread, self.subject))
        if len(words) > LONGEST_KEPT:
            raise ValueError("a form's subject is too long for Slack")
        return words


def kept_in(view: Json) -> Kept:
    """What we put into a view's private_metadata; nothing where it is not ours."""
    lines = text(view, "private_metadata").split("\n", 3)
    return Kept(lines[0], lines[3], lines[1], lines[2]) if len(lines) == 4 else Kept()


def person_of(sent: Sent) -> tuple[str, str]:
    """Who acted: their id and handle; ("", "") where nobody can be told."""
    if sent.kind == "command":
        user, name = text(sent.payload, "user_id"), text(sent.payload, "user_name")
    else:
        user = text(obj(sent.payload, "user"), "id")
        name = text(obj(sent.payload, "user"), "username") or text(obj(sent.payload, "user"), "name")
    return (user, name) if is_id(user) else ("", "")


def needs_direct(sent: Sent) -> bool:
    """Whether the place is our private chat with the person: there is none in the payload, or one that we are not in."""
    if sent.kind == "command":
        return text(sent.payload, "channel_id").startswith("D") or not is_id(text(sent.payload, "channel_id"))
    view = obj(sent.payload, "view")
    return not is_id(_channel(sent.payload)) and not kept_in(view).channel


def to_heard(sent: Sent, scene: Scene) -> Heard | None:
    """None for what is not ours to answer (a link button, a closed view) or not understood."""
    user, name = person_of(sent)
    if not user:
        return None
    account = scene.account(user, name)
    found = _command(sent.payload, account, scene) if sent.kind == "command" else _interaction(sent.payload, account, scene)
    if found is None:
        return None
    what, place = found
    trigger = text(sent.payload, "trigger_id")
    view = obj(sent.payload, "view")
    event = Event(_id(scene.team, trigger, sent.payload), scene.library, scene.now, what, account, place, scene.locale(user))
    event = replace(event, private=_raw(place).startswith("D"))
    modal = text(view, "id") if text(view, "type") == "modal" else ""
    return Heard(event, trigger, _response_url(sent.payload), modal, text(sent.payload, "type") == "view_submission")


def _id(team: str, trigger: str, payload: Json) -> str:
    """Slack's trigger names one act; where there is none, the act's own words do."""
    name = trigger[:100] or hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    return f"{DOOR}:{team}:{name}"


def _raw(place: Place) -> str:
    return place.channel.partition(":")[2]


def _response_url(payload: Json) -> str:
    urls = items(payload, "response_urls")
    return text(payload, "response_url") or (text(urls[0], "response_url") if urls else "")


def _channel(payload: Json) -> str:
    return text(obj(payload, "channel"), "id") or text(obj(payload, "container"), "channel_id")


def _direct(user: str, scene: Scene) -> Place:
    """Our private chat; under the person's own id where its channel is not known: Slack delivers there all the same."""
    return scene.place(scene.direct.get(user, user))


def _command(payload: Json, account: Account, scene: Scene) -> tuple[What, Place] | None:
    name = text(payload, "command").removeprefix("/").lower()
    if not name or len(name) > 32:
        return None
    user, channel = account.user.partition(":")[2], text(payload, "channel_id")
    place = scene.place(channel) if is_id(channel) and not channel.startswith("D") else _direct(user, scene)
    return Commanded(name, scene.readable(text(payload, "text")).strip()), place


def _interaction(payload: Json, account: Account, scene: Scene) -> tuple[What, Place] | None:
    match text(payload, "type"):
        case "block_actions":
            return _press(payload, account, scene)
        case "view_submission":
            view = obj(payload, "view")
            kept = kept_in(view)
            form = kept.form or text(view, "callback_id")
            fields = submitted(obj(obj(view, "state"), "values"))
            return (Submitted(form, kept.subject, fields), _place(kept, account, scene)) if form else None
        case "message_action" if text(payload, "callback_id") == KEEP:
            return _mark(payload, scene)
        case "shortcut" if text(payload, "callback_id") == ASK:
            user = account.user.partition(":")[2]
            return Commanded("ask" if scene.locale(user) == "en" else "tanya"), _direct(user, scene)
    return None


def _place(kept: Kept, account: Account, scene: Scene) -> Place:
    """Where the person was when the view was opened."""
    if is_id(kept.channel):
        return scene.place(kept.channel, kept.thread if is_ts(kept.thread) else "")
    return _direct(account.user.partition(":")[2], scene)


def _press(payload: Json, account: Account, scene: Scene) -> tuple[What, Place] | None:
    pressed = [one for one in items(payload, "actions") if text(one, "type") == "button" and not text(one, "url")]
    action = text(pressed[0], "action_id").rpartition("|")[0] if pressed else ""
    if not action:
        return None
    value, channel = text(pressed[0], "value"), _channel(payload)
    if not is_id(channel):  # in a modal or on the home page
        return Pressed(action, value), _place(kept_in(obj(payload, "view")), account, scene)
    container, message = obj(payload, "container"), obj(payload, "message")
    ts = text(container, "message_ts") or text(message, "ts")
    thread = text(container, "thread_ts") or text(message, "thread_ts")
    place = scene.place(channel, thread if is_ts(thread) and thread != ts else "")
    return Pressed(action, value, ts if is_ts(ts) else ""), place


def _mark(payload: Json, scene: Scene) -> tuple[What, Place] | None:
    message, channel = obj(payload, "message"), _channel(payload)
    ts, writer = text(message, "ts") or text(payload, "message_ts"), text(message, "user")
    if not is_ts(ts) or not is_id(channel) or ours(message, scene) or not is_id(writer):
        return None
    what = Marked(ts, scene.readable(text(message, "text")), scene.account(writer), files_of(message, scene.team))
    return what, scene.place(channel, thread_of(message))
