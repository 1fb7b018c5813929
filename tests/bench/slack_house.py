"""A whole Guyub behind Slack's HTTP door, filled with a library at work: what the benchmarks send their events to.

    python -m tests.bench.slack_house PORT FOLDER API_URL [items]

HANDS=off: events are stored and acknowledged, and nobody works on them. MODEL=words: without the real embedding model.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from pydantic import SecretStr

from bot.compose import House, open_house
from bot.serve import listen, living
from bot.settings import Settings
from tests.bench.filling import items_of, people_of, questions_of
from tests.bench.slack_events import CHANNEL, SECRET, TEAM, USERS, user
from tests.fakes import WordVectors
from tests.world import COMMUNITIES


def settings(folder: Path, port: int, api: str) -> Settings:
    return Settings(
        data_dir=folder,
        port=port,
        communities=COMMUNITIES,
        slack_bot_token=SecretStr("xoxb-bench"),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url=f"{api}/api/",
    )


async def filled(house: House, items: int) -> None:
    """People known to Slack's door, a channel of their own, questions under way, and so many notes."""
    people = {f"person:{TEAM}:{user(n)}": json.dumps([f"Anggota {n}", "id"]) for n in range(USERS)}
    await house.store.memory("slack").remember(people, timedelta(days=1))
    await people_of(house, "slack", [f"{TEAM}:{user(n)}" for n in range(USERS)], f"{TEAM}:{CHANNEL}")
    await questions_of(house, f"{TEAM}:{CHANNEL}")
    await items_of(house, items)


async def serve(port: int, folder: Path, api: str, items: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    model = WordVectors() if os.environ.get("MODEL") == "words" else None
    async with open_house(settings(folder, port, api), model=model) as house:
        if not (folder / "filled").exists():
            await filled(house, items)
            (folder / "filled").write_text(datetime.now(UTC).isoformat())
        if os.environ.get("HANDS") == "off":
            house.loops.start = house.loops.stop = _nothing  # type: ignore[method-assign]
        async with living(house):
            await listen(house)


async def _nothing() -> None: ...


if __name__ == "__main__":
    port, folder, api, *more = sys.argv[1:]
    asyncio.run(serve(int(port), Path(folder), api, int(more[0]) if more else 0))
