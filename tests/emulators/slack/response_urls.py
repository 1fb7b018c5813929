"""response_url: five posts within thirty minutes, from outside the channel too."""

from __future__ import annotations

import json

from aiohttp import web

from tests.emulators.slack.api_chat import UNSEEN, checked_blocks
from tests.emulators.slack.arguments import Arguments
from tests.emulators.slack.downloads import SLACK
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.model import JSON, Entry, Message, ResponseUrl
from tests.emulators.slack.texts import checked
from tests.emulators.slack.workspace import Workspace

MOST_USES = 5


async def respond(request: web.Request) -> web.Response:
    slack = request.app[SLACK]
    space = next((one for one in slack.workspaces if one.id == request.match_info["team"]), None)
    url = space.response_urls.get(request.match_info["key"]) if space else None
    if space is None or url is None:
        return web.json_response({"ok": False, "error": "invalid_url"}, status=404)
    if url.expires < slack.clock() or url.used >= MOST_USES:
        return web.json_response({"ok": False, "error": "expired_url" if url.used < MOST_USES else "used_url"}, status=404)
    try:
        body = json.loads(await request.read())
        apply(space, url, body)
    except ValueError:
        return web.Response(status=400, text="invalid_payload")
    except SlackError as error:
        return web.Response(status=400, text=error.code)
    url.used += 1
    slack.ledger.append(Entry(slack.clock(), space.id, "response_url", body, {"ok": True}))
    return web.Response(text="ok")


def apply(space: Workspace, url: ResponseUrl, body: object) -> Message | None:
    """Do what a message posted to a response_url (or answered to a command) asks for; the new or changed message."""
    if not isinstance(body, dict):
        raise ValueError("not an object")
    args = Arguments(body)
    if args.flag("delete_original"):
        if url.message is not None:
            _gone(space, url.message)
        return None
    text = checked(args.text("text"))
    blocks = args.objects("blocks", "invalid_blocks_format") or []
    blocks = checked_blocks(space, blocks) if blocks else []
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    text = text or UNSEEN
    if args.flag("replace_original") and url.message is not None:
        _replace(space, url.message, text, blocks)
        return url.message
    return _new(space, url, args, text, blocks)


def _gone(space: Workspace, message: Message) -> None:
    if message.only_for is not None:
        message.deleted = True
    else:
        space.delete(message)


def _replace(space: Workspace, message: Message, text: str, blocks: list[JSON]) -> None:
    if message.only_for is not None:
        message.text, message.blocks = text, blocks
    else:
        space.edit(message, text, blocks, message.user, mark=False)


def _new(space: Workspace, url: ResponseUrl, args: Arguments, text: str, blocks: list[JSON]) -> Message:
    kind = args.text("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise SlackError("invalid_payload")
    if space.channels[url.channel].archived:
        raise SlackError("is_archived")
    app = space.app
    message = Message(space.new_ts(), url.channel, app.bot_user, text, blocks, thread_ts=args.text("thread_ts") or None,
                      bot_id=app.bot_id, app_id=app.id, only_for=url.user if kind == "ephemeral" else None)  # fmt: skip
    space.post(message)
    return message
