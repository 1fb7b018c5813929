"""A house for one evaluation: everything that serves members, in a folder that is gone afterwards, with nobody listening."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.compose import House, open_house, utc_now
from bot.doors import Door
from bot.ports import Clock
from bot.serve import embed_missing
from bot.settings import Settings, variable

PATIENCE = 60.0  # seconds for a question's vector: a busy machine must not change what is measured


@asynccontextmanager
async def cold_house(
    settings: Settings, communities: Path | None = None, *, clock: Clock = utc_now, doors: Sequence[Door] = ()
) -> AsyncIterator[House]:
    """The library's language and model, but no trace of its data; the texts of those communities are embedded."""
    with tempfile.TemporaryDirectory(prefix="guyub-eval-") as folder:
        own = {
            "data_dir": folder,
            "embedder": settings.embedder,
            "language": settings.language,
            "library": settings.library,
            "timezone": settings.timezone,
            "communities": None if communities is None else str(communities),
        }
        fresh = Settings.model_validate({variable(name): value for name, value in own.items() if value is not None})
        async with open_house(fresh, clock=clock, doors=doors) as house:
            house.finder.patience = PATIENCE
            while communities is not None and house.finder.model and await embed_missing(house):
                pass
            yield house
