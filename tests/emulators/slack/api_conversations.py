"""conversations.* and users.conversations"""

from __future__ import annotations

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.model import JSON, Channel, Message
from tests.emulators.slack.registry import Call, cursor_value, make_cursor, method, page
from tests.emulators.slack.shapes import channel_json, message_json
from tests.emulators.slack.state import SLACKBOT

KINDS = {"public_channel": ("public", "channels:read"), "private_channel": ("private", "groups:read"), "im": ("im", "im:read"),
         "mpim": ("mpim", "mpim:read")}  # fmt: skip
READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def listed(call: Call, mine: str | None) -> list[Channel]:
    """The channels of the asked types that the caller may know of; `mine`: only where this user is a member."""
    kinds = call.args.text("types", "public_channel").split(",")
    wanted = []
    for kind in (one.strip() for one in kinds):
        if kind not in KINDS:
            raise SlackError("invalid_types")
        call.require(KINDS[kind][1])
        wanted.append(KINDS[kind][0])
    visible = [one for one in call.space.channels.values() if one.kind in wanted]
    return [
        one
        for one in visible
        if (one.kind == "public" or call.token.user in one.members)
        and (mine is None or mine in one.members)
        and not (one.archived and call.args.flag("exclude_archived"))
    ]


@method("conversations.list", *READ, tier=2)
def list_conversations(call: Call) -> JSON:
    shown = [channel_json(call.space, one, call.token.user, count=True) for one in listed(call, None)]
    found, following = page(shown, call.args, most=1000)
    return {"channels": found, **following}


@method("users.conversations", *READ)
def users_conversations(call: Call) -> JSON:
    user = call.args.text("user", call.token.user)
    if user not in call.space.users:
        raise SlackError("user_not_found")
    shown = [channel_json(call.space, one, call.token.user) for one in listed(call, user)]
    found, following = page(shown, call.args)
    return {"channels": found, **following}


@method("conversations.info", *READ)
def info(call: Call) -> JSON:
    channel = call.channel()
    call.scope_for("read", channel)
    shown = channel_json(call.space, channel, call.token.user, count=call.args.flag("include_num_members"))
    if call.args.flag("include_locale"):
        shown["locale"] = "en-US"
    return {"channel": shown}


@method("conversations.members", *READ, tier=4)
def members(call: Call) -> JSON:
    channel = call.channel()
    call.scope_for("read", channel)
    found, following = page([{"id": one} for one in channel.members], call.args)
    return {"members": [one["id"] for one in found], **following}


def reachable(call: Call, messages: list[Message]) -> tuple[list[Message], JSON]:
    """Without what lies behind the free plan's wall."""
    if call.space.history_days is None:
        return messages, {}
    wall = call.space.slack.clock() - call.space.history_days * 86_400
    kept = [one for one in messages if float(one.ts) >= wall]
    return kept, {"is_limited": True} if len(kept) < len(messages) else {}


def between(call: Call, messages: list[Message]) -> list[Message]:
    """Those from oldest to latest; the ends themselves only with `inclusive`. ts compare exactly, as integers."""
    oldest, latest, inclusive = call.args.text("oldest"), call.args.text("latest"), call.args.flag("inclusive")
    low, high = micros(oldest, "invalid_ts_oldest"), micros(latest, "invalid_ts_latest")

    def inside(ts: str) -> bool:
        at = micros(ts, "")
        assert at is not None
        if low is not None and (at < low or (at == low and not inclusive)):
            return False
        return not (high is not None and (at > high or (at == high and not inclusive)))

    return [one for one in messages if inside(one.ts)]


def micros(ts: str, error: str) -> int | None:
    if not ts:
        return None
    seconds, _, fraction = ts.partition(".")
    if not seconds.isdecimal() or (fraction and not fraction.isdecimal()):
        raise SlackError(error)
    return int(seconds) * 1_000_000 + int(fraction[:6].ljust(6, "0"))


def with_metadata(call: Call, messages: list[Message]) -> list[JSON]:
    full = call.args.flag("include_all_metadata")
    return [message_json(call.space, one, metadata=full) for one in messages]


@method("conversations.history", *HISTORY)
def history(call: Call) -> JSON:
    """Newest first; replies only where they were also sent to the channel."""
    channel = call.channel(member=True)
    call.scope_for("history", channel)
    all_of = [one for one in channel.messages if one.only_for is None and (not one.is_reply or one.broadcast)]
    kept, walled = reachable(call, all_of)
    found = between(call, kept)[::-1]
    before = cursor_value(call.args)
    if before:
        found = [one for one in found if one.ts < before]
    limit = call.args.number("limit", 100, most=999)
    shown, more = found[:limit], len(found) > limit
    answer: JSON = {"messages": with_metadata(call, shown), "has_more": more, "pin_count": 0, "channel_actions_ts": None,
                    "channel_actions_count": 0, **walled}  # fmt: skip
    if more:
        answer["response_metadata"] = {"next_cursor": make_cursor(shown[-1].ts)}
    return answer


@method("conversations.replies", *HISTORY)
def replies(call: Call) -> JSON:
    """The parent once, on the first page and whatever `oldest` says, then the replies, oldest first."""
    channel = call.channel(member=True)
    call.scope_for("history", channel)
    parent = channel.by_ts.get(call.args.need("ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    after = cursor_value(call.args)
    thread, walled = reachable(call, channel.thread(parent.ts))
    found = [one for one in between(call, thread) if not after or one.ts > after]
    limit = call.args.number("limit", 1000, most=1000) - (0 if after else 1)
    shown, more = found[: max(limit, 0)], len(found) > max(limit, 0)
    head = [] if after else [parent]
    answer: JSON = {"messages": with_metadata(call, [*head, *shown]), "has_more": more, **walled}
    if more:
        answer["response_metadata"] = {"next_cursor": make_cursor(shown[-1].ts if shown else parent.ts)}
    return answer


@method("conversations.open", "im:write", "mpim:write")
def open_conversation(call: Call) -> JSON:
    if call.args.text("channel"):
        return {"channel": {"id": call.channel().id}}
    users = [one for one in call.args.need("users").split(",") if one]
    if len(users) != 1:
        raise SlackError("not_enough_users" if not users else "method_not_supported_for_channel_type")
    user = call.space.users.get(users[0])
    if user is None or user.id == SLACKBOT:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    known = {one.id for one in call.space.channels.values()}
    channel = call.space.im(call.token.user, user.id)
    shown = channel_json(call.space, channel, call.token.user) if call.args.flag("return_im") else {"id": channel.id}
    return {"channel": shown, "already_open": channel.id in known} | ({"no_op": True} if channel.id in known else {})


@method("conversations.join", "channels:join")
def join(call: Call) -> JSON:
    channel = call.channel()
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    already = call.token.user in channel.members
    call.space.join(channel, call.token.user)
    note = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}} if already else {}
    return {"channel": channel_json(call.space, channel, call.token.user), **note}


@method("conversations.leave", "channels:manage", "groups:write", "im:write", "mpim:write")
def leave(call: Call) -> JSON:
    channel = call.channel()
    if channel.kind == "im":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.name == "general":
        raise SlackError("cant_leave_general")
    if channel.archived:
        raise SlackError("is_archived")
    if call.token.user not in channel.members:
        return {"not_in_channel": True}
    call.space.leave(channel, call.token.user)
    return {}
