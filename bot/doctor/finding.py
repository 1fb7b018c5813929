"""What a check finds, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Literal

from bot.model.base import Words
from bot.ports import Embedder, Health, Refusal
from bot.settings import Settings

Severity = Literal["ok", "warn", "fail"]


NOTHING_TO_MEND = Words("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """`id` is stable: other programs look for it. `what` is wrong (or well), and how to `mend` it."""

    id: str
    severity: Severity
    what: Words
    mend: Words = NOTHING_TO_MEND


@dataclass(frozen=True, slots=True)
class Vitals:
    """What only an open store can tell. `unembedded`: how many texts (at most 1,000) lack a vector of the model."""

    health: Health
    unembedded: int
    refusals: tuple[Refusal, ...] = ()


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


def ok(id: str, in_indonesian: str, in_english: str) -> Finding:
    return Finding(id, "ok", Words(in_indonesian, in_english))


def warn(id: str, what: tuple[str, str], mend: tuple[str, str]) -> Finding:
    return Finding(id, "warn", Words(*what), Words(*mend))


def fail(id: str, what: tuple[str, str], mend: tuple[str, str]) -> Finding:
    return Finding(id, "fail", Words(*what), Words(*mend))
