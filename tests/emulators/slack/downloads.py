"""Files' bytes: up to the one-time address, down with a token."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

from aiohttp import web

from tests.emulators.slack.api_files import may_see
from tests.emulators.slack.arguments import Arguments
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.model import Entry
from tests.emulators.slack.registry import Call

if TYPE_CHECKING:
    from tests.emulators.slack.server import SlackEmulator

SLACK: web.AppKey[SlackEmulator] = web.AppKey("slack")
LOGIN = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to your workspace</body></html>"


async def upload(request: web.Request) -> web.Response:
    """The bytes, raw or as the first part of a form; as many as were announced."""
    slack = request.app[SLACK]
    team, file_id, _ = request.match_info["key"].split("-", 2)
    space = next((one for one in slack.workspaces if one.id == team), None)
    file = space.files.get(file_id) if space else None
    if file is None or file.content is not None:
        return web.Response(status=404, text="invalid upload address")
    if request.content_type == "multipart/form-data":
        parts = [part for part in (await request.post()).values() if isinstance(part, web.FileField)]
        content = parts[0].file.read() if parts else b""
    else:
        content = await request.read()
    if len(content) != file.length:
        return web.Response(status=400, text=f"announced {file.length} bytes, received {len(content)}")
    file.content = content
    slack.ledger.append(Entry(slack.clock(), team, "upload", {"file": file_id, "size": len(content)}, {"ok": True}))
    return web.Response(text=f"OK - {len(content)}")


async def download(request: web.Request) -> web.StreamResponse:
    """Whoever comes without a good token is shown the login page with status 200, as on Slack: look at what you got."""
    slack = request.app[SLACK]
    team, _, file_id = request.match_info["team_file"].partition("-")
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    login = web.Response(text=LOGIN, content_type="text/html")
    try:
        space, token = slack.whose(bearer.strip() if kind.lower() == "bearer" else "")
    except SlackError:
        return login
    file = space.files.get(file_id)
    if space.id != team or "files:read" not in token.scopes:
        return login
    if file is None or file.content is None or not may_see(Call(space, token, Arguments({})), file):
        return web.Response(status=404, text="File not found")
    kind_of = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return web.Response(body=file.content, headers={"Content-Type": kind_of})
