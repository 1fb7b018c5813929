"""Data of what is told about how far Guyub's decisions are trusted."""

from __future__ import annotations

from typing import Any

JUDGED = (("note", 12, None), ("note", 400, None), ("note", 400, 0.8), ("route", 400, None))


def judged() -> list[tuple[str, dict[str, Any]]]:
    """Too few judgements, enough without a bar that keeps its bound, and with one."""
    figures = {"wrong": 0.04, "most": 0.08, "enough": 150}
    return [("home.trust_told", figures | {"about": about, "judged": n, "bar": bar}) for about, n, bar in JUDGED]
