"""Both platforms at once as a house sees them: a workspace over HTTP, one by Socket Mode, Telegram by polling or webhook."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.durability.doors.houses import HOOK_SECRET
from tests.durability.houses import free_port
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack.delivery import Delivery
from tests.emulators.telegram import Message, TelegramEmulator

TALKERS = 2  # at each door


@dataclass
class Platforms:
    """`pushed`: the id in our inbox of every message that Telegram ever had for the bot; `updates`: every update."""

    slack: SlackEmulator
    telegram: TelegramEmulator
    port: int
    pushed: dict[int, str] = field(default_factory=dict)
    updates: dict[int, dict[str, object]] = field(default_factory=dict)

    def settings(self, *, webhook: bool) -> dict[str, str]:
        """Of a house at both platforms: Slack's first workspace over HTTP, its second by Socket Mode."""
        here, there = self.slack.workspaces
        return {
            "slack_bot_token": f"{here.bot_token},{there.bot_token}",
            "slack_app_token": f",{there.app_token}",
            "slack_signing_secret": self.slack.signing_secret,
            "slack_api_url": self.slack.api_url,
            "telegram_bot_token": self.telegram.bot.token,
            "telegram_api_url": self.telegram.api_url,
            "telegram_webhook_url": f"http://127.0.0.1:{self.port}/telegram/webhook" if webhook else "",
            "telegram_webhook_secret": HOOK_SECRET if webhook else "",
        }

    def confirmed(self) -> set[str]:
        """Telegram's updates that it need not bring again: confirmed by an offset, or taken by the webhook."""
        waiting = {one.id for one in self.telegram.bot.waiting}
        return {name for id, name in self.pushed.items() if id not in waiting}

    def acknowledged(self, space: int) -> set[str]:
        """What a workspace heard a 2xx or an acknowledged envelope for, by its id in our inbox."""
        here = self.slack.workspaces[space]
        return {name for one in self.slack.deliveries if one.space is here and one.state == "accepted" for name in ids(one)}


def ids(delivery: Delivery) -> Iterator[str]:
    """The event's id in our inbox, for what people said and commanded."""
    team, event = delivery.space.id, delivery.event
    if delivery.kind != "event":
        yield f"slack:{team}:{delivery.id}"
    elif event["type"] in ("message", "app_mention") and not event.get("bot_id") and not event.get("subtype"):
        yield f"slack:{team}:{event['channel']}:{event['ts']}"


@asynccontextmanager
async def platforms(*, ack_within: float = 3.0) -> AsyncIterator[Platforms]:
    """Neither counts rates; Slack tries soon again."""
    slack = SlackEmulator(limits=False, retry_delays=(0.3, 0.6, 1.2), ack_within=ack_within)
    slack.add_workspace("Cabang")
    async with slack, TelegramEmulator(limits=False, privacy=False) as telegram:
        both = Platforms(slack, telegram, free_port())
        slack.sends_to(f"http://127.0.0.1:{both.port}/slack/events")
        push, bot = telegram.bot.push, telegram.bot

        def noted(kind: str, body: dict[str, object], at: object) -> None:
            before = bot.next_update
            push(kind, body, at)  # type: ignore[arg-type]
            if bot.next_update == before:
                return
            both.updates[bot.next_update - 1] = {"update_id": bot.next_update - 1, kind: body}
            if kind == "message":
                both.pushed[bot.next_update - 1] = f"telegram:{bot.id}:{bot.next_update - 1}"

        bot.push = noted  # type: ignore[method-assign]
        yield both


def posted_on_slack(slack: SlackEmulator) -> Counter[str]:
    """How often each of our messages was posted, by the name that it carries."""
    return Counter(once_of(entry.arguments) for entry in slack.calls("chat.postMessage"))


def once_of(arguments: dict[str, object]) -> str:
    given = arguments.get("metadata")
    told = json.loads(given) if isinstance(given, str) else given
    return str(told["event_payload"]["once"])  # type: ignore[index]


def standing(telegram: TelegramEmulator) -> list[Message]:
    """The bot's messages in every private chat and group."""
    chats = [*telegram.privates.values(), *telegram.chats.values()]
    return [message for chat in chats for message in chat.messages if message.sender is telegram.bot]
