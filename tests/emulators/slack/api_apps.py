"""apps.* and assistant.threads.*"""

from __future__ import annotations

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.model import JSON, Channel
from tests.emulators.slack.registry import Call, method

MOST_SOCKETS, MOST_PROMPTS = 10, 4


@method("apps.connections.open", "connections:write", tier=1, tokens=("app",))
def connections_open(call: Call) -> JSON:
    if len(call.space.slack.sockets.of(call.space)) >= MOST_SOCKETS:
        raise SlackError("too_many_websockets")
    call.space.app.socket_mode = True
    return {"url": call.space.slack.sockets.ticket(call.space)}


def thread(call: Call) -> tuple[Channel, str]:
    channel, ts = call.channel("channel_id"), call.args.need("thread_ts")
    if ts not in channel.by_ts:
        raise SlackError("invalid_thread_ts")
    return channel, ts


@method("assistant.threads.setStatus", "assistant:write", "chat:write")
def set_status(call: Call) -> JSON:
    """Kept in `channel.statuses`, newest last; an empty status clears it."""
    channel, ts = thread(call)
    messages = call.args.json("loading_messages", "invalid_arguments") or []
    if len(messages) > 10:
        raise SlackError("invalid_arguments")
    status = {"thread_ts": ts, "status": call.args.text("status"), "loading_messages": messages, "at": call.space.slack.clock()}
    channel.statuses.append(status)
    return {}


@method("assistant.threads.setSuggestedPrompts", "assistant:write")
def set_prompts(call: Call) -> JSON:
    channel, ts = thread(call)
    prompts = call.args.objects("prompts", "invalid_arguments") or []
    if not 1 <= len(prompts) <= MOST_PROMPTS or not all(one.get("title") and one.get("message") for one in prompts):
        raise SlackError("invalid_arguments")
    channel.prompts.append({"thread_ts": ts, "title": call.args.text("title"), "prompts": prompts})
    return {}


@method("assistant.threads.setTitle", "assistant:write")
def set_title(call: Call) -> JSON:
    channel, ts = thread(call)
    channel.by_ts[ts].extra["assistant_title"] = call.args.need("title")
    return {}
