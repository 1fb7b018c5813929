"""Whole Guyubs with Slack and Telegram doors, each in a process that can be killed; and doors without their paces."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path

import adapters.slack.api as slack_api
import adapters.telegram.gate as telegram_gate
from bot.compose import House, open_house
from bot.serve import listen, living
from tests.doors.house import settings_for
from tests.durability.houses import FORKS, _tell_when_up, run
from tests.fakes import WordVectors

FORKS.set_forkserver_preload(
    [
        "tests.durability.doors.houses",
        "tests.durability.script",
        "bot.scene",
        "adapters.slack.door",
        "adapters.telegram.door",
        "uvicorn.protocols.http.h11_impl",
    ]
)
HOOK_SECRET = "a-webhook-secret-of-the-tests-with-48-characters"
MANY = 10**6


def unpaced(house: House | None = None) -> None:
    """No limits in this process, where the emulators count none either: neither the outbox's nor the doors' own."""
    telegram_gate.ALL = telegram_gate.CHAT = telegram_gate.GROUP = (MANY, 1.0)
    slack_api.TIER_3, slack_api.READING = MANY, {}
    for door in house.doors.values() if house else ():
        door.limits = lambda what: ()  # type: ignore[method-assign]


def serve_doors(folder: Path, port: int, given: Mapping[str, str], told: Connection) -> None:
    """A child's whole life: as `guyub run` makes it but for the model and the limits. Tells "up"."""
    run(_serve(folder, port, given, told))


async def _serve(folder: Path, port: int, given: Mapping[str, str], told: Connection) -> None:
    settings = settings_for(folder, port, {"messenger": "off", **given})
    async with open_house(settings, model=WordVectors()) as house:
        unpaced(house)
        async with living(house):
            telling = asyncio.create_task(_tell_when_up(house, told))
            await listen(house)
            telling.cancel()
