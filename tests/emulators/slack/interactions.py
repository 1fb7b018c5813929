"""Commands, buttons, shortcuts and modals: the payload, the way to the app, and what its answer does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.emulators.slack.api_views import MOST_STACKED, checked_view, new_modal, replace_body
from tests.emulators.slack.delivery import Attempt
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.forms import SEVERAL, SINGLE, Spot, entered, initial_state, option
from tests.emulators.slack.model import JSON, Channel, Message, ResponseUrl, View
from tests.emulators.slack.response_urls import apply
from tests.emulators.slack.shapes import interaction_json, message_json, view_json

if TYPE_CHECKING:
    from tests.emulators.slack.person import Person

FAILED = {"http_timeout": "operation_timeout", "connection_failed": "dispatch_failed", "http_error": "dispatch_failed",
          "no_retry": "dispatch_failed"}  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """What a person gets back at once. `error`: what Slack shows when the app failed (operation_timeout, dispatch_failed, …).
    `errors`: a modal's field errors by block id. `message`: what the app answered in the body of a command."""

    attempt: Attempt
    error: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    message: Message | None = None
    options: list[JSON] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.error and not self.errors


async def command(person: Person, channel: Channel, name: str, text: str) -> Reply:
    space, user = person.space, person.user
    trigger = space.new_trigger(user.id)
    named = {"public": channel.name, "private": "privategroup", "im": "directmessage"}[channel.kind]
    payload: JSON = {
        "token": space.app.verification,
        "team_id": space.id,
        "team_domain": space.domain,
        "channel_id": channel.id,
        "channel_name": named,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": space.app.id,
        "is_enterprise_install": "false",
        "response_url": space.new_response_url(channel.id, user.id),
        "trigger_id": trigger.id,
    }
    done = await space.slack.courier.ask(space, "command", payload)
    if not done.ok:
        return Reply(done, FAILED[done.reason])
    if not done.body.strip():
        return Reply(done)
    try:
        said = json.loads(done.body) if done.content_type == "application/json" else {"text": done.body}
        if not said:
            return Reply(done)
        return Reply(done, message=apply(space, ResponseUrl(channel.id, user.id, space.slack.clock() + 1800), said))
    except (ValueError, SlackError) as error:
        return Reply(done, error=getattr(error, "code", "invalid_command_response"))


