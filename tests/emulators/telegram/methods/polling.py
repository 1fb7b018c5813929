"""getMe, getUpdates and the webhook's settings, logOut, close."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.emulators.telegram import shapes
from tests.emulators.telegram.bots import Bot, Hook
from tests.emulators.telegram.errors import Refused, bad, conflict, too_many
from tests.emulators.telegram.methods import Call, method

LONGEST_POLL = 50
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
QUIET = timedelta(minutes=10)


@method("getMe")
def get_me(call: Call) -> Any:
    return shapes.me(call.bot)


def read_allowed(call: Call) -> None:
    """allowed_updates is remembered until it is sent again; an empty list means the default."""
    given = call.params.json("allowed_updates", "allowed updates")
    if given is None:
        return
    if not isinstance(given, list):
        raise bad("can't parse allowed updates: expected an Array of String")
    call.bot.wanted = {str(one) for one in given} or None


async def get_updates(call: Call) -> Any:
    """A long poll: waits for an update in real time, whatever the emulator's clock says."""
    bot = call.bot
    if bot.hook is not None:
        raise conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
    read_allowed(call)
    end_poll(bot, conflict("terminated by other getUpdates request; make sure that only one bot instance is running"))
    bot.polls += 1
    bot.forget(call.now)
    bot.confirm(call.params.whole("offset"))
    limit = min(max(call.params.whole("limit", 100), 1), 100)
    await wait_for_news(bot, min(max(call.params.whole("timeout"), 0), LONGEST_POLL))
    bot.forget(call.now)
    return [one.shape() for one in list(bot.waiting)[:limit]]


def end_poll(bot: Bot, why: Refused) -> None:
    if bot.poll is not None and not bot.poll.done():
        bot.poll.set_result(why)


async def wait_for_news(bot: Bot, seconds: float) -> None:
    """Until there is an update or time is up; a conflict where another call ends this poll."""
    mine = bot.poll = asyncio.get_running_loop().create_future()
    until = asyncio.get_running_loop().time() + seconds
    try:
        while not bot.waiting and (left := until - asyncio.get_running_loop().time()) > 0:
            bot.news.clear()
            news = asyncio.ensure_future(bot.news.wait())
            await asyncio.wait([news, mine], timeout=left, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
            if mine.done():
                raise mine.result()
    finally:
        if bot.poll is mine:
            bot.poll = None


@method("setWebhook")
def set_webhook(call: Call) -> bool:
    url = call.params.text("url").strip()
    if not url:
        return bool(delete_webhook(call))
    secret = call.params.text("secret_token")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    check_address(url)
    read_allowed(call)
    if call.params.flag("drop_pending_updates"):
        call.bot.waiting.clear()
    most = call.params.whole("max_connections", 40)
    end_poll(call.bot, conflict("terminated by setWebhook request"))
    if call.bot.hook is not None and call.bot.hook.task is not None:
        call.bot.hook.task.cancel()
    call.bot.hook = Hook(url, secret, most if 1 <= most <= 100 else 40)
    return True


def check_address(url: str) -> None:
    """As Telegram checks it, but a loopback address may be plain HTTP on any port, as with a self-hosted server."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise bad("bad webhook: invalid webhook URL specified")
    if host in LOOPBACK and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in (None, 80, 88, 443, 8443):
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


@method("deleteWebhook")
def delete_webhook(call: Call) -> bool:
    if call.params.flag("drop_pending_updates"):
        call.bot.waiting.clear()
    if call.bot.hook is not None and call.bot.hook.task is not None:
        call.bot.hook.task.cancel()
    call.bot.hook = None
    return True


@method("getWebhookInfo")
def webhook_info(call: Call) -> Any:
    hook, bot = call.bot.hook, call.bot
    bot.forget(call.now)
    shape = {"url": hook.url if hook else "", "has_custom_certificate": False, "pending_update_count": len(bot.waiting)}
    if bot.wanted is not None:
        shape["allowed_updates"] = sorted(bot.wanted)
    if hook is not None:
        shape["max_connections"] = hook.max_connections
        if hook.error_at is not None:
            shape |= {"last_error_date": shapes.seconds(hook.error_at), "last_error_message": hook.error}
    return shape


@method("logOut")
def log_out(call: Call) -> bool:
    call.bot.logged_out_until = call.now + QUIET
    end_poll(call.bot, bad("Logged out"))
    return True


@method("close")
def close(call: Call) -> bool:
    """Refused in the first ten minutes after the start of the server, as Telegram does."""
    left = call.state.began + QUIET - call.now
    if left > timedelta(0):
        raise too_many(int(left.total_seconds()) or 1)
    return True
