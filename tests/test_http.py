"""Health over HTTP, against a store that is well, slow or gone."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from bot.errors import Unavailable
from bot.http import routes
from bot.ports import Health

pytestmark = pytest.mark.anyio


class Ward:
    """A store of which only its health is asked."""

    def __init__(self, health: Health | None) -> None:
        self.answer = health

    async def health(self, now: datetime) -> Health:
        if self.answer is None:
            raise Unavailable
        return self.answer


async def get(path: str, health: Health | None) -> httpx.Response:
    app = Starlette(routes=routes(Ward(health), lambda: datetime.now(UTC)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://guyub") as client:
        return await client.get(path)


WELL = Health(inbox_waiting=2, inbox_parked=1, inbox_lag=0.5, outbox_waiting=0, outbox_parked=0, outbox_lag=0.0)
SLOW = Health(inbox_waiting=900, inbox_parked=0, inbox_lag=400.0, outbox_waiting=0, outbox_parked=0, outbox_lag=0.0)


@pytest.mark.parametrize("health", [WELL, SLOW, None])
async def test_the_process_is_up_whatever_the_store_says(health: Health | None) -> None:
    assert (await get("/healthz", health)).status_code == 200


@pytest.mark.parametrize(("health", "status"), [(WELL, 200), (SLOW, 503), (None, 503)])
async def test_ready_means_that_new_work_is_handled_soon(health: Health | None, status: int) -> None:
    answer = await get("/readyz", health)
    assert (answer.status_code, answer.json()["ready"]) == (status, status == 200)


async def test_metrics_are_prometheus_text() -> None:
    answer = await get("/metrics", WELL)
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert "guyub_inbox_waiting 2.0" in lines
    assert "guyub_inbox_lag_seconds 0.5" in lines
    assert "# TYPE guyub_inbox_parked gauge" in lines
    assert any(line.startswith("process_resident_memory_bytes") for line in lines)


async def test_metrics_say_when_the_store_is_gone() -> None:
    assert (await get("/metrics", None)).status_code == 503