def acted(spot: Spot, value: Any, ts: str) -> JSON:
    """One entry of `actions`."""
    element, kind = spot.element, spot.kind
    action: JSON = {"action_id": spot.key[1], "block_id": spot.key[0], "type": kind, "action_ts": ts}
    if kind in ("button", "workflow_button"):
        return action | {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    if kind == "feedback_buttons":
        chosen = element["positive_button" if value in (True, "positive") else "negative_button"]
        return action | {"text": chosen["text"], "value": chosen["value"]}
    if kind == "overflow":
        return action | {"selected_option": option(element, value)}
    if kind in SINGLE or kind in SEVERAL:
        return action | {k: v for k, v in entered(spot, value).items() if k != "type"}
    return action | {"value": value}


async def press_on_message(person: Person, message: Message, spot: Spot, value: Any) -> Reply:
    space, state = person.space, person.message_state(message)
    channel, hidden = space.channels[message.channel], message.only_for is not None
    _remember(state, spot, value)
    trigger = space.new_trigger(person.id)
    container: JSON = {"type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": hidden}
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    payload = interaction_json(space, "block_actions", person.user, trigger) | {
        "container": container,
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "state": {"values": state},
        "response_url": space.new_response_url(channel.id, person.id, message),
        "actions": [acted(spot, value, space.new_ts())],
    }
    if not hidden:  # Slack does not send along what only one person saw
        payload["message"] = message_json(space, message)
    return await _plain(person, payload)


async def press_on_view(person: Person, view: View, spot: Spot, value: Any) -> Reply:
    space = person.space
    _remember(view.state, spot, value)
    trigger = space.new_trigger(person.id, view.id if view.kind == "modal" else None)
    payload = interaction_json(space, "block_actions", person.user, trigger) | {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(space, view),
        "actions": [acted(spot, value, space.new_ts())],
    }
    return await _plain(person, payload)


def _remember(state: dict[str, JSON], spot: Spot, value: Any) -> None:
    if spot.kind in SINGLE or spot.kind in SEVERAL:
        state.setdefault(spot.key[0], {})[spot.key[1]] = entered(spot, value)


async def _plain(person: Person, payload: JSON) -> Reply:
    """Send; only whether it was acknowledged matters."""
    done = await person.space.slack.courier.ask(person.space, "interaction", payload)
    return Reply(done, "" if done.ok else FAILED[done.reason])


async def shortcut(person: Person, callback_id: str, message: Message | None) -> Reply:
    """A message shortcut, or without a message a global one (which knows no channel)."""
    space = person.space
    kind = "shortcut" if message is None else "message_action"
    payload = interaction_json(space, kind, person.user, space.new_trigger(person.id))
    payload |= {"callback_id": callback_id, "action_ts": space.new_ts()}
    if message is not None:
        channel = space.channels[message.channel]
        payload |= {
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "message_ts": message.ts,
            "message": message_json(space, message),
            "response_url": space.new_response_url(channel.id, person.id),
        }
    return await _plain(person, payload)


async def suggest(person: Person, view: View, spot: Spot, typed: str) -> Reply:
    """Ask the app for the options of an external select."""
    space = person.space
    payload = interaction_json(space, "block_suggestion", person.user, space.new_trigger(person.id))
    payload |= {"action_id": spot.key[1], "block_id": spot.key[0], "value": typed, "view": view_json(space, view),
                "container": {"type": "view", "view_id": view.id}}  # fmt: skip
    done = await space.slack.courier.ask(space, "interaction", payload)
    try:
        said = json.loads(done.body) if done.ok else {}
        groups = said.get("option_groups")
        found = [one for group in groups for one in group["options"]] if groups else said.get("options", [])
        return Reply(done, "" if done.ok else FAILED[done.reason], options=found[:100])
    except ValueError:
        return Reply(done, "invalid_options")


async def submit(person: Person, view: View) -> Reply:
    space = person.space
    payload = interaction_json(space, "view_submission", person.user, space.new_trigger(person.id, view.id))
    payload |= {"view": view_json(space, view), "response_urls": []}
    done = await space.slack.courier.ask(space, "interaction", payload)
    if not done.ok:
        return Reply(done, FAILED[done.reason])
    try:
        said = json.loads(done.body) if done.body.strip() else {}
        return Reply(done, errors=_apply(person, view, said))
    except ValueError:
        return Reply(done, "invalid_response")
    except SlackError as error:
        return Reply(done, error.code)


def _apply(person: Person, view: View, said: JSON) -> dict[str, str]:
    """What the body of the answer to a submission does with the open modals."""
    space, stack = person.space, person.space.stack(person.id)
    match said.get("response_action"):
        case None:
            if view in stack:
                stack.remove(view)
            view.open = False
        case "errors":
            errors = said.get("errors")
            inputs = {one["block_id"] for one in view.body["blocks"] if one["type"] == "input"}
            if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
                raise SlackError("invalid_errors")
            return {str(k): str(v) for k, v in errors.items()}
        case "clear":
            for one in stack:
                one.open = False
            stack.clear()
        case "update":
            replace_body(space, view, checked_view(space, said.get("view"), "modal"))
        case "push":
            if len(stack) >= MOST_STACKED:
                raise SlackError("push_limit_reached")
            new_modal(space, person.id, checked_view(space, said.get("view"), "modal"))
        case other:
            raise SlackError(f"unknown response_action {other}")
    return {}


async def close(person: Person, view: View, everything: bool) -> Reply | None:
    """Close the modal in front, or all; the app hears of it where it asked to."""
    space, stack = person.space, person.space.stack(person.id)
    for one in list(stack) if everything or view.body.get("clear_on_close") else [view]:
        one.open = False
        stack.remove(one)
    if not view.body.get("notify_on_close"):
        return None
    payload = interaction_json(space, "view_closed", person.user, space.new_trigger(person.id))
    del payload["trigger_id"]
    payload |= {"view": view_json(space, view), "is_cleared": everything}
    return await _plain(person, payload)


def fresh_state(message: Message) -> dict[str, JSON]:
    return initial_state(message.blocks)
