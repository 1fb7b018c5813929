"""chat.*"""

from __future__ import annotations

import json

from tests.emulators.slack.blockkit import check_blocks
from tests.emulators.slack.blockkit_tree import acting, every_block
from tests.emulators.slack.errors import SlackError, invalid
from tests.emulators.slack.model import JSON, Channel, Message
from tests.emulators.slack.registry import Call, method
from tests.emulators.slack.shapes import message_json
from tests.emulators.slack.texts import LONGEST_BLOCKS, checked, length_of
from tests.emulators.slack.workspace import Workspace

UNSEEN = "This content can't be displayed."


def with_ids(space: Workspace, blocks: list[JSON]) -> list[JSON]:
    """Slack gives each block without an id one of its own, and each interactive element too."""
    done: list[JSON] = json.loads(json.dumps(blocks))
    for block in every_block(done):
        block.setdefault("block_id", space.new_id("b")[1:6])
        for one in acting(block):
            one.setdefault("action_id", space.new_id("a")[1:6])
    return done


def checked_blocks(space: Workspace, blocks: list[JSON]) -> list[JSON]:
    """The blocks of a message with their ids, or invalid_blocks, or msg_blocks_too_long."""
    problems = check_blocks(blocks, "message", unique_action_ids=space.slack.unique_action_ids)
    if problems:
        raise invalid("invalid_blocks", problems)
    if length_of(blocks) > LONGEST_BLOCKS:
        raise SlackError("msg_blocks_too_long")
    return with_ids(space, blocks)


def content(call: Call) -> tuple[str, list[JSON], list[JSON]]:
    """Text, blocks and attachments of a call, checked. Raises no_text when there is nothing."""
    text, blocks = checked(call.args.text("text")), call.args.objects("blocks", "invalid_blocks_format") or []
    attachments = call.args.objects("attachments", "invalid_attachments") or []
    markdown = call.args.text("markdown_text")
    if markdown:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > 12_000:
            raise SlackError("msg_too_long")
        text = markdown
    if not text.strip() and not blocks and not attachments:
        raise SlackError("no_text")
    if len(attachments) > 100:
        raise SlackError("too_many_attachments")
    return text or (UNSEEN if blocks else ""), checked_blocks(call.space, blocks) if blocks else [], attachments


def target(call: Call) -> Channel:
    """Where to post: a channel's id or name, or a user's id, whose direct messages are opened."""
    which, space = call.args.need("channel"), call.space
    if which in space.users:
        if space.users[which].deleted or which == call.token.user:
            raise SlackError("channel_not_found")
        return space.im(call.token.user, which)
    channel = space.channels.get(which)
    if channel is None:
        named = [one for one in space.channels.values() if one.name and one.name == which.lstrip("#")]
        channel = named[0] if named else None
    if channel is None or (channel.kind != "public" and call.token.user not in channel.members):
        raise SlackError("channel_not_found")
    if channel.archived:
        raise SlackError("is_archived")
    if call.token.user not in channel.members and "chat:write.public" not in call.token.scopes:
        raise SlackError("not_in_channel")
    return channel


def parent_of(call: Call, channel: Channel) -> str | None:
    """The thread to reply in. A reply's own ts is refused, an unknown one too."""
    ts = call.args.text("thread_ts")
    if not ts:
        return None
    parent = channel.by_ts.get(ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")
    return ts


def metadata_of(call: Call) -> JSON | None:
    given: JSON | None = call.args.json("metadata", "invalid_metadata_format")
    if given is None:
        return None
    shape = (
        isinstance(given, dict) and isinstance(given.get("event_type"), str) and isinstance(given.get("event_payload"), dict)
    )
    if not shape or set(given) - {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(given).encode()) > 8000:
        raise SlackError("metadata_too_large")
    return given


def by_app(call: Call) -> JSON:
    """Who a message of this caller is from."""
    app = call.space.app
    ours = call.token.user == app.bot_user
    return {"user": call.token.user, "bot_id": app.bot_id if ours else None, "app_id": app.id}


@method("chat.postMessage", "chat:write")
def post_message(call: Call) -> JSON:
    channel, space = target(call), call.space
    text, blocks, attachments = content(call)
    thread, ts, broadcast = parent_of(call, channel), space.new_ts(), call.args.flag("reply_broadcast")
    custom = call.args.text("username") or None
    if custom or call.args.text("icon_emoji"):
        call.require("chat:write.customize")
    message = Message(ts, channel.id, text=text, blocks=blocks, attachments=attachments, thread_ts=thread, username=custom,
                      metadata=metadata_of(call), broadcast=broadcast and thread is not None,
                      subtype="thread_broadcast" if broadcast and thread else None, **by_app(call))  # fmt: skip
    space.post(message)
    return {"channel": channel.id, "ts": ts, "message": message_json(space, message, metadata=True)}


@method("chat.postEphemeral", "chat:write", tier=4)
def post_ephemeral(call: Call) -> JSON:
    channel, space, user = target(call), call.space, call.args.need("user")
    text, blocks, attachments = content(call)
    if user not in space.users or space.users[user].deleted:
        raise SlackError("user_not_found")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    ts = space.new_ts()
    space.post(Message(ts, channel.id, text=text, blocks=blocks, attachments=attachments, thread_ts=parent_of(call, channel),
                       only_for=user, **by_app(call)))  # fmt: skip
    return {"message_ts": ts}


@method("chat.update", "chat:write")
def update(call: Call) -> JSON:
    channel, space = call.channel(), call.space
    message = call.message(channel)
    if message.user != call.token.user or message.subtype == "tombstone":
        raise SlackError("cant_update_message")
    if channel.archived:
        raise SlackError("is_archived")
    if space.edit_window is not None and space.slack.clock() - float(message.ts) > space.edit_window:
        raise SlackError("edit_window_closed")
    text, blocks, attachments = content(call)
    given = call.args.has("blocks")
    if call.args.has("metadata"):
        message.metadata = metadata_of(call)
    if call.args.has("attachments"):
        message.attachments = attachments
    space.edit(message, text, blocks, call.token.user, mark=not given and text != message.text)
    shown = message_json(space, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", "chat:write")
def delete(call: Call) -> JSON:
    channel, space = call.channel(), call.space
    message = call.message(channel)
    if message.user != call.token.user:
        raise SlackError("cant_delete_message")
    space.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def permalink(call: Call) -> JSON:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    link = f"https://{call.space.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
