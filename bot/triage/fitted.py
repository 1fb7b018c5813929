"""Numbers that were fitted from labelled data by the scripts in tests/quality, and shipped as YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.triage import lexicon

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fit:
    """Named groups of weights, and named thresholds."""

    groups: Mapping[str, Weights]
    thresholds: Weights


@lru_cache(maxsize=8)
def fit(name: str) -> Fit:
    """The numbers of one decision: "route", "answered" or "question"."""
    data = lexicon.load(f"{name}.yaml")
    assert isinstance(data, dict), f"bot/data/{name}.yaml: expected groups of weights"
    groups = {str(group): {str(key): float(value) for key, value in values.items()} for group, values in data.items()}
    return Fit(groups, groups.pop("thresholds", {}))
