"""Health over HTTP: `/healthz` (the process is up), `/readyz` (the store answers, nothing waits too long), `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import GuyubError
from bot.ports import Clock, Health, Store

LATE = 60.0  # seconds that the oldest event or message may wait before this process is no longer ready

NAMES = {
    "inbox_waiting": "Events stored and not yet handled",
    "inbox_parked": "Events set aside after failing repeatedly",
    "inbox_lag": "Age in seconds of the oldest event not yet handled",
    "outbox_waiting": "Messages not yet delivered",
    "outbox_parked": "Messages set aside after failing repeatedly",
    "outbox_lag": "Age in seconds of the oldest message not yet delivered",
}


class _Counts(Collector):
    """One moment's counts as gauges, for one scrape."""

    def __init__(self, health: Health) -> None:
        self.health = health

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, value in asdict(self.health).items():
            suffix = "_seconds" if name.endswith("lag") else ""
            yield GaugeMetricFamily(f"guyub_{name}{suffix}", NAMES[name], value=value)


def metrics(health: Health) -> bytes:
    """The counts, and the process' memory, time and open files, as Prometheus text."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(_Counts(health))
    return generate_latest(registry)


def ready(health: Health) -> bool:
    """Whether new work is handled soon. What was set aside does not make a process unready."""
    return max(health.inbox_lag, health.outbox_lag) <= LATE


def routes(store: Store, clock: Clock) -> tuple[Route, ...]:
    """The three routes; `store` is asked anew each time. They tell counts only, never words or names."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        try:
            health = await store.health(clock())
        except (GuyubError, OSError):
            return JSONResponse({"ready": False}, status_code=503)
        return JSONResponse({"ready": ready(health), **asdict(health)}, status_code=200 if ready(health) else 503)

    async def scrape(request: Request) -> Response:
        try:
            health = await store.health(clock())
        except (GuyubError, OSError):
            return PlainTextResponse("the store does not answer", status_code=503)
        return Response(metrics(health), media_type=CONTENT_TYPE_LATEST)

    return Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", scrape)
