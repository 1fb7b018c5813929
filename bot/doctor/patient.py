"""What a check may look at."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from bot.doctor.finding import Finding
from bot.model.judgement import About
from bot.ports import Embedder, Health, Refusal
from bot.settings import Settings
from bot.triage.trust import Trust


@dataclass(frozen=True, slots=True)
class Vitals:
    """What only an open store can tell. `unembedded`: how many texts (at most 1,000) lack a vector of the model."""

    health: Health
    unembedded: int
    refusals: tuple[Refusal, ...] = ()
    trust: tuple[tuple[About, Trust], ...] = ()  # what people said of the bot's decisions


@dataclass(frozen=True, slots=True)
class Patient:
    """What the checks may look at. `embedder` loads the model, `vitals` opens the store, asks and closes it, `probes` asks
    the platforms whose tokens are set."""

    settings: Settings
    embedder: Callable[[], Embedder]
    vitals: Callable[[], Coroutine[object, object, Vitals]]
    probes: Callable[[], Coroutine[object, object, tuple[Finding, ...]]]
    folder: Path = Path()
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = monotonic


Check = Callable[[Patient], Iterable[Finding]]
