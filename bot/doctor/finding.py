"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.model.base import Words

Severity = Literal["ok", "warn", "fail"]


NOTHING_TO_MEND = Words("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """`id` is stable: other programs look for it. `what` is wrong (or well), and how to `mend` it."""

    id: str
    severity: Severity
    what: Words
    mend: Words = NOTHING_TO_MEND


def ok(id: str, in_indonesian: str, in_english: str) -> Finding:
    return Finding(id, "ok", Words(in_indonesian, in_english))


def warn(id: str, what: tuple[str, str], mend: tuple[str, str]) -> Finding:
    return Finding(id, "warn", Words(*what), Words(*mend))


def fail(id: str, what: tuple[str, str], mend: tuple[str, str]) -> Finding:
    return Finding(id, "fail", Words(*what), Words(*mend))
