"""Updates by webhook: one at a time and in order, tried again with back-off until the address answers 2xx. An answer that
is itself a method call ("method": …) is carried out, as Telegram does; its result goes nowhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import aiohttp

from tests.emulators.telegram.bots import Bot, Hook
from tests.emulators.telegram.state import Clock

SECRET = "X-Telegram-Bot-Api-Secret-Token"
Reply = Callable[[Bot, dict[str, Any]], Awaitable[None]]


class Postman:
    """`first_wait`, `longest_wait`: seconds between two tries, doubled in between. `held`: post nothing while it is set."""

    def __init__(self, clock: Clock, reply: Reply, first_wait: float, longest_wait: float, timeout: float) -> None:
        self.clock, self.reply, self.first_wait, self.longest_wait = clock, reply, first_wait, longest_wait
        self.timeout = aiohttp.ClientTimeout(total=timeout)
        self.may_post = asyncio.Event()
        self.may_post.set()

    async def serve(self, bot: Bot, hook: Hook) -> None:
        """Post what waits for the bot until cancelled."""
        async with aiohttp.ClientSession(timeout=self.timeout) as session:
            while True:
                bot.forget(self.clock())
                if not bot.waiting:
                    bot.news.clear()
                    await bot.news.wait()
                    continue
                await self.may_post.wait()
                head = bot.waiting[0]
                if await self._post(session, bot, hook, head.shape()):
                    hook.failed = 0
                    if bot.waiting and bot.waiting[0] is head:
                        bot.waiting.popleft()
                    bot.delivered += 1
                else:
                    hook.failed, hook.error_at = hook.failed + 1, self.clock()
                    await asyncio.sleep(min(self.first_wait * 2 ** (hook.failed - 1), self.longest_wait))

    async def _post(self, session: aiohttp.ClientSession, bot: Bot, hook: Hook, update: dict[str, Any]) -> bool:
        headers = {SECRET: hook.secret} if hook.secret else {}
        try:
            async with session.post(hook.url, json=update, headers=headers, allow_redirects=False) as answer:
                body = await answer.read()
        except TimeoutError:
            hook.error = "Read timeout expired"
            return False
        except aiohttp.ClientConnectorError:
            hook.error = "Connection refused"
            return False
        except aiohttp.ClientError:
            hook.error = "Connection reset by peer"
            return False
        if not 200 <= answer.status < 300:
            phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else ""
            hook.error = f"Wrong response from the webhook: {answer.status} {phrase}".strip()
            return False
        await self._carry_out(bot, body)
        return True

    async def _carry_out(self, bot: Bot, body: bytes) -> None:
        try:
            call = json.loads(body)
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            await self.reply(bot, call)
