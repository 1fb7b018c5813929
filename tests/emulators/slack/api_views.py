"""views.*: modals through a trigger, homes by user."""

from __future__ import annotations

import json
from typing import Literal

from tests.emulators.slack.api_chat import with_ids
from tests.emulators.slack.blockkit import check_view
from tests.emulators.slack.errors import SlackError, invalid
from tests.emulators.slack.forms import initial_state
from tests.emulators.slack.model import JSON, Trigger, View
from tests.emulators.slack.registry import Call, method
from tests.emulators.slack.shapes import view_json
from tests.emulators.slack.workspace import Workspace

MOST_STACKED = 3
LARGEST = 250_000


def checked_view(space: Workspace, body: object, kind: Literal["modal", "home"]) -> JSON:
    problems = check_view(body, kind, space.slack.unique_action_ids)
    if problems:
        raise invalid("invalid_arguments", problems)
    assert isinstance(body, dict)
    if len(json.dumps(body)) > LARGEST:
        raise SlackError("view_too_large")
    known = {view.body.get("external_id") for view in space.views.values() if view.open}
    if body.get("external_id") and body["external_id"] in known:
        raise SlackError("duplicate_external_id")
    return {**body, "blocks": with_ids(space, body["blocks"])}


def given_view(call: Call) -> object:
    if not call.args.has("view"):
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]})
    return call.args.json("view", "invalid_arguments")


def trigger_of(call: Call) -> Trigger:
    """Good once and for three seconds."""
    given = call.args.text("trigger_id") or call.args.text("interactivity_pointer")
    trigger = call.space.triggers.get(given)
    if trigger is None:
        raise SlackError("invalid_trigger_id" if given else "invalid_arguments")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if call.space.slack.clock() > trigger.expires:
        raise SlackError("expired_trigger_id")
    return trigger


def new_modal(space: Workspace, user: str, body: JSON) -> View:
    """Put a checked modal in front of a person."""
    stack = space.stack(user)
    view = View(space.new_id("V"), user, "modal", body, space.new_hash(body), state=initial_state(body["blocks"]))
    view.root, view.previous = (stack[0].id, stack[-1].id) if stack else (view.id, None)
    stack.append(view)
    space.views[view.id] = view
    return view


def replace_body(space: Workspace, view: View, body: JSON) -> None:
    """Give an open view another content; what was typed into inputs that stay is kept."""
    state = initial_state(body["blocks"])
    for block_id, actions in view.state.items():
        for action_id, value in actions.items():
            fresh = state.get(block_id, {}).get(action_id)
            if fresh is not None and fresh["type"] == value["type"]:
                state[block_id][action_id] = value
    view.body, view.state, view.hash = body, state, space.new_hash(body)


@method("views.open", tier=4)
def open_view(call: Call) -> JSON:
    trigger = trigger_of(call)
    body = checked_view(call.space, given_view(call), "modal")
    trigger.used = True
    for old in call.space.stack(trigger.user):
        old.open = False
    call.space.stack(trigger.user).clear()
    return {"view": view_json(call.space, new_modal(call.space, trigger.user, body))}


@method("views.push", tier=4)
def push(call: Call) -> JSON:
    trigger = trigger_of(call)
    stack = call.space.stack(trigger.user)
    if trigger.view is None or not stack:
        raise SlackError("invalid_trigger_id")
    if len(stack) >= MOST_STACKED:
        raise SlackError("push_limit_reached")
    body = checked_view(call.space, given_view(call), "modal")
    trigger.used = True
    return {"view": view_json(call.space, new_modal(call.space, trigger.user, body))}


@method("views.update", tier=4)
def update(call: Call) -> JSON:
    space, view_id, external = call.space, call.args.text("view_id"), call.args.text("external_id")
    if bool(view_id) == bool(external):
        raise SlackError("invalid_arguments")
    open_views = [one for one in space.views.values() if one.open]
    view = next(
        (one for one in open_views if one.id == view_id or (external and one.body.get("external_id") == external)), None
    )
    if view is None:
        raise SlackError("not_found")
    if call.args.text("hash", view.hash) != view.hash:
        raise SlackError("hash_conflict")
    given, own = given_view(call), view.body.get("external_id")
    if isinstance(given, dict) and own and given.get("external_id") == own:
        del given["external_id"]  # it may keep its own
        body = checked_view(space, given, view.kind) | {"external_id": own}
    else:
        body = checked_view(space, given, view.kind)
    replace_body(space, view, body)
    return {"view": view_json(space, view)}


@method("views.publish", tier=4)
def publish(call: Call) -> JSON:
    space, user = call.space, call.args.need("user_id")
    if user not in space.users or space.users[user].deleted:
        raise SlackError("user_not_found" if user not in space.users else "not_enabled")
    given, old = given_view(call), space.homes.get(user)
    if old is not None and call.args.text("hash", old.hash) != old.hash:
        raise SlackError("hash_conflict")
    if old is not None:
        old.open = False
    body = checked_view(space, given, "home")
    view = View(
        old.id if old else space.new_id("V"), user, "home", body, space.new_hash(body), state=initial_state(body["blocks"])
    )
    space.homes[user] = space.views[view.id] = view
    return {"view": view_json(space, view)}
