"""The three doors of one house, each as a town."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import yaml

from bot.compose import House, slack_manifest
from tests.doors.house import OPERATOR, free_port, lived_in, settings_for
from tests.doors.slack_town import SlackTown
from tests.doors.telegram_town import TelegramTown
from tests.doors.town import Town
from tests.doors.web_town import WebTown
from tests.emulators.slack import SlackEmulator
from tests.emulators.telegram import TelegramEmulator

ROOMS = ("umum", "sirkulasi")


@asynccontextmanager
async def three_doors(
    folder: Path, *, socket: bool = False, rooms: tuple[str, ...] = ROOMS
) -> AsyncIterator[tuple[House, dict[str, Town]]]:
    """`socket`: Slack by Socket Mode, else over HTTP; Telegram by polling."""
    port = free_port()
    async with SlackEmulator(limits=False) as slack, TelegramEmulator() as telegram:
        telegram.rates.on = False
        slack.sends_to(None if socket else f"http://127.0.0.1:{port}/slack/events")
        on_slack, on_telegram = SlackTown(slack, rooms), TelegramTown(telegram, rooms)
        operators = f"web:ibu-rini,slack:{on_slack.knows(OPERATOR).id},telegram:{on_telegram.knows(OPERATOR).id}"
        given = {
            "operators": operators,
            "slack_bot_token": slack.bot_token,
            "slack_app_token": slack.app_token if socket else "",
            "slack_signing_secret": slack.signing_secret,
            "slack_api_url": slack.api_url,
            "telegram_bot_token": telegram.bot.token,
            "telegram_api_url": telegram.api_url,
        }
        settings = settings_for(folder, port, given)
        url = "" if socket else f"http://127.0.0.1:{port}"
        slack.workspace.use_manifest(yaml.safe_load(slack_manifest(settings, url)[0]))  # what the app asks for, and no more
        async with lived_in(settings) as house:
            yield house, {"web": WebTown(house.web, rooms), "slack": on_slack, "telegram": on_telegram}
