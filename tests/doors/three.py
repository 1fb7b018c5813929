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
    """`socket`: Slack by Socket Mode, else over HTTP; Telegram by polling. "slack2" is another workspace in the same door."""
    port = free_port()
    async with SlackEmulator(limits=False) as slack, TelegramEmulator() as telegram:
        telegram.rates.on = False
        second = slack.add_workspace("Arsip", signing_secret="the-other-secret")
        slack.sends_to(None if socket else f"http://127.0.0.1:{port}/slack/events")
        on_slack, on_telegram = SlackTown(slack, rooms), TelegramTown(telegram, rooms)
        in_second = SlackTown(slack, rooms, second)
        on_both = ",".join(f"slack:{town.knows(OPERATOR).id}" for town in (on_slack, in_second))
        operators = f"web:ibu-rini,{on_both},telegram:{on_telegram.knows(OPERATOR).id}"
        given = {
            "operators": operators,
            "slack_bot_token": f"{slack.bot_token},{second.bot_token}",
            "slack_app_token": f"{slack.app_token},{second.app_token}" if socket else "",
            "slack_signing_secret": f"{slack.signing_secret},{second.app.signing_secret}",
            "slack_api_url": slack.api_url,
            "telegram_bot_token": telegram.bot.token,
            "telegram_api_url": telegram.api_url,
        }
        settings = settings_for(folder, port, given)
        url = "" if socket else f"http://127.0.0.1:{port}"
        for space in slack.workspaces:
            space.use_manifest(yaml.safe_load(slack_manifest(settings, url)[0]))  # what the app asks for, and no more
        async with lived_in(settings) as house:
            yield (
                house,
                {"web": WebTown(house.web, rooms), "slack": on_slack, "telegram": on_telegram, "slack2": in_second},
            )
