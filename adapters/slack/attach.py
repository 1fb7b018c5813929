"""Files, both ways: ours into the thread of their message, theirs for the core to keep."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

import aiohttp

from adapters.slack.errors import SlackRefused, sorted_out
from adapters.slack.ids import is_id
from adapters.slack.payload import items, number, obj, text
from adapters.slack.workspace import Workspace
from bot.doors import Delivery
from bot.errors import GuyubError, TryLater, Unavailable, Unreachable
from bot.ports import Files

log = logging.getLogger(__name__)

LARGEST = 50_000_000  # bytes that are fetched into memory
SLOWEST = 60.0  # seconds for one file
TIME = aiohttp.ClientTimeout(total=SLOWEST)


def trusted(api_url: str) -> Callable[[str], bool]:
    """Whether an address is Slack's own (or of the API that we were told to use): only there the token may go."""
    own = urlsplit(api_url)

    def check(address: str) -> bool:
        try:
            parts = urlsplit(address)
            slack = parts.scheme == "https" and (parts.hostname or "").endswith((".slack.com", ".slack-files.com"))
            return slack or (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
        except ValueError:
            return False

    return check


class Attaching:
    """`files` is the file store; `trusts` says where a token may go."""

    def __init__(self, files: Files, trusts: Callable[[str], bool]) -> None:
        self._files, self._trusts = files, trusts

    async def attach(self, space: Workspace, channel: str, thread: str, ts: str, delivery: Delivery, look: bool) -> None:
        """Each of the delivery's files under its message. `look`: some may be there already."""
        if not delivery.files:
            return
        there = await self._there(space, channel, thread, ts) if look else frozenset[str]()
        for name, sha256 in delivery.files:
            if name in there:
                continue
            try:
                data = await self._files.get(sha256)
            except Unavailable as error:
                raise TryLater(5.0, "the file store") from error
            except GuyubError:
                log.warning("a file of a delivery is gone: %s", sha256)  # one that is missing does not hold up the words
                continue
            await self._upload(space, channel, thread, name, data)

    async def _there(self, space: Workspace, channel: str, thread: str, ts: str) -> frozenset[str]:
        answer = await space.api.read("conversations.replies", channel=channel, ts=thread, oldest=ts, inclusive=True, limit=200)
        mine = [m for m in items(answer, "messages") if text(m, "user") == space.bot and text(m, "ts") >= ts]
        return frozenset(text(one, "name") for message in mine for one in items(message, "files"))

    async def _upload(self, space: Workspace, channel: str, thread: str, name: str, data: bytes) -> None:
        """Slack's three steps. An empty file cannot be uploaded: it is left out."""
        if not data:
            return
        start = await space.api.call("files.getUploadURLExternal", filename=name[:255], length=len(data))
        address, id = text(start, "upload_url"), text(start, "file_id")
        try:
            async with space.api.session.post(address, data=data, timeout=TIME) as answer:
                if answer.status != 200:
                    raise TryLater(10.0, f"slack: upload {answer.status}")
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise TryLater(10.0, f"slack: {type(error).__name__}") from None
        given = {"files": [{"id": id, "title": name[:255]}], "channel_id": channel, "thread_ts": thread}
        await space.api.call("files.completeUploadExternal", **given)

    async def fetch(self, space: Workspace, file: str) -> bytes:
        """A file that somebody shared. `Unreachable`: it is gone, too big, or not held by Slack."""
        try:
            told = obj(await space.api.call("files.info", file=file), "file") if is_id(file) else {}
        except SlackRefused as refused:
            raise sorted_out(refused) from None
        address = text(told, "url_private_download") or text(told, "url_private")
        if not address or not self._trusts(address):
            raise Unreachable("slack: the file is not held by Slack")
        if number(told, "size") > LARGEST:
            raise Unreachable("slack: the file is too big")
        return await self._download(space, address, text(told, "mimetype"))

    async def _download(self, space: Workspace, address: str, media_type: str) -> bytes:
        headers = {"Authorization": f"Bearer {space.keys.bot_token}"}
        try:
            async with space.api.session.get(address, headers=headers, allow_redirects=False, timeout=TIME) as answer:
                if answer.status in (404, 410):
                    raise Unreachable("slack: file_not_found")
                if answer.status != 200:
                    raise TryLater(10.0, f"slack: download {answer.status}")
                if answer.content_type == "text/html" and media_type != "text/html":
                    raise TryLater(60.0, "slack: a login page in place of the file")  # the scope files:read is missing
                return await _limited(answer)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise TryLater(10.0, f"slack: {type(error).__name__}") from None


async def _limited(answer: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in answer.content.iter_chunked(65_536):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise Unreachable("slack: the file is too big")
    return b"".join(parts)
